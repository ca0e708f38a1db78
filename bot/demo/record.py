"""The driver's own record of a day: what was typed, and what must therefore be readable, where and how often.

Written as JSON for the checker, which is another process and knows nothing else.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bot.domain.template import Template


@dataclass
class Kept:
    """A note as it must read, and as it was typed; `was` are wordings that must not be readable any more."""

    reads: str
    typed: str
    was: list[str] = field(default_factory=list)


@dataclass
class Told:
    """What one session's rapporteur told, by section (from 0; -1 is before the first)."""

    person: str
    notes: dict[int, list[Kept]] = field(default_factory=dict)
    nothing: list[int] = field(default_factory=list)
    submitted: bool = False

    def keep(self, section: int, typed: str, reads: str | None = None) -> Kept:
        """Note that a note was typed; `reads` where readers must read it otherwise."""
        kept = Kept(typed if reads is None else reads, typed)
        self.notes.setdefault(section, []).append(kept)
        return kept


@dataclass
class Record:
    """A whole day."""

    channel: str
    titles: list[str]
    sessions: list[str]
    listed: list[str]  # must be readable nowhere in the channel
    control: str  # on no list: must be readable
    reports: dict[str, Told] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)  # deleted words, and words never submitted
    reminded: list[str] = field(default_factory=list)
    not_reminded: list[str] = field(default_factory=list)
    reminder_from: str = ""  # ISO instants between which the reminder must stand
    reminder_to: str = ""

    def write(self, path: Path) -> None:
        """For the checker."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), encoding="utf-8")


def titles_of(template: Template) -> list[str]:
    """The sections' titles as readers read them."""
    return [f"{number}. {section.title}" for number, section in enumerate(template.sections, 1)]
