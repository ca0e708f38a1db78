"""The trouble: every kind at least once, in an order from the seed, and whether it truly struck."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from bench.soak.count import Finding
from bench.soak.downtimes import DOWN, OF_SOCKETS, Downtime
from bench.soak.ground import Ground
from bot.sandbox.faults import CALLS, EVENTS

_BROKEN_BOT = {"post_doubled", "post_lost", "event_lost"}  # what --break plants; the rest is Slack's bad day
_CODES = (
    "internal_error",
    "fatal_error",
    "request_timeout",
    "service_unavailable",
)  # posted or not: who knows
_BACK_WITHIN = 60.0  # seconds
_PATIENCE = 60.0  # seconds until a planted fault has found something to strike
FAULTS = tuple(kind for kind in (*CALLS, *EVENTS) if kind not in _BROKEN_BOT)


def kinds_of(ground: Ground) -> list[list[str]]:
    """The downtimes and the faults of this combination; each is to strike at least once."""
    asked = ground.asked
    left_out = {
        Downtime.DISK_FULL: ground.disk is None,
        Downtime.CONNECTIONS: asked.database != "postgres",
        Downtime.OUTAGE: not asked.beyond_retries,
        **dict.fromkeys(OF_SOCKETS, asked.transport != "socket"),
    }
    downtimes = [kind.value for kind in Downtime if not left_out.get(kind)]
    return [[kind for kind in kinds if not asked.only or kind in asked.only] for kinds in (downtimes, FAULTS)]


def not_planned(ground: Ground) -> list[str]:
    """What cannot be had here, in a sentence each."""
    if ground.asked.database == "sqlite" and ground.disk is None:
        return ["disk full: not planned, since no small file system can be mounted here (it takes root)"]
    if ground.asked.database == "postgres":
        return ["disk full: not planned on PostgreSQL, whose disk is the server's"]
    return []


@dataclass
class Trouble:
    """Strikes until its time is over; `windows` are the downtimes, in the time of Slack's ts."""

    ground: Ground
    rng: Random
    until: float  # time.monotonic()
    struck: Counter[str] = field(default_factory=Counter)
    windows: list[tuple[float, float]] = field(default_factory=list)

    @property
    def planned(self) -> list[str]:
        """What is to strike at least once."""
        return [kind for kinds in kinds_of(self.ground) for kind in kinds]

    async def quiet(self) -> list[Finding]:
        """What shows only when all is counted; nothing here."""
        return []

    async def run(self) -> None:
        """Downtimes one after another, faults beside them: each kind once, then more while there is time."""
        downtimes, faults = kinds_of(self.ground)
        await asyncio.gather(self._rounds(downtimes, self._down), self._rounds(faults, self._plant))

    async def _rounds(self, kinds: Sequence[str], strike: Callable[[str], Awaitable[None]]) -> None:
        is_first = True
        while is_first or time.monotonic() < self.until:
            for kind in self.rng.sample(kinds, len(kinds)):
                if not is_first and time.monotonic() > self.until:
                    return
                await asyncio.sleep(self.rng.uniform(0.1, 1.0) * self.ground.asked.pause)
                await strike(kind)
            is_first = False

    async def _down(self, kind: str) -> None:
        prepare = DOWN[Downtime(kind)]
        lasts, strike = prepare(self.ground, self.rng)
        await self._no_last_retry_within(lasts)
        began = self.ground.now()
        self.struck[kind] += await strike()
        await self._back()
        self.windows.append((began, self.ground.now()))

    async def _back(self) -> None:
        """Wait until the bots are connected again: that time is the downtime's too."""
        await self.ground.comes(self._are_connected, _BACK_WITHIN)

    async def _are_connected(self) -> bool:
        if self.ground.asked.transport == "http":
            return True
        status = await self.ground.stage.driver.status()
        return int(status["sockets"]) >= len(self.ground.bots)

    async def _no_last_retry_within(self, seconds: float) -> None:
        """Wait while Slack's last attempt of an event would fall into a downtime of so many seconds.

        Without it Slack gives events up, which the bot can only notice by reading the DMs itself.
        """
        if self.ground.asked.beyond_retries:
            return

        async def look() -> bool:
            sent = await self.ground.stage.driver.deliveries(pending=True)
            return not any(self._is_due(each, seconds) for each in sent)

        await self.ground.comes(look, 2 * self.ground.asked.last_retry)

    def _is_due(self, sent: dict[str, object], seconds: float) -> bool:
        if sent["kind"] != "events_api":
            return False
        attempts, again_at = sent["attempts"], str(sent["again_at"])
        if attempts == 4:
            return True  # the last one is on its way
        until = self.ground.now() + seconds + self._comes_back
        return attempts == 3 and (not again_at or self.ground.time_of(again_at) < until)

    @property
    def _comes_back(self) -> float:
        """Seconds from the end of a downtime until events come through again, roughly."""
        return 12.0 if self.ground.asked.transport == "socket" else 4.0

    async def _plant(self, kind: str) -> None:
        driver, pace = self.ground.stage.driver, self.ground.asked.pace
        about: dict[str, object] = {"count": self.rng.randint(1, 3), "seconds": 1 + self.rng.random() * 0.5}
        if kind in CALLS:
            about["method"] = self.rng.choice(("", "chat.postMessage", "chat.postMessage"))
        if kind == "api_error":
            about["code"] = self.rng.choice(_CODES)
        if kind in ("slow_before", "slow_after", "hold"):
            about["seconds"] = pace.timeout * self.rng.uniform(0.5, 1.2)
        fault = await driver.plant(kind, **about)
        await self.ground.comes(lambda: driver.struck(fault), _PATIENCE)
        await asyncio.sleep(0.5)  # for the next ones, if it is to strike several times
        self.struck[kind] += await driver.struck(fault)
        await driver.clear(fault)
