"""What somebody asks of the bot by a button that is no move of the walk."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.event import ChannelId, EventKey, PersonId, WorkspaceId
from bot.domain.moment import Ts


class Wish(StrEnum):
    """What is asked; in brackets what its parts hold."""

    LATER = "later"  # a reminder (when it was sent, domain.snoozes.Later)
    NOT_LATER = "not later"  # take that back (when the reminder was sent, when it was put off)
    CANNOT = "cannot"  # (session, when the reminder was sent or nothing)
    NOT_ME = "not me"  # (as above)
    AGAIN = "again"  # take that back (the matter)
    MORE_TIME = "more time"  # (session, when the reminder was sent)
    GIVE_HALF = "give half an hour"  # an organiser's answer (the matter)
    GIVE_HOUR = "give an hour"
    REFUSE = "refuse"
    BACK = "back"  # not away after all (the ts of the line)
    TAKE = "take"  # an organiser takes care (the matter)
    HELP = "help"  # (session)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """A button of that kind, pressed at ts under a message of ours."""

    receipts: tuple[str, ...]
    workspace: WorkspaceId
    person: PersonId
    channel: ChannelId
    ts: Ts
    message: Ts
    wish: Wish
    event: EventKey
    parts: tuple[str, ...]
