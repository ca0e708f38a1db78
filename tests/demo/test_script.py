"""What people type who write by themselves, and when."""

from dataclasses import replace
from datetime import timedelta

from bot.demo.script import lines
from bot.demo.texts import NOTHING, Form, Note
from bot.domain.event import Part, SessionCode
from tests.builders import THURSDAY, a_session, an_assignment

FORM = Form({0: (Note("a", "a"), Note("b", "b")), 1: NOTHING, 2: (Note("c", "c"),)})
OTHER = Form({0: tuple(Note(each, each) for each in "uvwxyz")})
FORMS = {"2.2": FORM, "1.2": OTHER}
SECTIONS = {SessionCode("2.2"): 3, SessionCode("1.2"): 1}
HERE = an_assignment()  # of 2.2, 14:00 to 16:30


def test_notes_are_spread_over_the_session_and_the_submit_comes_after_it() -> None:
    script = lines([HERE], FORMS, SECTIONS)
    assert [each.text for each in script] == [
        "go 1", "a", "b", "next", NOTHING, "c", "submit", "submit"
    ]  # fmt: skip
    moments = [each.at for each in script]
    assert THURSDAY < moments[0] < moments[5] < HERE.session.ends_at < moments[6] < moments[7] < HERE.due_at


def test_who_writes_beside_the_lead_writes_a_little_and_does_not_submit() -> None:
    script = lines([replace(HERE, part=Part.CO)], {"1.2": OTHER}, SECTIONS)
    assert [each.text for each in script] == ["go 1", "u", "v", "w"]


def test_who_has_two_sessions_names_each_before_writing_and_before_the_submit() -> None:
    later = replace(
        a_session("1.2"), starts_at=THURSDAY + timedelta(hours=3), ends_at=THURSDAY + timedelta(hours=4)
    )
    script = lines([HERE, replace(HERE, session=later)], FORMS, SECTIONS)
    texts = [each.text for each in script]
    assert texts[:2] == ["2.2", "go 1"]
    assert texts.count("2.2") == texts.count("1.2") == 2
    for code in ("2.2", "1.2"):
        last = max(number for number, text in enumerate(texts) if text == code)
        assert texts[last + 1 : last + 3] == ["submit", "submit"]
