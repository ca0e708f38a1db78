"""Days in minutes: a clock at a rate, refreshes, a host that sleeps, clock steps; what grows without end."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import mean
from typing import Any

import aiohttp
import psycopg

from bench.soak.count import Finding, Kind
from bench.soak.downtimes import Downtime
from bench.soak.ground import killed, paused
from bench.soak.trouble import FAULTS, Trouble
from bot.demo.bot import step_file
from bot.rounds import SETTLED_KEPT_FOR, SWEEP_EVERY

SLEEP, REFRESH = "sleep beyond all retries", "hourly refresh"
STEPS = {"clock an hour ahead": 3600.0, "clock an hour behind": -3600.0}
_STEPPED_FOR = 60.0  # seconds, at most
_NOTICED_WITHIN = 60.0  # seconds until the bot says that its clock is off
_SLACKS_RETRIES = 361 + 4 * 3.0  # seconds of waits, scaled, and of waiting for the bot's answers
_SAMPLES = 24  # in all
# Fair bounds. SQLite begins its log anew at 4 MB, later while somebody reads. Rows are kept for two days and
# until the next sweep; a step of the clock may add an hour. Memory settles in the first half.
_WAL = 16.0  # MB
_KEPT = SETTLED_KEPT_FOR + SWEEP_EVERY + timedelta(hours=1)
_MEMORY = (1.25, 25.0)  # times, and MB
_LOG = 2000.0  # bytes for an event: a line or two for it, and one for each answer
_SWEPT_WITHIN = 60.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured from outside after so many hours of the demo."""

    hours: float
    memory: float  # megabytes of the bots
    database: float
    wal: float
    receipts: int
    receipt_age: float  # hours of the oldest one
    waiting: int
    ended: int  # settled and dropped rows of the outbox
    ended_age: float
    log: float  # megabytes
    sent: int  # events and buttons so far


@dataclass
class Days(Trouble):
    """Strikes until its time is over, and measures."""

    figures: list[Figure] = field(default_factory=list)
    began: float = 0.0

    @property
    def planned(self) -> list[str]:
        """What is to strike at least once."""
        kinds = [SLEEP, *STEPS, Downtime.KILL.value, *FAULTS]
        if self.ground.asked.transport == "socket":
            kinds.append(REFRESH)
        return [kind for kind in kinds if not self.ground.asked.only or kind in self.ground.asked.only]

    async def run(self) -> None:
        """Let the days pass; afterwards all clocks are right and run as real ones."""
        driver, asked = self.ground.stage.driver, self.ground.asked
        self.began = self.ground.now()
        await driver.rate(asked.rate)
        beside = [asyncio.create_task(self._measure())]
        if REFRESH in self.planned:
            beside.append(asyncio.create_task(self._refresh()))
        try:
            await asyncio.gather(
                self._rounds([kind for kind in self.planned if kind not in (*FAULTS, REFRESH)], self._down),
                self._rounds([kind for kind in self.planned if kind in FAULTS], self._plant),
            )
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await driver.rate(1)

    async def quiet(self) -> list[Finding]:
        """Two days in which nothing happens, when all is counted: what is swept must be gone by then."""
        await self.ground.stage.driver.forward((_KEPT + timedelta(hours=1)).total_seconds())
        await self.ground.comes(self._is_swept, _SWEPT_WITHIN)
        self.figures.append(await self._figure())
        return [Finding(Kind.GROWS, what) for what in grows(self.figures)]

    async def _down(self, kind: str) -> None:
        began = self.ground.now()
        self.struck[kind] += await self._struck_by(kind)
        await self._back()
        self.windows.append((began, self.ground.now()))

    async def _struck_by(self, kind: str) -> bool:
        match kind:
            case Downtime.KILL:
                died = [await killed(bot) for bot in self.ground.bots]
                for bot in self.ground.bots:
                    await self.ground.start(bot)
                return all(died)
            case _ if kind in STEPS:
                return await self._stepped(STEPS[kind])
            case _:
                seconds = _SLACKS_RETRIES * self.ground.asked.retry_scale + self.rng.uniform(2, 8)
                return all(await asyncio.gather(*(paused(bot, seconds) for bot in self.ground.bots)))

    async def _stepped(self, seconds: float) -> bool:
        """Put the bots' clocks off for a while and back; whether they noticed both."""
        step = step_file(self.ground.stage.bot.clock_file)
        step.write(seconds=seconds)
        noticed = await self.ground.comes(self._is_off, _NOTICED_WITHIN)
        await asyncio.sleep(min(_STEPPED_FOR, self.ground.asked.minutes * 60 / 12))
        step.write(seconds=0.0)

        async def is_right() -> bool:
            return not await self._is_off()

        return await self.ground.comes(is_right, _NOTICED_WITHIN) and noticed

    async def _is_off(self) -> bool:
        """Whether a bot says in /readyz that its clock is not Slack's."""
        port = self.ground.bots[0].environ["PORT"]
        try:
            async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/readyz") as told:
                return "clock" in (await told.json())["problems"]
        except aiohttp.ClientError:
            return False

    async def _refresh(self) -> None:
        driver = self.ground.stage.driver
        while True:
            for kind in ("disconnect_refresh_requested", "disconnect_warning"):
                await asyncio.sleep(3600 / self.ground.asked.rate)
                fault = await driver.plant(kind, seconds=self.rng.uniform(0.0, 2.0))
                self.struck[REFRESH] += await driver.struck(fault)
                await driver.clear(fault)

    async def _measure(self) -> None:
        while True:
            self.figures.append(await self._figure())
            await asyncio.sleep(self.ground.asked.minutes * 60 / _SAMPLES)

    async def _figure(self) -> Figure:
        tables = await asyncio.to_thread(self._tables)
        database, wal = await asyncio.to_thread(self.ground.database_size)
        return Figure(
            hours=(self.ground.now() - self.began) / 3600,
            memory=self.ground.memory(),
            database=database,
            wal=wal,
            log=sum(log.stat().st_size for log in self.ground.logs if log.exists()) / 1e6,
            sent=len(await self.ground.stage.driver.deliveries()),
            **tables,
        )

    def _tables(self) -> dict[str, Any]:
        receipts, oldest = self._row(
            "SELECT count(*), min(at) FROM receipts WHERE key <> 'probe' AND key NOT LIKE 'invitation/%'"
        )
        ended, ended_at = self._row(
            "SELECT count(*), min(settled_at) FROM outbox WHERE state IN ('settled', 'dropped')"
        )
        waiting, _ = self._row("SELECT count(*), NULL FROM outbox WHERE state = 'waiting'")
        ages = {"receipt_age": self._age(oldest), "ended_age": self._age(ended_at)}
        return {"receipts": receipts, "waiting": waiting, "ended": ended, **ages}

    def _row(self, statement: str) -> tuple[int, Any]:
        """The answer of the database, asked from outside: it is the soak's alone."""
        url = self.ground.database_url
        if self.ground.asked.database == "sqlite":
            path = url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as connection:
                found = connection.execute(statement).fetchone()
        else:
            with psycopg.connect(url) as connection:
                found = connection.execute(statement.replace("%", "%%")).fetchone()
        return int(found[0]), found[1]

    def _age(self, moment: Any) -> float:
        if moment is None:
            return 0.0
        at = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
        return (self.ground.now() - at.timestamp()) / 3600

    async def _is_swept(self) -> bool:
        found = await asyncio.to_thread(self._tables)
        return bool(max(found["receipt_age"], found["ended_age"]) < _KEPT.total_seconds() / 3600)


def grows(figures: Sequence[Figure]) -> Iterator[str]:
    """What has no bound, by the figures; the last one was taken after two quiet days."""
    *working, last = figures
    kept = _KEPT.total_seconds() / 3600
    for name, age in (("receipts", last.receipt_age), ("ended rows of the outbox", last.ended_age)):
        if age > kept:
            yield f"{name} of {age:.0f} hours ago are still there"
    if (wal := max(each.wal for each in figures)) > _WAL:
        yield f"SQLite's write-ahead log had {wal:.0f} MB"
    quarter = max(1, len(working) // 4)
    early, late = (mean(each.memory for each in part) for part in _parts(working, quarter))
    if late > early * _MEMORY[0] and late > early + _MEMORY[1]:
        yield f"memory rose from {early:.0f} to {late:.0f} MB"
    if last.sent and (log := last.log * 1e6 / last.sent) > _LOG:
        yield f"the log has {log:.0f} bytes for each event"


def _parts(working: Sequence[Figure], quarter: int) -> tuple[Sequence[Figure], Sequence[Figure]]:
    """The second quarter and the last: in the first, memory still settles."""
    return working[quarter : 2 * quarter] or working[:1], working[-quarter:]


def lines(figures: Sequence[Figure]) -> Iterator[str]:
    """The figures as a table, and the log of each day."""
    yield "  hours  memory  database  -wal  receipts (oldest)  waiting  ended (oldest)  log MB"
    for each in (*figures[:-1:2], figures[-1]):
        yield (
            f"  {each.hours:5.1f}  {each.memory:6.0f}  {each.database:8.1f}  {each.wal:4.1f}"
            f"  {each.receipts:8} ({each.receipt_age:4.1f} h)  {each.waiting:7}"
            f"  {each.ended:5} ({each.ended_age:4.1f} h)  {each.log:6.2f}"
        )
    logged: Counter[int] = Counter()
    for one, then in pairwise(figures):
        logged[int(one.hours // 24)] += round((then.log - one.log) * 1e6)
    days = ", ".join(f"day {day + 1}: {size / 1e6:.2f} MB" for day, size in sorted(logged.items()))
    yield f"  log by day: {days}"
