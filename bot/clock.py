"""The alarm: rings when something is due. The only module that knows APScheduler; it holds no truth.

The database says what is due. The scheduler keeps, in memory, one job for the next due moment and a slow
heartbeat; whatever it forgets is found again at the next ring.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import in_brief

log = structlog.get_logger(__name__)

Ring = Callable[[], Awaitable[datetime | None]]  # does what is due, says when it is to ring next


def real_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


class Alarm:
    """Rings at the moment it was told last, and at every heartbeat."""

    def __init__(self, ring: Ring, now: Callable[[], datetime], *, heartbeat: timedelta) -> None:
        self._ring, self._now = ring, now
        self._heartbeat = heartbeat
        # misfire_grace_time None: a late ring is still a ring (its default of 1 s drops it in silence)
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    async def start(self) -> None:
        """Ring now, then when told; to be called in the running loop."""
        self._scheduler.add_job(
            self.ring, "interval", seconds=self._heartbeat.total_seconds(), id="heartbeat", timezone=UTC
        )
        self._scheduler.start()
        await self.ring()

    async def ring(self) -> None:
        """Do what is due and set the alarm anew; also to be called when the clock was moved."""
        try:
            due_at = await self._ring()
        except Exception as error:  # noqa: BLE001 - whatever it was, the heartbeat rings again
            log.warning("alarm failed", **in_brief(error))
            return
        if due_at is not None:
            wait = max(due_at - self._now(), timedelta())
            self._scheduler.add_job(
                self.ring, "date", run_date=datetime.now(UTC) + wait, id="due", replace_existing=True
            )

    def stop(self) -> None:
        """Ring no more."""
        self._scheduler.shutdown(wait=False)
