"""Wall time: what the clock on the event's wall shows, in words that need no abbreviation of a zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WRITTEN = "%Y-%m-%dT%H:%M"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def on_the_wall(moment: datetime, zone: str) -> datetime:
    """An instant in the event's zone (IANA name)."""
    return moment.astimezone(ZoneInfo(zone))


def instant_of(wall: datetime, zone: str) -> datetime:
    """The UTC instant of a naive wall time; the first of two when the clock stood twice at it."""
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


def written(moment: datetime, zone: str) -> str:
    """'2018-12-07T15:30', as it is stored beside the instant."""
    return on_the_wall(moment, zone).strftime(_WRITTEN)


def still(moment: datetime, wall: str, zone: str) -> datetime:
    """The instant at which the wall shows what was written: `moment` itself, unless the zone's rules changed.

    A time at which the clock stands twice keeps the one of the two that it was.
    """
    if written(moment, zone) == wall:
        return moment
    return instant_of(datetime.strptime(wall, _WRITTEN), zone)  # noqa: DTZ007 - a wall time


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
