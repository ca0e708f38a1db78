"""How far one report is, as reminders tell it."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.event import Part, Session
from bot.domain.moment import Ts


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One report of one person, without a word of what was typed."""

    session: Session
    due_at: datetime
    part: Part
    notes: int  # all, the unsorted included
    unsorted: int
    has_line: bool = False  # a closing line, which is none of the notes
    open_sections: tuple[int, ...]  # indices of those that are not answered
    sections: int
    first: str  # the heading of the first section
    submitted_at: Ts | None = None
    is_asked: bool = True  # the session takes place, and they report it

    @property
    def is_written(self) -> bool:
        """Whether anything is there that can be submitted."""
        return self.notes > 0 or self.has_line

    @property
    def is_open(self) -> bool:
        """Whether anything is still asked of them."""
        return self.is_asked and self.submitted_at is None
