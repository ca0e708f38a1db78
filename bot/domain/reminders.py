"""Reminders: planned backwards from when the reports are due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.event import Assignment, PersonId, SessionCode

ONE_HOUR_LEFT = "one hour left"
_LEAD = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One nudge to one person about one session; (session, person, rung) happens once."""

    session: SessionCode
    person: PersonId
    rung: str
    due_at: datetime


def planned(assignments: tuple[Assignment, ...]) -> tuple[Planned, ...]:
    """The nudges of an event."""
    return tuple(
        Planned(
            session=each.session.code,
            person=each.person,
            rung=ONE_HOUR_LEFT,
            due_at=each.event.due_at - _LEAD,
        )
        for each in assignments
    )
