"""Typed answers: numbers and options as people type them, and nothing else."""

from decimal import Decimal

import pytest

from bot.domain.answers import Chosen, Number, nearest, read_answer
from bot.domain.template import Fill, Option, Section

GOALS = (
    ("1", "No poverty"),
    ("2", "Zero hunger"),
    ("3", "Good health and well-being"),
    ("8", "Decent work and economic growth"),
    ("13", "Climate action"),
    ("16", "Peace, justice and strong institutions"),
)


def a_section(fill: Fill, **changes: object) -> Section:
    options = tuple(Option(code=code, title=title) for code, title in GOALS)
    return Section(
        key="goals", title="Sustainable Development Goals", short="Goals", help="?", fill=fill,
        options=() if fill is Fill.NUMBER else options, **changes,  # type: ignore[arg-type]
    )  # fmt: skip


CHOICES = a_section(Fill.CHOICES)
LETTERS = Section(
    key="where", title="Where", short="Where", help="?", fill=Fill.CHOICE,
    options=(Option(code="A", title="Ports"), Option(code="B", title="Border towns")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("45", "45"),
        (" 45 ", "45"),
        ("007", "7"),
        ("٤٥", "45"),
        ("४५", "45"),
        ("-5", "-5"),
        ("\u22125", "-5"),
        ("+5", "5"),
        ("1,5", "1.5"),
        ("1.5", "1.5"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        ("1,000", "1000"),
        ("1.000", "1000"),
        ("1,000,000", "1000000"),
        ("1.000.000", "1000000"),
        ("1 000", "1000"),
        ("1\u202f000,5", "1000.5"),
        ("1'000", "1000"),
        ("1’000’000.25", "1000000.25"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("١٬٠٠٠٫٥", "1000.5"),
    ],
)
def test_a_number_is_read_in_any_script_and_with_any_separators(typed: str, value: str) -> None:
    assert read_answer(a_section(Fill.NUMBER), typed) == Number(Decimal(value))


@pytest.mark.parametrize(
    "typed",
    ["", "abc", "about 45", "45 people", "12 34", "1 2", "1,2,3", "1,00,000", "1.2.3", "-", "³", "½", "1e5",
     "4-5", "Infinity", "NaN", "9" * 31],
)  # fmt: skip
def test_what_is_not_a_number_as_a_whole_is_none(typed: str) -> None:
    assert read_answer(a_section(Fill.NUMBER), typed) is None


@pytest.mark.parametrize(("typed", "is_one"), [("0", False), ("1", True), ("100", True), ("100.5", False)])
def test_a_number_outside_its_bounds_is_none(typed: str, is_one: bool) -> None:
    section = a_section(Fill.NUMBER, lowest=1, highest=100)
    assert (read_answer(section, typed) is not None) is is_one


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("1", "1"),
        ("٣", "3"),
        ("1, 3 and 13", "1 3 13"),
        ("1, 3 et 13", "1 3 13"),
        ("13;1", "1 13"),
        ("1 3 13", "1 3 13"),
        ("1\n3", "1 3"),
        ("1, 1", "1"),
        ("goals 1-3", "1 2 3"),
        ("Goal 8", "8"),
        ("goals: 1–3, climate action", "1 2 3 13"),
        ("1 to 8", "1 2 3 8"),
        ("#3", "3"),
        ("SDG 13", "13"),
        ("decent work", "8"),
        ("CLIMATE  Action", "13"),
        ("Peace, justice and strong institutions", "16"),
        ("no poverty and zero hunger", "1 2"),
    ],
)
def test_options_are_chosen_by_code_by_span_and_by_words_of_their_titles(typed: str, codes: str) -> None:
    assert read_answer(CHOICES, typed) == Chosen(tuple(codes.split()))


@pytest.mark.parametrize(
    "typed",
    ["", ",", "4", "0", "not 3", "no 3", "1, 4", "1 and something", "13-1", "1-99", "and",
     "we talked about work", "climat action"],
)  # fmt: skip
def test_what_is_not_options_as_a_whole_is_none(typed: str) -> None:
    assert read_answer(CHOICES, typed) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [("a", "A"), ("B", "B"), ("2", "B"), ("border towns", "B"), ("3", None), ("A, B", None), ("1-2", None)],
)
def test_one_option_is_chosen_by_code_number_of_the_list_or_words(typed: str, code: str | None) -> None:
    assert read_answer(LETTERS, typed) == (Chosen((code,)) if code else None)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("climat acton", "13"), ("zero hungre", "2"), ("lunch", None), ("climate " * 20, None)],
)
def test_a_near_miss_is_found_to_be_asked_about(typed: str, code: str | None) -> None:
    found = nearest(CHOICES, typed)
    assert (found.code if found else None) == code


def test_a_section_of_notes_has_no_value() -> None:
    assert read_answer(a_section(Fill.TEXT), "1") is None
