"""Downtimes: how each is done for real, how long it lasts, and how one knows that it struck."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from enum import StrEnum
from functools import partial
from random import Random

import psycopg

from bench.soak.ground import Ground, killed, paused
from bot.demo.stage import BotProcess

_POSTED_WITHIN = 15.0  # seconds until some command makes the bot post
_NOTICED_WITHIN = 5.0  # seconds: Slack waits three for an acknowledgement


class Downtime(StrEnum):
    """What happens to the bot, its network and its database."""

    KILL = "kill"
    KILL_IN_POST = "kill within a post"
    PAUSE = "pause beyond the lease"
    PAUSE_IN_POST = "pause within a post"
    SOCKETS = "socket_cut"
    CUT = "network cut"
    STALL = "network stalled"
    DISK_FULL = "disk full"
    CONNECTIONS = "database connections cut"
    OUTAGE = "outage beyond all retries"
    HANDSHAKE = "handshake_refused"
    TICKET = "ticket_stale"
    DROPPED = "socket_dropped"
    SILENT = "socket_silent"
    WARNING = "disconnect_warning"
    REFRESH = "disconnect_refresh_requested"
    DISABLED = "disconnect_link_disabled"
    TOO_MANY = "disconnect_too_many_websockets"
    UNKNOWN = "disconnect_never_heard_of"
    NETWORK = "network_gone"


_AT_A_HANDSHAKE = (Downtime.HANDSHAKE, Downtime.TICKET)  # they strike the next one, so a line must go
OF_SOCKETS = (
    Downtime.SOCKETS, *_AT_A_HANDSHAKE, Downtime.DROPPED, Downtime.SILENT, Downtime.WARNING,
    Downtime.REFRESH, Downtime.DISABLED, Downtime.TOO_MANY, Downtime.UNKNOWN, Downtime.NETWORK,
)  # fmt: skip

Strike = Callable[[], Awaitable[bool]]
Plan = tuple[float, Strike]  # how long it lasts, and the deed, which gives whether it struck


def _kill(ground: Ground, rng: Random) -> Plan:
    down = rng.uniform(0.0, 2.0)
    return down + ground.start_took, partial(_killed_for, ground, rng.choice(ground.bots), down)


def _kill_in_post(ground: Ground, rng: Random) -> Plan:
    bot, nth = rng.choice(ground.bots), rng.randint(1, 3)

    async def strike() -> bool:
        return await _in_a_post(ground, nth) and await _killed_for(ground, bot, 0.0)

    return _POSTED_WITHIN / 3 + ground.start_took, strike


async def _killed_for(ground: Ground, bot: BotProcess, seconds: float) -> bool:
    died = await killed(bot)
    await asyncio.sleep(seconds)
    await ground.start(bot)
    return died


def _pause(ground: Ground, rng: Random) -> Plan:
    seconds = ground.asked.pace.lease + rng.uniform(0.5, 1.5)
    return seconds, partial(paused, rng.choice(ground.bots), seconds)


def _pause_in_post(ground: Ground, rng: Random) -> Plan:
    bot, nth = rng.choice(ground.bots), rng.randint(1, 3)
    seconds = ground.asked.pace.lease + rng.uniform(0.5, 1.5)

    async def strike() -> bool:
        return await _in_a_post(ground, nth) and await paused(bot, seconds)

    return _POSTED_WITHIN / 3 + seconds, strike


async def _in_a_post(ground: Ground, nth: int) -> bool:
    """Wait until Slack has posted something and keeps its answer back; False when nothing is posted."""
    driver = ground.stage.driver
    fault = await driver.plant("hold", method="chat.postMessage", seconds=1.2, nth=nth)
    has_struck = await ground.comes(lambda: driver.struck(fault), _POSTED_WITHIN)
    await driver.clear(fault)
    return has_struck


def _of_sockets(kind: Downtime, ground: Ground, rng: Random) -> Plan:
    """A fault of the sandbox's sockets; what somebody would have to mend is tried again by the bot itself."""
    seconds = rng.uniform(0.5, 1.5)

    async def strike() -> bool:
        driver = ground.stage.driver
        fault = await driver.plant(kind.value, seconds=seconds)
        if kind in _AT_A_HANDSHAKE:
            await driver.plant("socket_dropped")
        has_struck = await ground.comes(lambda: driver.struck(fault), _NOTICED_WITHIN)
        if kind is Downtime.NETWORK:
            await asyncio.sleep(seconds)
        await driver.clear(fault)
        return has_struck

    return seconds + (35.0 if ground.asked.is_unscaled else 3.0), strike


def _cut(ground: Ground, rng: Random) -> Plan:
    seconds = ground.asked.pace.lease * rng.uniform(0.3, 1.0)

    async def strike() -> bool:
        before = ground.inward.struck + ground.outward.struck
        await asyncio.gather(ground.inward.cut(), ground.outward.cut())
        await asyncio.sleep(seconds)
        await asyncio.gather(ground.inward.restore(), ground.outward.restore())
        return ground.inward.struck + ground.outward.struck > before

    return seconds, strike


def _stall(ground: Ground, rng: Random) -> Plan:
    seconds = ground.asked.pace.timeout * rng.uniform(0.8, 1.3)

    async def strike() -> bool:
        before = ground.inward.struck + ground.outward.struck
        ground.inward.stall()
        ground.outward.stall()
        await asyncio.sleep(seconds)
        ground.inward.flow()
        ground.outward.flow()
        return ground.inward.struck + ground.outward.struck > before

    return seconds, strike


def _disk_full(ground: Ground, rng: Random) -> Plan:
    seconds = ground.asked.pace.lease * rng.uniform(0.3, 0.6) + ground.asked.pause

    async def strike() -> bool:
        assert ground.disk is not None
        began = ground.now()
        await asyncio.to_thread(_emptied_log, ground.database_url.removeprefix("sqlite:///"))
        ground.disk.fill()
        try:
            await asyncio.sleep(seconds)
        finally:
            ground.disk.free()
        return await _was_refused(ground, began, ground.now())

    return seconds, strike


def _emptied_log(database: str) -> None:
    """Let SQLite's write-ahead log begin anew: what it has of the disk already would last for a while."""
    with closing(sqlite3.connect(database, timeout=5)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def _was_refused(ground: Ground, began: float, ended: float) -> bool:
    """Whether the bot refused something that was typed in a time: that is how a full disk shows."""

    async def look() -> bool:
        sent = await ground.stage.driver.deliveries()
        return any(began < float(each["ts"]) < ended and each["attempts"] > 1 for each in sent)

    return await ground.comes(look, _NOTICED_WITHIN)


def _connections(ground: Ground, _: Random) -> Plan:
    async def strike() -> bool:
        return await asyncio.to_thread(_terminated, ground.database_url) > 0

    return 1.0, strike


def _terminated(url: str) -> int:
    """End every connection of the bots to PostgreSQL, as a restart of it does; how many there were."""
    ours = "datname = current_database() AND application_name = 'plenary'"
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}")  # noqa: S608 - our own words
        return len(found.fetchall())


def _outage(ground: Ground, rng: Random) -> Plan:
    seconds = 360 * ground.asked.retry_scale + 4 * 3.0 + rng.uniform(1, 5)

    async def strike() -> bool:
        died = [await killed(bot) for bot in ground.bots]
        await asyncio.sleep(seconds)
        for bot in ground.bots:
            await ground.start(bot)
        return all(died)

    return seconds, strike


DOWN: dict[Downtime, Callable[[Ground, Random], Plan]] = {
    Downtime.KILL: _kill,
    Downtime.KILL_IN_POST: _kill_in_post,
    Downtime.PAUSE: _pause,
    Downtime.PAUSE_IN_POST: _pause_in_post,
    Downtime.CUT: _cut,
    Downtime.STALL: _stall,
    Downtime.DISK_FULL: _disk_full,
    Downtime.CONNECTIONS: _connections,
    Downtime.OUTAGE: _outage,
    **{kind: partial(_of_sockets, kind) for kind in OF_SOCKETS},
}
