"""The conference: event, sessions, who reports what, and the ids of all of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

WorkspaceId = NewType("WorkspaceId", str)  # Slack's team id
PersonId = NewType("PersonId", str)  # Slack's user id
ChannelId = NewType("ChannelId", str)
EventKey = NewType("EventKey", str)
SessionCode = NewType("SessionCode", str)  # as the programme prints it: 2.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One conference. Instants are UTC; `zone` is the IANA name of the city's zone."""

    workspace: WorkspaceId
    key: EventKey
    name: str
    place: str
    zone: str
    closing_at: datetime
    closing_ends_at: datetime
    due_at: datetime
    channel: ChannelId


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One roundtable of the programme."""

    code: SessionCode
    title: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A rapporteur reports a session of an event."""

    event: Event
    session: Session
    person: PersonId
    name: str  # the rapporteur's, for the header; never to readers
    affiliation: str


def concerned(assignments: tuple[Assignment, ...], at: datetime) -> Assignment | None:
    """Which of one person's assignments a message of that moment belongs to.

    The event whose closing session ends next, or the last one when all have ended; it depends on the
    message's moment alone, so that order of arrival does not matter.
    """
    in_order = sorted(assignments, key=lambda each: (each.event.closing_ends_at, each.event.key))
    ahead = (each for each in in_order if each.event.closing_ends_at > at)
    return next(ahead, in_order[-1] if in_order else None)
