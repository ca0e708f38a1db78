"""The conference: event, sessions, who reports what, and the ids of all of them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.domain.moment import Ts
from bot.domain.rungs import LADDER, QuietHours, Rung

WorkspaceId = NewType("WorkspaceId", str)  # Slack's team id
PersonId = NewType("PersonId", str)  # Slack's user id
ChannelId = NewType("ChannelId", str)
EventKey = NewType("EventKey", str)
SessionCode = NewType("SessionCode", str)  # as the programme prints it: 2.2
TemplateKey = NewType("TemplateKey", str)


class Level(StrEnum):
    """How openly a session was held (domain.md 2)."""

    ON_THE_RECORD = "on the record"
    RULE = "Chatham House Rule"
    CONSENT = "Chatham House Rule, written consent for quotes"
    OFF_THE_RECORD = "off the record"

    @property
    def is_closed(self) -> bool:
        """Whether readers learn only that the session took place."""
        return self in (Level.CONSENT, Level.OFF_THE_RECORD)


class Part(StrEnum):
    """What somebody does for a session's report; the lead submits it."""

    LEAD = "lead"
    CO = "co"

    @property
    def place(self) -> int:
        """Where they stand among those of a session; the lead comes first."""
        return list(Part).index(self)


class Stopped(StrEnum):
    """Why nothing is asked any more of who reports a session; both can be taken back."""

    CANNOT = "cannot"
    NOT_ME = "not me"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSettings:
    """What an event decides for itself; the defaults are those of conversation.md."""

    languages: tuple[str, ...] = ("en",)  # ISO 639-1; headings of the digest are in the first
    rungs: tuple[Rung, ...] = LADDER
    quiet: QuietHours = field(default_factory=QuietHours)
    escalates: bool = True  # organisers are told privately who is missing


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
    freeze_at: datetime  # corrections close
    channel: ChannelId
    settings: EventSettings = field(default_factory=EventSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One roundtable of the programme."""

    code: SessionCode
    title: str
    starts_at: datetime
    ends_at: datetime
    template: TemplateKey
    room: str = ""
    track: str = ""
    level: Level = Level.RULE
    due_at: datetime | None = None  # None: when the event's reports are due
    is_cancelled: bool = False
    given_at: datetime | None = None  # until then an organiser gave more time; no file says so

    def due(self, event: Event) -> datetime:
        """When its report is due, with the more time that was given."""
        return with_given(self.due_at or event.due_at, self.given_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A rapporteur reports a session of an event."""

    event: Event
    session: Session
    person: PersonId
    name: str  # the rapporteur's, for the header; never to readers
    affiliation: str
    part: Part = Part.LEAD
    since: Ts | None = None  # what they typed before is not of this session
    until: Ts | None = None  # of who reported it once: nothing after it is

    def covers(self, ts: Ts) -> bool:
        """Whether they report the session at that moment."""
        return (self.since or ts) <= ts <= (self.until or ts)

    @property
    def due_at(self) -> datetime:
        """When this report is due: the session's own time, else the event's, or what was given."""
        return self.session.due(self.event)


def with_given(due_at: datetime, given_at: datetime | None) -> datetime:
    """When something is due, of what the file says and what an organiser gave: whatever is later."""
    return due_at if given_at is None else max(due_at, given_at)


def concerned(assignments: tuple[Assignment, ...], at: datetime) -> Assignment | None:
    """Which of one person's assignments a message of that moment belongs to.

    The event whose closing session ends next, or the last one when all have ended; it depends on the
    message's moment alone, so that order of arrival does not matter.
    """
    in_order = sorted(assignments, key=lambda each: (each.event.closing_ends_at, each.event.key))
    ahead = (each for each in in_order if each.event.closing_ends_at > at)
    return next(ahead, in_order[-1] if in_order else None)
