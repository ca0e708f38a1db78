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
    submitted_at: str = ""  # an ISO instant; after it nobody is reminded

    def keep(self, section: int, typed: str, reads: str | None = None) -> Kept:
        """Note that a note was typed; `reads` where readers must read it otherwise."""
        kept = Kept(typed if reads is None else reads, typed)
        self.notes.setdefault(section, []).append(kept)
        return kept


@dataclass(frozen=True)
class Rung:
    """Something that somebody is to be told unasked, once; times are the wall's, '2018-12-06 08:30'."""

    at: str
    person: str
    says: str  # the first sentence
    afterwards: str = ""  # how it reads once it was answered
    late_at: str = ""  # when it may come instead, saying so, because the bot was down


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
    zone: str = "Africa/Casablanca"  # whose wall times these are
    people: list[str] = field(default_factory=list)  # whose chats are counted
    organisers: list[str] = field(default_factory=list)  # all that they are told is unasked
    rungs: list[Rung] = field(default_factory=list)
    sittings: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # by person: wall times
    stopped: dict[str, dict[str, str]] = field(default_factory=dict)  # by person, session: wall time

    in_vain: list[str] = field(default_factory=list)  # what the players waited for and did not see

    def write(self, path: Path) -> None:
        """For the checker."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), encoding="utf-8")


def titles_of(template: Template) -> list[str]:
    """The sections' titles as readers read them."""
    return [f"{number}. {section.title}" for number, section in enumerate(template.sections, 1)]
