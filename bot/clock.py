"""The alarm: rings when something is due. The only module that knows APScheduler; it holds no truth.

The database says what is due. The scheduler keeps, in memory, one job for the next due moment; whatever it
forgets is found again at the next ring. It goes by the machine's clock, and would wait for an hour when that
is put back by one: so a slow heartbeat goes by the loop's, and arms it anew.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import in_brief

log = structlog.get_logger(__name__)

OVERSLEPT = timedelta(minutes=1)  # so late a heartbeat says that the machine slept, or its clock was put on

Ring = Callable[[], Awaitable[datetime | None]]  # does what is due, says when it is to ring next


def real_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


class Alarm:
    """Rings at the moment it was told last, and at every heartbeat; `overslept` is called after a sleep."""

    def __init__(
        self, ring: Ring, now: Callable[[], datetime], overslept: Callable[[], None], *, heartbeat: timedelta
    ) -> None:
        self._ring, self._now, self._overslept = ring, now, overslept
        self._heartbeat = heartbeat
        self._beating: asyncio.Task[None] | None = None
        # misfire_grace_time None: a late ring is still a ring (its default of 1 s drops it in silence)
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    async def start(self) -> None:
        """Ring now, then when told; to be called in the running loop."""
        self._scheduler.start()
        self._beating = asyncio.create_task(self._beat())
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

    async def _beat(self) -> None:
        while True:
            slept_at = real_now()
            await asyncio.sleep(self._heartbeat.total_seconds())
            if real_now() - slept_at > self._heartbeat + OVERSLEPT:
                log.info("slept", seconds=round((real_now() - slept_at).total_seconds()))
                self._overslept()
            await self.ring()

    async def stop(self) -> None:
        """Ring no more."""
        self._scheduler.shutdown(wait=False)
        if self._beating is not None:
            self._beating.cancel()
            with suppress(asyncio.CancelledError):
                await self._beating
