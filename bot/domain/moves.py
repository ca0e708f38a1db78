"""What comes in from people, read from Slack and cleaned: nothing in it is in Slack's own shapes."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.dialogue import Deed
from bot.domain.dropped import FileId
from bot.domain.event import ChannelId, EventKey, PersonId, SessionCode, WorkspaceId
from bot.domain.moment import Ts
from bot.domain.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A file of a message, as Slack names it."""

    id: FileId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message in a DM as of a moment: new (as_of == ts), edited, deleted (words None) or missing."""

    receipts: tuple[str, ...]  # keys under which this came in once
    workspace: WorkspaceId
    person: PersonId  # empty for a deletion of which Slack does not say whose it is
    channel: ChannelId
    ts: Ts
    as_of: Ts
    words: Words | None
    rich_text: Words | None = None  # Slack's blocks, JSON in ASCII
    original: Words | None = None  # the text as it came, escaped, where cleaning changed it
    is_plain: bool = True  # one unformatted run: only such a message can be a command
    has_file: bool = False
    files: tuple[Shared, ...] = ()
    is_missing: bool = False  # Slack's history does not have it, and no event said that it was deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A button pressed in a DM; the button says what it stood under."""

    receipts: tuple[str, ...]
    workspace: WorkspaceId
    person: PersonId
    channel: ChannelId
    ts: Ts  # Slack's action_ts
    deed: Deed
    event: EventKey
    session: SessionCode
    section: int


class Decision(StrEnum):
    """What a button of the talk about an event says."""

    BACK = "back"
    STOP = "stop"
    APPLY = "apply"
    NOT_NOW = "not now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A button of the talk about an event, pressed under one of our messages."""

    receipts: tuple[str, ...]
    workspace: WorkspaceId
    person: PersonId
    ts: Ts  # Slack's action_ts
    message: Ts  # under which it stood
    decision: Decision
    of: Ts  # the talk, or the message with the files
    base: str  # of an apply: the digest of what was stored when the difference was shown
