"""What applying an event file changes, as records; and how an event stands before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.event import Event, Session, SessionCode
from bot.domain.people import Sought
from bot.domain.programme import Programme
from bot.domain.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An event as it stands. `notes` counts what is kept, of the sessions for which anybody wrote."""

    programme: Programme
    forms: Mapping[SessionCode, Template]  # with which each session reports
    notes: Mapping[SessionCode, int]


class Aspect(StrEnum):
    """A setting of the event, or of a session."""

    NAME = "name"
    PLACE = "place"
    ZONE = "zone"
    CHANNEL = "channel"
    CLOSING = "closing session"
    CLOSING_ENDS = "closing session's end"
    DUE = "due"
    FREEZE = "freeze"
    LANGUAGES = "languages"
    QUIET = "quiet hours"
    RUNGS = "rungs"
    ESCALATES = "escalates"
    FORM = "form"
    TITLE = "title"
    TRACK = "track"
    LEVEL = "level"


Value = str | bool | tuple[str, ...] | None  # a moment is what the wall shows in its own zone


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAdded:
    """Nothing was stored under this key."""

    event: Event
    sessions: int
    rapporteurs: int  # people, however many sessions each has
    organisers: int
    listed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventChanged:
    """A setting of the event."""

    event: Event
    aspect: Aspect
    was: Value
    now: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAdded:
    """A code that is new."""

    session: Session


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRemoved:
    """The file names it no more, and its removal was ordered; with something written it is cancelled."""

    session: Session
    is_written: bool
    notes: int = field(compare=False)  # grows while people look at it


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMoved:
    """Other times or another room; `told` people are told."""

    event: Event
    was: Session
    now: Session
    told: int = field(compare=False)  # somebody may be found while people look at it


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCancelled:
    """It does not take place; `told` people are told."""

    session: Session
    told: int = field(compare=False)
    notes: int = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTakenUp:
    """It was cancelled and takes place after all."""

    session: Session


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChanged:
    """Title, track, level, form or due time of a session."""

    event: Event
    session: Session
    aspect: Aspect
    was: Value
    now: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraTimeShortened:
    """An organiser gave more time, until `was`, and the file's new words leave less of it, or none."""

    event: Event
    session: Session
    was: str  # the wall shows it
    now: str | None  # when corrections close; None: nothing is left


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsReordered:
    """The programme lists them in another order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAssigned:
    """Somebody is to report a session."""

    sought: Sought


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTakenOff:
    """Somebody reports a session no more; what they wrote stays with it."""

    sought: Sought


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged:
    """Another part, name or affiliation, or other words for the same person."""

    was: Sought
    now: Sought


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganiserAdded:
    """Somebody is to run the event."""

    sought: Sought


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganiserRemoved:
    """Somebody runs it no more."""

    sought: Sought


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedChanged:
    """People whom readers must not see: counted, never named."""

    added: int
    gone: int


Change = (
    EventAdded
    | EventChanged
    | SessionAdded
    | SessionRemoved
    | SessionMoved
    | SessionCancelled
    | SessionTakenUp
    | SessionChanged
    | ExtraTimeShortened
    | SessionsReordered
    | PersonAssigned
    | PersonTakenOff
    | PersonChanged
    | OrganiserAdded
    | OrganiserRemoved
    | ListedChanged
)
