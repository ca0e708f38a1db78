"""Wall times of an event file as instants, and those that the clock of the zone never or twice shows."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from bot.domain.wall import exists, instant_of, is_twice, on_the_wall
from bot.domain.zones import is_zone
from bot.programme.faults import Fault, shown
from bot.programme.fields import YEARS, wall_of
from bot.programme.reading import Source, path
from bot.programme.tree import Loc


def zone_of(source: Source) -> str | None:
    """The event's zone, if it is one."""
    zone = (source.values or {}).get("zone")
    return zone if isinstance(zone, str) and is_zone(zone) else None


def moment(source: Source, loc: Loc, shift: timedelta) -> datetime | None:
    """The instant of a wall time, if it is one; in an unknown zone as if its clock were UTC's."""
    wall = wall_of(source.at(loc))
    if wall is None:
        return None
    return instant_of(wall + shift, zone_of(source) or UTC.tzname(None))


def odd_hours(source: Source, shift: timedelta) -> Iterator[Fault]:
    """Times that do not exist in the zone (a fault), or exist twice (a warning: the first is taken)."""
    zone = zone_of(source)
    for loc in _walls(source) if zone else ():
        wall = wall_of(source.at(loc))
        if wall is not None and zone is not None:
            yield from _odd_hour(source, loc, wall + shift, zone)


def _walls(source: Source) -> Iterator[Loc]:
    yield from ((("closing", each)) for each in ("starts", "ends"))
    for index, _ in enumerate(source.rows("sessions")):
        yield from (("sessions", index, each) for each in ("starts", "ends", "due"))


def _odd_hour(source: Source, loc: Loc, wall: datetime, zone: str) -> Iterator[Fault]:
    found = shown(f"{wall:%Y-%m-%d %H:%M}")
    if not exists(wall, zone):
        yield source.fault(
            loc,
            f"this time does not exist in {zone}, where clocks go forward then",
            what=path(loc),
            found=found,
            hint=f"{on_the_wall(instant_of(wall, zone), zone):%Y-%m-%d %H:%M}",
        )
    elif is_twice(wall, zone):
        yield source.fault(
            loc,
            f"this time comes twice in {zone}, where clocks go back then; the first is taken",
            what=path(loc),
            found=found,
            is_warning=True,
        )


def shift_of(source: Source, closing: date | None) -> tuple[timedelta, tuple[Fault, ...]]:
    """By how much every day moves so that the closing session is on that day, which must be its weekday."""
    wall = wall_of(source.at(("closing", "starts")))
    if closing is None or wall is None:
        return timedelta(), ()
    shift = closing - wall.date()
    if closing.year not in YEARS:
        expected = f"give --closing a year from {YEARS[0]} to {YEARS[-1]}"
    elif shift.days % 7:
        expected = (
            f"the closing session is on a {wall:%A}, and --closing {closing} is a {closing:%A}; "
            f"give a {wall:%A}"
        )
    else:
        return shift, ()
    return timedelta(), (source.fault(("closing", "starts"), expected),)
