"""One turn, seen from outside: its write is counted, timed and logged, by what it was and never by whose."""

import time
from collections.abc import Callable
from enum import StrEnum

import structlog

from bot.domain.moment import Ts
from bot.domain.moves import Said
from bot.metrics import Metrics
from bot.services.taken import Taken
from storage import Storage, Transaction

log = structlog.get_logger(__name__)


class Came(StrEnum):
    """What came in."""

    NEW = "new"
    EDITED = "edited"
    DELETED = "deleted"
    PRESSED = "pressed"
    OTHER = "other"  # not for us: other channels, bots, unfurls


async def take(
    storage: Storage,
    metrics: Metrics,
    came: Came,
    ts: Ts,
    work: Callable[[Transaction], Taken],
    *,
    person: str,
) -> None:
    """Write it, and say so by the ts of the message or press, which tells when and not who."""
    began = time.monotonic()
    try:
        taken = await storage.write(work, person=person)
    except Exception:  # of any kind: it is counted, and raised again for who asked
        metrics.events.labels(came.value, "failed").inc()
        raise
    took = time.monotonic() - began
    metrics.turn.observe(took)
    metrics.events.labels(came.value, taken.value).inc()
    log.info("taken in", came=came.value, outcome=taken.value, ts=ts, ms=round(took * 1000))


def ignored(metrics: Metrics) -> None:
    """What is not for us is counted only."""
    metrics.events.labels(Came.OTHER.value, "ignored").inc()


def came_of(said: Said) -> Came:
    """What a message is, as of its moment."""
    if said.words is None:
        return Came.DELETED
    return Came.NEW if said.as_of == said.ts else Came.EDITED
