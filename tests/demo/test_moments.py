"""Which moment that matters is next, and how the page says it."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.demo.moments import Course, Moment, next_moment
from bot.domain.event import EventKey, PersonId, Session, SessionCode
from storage import Due
from tests.builders import THURSDAY, a_session, an_event

EVENT = an_event()  # due on Friday at 14:30, frozen at 15:00, closing at 15:30


def due(person: str, rung: str, at: datetime) -> Due:
    return Due(
        event=EventKey(EVENT.key), session=SessionCode("2.2"), person=PersonId(person), rung=rung, due_at=at
    )


def course(*sessions: Session, planned: tuple[Due, ...] = ()) -> Course:
    return Course(event=EVENT, sessions=sessions, planned=planned)


def said(known: Course, now: datetime) -> list[str]:
    """What each moment says, one after another."""
    found = []
    while (moment := next_moment([known], now)) is not None:
        found.append(moment.says)
        now = moment.at
    return found


def test_programme_and_plan_are_gone_through_in_order_and_nothing_is_left_out() -> None:
    two = replace(a_session("1.2"), starts_at=THURSDAY + timedelta(minutes=30))
    planned = (
        due("UONE", "one hour left", EVENT.due_at + timedelta(days=1)),
        due("UTWO", "one hour left", EVENT.due_at + timedelta(days=1)),
    )
    known = course(a_session("2.2"), a_session("3.2"), two)
    assert said(known, THURSDAY - timedelta(hours=3)) == [
        "14:00 in Marrakesh: 2.2 and 3.2 begin",
        "14:30 in Marrakesh: 1.2 begins",
        "16:30 in Marrakesh: 2.2, 3.2 and 1.2 end",
        "Fri 7 Dec, 14:30 in Marrakesh: reports are due",
        "15:00 in Marrakesh: corrections close",
        "15:30 in Marrakesh: the closing session begins",
        "17:00 in Marrakesh: the closing session is over",
    ]
    assert said(replace(known, planned=planned), EVENT.closing_ends_at) == [
        "Sat 8 Dec, 14:30 in Marrakesh: one hour left, 2 people"
    ]


def test_what_happens_together_is_one_moment() -> None:
    known = course(a_session("2.2"), planned=(due("UONE", "overdue", EVENT.freeze_at),))
    assert next_moment([known], EVENT.due_at) == Moment(
        at=EVENT.freeze_at, says="15:00 in Marrakesh: corrections close; overdue, 1 person"
    )


def test_what_waits_for_somebody_to_wake_is_a_moment_and_each_person_counts_once() -> None:
    morning = THURSDAY - timedelta(hours=6)
    known = replace(
        course(a_session("2.2")),
        contacts=(("UONE", morning), ("UTWO", morning)),
        in_peace=(("UONE", morning), ("UONE", morning), ("UTWO", morning + timedelta(hours=1))),
    )
    assert said(known, morning - timedelta(hours=1))[:2] == [
        "08:00 in Marrakesh: 2 people are told what is theirs; 1 person is told what waited for them",
        "09:00 in Marrakesh: 1 person is told what waited for them",
    ]


def test_reports_with_more_time_are_due_when_that_ends() -> None:
    given = EVENT.due_at + timedelta(minutes=20)
    known = course(replace(a_session("2.2"), given_at=given))
    assert [each for each in said(known, THURSDAY) if "due" in each] == [
        "Fri 7 Dec, 14:50 in Marrakesh: reports are due"
    ]


def test_a_cancelled_session_neither_begins_nor_ends() -> None:
    known = course(replace(a_session("2.2"), is_cancelled=True))
    assert said(known, EVENT.due_at - timedelta(days=9))[0].endswith("corrections close")
