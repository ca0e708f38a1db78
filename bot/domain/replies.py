"""What goes out: replies as data. They hold places and moments, never typed text, which is read and
gated when a reply is delivered."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import assert_never

from bot.domain.event import SessionCode
from bot.domain.moment import Ts
from bot.domain.nudges import (
    AwayNoted,
    FirstContact,
    Nudge,
    PastFreeze,
    Reminder,
    Snoozed,
    StoodDown,
    TimeAsked,
    Told,
)


class Lane(IntEnum):
    """Who goes first between channels; lower is sooner (house.md, "Outbox")."""

    ANSWER = 1
    CARD = 2
    DIGEST = 4
    REMINDER = 5
    TICK = 6
    COSMETIC = 7  # buttons taken off


@dataclass(frozen=True, slots=True)
class Welcome:
    """The answer to a person's very first note."""


@dataclass(frozen=True, slots=True)
class Card:
    """A section is open; `left` is the section that the receipt line speaks of."""

    section: int
    left: int | None


@dataclass(frozen=True, slots=True)
class Switched:
    """Another report is open; `left` is the one that was."""

    left: SessionCode | None


@dataclass(frozen=True, slots=True)
class Which:
    """Notes, or a command, of no report yet: which one is meant?"""

    of_command: bool = False  # it is not kept, but notes that wait go along


@dataclass(frozen=True, slots=True)
class Strayed:
    """Notes typed while a session ran went to another report; asked once the session is over."""


@dataclass(frozen=True, slots=True)
class NotesMoved:
    """So many notes are in the report of the session during which they were typed."""

    count: int


@dataclass(frozen=True, slots=True)
class NoValue:
    """The note `ts` is in a section that needs a number or options, and is neither: asked for once."""

    section: int
    ts: Ts


@dataclass(frozen=True, slots=True)
class Review:
    """The whole report with [Submit]; a long one goes on in further pages."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class Submitted:
    """The report is submitted."""

    at: Ts


@dataclass(frozen=True, slots=True)
class Tick:
    """The reaction on the last note of a burst: this and all above it are kept."""

    ts: Ts


@dataclass(frozen=True, slots=True)
class AskLine:
    """Write the closing line: the next note is it."""


@dataclass(frozen=True, slots=True)
class LineKept:
    """The closing line as it stands, with the button that submits; `instead` of one that was there."""

    instead: bool = False


@dataclass(frozen=True, slots=True)
class KeptApart:
    """A new note after the submit: kept, and not in the report."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """An edit after the submit."""

    section: int | None
    is_line: bool = False  # of the closing line


@dataclass(frozen=True, slots=True)
class Removed:
    """Deleted notes are out of a section."""

    section: int | None
    in_digest: bool = False  # they were, and the digest follows
    is_line: bool = False  # it was the closing line


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Notes that Slack's history does not have any more are held back; their author is asked."""


class Saying(StrEnum):
    """Fixed sentences."""

    HELP = "help"
    NO_SECTION = "no section"  # "nothing raised" before the first opening
    NO_FILES = "no files"
    ORGANISER = "organiser"  # reports no session
    STRANGER = "stranger"
    UNORGANISED = "unorganised"  # nobody organises anything here yet
    NO_UPLOADS = "no uploads"  # the workspace takes no files
    TOO_LATE = "too late"  # to put a reminder off
    PUT_BACK = "put back"  # what was held back is in the report again
    LEFT = "left"  # notes typed during another session stay where they are
    LEAD_SUBMITS = "lead submits"
    NOT_YOURS = "not yours"  # somebody else reports the session now


@dataclass(frozen=True, slots=True)
class Say:
    """One of the fixed sentences."""

    saying: Saying


@dataclass(frozen=True, slots=True)
class Apology:
    """A button did nothing because of a fault of ours; the code stands in the log too."""

    code: str


@dataclass(frozen=True, slots=True)
class PeopleProblems:
    """To an organiser: who of the event file cannot be served, by their keys (domain.people.Sought)."""

    sought: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """When and where a session takes place, by the wall of its event: 2018-12-06T15:00."""

    starts: str
    ends: str
    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """To a session's people: other times, another room, or that it takes place after all."""

    to: Held
    due_too: bool = field(compare=False)  # the report is due at another time as well; as of its putting
    after_all: bool = False  # it was cancelled, as far as they know
    was: Held | None = None  # as they know it; None: cancelled, or told by an earlier version
    due_was: str | None = None  # by the clock on the wall, as they know it; None: by an earlier version


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """To a session's people: it does not take place."""

    was: Held | None = None  # as they know it; None: told by an earlier version


@dataclass(frozen=True, slots=True)
class TakenOff:
    """To who reports a session no more."""

    wrote: bool  # something of theirs stays with the report


@dataclass(frozen=True, slots=True)
class DigestParent:
    """The one top-level post of an event."""


@dataclass(frozen=True, slots=True)
class DigestReply:
    """A page of a session's report in the thread under the parent."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class DigestLook:
    """A look whether somebody deleted digest messages by hand; posts nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """A look whether a message stands twice, by its key; a copy that is not `ts` is taken away."""

    key: str
    ts: Ts
    in_thread: bool  # under the digest's parent
    since: datetime


@dataclass(frozen=True, slots=True)
class Uninvited:
    """To an organiser: the bot is not in the digest's channel, and the line that invites it."""


@dataclass(frozen=True, slots=True)
class AskEvent:
    """What the talk that began with this message asks now, or that it was stopped."""

    talk: Ts


@dataclass(frozen=True, slots=True)
class EventFile:
    """The commented event file that a talk came to."""

    talk: Ts


@dataclass(frozen=True, slots=True)
class SessionsTable:
    """The table of sessions that goes with it."""

    talk: Ts


@dataclass(frozen=True, slots=True)
class FileWaits:
    """Slack does not give a file of this message yet."""

    ts: Ts


@dataclass(frozen=True, slots=True)
class Checked:
    """What the files of a message come to: their faults, or what applying them would change.

    `changed`: something else than what was shown and agreed to.
    """

    ts: Ts
    page: int = 0
    changed: bool = False


@dataclass(frozen=True, slots=True)
class EventApplied:
    """The event is stored."""


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """The files of a message were not applied."""

    ts: Ts


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A message of ours in the same DM reads as another reply from now on; `bare` takes its buttons off.

    `of` is the ts of the message, or the key that `Outbox.put` gave for its row. Where a message has
    rich_text, what takes its place must have it too: Slack refuses anything else.
    """

    of: str
    into: "Reply"
    bare: bool = False


Reply = (
    Welcome
    | Card
    | Switched
    | Which
    | Strayed
    | NotesMoved
    | NoValue
    | Review
    | Submitted
    | Tick
    | AskLine
    | LineKept
    | KeptApart
    | Corrected
    | Removed
    | HeldBack
    | Say
    | Apology
    | Nudge
    | PeopleProblems
    | Moved
    | Cancelled
    | TakenOff
    | DigestParent
    | DigestReply
    | DigestLook
    | Recount
    | Uninvited
    | AskEvent
    | EventFile
    | SessionsTable
    | FileWaits
    | Checked
    | EventApplied
    | LeftAlone
    | Rewritten
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a reply waits in the outbox."""

    lane: Lane
    ordered: bool = True  # keeps its place in its channel and holds later ones up
    replaces: str | None = None  # a waiting row of this name is replaced: newest wins
    delay: timedelta = timedelta()
    hold: timedelta = timedelta()  # the longest wait that replacing may bring about
    stale_for: timedelta | None = None  # dropped when it is later than that


_MINUTE = timedelta(minutes=1)


def manner_of(reply: Reply, *, person: str, session: str) -> Manner:
    """Lane, order and waiting of a reply (conversation.md 2.1 and 2.3)."""
    match reply:
        case AskEvent(talk):
            return Manner(lane=Lane.ANSWER, replaces=f"ask/{person}/{talk}")
        case EventFile() | SessionsTable() | FileWaits() | Checked() | EventApplied() | LeftAlone():
            return Manner(lane=Lane.ANSWER)
        case Say() | Apology() | Review() | Submitted() | Uninvited() | Switched() | NotesMoved():
            return Manner(lane=Lane.ANSWER)
        case AskLine():
            return Manner(lane=Lane.ANSWER)
        case LineKept():
            return Manner(lane=Lane.ANSWER, replaces=f"line/{person}/{session}")
        case Welcome() | Card() | Which() | NoValue():
            return Manner(lane=Lane.CARD)
        case KeptApart():
            return _gathered(f"apart/{person}/{session}")
        case Corrected(section, is_line=is_line):
            return _gathered(f"corrected/{person}/{session}/{'line' if is_line else section}")
        case Removed(section, is_line=is_line):
            return _gathered(f"removed/{person}/{session}/{'line' if is_line else section}")
        case HeldBack():
            return _gathered(f"held/{person}/{session}")
        case Tick():
            return Manner(
                lane=Lane.TICK,
                ordered=False,
                replaces=f"tick/{person}",
                delay=timedelta(seconds=5),
                hold=_MINUTE,
                stale_for=3 * _MINUTE,
            )
        case Reminder() | FirstContact() | Told() | PeopleProblems() | Strayed():
            return Manner(lane=Lane.REMINDER)
        case Moved() | Cancelled() | TakenOff():
            return Manner(lane=Lane.REMINDER)
        case Snoozed() | StoodDown() | AwayNoted() | TimeAsked() | PastFreeze():
            return Manner(lane=Lane.ANSWER)
        case DigestParent():
            return Manner(lane=Lane.DIGEST, replaces="digest")
        case DigestReply(page):
            return Manner(lane=Lane.DIGEST, replaces=f"digest/{session}/{page}")
        case DigestLook():
            return Manner(lane=Lane.TICK, ordered=False, replaces="digest look", stale_for=10 * _MINUTE)
        case Recount():
            return Manner(lane=Lane.TICK, ordered=False, delay=timedelta(seconds=30))
        case Rewritten(of=of, bare=True):
            return Manner(
                lane=Lane.COSMETIC, ordered=False, replaces=f"rewritten/{of}", stale_for=3 * _MINUTE
            )
        case Rewritten(of=of):
            return Manner(lane=Lane.ANSWER, replaces=f"rewritten/{of}")
        case _:
            assert_never(reply)


def _gathered(name: str) -> Manner:
    """Several within a few seconds are one line."""
    wait = timedelta(seconds=5)
    return Manner(lane=Lane.CARD, replaces=name, delay=wait, hold=4 * wait)
