"""Which typed messages are moves. Everything else is a note.

A command is the whole message, one plain line, from this list (conversation.md 3.4): "Next: funding" and
"next?" are notes.
"""

from dataclasses import dataclass
from enum import StrEnum


class Command(StrEnum):
    """A typed word that moves; relative ones never hold a section number."""

    NEXT = "next"
    BACK = "back"
    NOTHING = "nothing raised"
    REPORT = "report"
    SUBMIT = "submit"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Go:
    """A typed number: open that section."""

    index: int  # from 0


Typed = Command | Go

_COMMANDS = {command.value: command for command in Command}
_LONGEST = max(len(word) for word in _COMMANDS)


def command_of(text: str, sections: int) -> Typed | None:
    """The command that this whole, unformatted message is, in a template of so many sections."""
    if len(text) > _LONGEST + 8:
        return None
    word = " ".join(text.split()).casefold()
    if "\n" in text.strip():
        return None
    if word in _COMMANDS:
        return _COMMANDS[word]
    if word.isdecimal() and 1 <= int(word) <= sections:  # digits of any script
        return Go(int(word) - 1)
    return None
