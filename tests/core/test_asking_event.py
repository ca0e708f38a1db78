"""The six questions of a new event are a fold over what was typed: no order of typing is a dead end."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.asking_event import QUESTIONS, Asked, Question, Sketch, Unclear, asked
from bot.programme.places import ATLAS

ANSWERS = ["The  dialogue", "Lisbon", "2031-03-11", "2031-03-12 15:30-17:00", "12", "<#C0123|digest>"]
WHOLE = Sketch(
    name="The dialogue", place="Lisbon", zone="Europe/Lisbon", first_day=date(2031, 3, 11),
    closing_starts=datetime(2031, 3, 12, 15, 30), closing_ends=datetime(2031, 3, 12, 17, 0),  # noqa: DTZ001
    sessions=12, channel="C0123",  # type: ignore[arg-type]
)  # fmt: skip


def after(*typed: str) -> Asked:
    return asked(typed, ATLAS)


def asking(question: Question, text: str) -> Asked:
    """The answer to one question, those before it given."""
    return after(*ANSWERS[: QUESTIONS.index(question)], text)


def test_six_answers_make_a_sketch() -> None:
    whole = after(*ANSWERS)
    assert (whole.sketch, whole.question, whole.is_open) == (WHOLE, None, False)


def test_each_answer_leads_to_the_next_question() -> None:
    assert [after(*ANSWERS[:count]).question for count in range(6)] == list(QUESTIONS)


def test_what_is_typed_after_the_last_answer_changes_nothing() -> None:
    assert after(*ANSWERS, "back", "stop", "more") == after(*ANSWERS)


@pytest.mark.parametrize(
    ("question", "text", "unclear", "near"),
    [
        (Question.NAME, "x" * 301, Unclear.LINE, ""),
        (Question.NAME, "  ", Unclear.LINE, ""),
        (Question.PLACE, "Marrakesh", Unclear.ZONE, ""),
        (Question.PLACE, "Casablanka", Unclear.ZONE, "Casablanca"),
        (Question.PLACE, "Montréal, Canada", Unclear.ZONES, ""),
        (Question.PLACE, "Paris, Texas", Unclear.ZONE, "Paris"),
        (Question.PLACE, "Lisbon, Mars/Olympus", Unclear.ZONE, "Lisbon"),
        (Question.PLACE, "Paris, Frence", Unclear.ZONE, "France"),
        (Question.FIRST_DAY, "2031-02-30", Unclear.DAY, ""),
        (Question.FIRST_DAY, "11.3.2031", Unclear.DAY, ""),
        (Question.FIRST_DAY, "1901-01-01", Unclear.DAY, ""),
        (Question.CLOSING, "15:30-17:00", Unclear.TIMES, ""),
        (Question.CLOSING, "2031-03-12 15:30", Unclear.TIMES, ""),
        (Question.CLOSING, "2031-03-12 25:00-26:00", Unclear.TIMES, ""),
        (Question.CLOSING, "soon 15:30-17:00", Unclear.DAY, ""),
        (Question.CLOSING, "2031-03-12 17:00-15:30", Unclear.ENDS_BEFORE, ""),
        (Question.CLOSING, "2031-03-10 15:30-17:00", Unclear.BEFORE_FIRST_DAY, "2031-03-11"),
        (Question.SESSIONS, "0", Unclear.NUMBER, ""),
        (Question.SESSIONS, "401", Unclear.NUMBER, ""),
        (Question.SESSIONS, "a few", Unclear.NUMBER, ""),
        (Question.SESSIONS, "9" * 5000, Unclear.NUMBER, ""),
        (Question.CHANNEL, "#digest", Unclear.CHANNEL, ""),
        (Question.CHANNEL, "<@U0123>", Unclear.CHANNEL, ""),
    ],
)
def test_an_answer_that_is_not_understood_is_asked_for_again(
    question: Question, text: str, unclear: Unclear, near: str
) -> None:
    state = asking(question, text)
    assert (state.question, state.unclear, state.near) == (question, unclear, near)


@pytest.mark.parametrize(
    ("text", "place", "zone"),
    [
        ("lisbon", "lisbon", "Europe/Lisbon"),
        ("New York", "New York", "America/New_York"),
        ("Marrakesh, Africa/Casablanca", "Marrakesh", "Africa/Casablanca"),
        ("Marrakesh, casablanca", "Marrakesh", "Africa/Casablanca"),
        ("Sintra, Portugal, Lisbon", "Sintra", "Europe/Lisbon"),
        ("Marrakesh, Morocco", "Marrakesh", "Africa/Casablanca"),
        ("Montréal, Toronto", "Montréal", "America/Toronto"),
        ("Ushuaia", "Ushuaia", "America/Argentina/Ushuaia"),
    ],
)
def test_a_city_has_the_zone_of_its_name_or_what_stands_behind_the_comma_tells_it(
    text: str, place: str, zone: str
) -> None:
    sketch = asking(Question.PLACE, text).sketch
    assert (sketch.place, sketch.zone) == (place, zone)


@pytest.mark.parametrize(
    "text", ["2031-03-12 15:30-17:00", "2031-3-12, 15.30 – 17.00", "2031-03-12 15:30 to 17:00"]
)
def test_the_closing_session_may_be_written_in_several_ways(text: str) -> None:
    sketch = asking(Question.CLOSING, text).sketch
    assert (sketch.closing_starts, sketch.closing_ends) == (WHOLE.closing_starts, WHOLE.closing_ends)


def test_a_number_may_be_in_digits_of_any_script() -> None:
    assert asking(Question.SESSIONS, "١٢").sketch.sessions == 12


def test_back_asks_the_question_before_and_the_first_again() -> None:
    assert after(*ANSWERS[:3], "back").question is Question.FIRST_DAY
    assert after("back", "Back").question is Question.NAME
    assert after(*ANSWERS[:5], "back", "7", ANSWERS[5]).sketch.sessions == 7


def test_stop_ends_it_wherever_it_stands() -> None:
    for count in range(6):
        state = after(*ANSWERS[:count], " STOP ", "Lisbon")
        assert (state.stopped, state.is_open, state.answered) == (True, False, count)


@given(
    st.lists(
        st.sampled_from([*ANSWERS, "back", "stop", "", "what", "\0"]) | st.text(max_size=20), max_size=20
    )
)
def test_whatever_is_typed_there_is_a_question_or_an_end(typed: list[str]) -> None:
    state = asked(typed, ATLAS)
    assert state.is_open or state.stopped or state.question is None
    assert asked([*typed, "stop"], ATLAS).is_open is False
