"""Every id that Slack hands back to us, and the typed, versioned value that a button carries."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.dialogue import Deed
from bot.domain.event import EventKey, SessionCode


class Action(StrEnum):
    """action_id of a button."""

    NEXT = "walk.next"
    NOTHING = "walk.nothing"
    OPEN = "walk.open"
    SUBMIT = "report.submit"
    SHOW = "report.show"
    KEEP = "notes.keep"
    TAKE = "notes.take"
    MOVE = "notes.move"
    LEAVE = "notes.leave"

    def numbered(self, nth: int) -> str:
        """The id of one of several buttons of this action: Slack wants those of a message to differ."""
        return f"{self.value}.{nth}" if nth else self.value

    @classmethod
    def read(cls, action_id: object) -> "Action | None":
        """The action of a button's id; None for what this version did not draw."""
        found = _ID.fullmatch(action_id) if isinstance(action_id, str) else None
        return cls(found[1]) if found and found[1] in list(cls) else None

    @property
    def ids(self) -> re.Pattern[str]:
        """All ids of this action's buttons."""
        return re.compile(rf"^{re.escape(self.value)}(\.\d+)?$")


_ID = re.compile(r"([a-z]+\.[a-z]+)(?:\.\d+)?")


DEEDS = {
    Action.NEXT: Deed.NEXT,
    Action.NOTHING: Deed.NOTHING,
    Action.OPEN: Deed.OPEN,
    Action.SUBMIT: Deed.SUBMIT,
    Action.SHOW: Deed.REPORT,
    Action.KEEP: Deed.KEEP,
    Action.TAKE: Deed.TAKE,
    Action.MOVE: Deed.MOVE,
    Action.LEAVE: Deed.LEAVE,
}

EVENTS_PATH = "/slack/events"
DELIVERY = "plenary_delivery"  # event_type of the metadata by which a post is found again

_VERSION = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a button stands: report and section, never "the current one"."""

    event: EventKey
    session: SessionCode
    section: int

    def value(self) -> str:
        """As a button's value."""
        return "|".join((_VERSION, self.event, self.session, str(self.section)))

    @classmethod
    def read(cls, value: object) -> "Place | None":
        """The place again; None for what this version did not write."""
        match value.split("|") if isinstance(value, str) else ():
            case [version, event, session, section] if (
                version == _VERSION and section.isdecimal() and len(section) < 4
            ):
                return cls(event=EventKey(event), session=SessionCode(session), section=int(section))
            case _:
                return None
