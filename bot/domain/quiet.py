"""Quiet hours as one person has them: by their own clock until the eve of the event, then by the event's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from bot.domain.event import Event, Session
from bot.domain.rungs import QuietHours
from bot.domain.spans import Span, index_of, merged
from bot.domain.wall import earliest, instant_of, latest, on_the_wall
from bot.domain.zones import is_zone

AHEAD = timedelta(minutes=15)  # of what would keep a message away: 21:45 for 22:00 (conversation.md 5)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peace:
    """When one person is left in peace. `zone` is the event's; `own` theirs, as IANA names."""

    hours: QuietHours
    zone: str
    own: str
    eve_at: datetime  # from then on people are at the event

    def spans(self, first: datetime, last: datetime) -> tuple[Span, ...]:
        """The quiet hours that touch the time between two instants, merged; a day more on either side."""
        return _spans(self, first.date() - 2 * _DAY, last.date() + 2 * _DAY)

    def waking(self, moment: datetime) -> datetime:
        """The first moment from this one on that is in no quiet hours."""
        spans = self.spans(moment, moment)
        held = index_of(spans, moment)
        return moment if held is None else spans[held].ends_at


def peace_of(event: Event, sessions: Iterable[Session], own: str | None) -> Peace:
    """The peace of somebody with that zone of their own; without a known one the event's holds throughout.

    The eve is the day before the first session that takes place.
    """
    starts = [each.starts_at for each in sessions if not each.is_cancelled]
    first = on_the_wall(min(starts, default=event.closing_at), event.zone).date()
    return Peace(
        hours=event.settings.quiet,
        zone=event.zone,
        own=own if own is not None and is_zone(own) else event.zone,
        eve_at=instant_of(datetime.combine(first - _DAY, time()), event.zone),
    )


@lru_cache(maxsize=512)
def _spans(peace: Peace, first: date, last: date) -> tuple[Span, ...]:
    if peace.hours.starts == peace.hours.ends:
        return ()
    days = [first + n * _DAY for n in range((last - first).days + 1)]
    at_home = [_night(peace.hours, day, peace.own) for day in days]
    there = [_night(peace.hours, day, peace.zone) for day in days]
    return merged(
        [Span(each.starts_at, min(each.ends_at, peace.eve_at)) for each in at_home]
        + [Span(max(each.starts_at, peace.eve_at), each.ends_at) for each in there]
    )


def _night(hours: QuietHours, day: date, zone: str) -> Span:
    """The quiet hours that begin on a day; where the clock changes in them, the longer reading."""
    ends_on = day if hours.starts <= hours.ends else day + _DAY
    return Span(
        earliest(datetime.combine(day, hours.starts), zone),
        latest(datetime.combine(ends_on, hours.ends), zone),
    )
