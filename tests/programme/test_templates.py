"""The forms that ship, and the lists of codes."""

import pytest

from bot.domain.template import Fill, InDigest, Need
from bot.errors import EventRefused
from bot.programme.check import check
from bot.programme.files import LIBRARY
from bot.programme.folder import InMemory, OnDisk
from bot.programme.schemas import first_line
from bot.programme.templates import code_lists, load_template, shipped, shipped_text
from bot.programme.yaml import read_template
from tests.programme.full import full_template, yaml_text


def test_three_forms_ship_and_check_finds_nothing_in_them() -> None:
    assert shipped() == ("marrakesh-2018", "one-text", "takeaways")
    folder = OnDisk(LIBRARY / "templates")
    assert [each.faults for each in check(folder, [f"{key}.yaml" for key in shipped()])] == [(), (), ()]


def test_the_one_text_form_is_a_summary_of_300_words_at_most() -> None:
    (summary,) = load_template("one-text").sections
    assert (summary.fill, summary.need, summary.advice) == (Fill.TEXT, Need.REQUIRED, 300)
    assert "200 to 300 words" in summary.help


def test_the_takeaways_form_chooses_from_goals_and_objectives_and_asks_for_a_number() -> None:
    takeaways, calls, goals, objectives, participants = load_template("takeaways").sections
    assert (takeaways.fill, calls.fill) == (Fill.BULLETS, Fill.BULLETS)
    assert [each.code for each in goals.options] == [str(number) for number in range(1, 18)]
    assert [each.code for each in objectives.options] == [str(number) for number in range(1, 24)]
    assert (goals.options[7].title, objectives.options[22].title) == (
        "Decent work and economic growth", "International cooperation",
    )  # fmt: skip
    assert (participants.fill, participants.lowest, participants.in_digest) == (
        Fill.NUMBER, 0, InDigest.NOTHING,
    )  # fmt: skip


@pytest.mark.parametrize("key", ["one-text", "takeaways"])
def test_forms_speak_english_and_french_in_every_word(key: str) -> None:
    english, french = load_template(key), load_template(key).in_language("fr")
    for one, other in zip(english.sections, french.sections, strict=True):
        assert one.title != other.title
        assert one.help != other.help
        assert all(each.translations for each in one.options)


def test_lists_of_codes_ship_once_for_all_forms() -> None:
    assert code_lists() == ("compact", "goals")
    form = full_template()
    form["sections"][1]["options"] = "goals"
    template, faults = read_template(InMemory({"form.yaml": yaml_text(form)}), "form.yaml")
    assert faults == ()
    assert template is not None
    assert template.sections[1].options == load_template("takeaways").sections[2].options


def test_a_list_of_codes_that_is_not_there_is_one_fault_with_the_nearest_word() -> None:
    form = full_template()
    form["sections"][1]["options"] = "goal"
    template, faults = read_template(InMemory({"form.yaml": yaml_text(form)}), "form.yaml")
    assert template is None
    assert [each.sentence for each in faults] == [
        "sections no. 2 options: expected a list of codes, or the key of one that ships: compact, goals, "
        'found "goal". Did you mean goals?'
    ]


@pytest.mark.parametrize(
    ("section", "change", "says"),
    [
        (0, {"options": [{"code": "a", "title": "A"}]}, "bullets expects no options"),
        (0, {"lowest": 1}, "bullets expects no lowest and highest"),
        (1, {"options": None}, "choice expects options"),
        (2, {"lowest": 901}, "the lowest number is above the highest"),
        (3, {"help": None}, "static expects help"),
        (4, {"key": "points-of"}, "a header's key is one of: event, place"),
        (0, {"kind": "bulets"}, "Did you mean bullets?"),
        (0, {"digest": "none"}, "expected one of: all; first line; nothing"),
        (0, {"words": 0}, "expected a number from 1"),
    ],
)
def test_what_does_not_fit_a_sections_kind_is_said(
    section: int, change: dict[str, object], says: str
) -> None:
    form = full_template()
    form["sections"][section] |= change
    _, faults = read_template(InMemory({"form.yaml": yaml_text(form)}), "form.yaml")
    assert [says in str(each) for each in faults] == [True]


def test_a_form_that_asks_nothing_is_refused() -> None:
    form = full_template()
    form["sections"] = form["sections"][3:]
    _, faults = read_template(InMemory({"form.yaml": yaml_text(form)}), "form.yaml")
    assert [each.sentence for each in faults] == [
        "nothing of this form is asked; expected a section of another kind."
    ]


def test_a_shipped_form_is_printed_as_it_lies_and_another_is_asked_for_by_name() -> None:
    assert shipped_text("takeaways").startswith(f"{first_line('template')}\n")
    with pytest.raises(EventRefused, match="there is: marrakesh-2018, one-text, takeaways"):
        shipped_text("../events/marrakesh-2018")
