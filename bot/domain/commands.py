"""Which typed messages may be moves. Everything else is a note.

A command is the whole message, one plain line, from this list (conversation.md 3.4): "Next: funding" and
"next?" are notes. Digits, a session's code and *switch* are kept as typed: whether they move depends on where
the person stands at that moment, which the fold knows (bot/domain/fold.py).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.event import SessionCode


class Command(StrEnum):
    """A typed word that moves; relative ones never hold a section number."""

    NEXT = "next"
    BACK = "back"
    NOTHING = "nothing raised"
    REPORT = "report"
    SUBMIT = "submit"
    HELP = "help"
    LINE = "closing line"  # asks for it
    SWITCH = "switch"  # to the person's next report; a note of who has one only


@dataclass(frozen=True, slots=True)
class Go:
    """Typed "go 2": open that section."""

    index: int  # from 0


@dataclass(frozen=True, slots=True)
class Digits:
    """A typed number: the answer of a section that asks for one, else the section to open."""

    number: int


@dataclass(frozen=True, slots=True)
class To:
    """The typed code of one of the person's sessions: go to its report."""

    session: SessionCode


Typed = Command | Go | Digits | To

MOST_SECTIONS = 99  # a larger number opens nothing

_COMMANDS = {command.value: command for command in Command}
_LONGEST = max(len(word) for word in _COMMANDS)
_GO = re.compile(r"go (\d{1,2})")


def command_of(text: str, codes: Iterable[SessionCode] = ()) -> Typed | None:
    """What this whole, unformatted message may do for a person who reports sessions of these codes."""
    if len(text) > _LONGEST + 8 or "\n" in text.strip():
        return None
    word = " ".join(text.split()).casefold()
    if word in _COMMANDS:
        return _COMMANDS[word]
    if word.isdecimal():  # digits of any script
        return Digits(int(word)) if 1 <= int(word) <= MOST_SECTIONS else None
    if (going := _GO.fullmatch(word)) and int(going[1]) > 0:
        return Go(int(going[1]) - 1)
    return next((To(code) for code in codes if code.casefold() == word), None)
