"""What the planner of reminders says: which rungs come when, why then, and which gave way."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.event import PersonId, SessionCode


class Why(StrEnum):
    """Why a rung comes when it comes."""

    ON_TIME = "on time"
    AWAY = "away"  # it says "before you leave" when it comes before it was meant for
    SNOOZED = "snoozed"
    IN_SESSION = "in a session"  # of theirs, which it waits for
    QUIET = "quiet hours"
    TOGETHER = "together"  # a little early, in one message with another
    LATE = "late"  # after a downtime: it says when it should have come
    LAST_CHANCE = "last chance"  # no other rung comes before the deadline


class Reason(StrEnum):
    """Why a rung does not come."""

    EARLY = "before the session ended, or was theirs"
    PAST = "past when planned"
    NO_ROOM = "no room is left"
    OVERTAKEN = "overtaken"  # a more urgent one of the same report comes by then
    STALE = "missed too long ago"
    FULL_DAY = "day is full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One nudge to one person about one session; (session, person, rung) happens once.

    Those of a person that are due at the same moment are one message.
    """

    session: SessionCode
    person: PersonId
    rung: str  # its key
    says: str  # the key of the ladder's rung whose words it has; another one only after a snooze
    meant_for: datetime
    due_at: datetime
    why: Why = Why.ON_TIME
    missed_at: datetime | None = None  # when it should have come, if a downtime kept it
    is_asked: bool = False  # a snooze that comes back: it does not count among the five of a day

    @property
    def is_before_leaving(self) -> bool:
        """Whether it comes before the person leaves, because it was meant for a moment of their absence."""
        return self.why is Why.AWAY and self.due_at < self.meant_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A rung that gave way."""

    session: SessionCode
    rung: str
    meant_for: datetime
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is still to come for one person, in order, and what will not come."""

    kept: tuple[Planned, ...]
    given: tuple[Given, ...]
