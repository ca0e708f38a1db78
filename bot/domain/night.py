"""Quiet hours: when people are left in peace."""

from datetime import datetime, time, timedelta

from bot.domain import wall
from bot.domain.rungs import QuietHours


def out_of_quiet(moment: datetime, quiet: QuietHours, zone: str) -> datetime:
    """The moment itself, or the end of the quiet hours that it lies in, by the clock of the zone."""
    on_wall = wall.on_the_wall(moment, zone)
    if not _is_inside(on_wall.time(), quiet):
        return moment
    day = on_wall.date() if on_wall.time() < quiet.ends else on_wall.date() + timedelta(days=1)
    return wall.instant_of(datetime.combine(day, quiet.ends), zone)


def _is_inside(clock: time, quiet: QuietHours) -> bool:
    if quiet.starts <= quiet.ends:
        return quiet.starts <= clock < quiet.ends
    return clock >= quiet.starts or clock < quiet.ends
