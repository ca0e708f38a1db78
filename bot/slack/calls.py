"""What delivery asks of Slack for a row, or why it asks nothing."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.moment import Ts
from bot.domain.replies import Reply
from bot.slack.kit import Screen
from storage import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """chat.postMessage; `thread` is the parent's ts."""

    screen: Screen
    thread: Ts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file with words of ours above it. `title` gets a tag by which a second try finds the first."""

    name: str
    title: str
    body: bytes
    comment: str
    thread: Ts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """chat.update of a message of ours."""

    ts: Ts
    screen: Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """chat.delete of a message of ours."""

    ts: Ts


@dataclass(frozen=True, slots=True, kw_only=True)
class React:
    """reactions.add on a message of the person."""

    ts: Ts
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """conversations.replies: which of our digest messages are still there."""

    parent: Ts
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubles:
    """Which messages carry a key, beside the one that should; they are taken away."""

    key: str
    ts: Ts
    thread: Ts | None
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """No longer needed; `why` for the row."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotYet:
    """What would come too soon: after an update, or `in_peace`, for somebody's quiet hours."""

    until: datetime
    in_peace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What it belongs to was deleted by hand; `why` is listed for operators."""

    why: str


Sent = Post | Upload | Update | Delete | React | Look | Doubles
Call = Sent | Nothing | NotYet | Lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A call, the digest slot that it fills, and the reply that follows it."""

    call: Call
    slot: str | None = None
    content: str = ""  # a hash of what will stand in the slot
    follow: Reply | None = None
