"""Every id that Slack hands back to us, and the typed, versioned value that a button carries."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain.dialogue import Deed
from bot.domain.event import EventKey, SessionCode
from bot.domain.moment import Ts, is_ts
from bot.domain.moves import Decision
from bot.domain.wishes import Wish


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
    LINE = "report.line"

    @classmethod
    def read(cls, action_id: object) -> "Action | None":
        """The action of a button's id; None for what this version did not draw."""
        found = _ID.fullmatch(action_id) if isinstance(action_id, str) else None
        return cls(found[1]) if found and found[1] in list(cls) else None


_ID = re.compile(r"([a-z]+\.[a-z]+)(?:\.\d+)?")


def numbered(action: StrEnum, nth: int) -> str:
    """The id of one of several buttons of an action: Slack wants those of a message to differ."""
    return f"{action.value}.{nth}" if nth else action.value


def ids_of(action: StrEnum) -> re.Pattern[str]:
    """All ids of an action's buttons."""
    return re.compile(rf"^{re.escape(action.value)}(\.\d+)?$")


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
    Action.LINE: Deed.LINE,
}


class EventAction(StrEnum):
    """action_id of a button in the talk about an event."""

    BACK = "event.back"
    STOP = "event.stop"
    APPLY = "event.apply"
    NOT_NOW = "event.not_now"


DECISIONS = {
    EventAction.BACK: Decision.BACK,
    EventAction.STOP: Decision.STOP,
    EventAction.APPLY: Decision.APPLY,
    EventAction.NOT_NOW: Decision.NOT_NOW,
}


class Ask(StrEnum):
    """action_id of a button that is no move of the walk: answers to reminders, and those of organisers."""

    LATER = "reminder.later"
    NOT_LATER = "reminder.undo"
    CANNOT = "part.cannot"
    NOT_ME = "part.not_me"
    AGAIN = "part.again"
    MORE_TIME = "time.ask"
    GIVE_HALF = "time.half"
    GIVE_HOUR = "time.hour"
    REFUSE = "time.no"
    BACK = "away.undo"
    TAKE = "missing.take"
    HELP = "help.show"


WISHES = {
    Ask.LATER: Wish.LATER,
    Ask.NOT_LATER: Wish.NOT_LATER,
    Ask.CANNOT: Wish.CANNOT,
    Ask.NOT_ME: Wish.NOT_ME,
    Ask.AGAIN: Wish.AGAIN,
    Ask.MORE_TIME: Wish.MORE_TIME,
    Ask.GIVE_HALF: Wish.GIVE_HALF,
    Ask.GIVE_HOUR: Wish.GIVE_HOUR,
    Ask.REFUSE: Wish.REFUSE,
    Ask.BACK: Wish.BACK,
    Ask.TAKE: Wish.TAKE,
    Ask.HELP: Wish.HELP,
}

MENU, PICK = "menu", "pick"  # action_ids of menus; the option chosen says what it does

EVENTS_PATH = "/slack/events"
DELIVERY = "plenary_delivery"  # event_type of the metadata by which a post is found again

_VERSION, _DETAIL = "1", "2"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a button of the talk is about: its first message or that of the files; what was stored then."""

    of: Ts
    base: str = ""

    def value(self) -> str:
        """As a button's value."""
        return "|".join((_VERSION, self.of, self.base))

    @classmethod
    def read(cls, value: object) -> "About | None":
        """The same again; None for what this version did not write."""
        match value.split("|") if isinstance(value, str) else ():
            case [version, of, base] if version == _VERSION and is_ts(of) and len(base) <= 64:
                return cls(of=Ts(of), base=base)
            case _:
                return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What a button of Ask is about: the event, and what its wish needs to know."""

    event: EventKey
    parts: tuple[str, ...]

    def value(self) -> str:
        """As a button's value."""
        return "|".join((_DETAIL, self.event, *self.parts))

    @classmethod
    def read(cls, value: object) -> "Detail | None":
        """The detail again; None for what this version did not write."""
        match value.split("|") if isinstance(value, str) else ():
            case [version, event, *parts] if version == _DETAIL:
                return cls(event=EventKey(event), parts=tuple(parts))
            case _:
                return None
