"""The walk: what one person typed and pressed, folded in the order of Slack's ts, never of arrival.

A dialogue is the plain record of what came in. Where a note belongs, what is submitted and which section
is open are all read from it by `walk`, so an edit, a deletion or an opening that overtakes its original
needs no code of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from operator import attrgetter

from bot.domain.commands import Command, Go, Typed
from bot.domain.moment import Ts


class Kind(StrEnum):
    """What a version of a message is, where it is no command."""

    NOTE = "note"
    BLANK = "blank"  # only white space: no note
    GONE = "gone"  # deleted
    MISSING = "missing"  # not in Slack's history any more, and nobody told us why


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """One version of the message `ts`; the original has as_of == ts."""

    ts: Ts
    as_of: Ts
    kind: Kind | Typed = field(compare=False)


class Deed(StrEnum):
    """What a button does."""

    NEXT = "next"
    NOTHING = "nothing"
    OPEN = "open"
    SUBMIT = "submit"
    REPORT = "report"
    KEEP = "keep"  # what is held back belongs to the report


@dataclass(frozen=True, slots=True, order=True)
class Press:
    """A button pressed at Slack's action_ts, under the section that it stood under (index from 0)."""

    ts: Ts
    deed: Deed
    section: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """Everything that one person typed and pressed for one event; any order, no two alike."""

    versions: tuple[Version, ...] = ()
    presses: tuple[Press, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A section was said to have raised nothing."""

    section: int
    ts: Ts


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Where a person stands. Section None is before the first opening: unsorted."""

    section: int | None = None
    notes: dict[Ts, int | None] = field(default_factory=dict)  # every note that is there, and its section
    held: dict[Ts, int | None] = field(default_factory=dict)  # notes held back: Slack has them no more
    marks: tuple[Mark, ...] = ()
    opened_at: Ts | None = None  # the last opening
    asked_at: Ts | None = None  # a typed submit that waits for the second one
    submitted_at: Ts | None = None

    @property
    def is_reopened(self) -> bool:
        """Whether a section was opened after the last submit."""
        return self.submitted_at is not None and (self.opened_at or "") > self.submitted_at

    def count(self, section: int | None) -> int:
        """How many notes a section holds."""
        return sum(1 for each in self.notes.values() if each == section)


@dataclass(frozen=True, slots=True)
class Message:
    """All known versions of one Slack message, oldest first."""

    versions: tuple[Version, ...]

    @property
    def ts(self) -> Ts:
        """When it was first sent."""
        return self.versions[0].ts

    @property
    def command(self) -> Typed | None:
        """The command it is: only if its original and its newest words both are commands.

        A command that is deleted stays what it was: what it did is not undone.
        """
        original = self.versions[0]
        words = [each.kind for each in self.versions if each.kind not in (Kind.GONE, Kind.MISSING)]
        if original.as_of != original.ts or isinstance(original.kind, Kind):
            return None
        newest = words[-1]
        return None if isinstance(newest, Kind) else newest

    @property
    def is_note(self) -> bool:
        """Whether words of it are there, as a note; it may be missing in Slack all the same."""
        told = [each.kind for each in self.versions if each.kind is not Kind.MISSING]
        return self.command is None and bool(told) and told[-1] not in (Kind.GONE, Kind.BLANK)

    @property
    def missing_since(self) -> Ts | None:
        """As of when Slack's history does not have it, if no later version says that it does."""
        newest = self.versions[-1]
        return newest.as_of if newest.kind is Kind.MISSING else None


def messages(dialogue: Dialogue) -> Iterator[Message]:
    """The dialogue's messages in the order in which they were sent."""
    for _, versions in groupby(sorted(dialogue.versions), key=attrgetter("ts")):
        yield Message(tuple(versions))


def walk(sections: int, dialogue: Dialogue) -> Walk:
    """Fold a dialogue over a template of so many sections."""
    said = list(messages(dialogue))
    stirred = _stirred(said, dialogue.presses)
    kept_at = max((press.ts for press in dialogue.presses if press.deed is Deed.KEEP), default=Ts(""))
    stand = _Stand(sections=sections, stirred=stirred)
    in_order: list[Message | Press] = sorted([*said, *dialogue.presses], key=attrgetter("ts"))
    for move in in_order:
        match move:
            case Press():
                stand.press(move)
            case Message() if move.command is not None:
                stand.command(move.ts, move.command)
            case Message() if move.is_note:
                is_held = (move.missing_since or "") > kept_at
                (stand.held if is_held else stand.notes)[move.ts] = stand.section
    return stand.walk()


_OPENINGS = (Command.NEXT, Command.BACK, Command.NOTHING)


def _stirred(said: list[Message], presses: tuple[Press, ...]) -> list[Ts]:
    """The moments at which something changed: a note, an edit, a deletion or an opening."""
    moments = [press.ts for press in presses if press.deed is not Deed.REPORT]
    for message in said:
        command = message.command
        if command is None or isinstance(command, Go) or command in _OPENINGS:
            moments.append(message.ts)
        moments += [version.as_of for version in message.versions if version.as_of != version.ts]
    return moments


@dataclass(slots=True, kw_only=True)
class _Stand:
    """The walk while it is being folded."""

    sections: int
    stirred: list[Ts]
    section: int | None = None
    notes: dict[Ts, int | None] = field(default_factory=dict)
    held: dict[Ts, int | None] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    opened_at: Ts | None = None
    asked_at: Ts | None = None
    submitted_at: Ts | None = None

    def command(self, ts: Ts, command: Typed) -> None:
        match command:
            case Go(index):
                self._open(ts, index)
            case Command.NEXT:
                self._open(ts, 0 if self.section is None else self.section + 1)
            case Command.BACK:
                self._open(ts, 0 if self.section is None else self.section - 1)
            case Command.NOTHING:
                if self.section is not None:
                    self._nothing(ts, self.section)
            case Command.SUBMIT:
                self._submit_typed(ts)
            case Command.REPORT | Command.HELP:
                pass

    def press(self, press: Press) -> None:
        match press.deed:
            case Deed.NEXT:
                self._open(press.ts, press.section + 1)
            case Deed.NOTHING:
                self._nothing(press.ts, press.section)
            case Deed.OPEN:
                self._open(press.ts, press.section)
            case Deed.SUBMIT:
                self.submitted_at, self.asked_at = press.ts, None
            case Deed.REPORT | Deed.KEEP:
                pass

    def walk(self) -> Walk:
        return Walk(
            section=self.section,
            notes=self.notes,
            held=self.held,
            marks=tuple(self.marks),
            opened_at=self.opened_at,
            asked_at=self.asked_at,
            submitted_at=self.submitted_at,
        )

    def _open(self, ts: Ts, index: int) -> None:
        self.section = min(max(index, 0), self.sections - 1)
        self.opened_at = ts

    def _nothing(self, ts: Ts, section: int) -> None:
        self.marks.append(Mark(section=section, ts=ts))
        self._open(ts, section + 1)

    def _submit_typed(self, ts: Ts) -> None:
        asked = self.asked_at
        if asked is not None and not any(asked < moment < ts for moment in self.stirred):
            self.submitted_at, self.asked_at = ts, None
        else:
            self.asked_at = ts
