"""Right instants: what was planned by the clock on the wall stays there when a zone's rules change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import wall, zones
from bot.domain.event import EventKey, WorkspaceId
from bot.services import planning
from storage import Transaction, WallTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Retimed:
    """A stored instant that its wall time does not give any more."""

    time: WallTime
    to: datetime

    @property
    def by(self) -> timedelta:
        """How much later it is now."""
        return self.to - self.time.at


def to_retime(tx: Transaction, workspace: WorkspaceId, now: datetime) -> tuple[Retimed, ...]:
    """What our zone data moves, of events that are not over; an unknown zone moves nothing."""
    times = [each for each in tx.times.ahead(workspace, now) if zones.is_zone(each.zone)]
    moved = tuple(_moved(times))
    return (*moved, *_along(times, moved))


def retime(tx: Transaction, workspace: WorkspaceId, now: datetime) -> tuple[Retimed, ...]:
    """Move it, and plan the reminders of these events anew; gives what was moved."""
    for key in _events(to_retime(tx, workspace, now)):
        tx.sought.lock(workspace, key)
    moved = to_retime(tx, workspace, now)  # as it is now that nobody else changes it
    for each in moved:
        tx.times.move(workspace, each.time, each.to)
    for key in _events(moved):
        if event := tx.events.one(workspace, key):
            planning.replan(tx, event, now)
    return moved


def _events(moved: tuple[Retimed, ...]) -> list[EventKey]:
    return sorted({each.time.event for each in moved})


def _moved(times: list[WallTime]) -> Iterator[Retimed]:
    known = {str(n): each for n, each in enumerate(times) if each.wall is not None}
    stored = (
        wall.Stored(key=key, at=each.at, wall=wall.read(each.wall or ""), zone=each.zone)
        for key, each in known.items()
    )
    for each in wall.shifted(stored):
        yield Retimed(time=known[each.stored.key], to=each.is_now)


def _along(times: list[WallTime], moved: tuple[Retimed, ...]) -> Iterator[Retimed]:
    """What was once kept without its wall time keeps its distance to the closing session."""
    by = {each.time.event: each.by for each in moved if each.time.name == "closing"}
    for each in times:
        if each.wall is None and each.event in by:
            yield Retimed(time=each, to=each.at + by[each.event])
