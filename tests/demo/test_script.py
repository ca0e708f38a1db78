"""What people type who write by themselves, and when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.demo.names import LISTED, UNLISTED
from bot.demo.script import forms_of, lines
from bot.demo.texts import NOTHING, Form, Note, form_for
from bot.domain.answers import read_answer
from bot.domain.event import Part, SessionCode
from bot.domain.template import Template
from bot.programme.yaml import load_template
from tests.builders import THURSDAY, a_session, a_template, a_template_of_kinds, an_assignment

FORM = Form({0: (Note("a", "a"), Note("b", "b")), 1: NOTHING, 2: (Note("c", "c"),)})
OTHER = Form({0: tuple(Note(each, each) for each in "uvwxyz")})
TEMPLATES = {SessionCode("2.2"): a_template("ABC"), SessionCode("1.2"): a_template("A")}
HERE = an_assignment()  # of 2.2, 14:00 to 16:30


def test_notes_are_spread_over_the_session_and_the_submit_comes_after_it() -> None:
    script = lines([HERE], [FORM], TEMPLATES)
    assert [each.text for each in script] == [
        "go 1", "a", "b", "next", NOTHING, "c", "submit", "submit"
    ]  # fmt: skip
    moments = [each.at for each in script]
    assert THURSDAY < moments[0] < moments[5] < HERE.session.ends_at < moments[6] < moments[7] < HERE.due_at


def test_who_writes_beside_the_lead_writes_a_little_and_does_not_submit() -> None:
    script = lines([replace(HERE, part=Part.CO)], [OTHER], TEMPLATES)
    assert [each.text for each in script] == ["go 1", "u", "v", "w"]


def test_who_has_two_sessions_names_each_before_writing_and_before_the_submit() -> None:
    later = replace(
        a_session("1.2"), starts_at=THURSDAY + timedelta(hours=3), ends_at=THURSDAY + timedelta(hours=4)
    )
    script = lines([HERE, replace(HERE, session=later)], [FORM, OTHER], TEMPLATES)
    texts = [each.text for each in script]
    assert texts[:2] == ["2.2", "go 1"]
    assert texts.count("2.2") == texts.count("1.2") == 2
    for code in ("2.2", "1.2"):
        last = max(number for number, text in enumerate(texts) if text == code)
        assert texts[last + 1 : last + 3] == ["submit", "submit"]


SHIPPED = tuple(load_template(each) for each in ("marrakesh-2018", "one-text", "takeaways"))


@pytest.mark.parametrize("template", [*SHIPPED, a_template_of_kinds()], ids=lambda each: each.name)
@pytest.mark.parametrize("number", range(30))
def test_in_an_event_of_ones_own_each_section_is_answered_by_its_kind_and_nobody_is_named(
    template: Template, number: int
) -> None:
    form = form_for(template, number)
    for index, section in enumerate(template.sections):
        typed = [each.typed for each in form.notes(index)]
        assert bool(typed) == section.fill.is_asked
        assert len(set(typed)) == len(typed)
        if section.fill.takes_value:
            assert [read_answer(section, each) is not None for each in typed] == [True]
        assert not [name for name in (*LISTED, *UNLISTED) if any(name in each for each in typed)]


@pytest.mark.parametrize(
    ("lowest", "highest", "typed"), [(None, 9, "9"), (60, None, "60"), (60, 80, "60"), (0, 99, "45")]
)
def test_a_number_is_one_that_the_section_takes(lowest: int | None, highest: int | None, typed: str) -> None:
    people = a_template_of_kinds().sections[2]
    template = replace(a_template(), sections=(replace(people, lowest=lowest, highest=highest),))
    assert form_for(template, 0).notes(0) == (Note(typed, typed),)


def test_what_is_not_asked_is_gone_past_and_who_writes_beside_the_lead_answers_no_number() -> None:
    template = a_template_of_kinds()
    templates, both = {SessionCode("2.2"): template}, [HERE, replace(HERE, part=Part.CO)]
    lead, co = (lines([each], forms_of([each], templates, []), templates) for each in both)
    assert [each.text for each in lead][:6] == ["go 3", "45", "next", "B", "next", "1, 2"]
    assert [each.text for each in lead].count("next") == 5
    assert [each.text for each in co] == ["go 6", *(each.typed for each in form_for(template, 0).notes(5))]


def test_names_are_typed_only_where_the_event_masks_them() -> None:
    template = SHIPPED[0]
    templates = {SessionCode("2.2"): template}
    (shipped,) = forms_of([HERE], templates, LISTED)
    (own,) = forms_of([HERE], templates, LISTED[1:])
    assert any(name in each.typed for name in LISTED for each in shipped.notes(0))
    assert own == form_for(template, 0)
