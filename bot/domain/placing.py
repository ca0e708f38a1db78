"""Where one rung finds its place: the moments that are closed to it, and how it moves out of their way."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.plans import Why
from bot.domain.quiet import AHEAD
from bot.domain.spans import Span, index_of, merged

BREATH = timedelta(minutes=5)  # for somebody who comes out of a session, or has just been given one


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When a rung may come: from one moment up to another, but not in what is closed (merged spans)."""

    opens_at: datetime
    closes_at: datetime
    closed: tuple[Span, ...]

    def is_open(self, moment: datetime) -> bool:
        """Whether it may come at a moment."""
        return self.opens_at <= moment < self.closes_at and index_of(self.closed, moment) is None

    def after(self, moment: datetime) -> datetime | None:
        """The first moment from this one on at which it may come."""
        begin = max(moment, self.opens_at)
        held = index_of(self.closed, begin)
        found = begin if held is None else self.closed[held].ends_at
        return found if found < self.closes_at else None

    def ahead_of(self, moment: datetime, now: datetime) -> datetime | None:
        """A quarter of an hour before the closed span that holds a moment; less where less is left."""
        held = index_of(self.closed, moment)
        if held is None:
            return None
        before = [self.closed[held - 1].ends_at] if held else []
        begin, end = max([self.opens_at, now, *before]), self.closed[held].starts_at
        return max(begin, end - AHEAD) if begin < min(end, self.closes_at) else None


@dataclass(frozen=True, slots=True)
class Closures:
    """What is closed to a rung, and why: merged spans, of which the first that holds a moment has the say."""

    by_why: tuple[tuple[Why, tuple[Span, ...]], ...]
    together: tuple[Span, ...]  # merged

    def why(self, moment: datetime) -> Why:
        """Why it cannot come at a moment; ON_TIME if it can."""
        if index_of(self.together, moment) is None:
            return Why.ON_TIME
        return next(why for why, spans in self.by_why if index_of(spans, moment) is not None)


def closures_of(*by_why: tuple[Why, tuple[Span, ...]]) -> Closures:
    """Of spans that are merged, each."""
    closed = tuple((why, spans) for why, spans in by_why if spans)
    if len(closed) == 1:
        return Closures(closed, closed[0][1])
    return Closures(closed, merged(each for _, spans in closed for each in spans))


def placed(
    window: Window, closures: Closures, meant_for: datetime, now: datetime
) -> tuple[datetime | None, Why]:
    """When a rung that was meant for a moment comes, and why then; None where no room is left.

    It waits for the end of what is in its way, or comes before it where the window closes first; who goes
    away is told before they leave.
    """
    if meant_for >= window.closes_at:
        return None, Why.ON_TIME
    why = closures.why(meant_for)
    if why is Why.ON_TIME:
        return meant_for, why
    if why is Why.AWAY:
        return window.ahead_of(meant_for, now) or window.after(meant_for), why
    found = window.after(meant_for)
    if found is None:
        return window.ahead_of(meant_for, now), why
    return (window.after(found + BREATH) or found) if why is Why.IN_SESSION else found, why
