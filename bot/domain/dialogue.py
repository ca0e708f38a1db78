"""A dialogue: the plain record of what one person typed and pressed for an event.

Where a note belongs, what is submitted and which section is open are all read from it by the fold
(bot/domain/fold.py), so an edit, a deletion or an opening that overtakes its original needs no code of its
own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from operator import attrgetter

from bot.domain.commands import Typed
from bot.domain.event import SessionCode
from bot.domain.moment import Ts


class Kind(StrEnum):
    """What a version of a message is, where it is no command."""

    NOTE = "note"
    BLANK = "blank"  # nothing that can be seen: no note
    GONE = "gone"  # deleted
    MISSING = "missing"  # not in Slack's history any more, and nobody told us why


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """One version of the message `ts`; the original has as_of == ts."""

    ts: Ts
    as_of: Ts
    kind: Kind | Typed = field(compare=False)


class Deed(StrEnum):
    """What a button does; the last two are no buttons, but what was true when a message came in."""

    NEXT = "next"
    NOTHING = "nothing"
    OPEN = "open"
    SUBMIT = "submit"
    REPORT = "report"
    KEEP = "keep"  # what is held back belongs to the report
    TAKE = "take"  # notes of no report yet are this one's, which is open from now on
    MOVE = "move"  # notes typed while this session ran are this report's
    LEAVE = "leave"  # they stay where they are
    LINE = "line"  # the next note is the closing line
    DURING = "during"  # the message of this ts was typed while this session ran, or (None) none or several
    AS_CO = "as co"  # the typed submit of this ts was a co-rapporteur's, so it is none


FACTS = (Deed.DURING, Deed.AS_CO)


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed at Slack's action_ts, under the section that it stood under (index from 0)."""

    ts: Ts
    deed: Deed
    section: int
    session: SessionCode | None = None  # whose report; None, of earlier versions: the person's first


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """Everything that one person typed and pressed for one event; any order, no two alike."""

    versions: tuple[Version, ...] = ()
    presses: tuple[Press, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """All known versions of one Slack message, oldest first."""

    versions: tuple[Version, ...]

    @property
    def ts(self) -> Ts:
        """When it was first sent."""
        return self.versions[0].ts

    def until(self, moment: Ts | None) -> "Message":
        """The message as it was known then; None: as it is known now."""
        if moment is None:
            return self
        return Message(tuple(each for each in self.versions if each.as_of <= moment))

    def command(self, reads: Callable[[Kind | Typed], Typed | None]) -> Typed | None:
        """The command it is: only if its original and its newest words both are read as commands.

        A command that is deleted stays what it was: what it did is not undone.
        """
        if not self.versions or isinstance(self.versions[0].kind, Kind):
            return None
        original = self.versions[0]
        if original.as_of != original.ts or reads(original.kind) is None:
            return None
        words = [each.kind for each in self.versions if each.kind not in (Kind.GONE, Kind.MISSING)]
        return reads(words[-1])

    @property
    def has_words(self) -> bool:
        """Whether words of it are there; it may be missing in Slack all the same."""
        told = [each.kind for each in self.versions if each.kind is not Kind.MISSING]
        return bool(told) and told[-1] not in (Kind.GONE, Kind.BLANK)

    @property
    def began_with_words(self) -> bool:
        """Whether its first known words were any; what they became does not matter."""
        return bool(self.versions) and self.versions[0].kind not in (Kind.GONE, Kind.MISSING, Kind.BLANK)

    @property
    def missing_since(self) -> Ts | None:
        """As of when Slack's history does not have it, if no later version says that it does."""
        newest = self.versions[-1]
        return newest.as_of if newest.kind is Kind.MISSING else None


def messages(dialogue: Dialogue) -> Iterator[Message]:
    """The dialogue's messages in the order in which they were sent."""
    for _, versions in groupby(sorted(dialogue.versions), key=attrgetter("ts")):
        yield Message(tuple(versions))
