"""To when a reminder can be put off: only what the bot can keep, and only before the report is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from bot.domain.duties import Duty, Facts
from bot.domain.event import Event
from bot.domain.ladder import counted_due
from bot.domain.quiet import Peace
from bot.domain.rungs import Anchor
from bot.domain.spans import index_of, merged
from bot.domain.wall import instant_of, on_the_wall

_DAY = timedelta(days=1)


class Later(StrEnum):
    """What the button says."""

    QUARTER = "in 15 minutes"
    HOUR = "in 1 hour"
    TONIGHT = "tonight"  # at the ladder's wall time of the eve
    TOMORROW = "tomorrow morning"  # at the ladder's wall time of the due day


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One moment to which a reminder can be put off."""

    later: Later
    until: datetime


def offers(
    event: Event, peace: Peace, duties: Iterable[Duty], facts: Facts, now: datetime
) -> tuple[Offer, ...]:
    """Those on a message about these duties, the nearest first.

    Before the first deadline among them, outside quiet hours, and not while the person is away or in a
    session: then the bot could not write "I write again at 12:30" and keep it. `duties` are all
    of the person.
    """
    owed = tuple(duties)
    deadlines = [each.due_at for each in owed if each.is_open]
    if not deadlines:
        return ()
    first = min(deadlines)
    quiet = peace.spans(now, first)
    running = tuple(each.runs for each in owed if each.runs is not None)
    closed = merged((*quiet, *running, *facts.away))
    return tuple(
        Offer(later=later, until=until)
        for later, until in _moments(event, now)
        if until < counted_due(first, quiet) and index_of(closed, until) is None
    )


def _moments(event: Event, now: datetime) -> Iterable[tuple[Later, datetime]]:
    yield Later.QUARTER, now + timedelta(minutes=15)
    yield Later.HOUR, now + timedelta(hours=1)
    walls = {rung.anchor: rung.at for rung in reversed(event.settings.rungs)}  # the first of each kind
    if (tonight := walls.get(Anchor.EVE)) is not None and (at := _at(event, now, tonight)) > now:
        yield Later.TONIGHT, at
    if (morning := walls.get(Anchor.DUE_DAY)) is not None:
        yield Later.TOMORROW, _at(event, now + _DAY, morning)


def _at(event: Event, moment: datetime, wall: time) -> datetime:
    return instant_of(datetime.combine(on_the_wall(moment, event.zone).date(), wall), event.zone)
