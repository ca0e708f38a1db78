"""Spans of time: from an instant up to, and without, another."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """It begins at its start and is over at its end; one that ends before it starts holds nothing."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.starts_at <= moment < self.ends_at


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same time in order, with a gap between any two."""
    real = [each for each in spans if each.starts_at < each.ends_at]
    if len(real) < 2:
        return tuple(real)
    joined: list[Span] = []
    for span in sorted(real, key=attrgetter("starts_at", "ends_at")):
        if joined and span.starts_at <= joined[-1].ends_at:
            joined[-1] = Span(joined[-1].starts_at, max(joined[-1].ends_at, span.ends_at))
        else:
            joined.append(span)
    return tuple(joined)


def index_of(spans: tuple[Span, ...], moment: datetime) -> int | None:
    """Which of merged spans holds a moment."""
    found = bisect_right(spans, moment, key=lambda span: span.starts_at) - 1
    return found if found >= 0 and spans[found].holds(moment) else None
