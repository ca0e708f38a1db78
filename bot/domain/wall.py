"""Wall time: what the clock on the event's wall shows, and how people are told of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.zones import is_zone, zone_of

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WRITTEN = "%Y-%m-%dT%H:%M"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A moment as it is stored: the instant, and the naive wall time and zone from which it was computed."""

    key: str  # of whoever asks
    at: datetime
    wall: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifted:
    """A stored instant that its wall time does not give any more, and the one that it gives now."""

    stored: Stored
    is_now: datetime


def on_the_wall(moment: datetime, zone: str) -> datetime:
    """An instant in the event's zone (IANA name)."""
    return moment.astimezone(zone_of(zone))


def instant_of(wall: datetime, zone: str) -> datetime:
    """The UTC instant of a naive wall time; the first of two when the clock stood twice at it.

    A time that the clock leaps over is read by the clock before the leap: 02:30 becomes 03:30.
    """
    return _readings(wall, zone)[0]


def exists(wall: datetime, zone: str) -> bool:
    """Whether the clock ever shows this naive wall time; it does not in the hour that it leaps over."""
    return on_the_wall(instant_of(wall, zone), zone).replace(tzinfo=None) == wall


def is_twice(wall: datetime, zone: str) -> bool:
    """Whether the clock shows this naive wall time a second time, after it was put back."""
    first, second = _readings(wall, zone)
    return first < second


def earliest(wall: datetime, zone: str) -> datetime:
    """The first instant that a naive wall time can mean, also one that does not exist or exists twice."""
    return min(_readings(wall, zone))


def latest(wall: datetime, zone: str) -> datetime:
    """The last instant that a naive wall time can mean."""
    return max(_readings(wall, zone))


def shifted(stored: Iterable[Stored]) -> tuple[Shifted, ...]:
    """Which stored instants differ from those that today's data gives for their wall times.

    Either reading of a time that exists twice is as it should be.
    """
    return tuple(
        Shifted(stored=each, is_now=instant_of(each.wall, each.zone))
        for each in stored
        if each.at not in _readings(each.wall, each.zone)
    )


def written(moment: datetime, zone: str) -> str:
    """'2018-12-07T15:30', as it is stored beside the instant."""
    return on_the_wall(moment, zone).strftime(_WRITTEN)


def read(text: str) -> datetime:
    """The naive wall time again that `written` gave."""
    return datetime.strptime(text, _WRITTEN)  # noqa: DTZ007 - a wall time; its zone stands beside it


def clock(moment: datetime, zone: str) -> str:
    """'14:30'"""
    return on_the_wall(moment, zone).strftime("%H:%M")


def day(moment: datetime, zone: str) -> str:
    """'Fri 7 Dec'"""
    wall = on_the_wall(moment, zone)
    return f"{_DAYS[wall.weekday()]} {wall.day} {_MONTHS[wall.month - 1]}"


def date(moment: datetime, zone: str) -> str:
    """'Fri 7 Dec 2018'"""
    return f"{day(moment, zone)} {on_the_wall(moment, zone).year}"


def moment(moment: datetime, zone: str) -> str:
    """'Fri 7 Dec 2018, 14:30'"""
    return f"{date(moment, zone)}, {clock(moment, zone)}"


def same_day(one: datetime, other: datetime, zone: str) -> bool:
    """Whether two instants fall on one day of the event's zone."""
    return on_the_wall(one, zone).date() == on_the_wall(other, zone).date()


def city(zone: str) -> str | None:
    """'New York' of America/New_York; None for a zone that is named after no place, such as UTC."""
    area, _, place = zone.rpartition("/")
    return place.replace("_", " ") if area and not area.startswith("Etc") else None


def spoken(moment: datetime, zone: str, place: str, *, now: datetime | None = None, own: str = "") -> str:
    """'Fri 7 Dec, 14:30 in Marrakesh (13:30 by your London clock)'

    With `now`: no date when it is today, 'tomorrow, ' before it when it is; leave `now` out of a message that
    is ever updated. The bracket only if the clock of `own` (the reader's IANA zone) differs at that moment.
    """
    said = f"{clock(moment, zone)} in {place}"
    if now is None or not same_day(moment, now, zone):
        tomorrow = "tomorrow, " if now is not None and is_eve(now, moment, zone) else ""
        said = f"{tomorrow}{day(moment, zone)}, {said}"
    differs = is_zone(own) and _offset(moment, own) != _offset(moment, zone)
    return f"{said} ({_own_clock(moment, zone, own)})" if differs else said


def _own_clock(moment: datetime, zone: str, own: str) -> str:
    is_same = on_the_wall(moment, own).date() == on_the_wall(moment, zone).date()
    said = clock(moment, own) if is_same else f"{day(moment, own)}, {clock(moment, own)}"
    return f"{said} by your {city(own) or 'own'} clock"


def _offset(moment: datetime, zone: str) -> timedelta | None:
    return on_the_wall(moment, zone).utcoffset()


def is_eve(now: datetime, moment: datetime, zone: str) -> bool:
    """Whether a moment falls on the day after another."""
    return on_the_wall(now, zone).date() + timedelta(days=1) == on_the_wall(moment, zone).date()


def _readings(wall: datetime, zone: str) -> tuple[datetime, datetime]:
    """By the clock before a change at that time, and by the one after it; mostly there is none."""
    aware = wall.replace(tzinfo=zone_of(zone), fold=0)
    return aware.astimezone(UTC), aware.replace(fold=1).astimezone(UTC)
