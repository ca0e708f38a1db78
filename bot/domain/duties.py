"""What the planner of reminders goes by: what somebody owes, and what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.event import Part, PersonId, SessionCode
from bot.domain.spans import Span


class Outcome(StrEnum):
    """What became of a reminder."""

    SENT = "sent"
    HEARD = "heard"  # the person had given a sign of life just before, so nothing was sent
    NEEDLESS = "needless"  # the report was in, the session cancelled, or somebody else's by then
    MISSED = "missed"  # so late that it would only disturb

    @property
    def reached(self) -> bool:
        """Whether the person was there, or was told."""
        return self in (Outcome.SENT, Outcome.HEARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A session that somebody reports. `due_at` is its own, with every extension."""

    session: SessionCode
    starts_at: datetime
    ends_at: datetime
    due_at: datetime
    since: datetime  # when it became theirs
    part: Part = Part.LEAD
    is_in: bool = False  # the report was submitted, by whoever submits it
    is_cancelled: bool = False
    is_stopped: bool = False  # "not me", "I cannot", or somebody else's now

    @property
    def is_open(self) -> bool:
        """Whether anything is still asked of them."""
        return not (self.is_in or self.is_cancelled or self.is_stopped)

    @property
    def runs(self) -> Span | None:
        """When they sit in it; None if they do not."""
        return None if self.is_cancelled or self.is_stopped else Span(self.starts_at, self.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """*Not now* on a reminder: nothing of that report until then, and then the same again."""

    session: SessionCode
    rung: str  # the key of the reminder that was put off
    asked_at: datetime
    until: datetime

    @property
    def key(self) -> str:
        """Its own key among the rungs of the session; each snooze comes back once."""
        return f"{self.rung}, again from {self.asked_at:%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A reminder that came to its end; only one that reached the person is spent."""

    session: SessionCode
    rung: str
    meant_for: datetime
    at: datetime
    outcome: Outcome
    is_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one person, as of now."""

    person: PersonId
    away: tuple[Span, ...] = ()
    snoozes: tuple[Snooze, ...] = ()  # those that were undone are not among them
    heard_at: datetime | None = None  # the last sign of life
    settled: tuple[Settled, ...] = ()
    standing: Mapping[tuple[SessionCode, str], datetime] = field(default_factory=dict)  # planned, not settled
