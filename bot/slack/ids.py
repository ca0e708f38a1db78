"""Every id that Slack hands back to us, and the typed, versioned value that a button carries."""

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


DEEDS = {
    Action.NEXT: Deed.NEXT,
    Action.NOTHING: Deed.NOTHING,
    Action.OPEN: Deed.OPEN,
    Action.SUBMIT: Deed.SUBMIT,
    Action.SHOW: Deed.REPORT,
    Action.KEEP: Deed.KEEP,
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
