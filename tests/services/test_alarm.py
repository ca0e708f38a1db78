"""The alarm: it goes on when the machine's clock was put back, and says when the machine slept."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import Alarm

BEAT = timedelta(seconds=0.02)


class Put:
    """A machine's clock that somebody puts; APScheduler and the alarm look at it instead of the real one."""

    by = timedelta()

    @classmethod
    def now(cls, zone: object = None) -> datetime:
        return datetime.now(UTC) + cls.by


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Put]:
    Put.by = timedelta()
    for module in ("bot.clock", "apscheduler.schedulers.base", "apscheduler.triggers.interval"):
        monkeypatch.setattr(f"{module}.datetime", Put)
    return Put


async def rings_again(clock: type[Put], by: timedelta) -> int:
    """Whether an alarm rings on after the clock was put; gives how often it said that it overslept."""
    rung, overslept = asyncio.Event(), []

    async def ring() -> datetime | None:
        rung.set()
        return None

    alarm = Alarm(ring, clock.now, lambda: overslept.append(1), heartbeat=BEAT)
    await alarm.start()
    try:
        for turn in range(4):
            clock.by = by if turn else timedelta()
            rung.clear()
            async with asyncio.timeout(5):
                await rung.wait()
    finally:
        await alarm.stop()
    return len(overslept)


async def test_it_rings_on_when_the_machines_clock_is_put_back_by_an_hour(clock: type[Put]) -> None:
    assert await rings_again(clock, -timedelta(hours=1)) == 0


async def test_it_says_once_that_the_machine_slept(clock: type[Put]) -> None:
    assert await rings_again(clock, timedelta(hours=2)) == 1


async def test_a_heartbeat_that_is_a_little_late_is_no_sleep(clock: type[Put]) -> None:
    assert await rings_again(clock, timedelta(seconds=30)) == 0
