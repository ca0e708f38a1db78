"""Every id that Slack hands back to us, and the typed, versioned value that a button carries."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

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

MENU, PICK = "menu", "pick"  # action_ids of menus; the option chosen says what it does

EVENTS_PATH = "/slack/events"
DELIVERY = "plenary_delivery"  # event_type of the metadata by which a post is found again

_VERSION = "1"


class Value(Protocol):
    """What a button or an option carries."""

    def value(self) -> str:
        """As Slack keeps it and hands it back."""
        ...


def option_value(action: str, value: str) -> str:
    """What an option carries: its own action, for Slack hands back only the menu's."""
    return f"{action} {value}"


def of_option(value: object) -> tuple[str, str]:
    """Action and value of a chosen option; empty for what no version wrote."""
    action, _, rest = value.partition(" ") if isinstance(value, str) else ("", "", "")
    return action, rest


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
