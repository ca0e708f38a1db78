"""The reminder ladder as data: which rungs an event has, and when people are left in peace."""

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

URGENT = timedelta(hours=1)  # before a report is due: what comes from then on is for everybody who writes it


class Anchor(StrEnum):
    """What a rung is counted from."""

    SESSION_END = "session end"  # offset after it
    EVE = "eve"  # wall time on the day before the reports are due
    DUE_DAY = "due day"  # wall time on the day on which they are due
    BEFORE_DUE = "before due"  # offset before it
    AFTER_DUE = "after due"  # offset after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One planned nudge of the ladder; `key` is unique in an event and never changes its meaning."""

    key: str
    anchor: Anchor
    offset: timedelta = timedelta()  # of SESSION_END, BEFORE_DUE, AFTER_DUE
    at: time = time()  # of EVE and DUE_DAY: the wall clock of the event's zone

    @property
    def is_before_due(self) -> bool:
        """Whether it is to bring the report in time."""
        return self.anchor is not Anchor.AFTER_DUE

    @property
    def is_urgent(self) -> bool:
        """Whether it may break into another session, never gives way to a full day, and goes to everybody."""
        return self.anchor is Anchor.BEFORE_DUE and self.offset <= URGENT

    @property
    def concerns_co(self) -> bool:
        """Whether co-rapporteurs have it too."""
        return self.is_urgent or not self.is_before_due


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Wall times between which nobody is sent anything unasked; `starts` may be later than `ends`.

    Two equal times are no quiet hours.
    """

    starts: time = time(22)
    ends: time = time(7, 30)


# conversation.md 5, in the order of the day
LADDER = (
    Rung(key="session end", anchor=Anchor.SESSION_END, offset=timedelta(minutes=5)),
    Rung(key="evening", anchor=Anchor.EVE, at=time(20, 30)),
    Rung(key="morning", anchor=Anchor.DUE_DAY, at=time(8, 30)),
    Rung(key="three hours left", anchor=Anchor.BEFORE_DUE, offset=timedelta(hours=3)),
    Rung(key="one hour left", anchor=Anchor.BEFORE_DUE, offset=timedelta(hours=1)),
    Rung(key="a quarter left", anchor=Anchor.BEFORE_DUE, offset=timedelta(minutes=15)),
    Rung(key="overdue", anchor=Anchor.AFTER_DUE, offset=timedelta(minutes=5)),
)
