"""What people typed, edited, deleted and pressed, as they know it. Every wording has a marker of its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MARKER = re.compile(r"\bz\d\dq\d+\b")  # in every note that is typed, and nowhere else in the world


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of a note: its marker, how it was typed, and what a reader must read."""

    marker: str
    typed: str
    reads: str


@dataclass(slots=True)
class Note:
    """A message that is no command; the last wording is the one that counts. Section -1: before the first."""

    ts: str
    section: int
    wordings: list[Wording]
    parent: str | None = None  # ts of the note under which it was typed in a thread
    is_deleted: bool = False

    @property
    def now(self) -> Wording:
        """How it reads now."""
        return self.wordings[-1]


@dataclass(frozen=True, slots=True)
class Opening:
    """A section was opened at a ts."""

    ts: str
    section: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A command or a press, which is to be answered. Not sure: Slack could not deliver it."""

    ts: str
    is_sure: bool = True


@dataclass(slots=True)
class Diary:
    """One person's part of the ledger, in the order of its ts: a person does one thing after another."""

    session: str
    person: str
    sections: int
    notes: list[Note] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    submits: list[str] = field(default_factory=list)  # ts of the second of two typed submits, and of presses
    vanished: int = 0  # messages that the person deleted, but for tombstones
    nothing: dict[int, bool] = field(default_factory=dict)  # section -> sure
    is_to_be_reminded: bool = False  # was in by no submit when the reminder was due
    report_at: str = ""  # ts of the last `report`, whose answer is compared

    @property
    def section(self) -> int:
        """Where the person stands; -1 before the first opening."""
        return self.openings[-1].section if self.openings else -1

    def open(self, ts: str, section: int) -> None:
        """A section was opened; beyond the last is the last."""
        self.openings.append(Opening(ts, min(max(section, 0), self.sections - 1)))

    def mark(self, section: int, *, is_sure: bool = True) -> None:
        """Nothing was raised in a section."""
        self.nothing[section] = is_sure or self.nothing.get(section, False)

    def standing(self, section: int) -> list[Note]:
        """The notes of a section that are there now, in the order of their ts."""
        return [each for each in self.notes if each.section == section and not each.is_deleted]


@dataclass(slots=True)
class Ledger:
    """Everybody's, by session, and what readers must never see."""

    titles: tuple[str, ...]  # of the sections, as readers read them
    names: tuple[str, ...]  # nobody may read these in the channel
    diaries: dict[str, Diary] = field(default_factory=dict)

    def notes(self) -> Iterator[Note]:
        """Everybody's."""
        return (note for diary in self.diaries.values() for note in diary.notes)
