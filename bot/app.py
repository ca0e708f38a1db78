"""The only place where things are made and joined; reads top to bottom."""

import asyncio
import gc
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

import structlog

from bot.clock import Alarm, real_now
from bot.config import Settings
from bot.domain.event import WorkspaceId
from bot.errors import OursToFix, StorageUnavailable, in_brief
from bot.metrics import Metrics, depths_of
from bot.rounds import Rounds
from bot.slack.asking import Asking
from bot.slack.catching_up import CatchingUp
from bot.slack.connection import Door, identify, make_app, serving, web_client
from bot.slack.delivery import Delivery, Pace
from bot.slack.directory import Directory
from bot.slack.errands import Errands
from bot.slack.listeners import buttons, channels, members, messages
from bot.slack.outage import Outage
from bot.slack.posting import Posting
from bot.slack.skew import Skew, watching
from bot.slack.socket import REAL_WAITS, socket
from bot.slack.tickets import Waits
from bot.watch import Check, Health
from storage import Storage, open_storage, presence

log = structlog.get_logger(__name__)

HEARTBEAT = timedelta(seconds=30)
SHUTDOWN = 10.0  # seconds to finish what is held
PROBE = 3.0  # seconds for the database to take one row


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What time it is, and a wait for somebody moving the clock (the demo's; nobody moves the real one)."""

    now: Callable[[], datetime] = real_now
    moved: Callable[[], Awaitable[None]] | None = None


REAL_CLOCK, REAL_PACE = Clock(), Pace()


async def run(
    settings: Settings, *, clock: Clock = REAL_CLOCK, pace: Pace = REAL_PACE, waits: Waits = REAL_WAITS
) -> None:
    """Run until SIGTERM or SIGINT: take nothing more in, finish what is held, leave the rest in the outbox.

    Waits for Slack and the database at start. Raises MendableError for what somebody must mend first.
    """
    stop, health = asyncio.Event(), Health()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    stopping = asyncio.create_task(stop.wait())
    running = asyncio.create_task(_run(settings, clock, pace, waits, health, stop))
    await asyncio.wait({stopping, running}, return_when=asyncio.FIRST_COMPLETED)
    if health.stage is None:
        await asyncio.wait({running}, timeout=SHUTDOWN)
    stopping.cancel()
    running.cancel()  # harmless when it has ended; else it was still starting, or holds on for too long
    with suppress(asyncio.CancelledError):
        await running


async def _run(
    settings: Settings, clock: Clock, pace: Pace, waits: Waits, health: Health, stop: asyncio.Event
) -> None:
    began, metrics, skew = time.monotonic(), Metrics(), Skew()
    metrics.ready.set_function(lambda: health.stage is None)
    metrics.offset.set_function(lambda: skew.behind.total_seconds())
    door = None
    if settings.signing_secret and not settings.app_token:
        door = Door(settings.signing_secret, metrics, skew.words)
    async with AsyncExitStack() as stack:
        stack.enter_context(presence(settings.database_url))
        routes = [*health.routes, metrics.route, *([door.route] if door else [])]
        port = await stack.enter_async_context(serving(settings.host, settings.port, routes))
        wake = _Wake()
        storage = await stack.enter_async_context(_storage(settings.database_url, wake, health, metrics))
        client = await stack.enter_async_context(
            web_client(settings.bot_token, settings.api_url, pace.timeout, watching(skew, clock.now))
        )
        health.stage = "waiting for Slack"
        identity = await identify(client)
        workspace, now = identity.workspace, clock.now
        metrics.depths = depths_of(storage, workspace, now)
        posting = Posting(client, metrics)
        catching_up = CatchingUp(
            storage=storage,
            posting=posting,
            workspace=workspace,
            now=now,
            pause=pace.reading,
            metrics=metrics,
        )
        delivery = Delivery(
            storage=storage,
            posting=posting,
            workspace=workspace,
            now=now,
            pace=pace,
            outage=Outage(catching_up.ask),
            metrics=metrics,
        )
        wake.call = delivery.wake
        intake = Outage(catching_up.ask)
        app = make_app(client, identity, intake.failed)
        messages.register(app, workspace, storage, now, intake.succeeded, metrics)  # first: the hot one
        buttons.register(app, workspace, storage, now, metrics)
        channels.register(app, workspace, identity.bot_user, storage)
        members.register(app, workspace, storage, now)
        rounds = Rounds(storage, workspace, now, catching_up.ask, metrics, skew.words)
        alarm = Alarm(rounds, now, catching_up.ask, heartbeat=HEARTBEAT)
        await stack.enter_async_context(_working(delivery, alarm, catching_up, clock))
        directory = Directory(client, pace.asking)
        asking = Asking(storage, directory, workspace, now, rest=pace.asking)
        await stack.enter_async_context(_until_the_end(asking.run()))
        errands = Errands(storage, client, workspace, now, rest=pace.errands)
        await stack.enter_async_context(_until_the_end(errands.run()))
        health.checks = {"database": _writable(storage, workspace, now), "slack": delivery.trouble}
        health.checks["clock"] = skew.trouble  # after Slack was asked, whose answer bears its date
        health.notes = {"catching up": catching_up.trouble}
        if door:
            door.open(app, intake.failed)
        elif settings.app_token:
            health.checks["socket"] = await stack.enter_async_context(
                socket(app, settings.app_token, settings.api_url, catching_up.ask, metrics, waits=waits)
            )
        health.stage = None
        catching_up.ask()  # after a start; each gap of the socket asks by itself
        way_in = "HTTP" if door else "Socket Mode"
        gc.collect()
        gc.freeze()  # else a full collection walks through all that was imported, and the loop stands still
        log.info("started", workspace=workspace, way_in=way_in, tzdata=version("tzdata"), ms=_since(began))
        print(f"plenary is ready on http://{settings.host}:{port} ({way_in})", flush=True)
        await stop.wait()
        began = time.monotonic()
        log.info("stopping")
        if door:
            await door.held.close(within=SHUTDOWN)
    log.info("stopped", ms=_since(began))


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


@asynccontextmanager
async def _storage(url: str, wake: "_Wake", health: Health, metrics: Metrics) -> AsyncIterator[Storage]:
    """The database, upgraded; waited for while it is away."""
    health.stage = "waiting for the database"
    while True:
        try:
            storage = await asyncio.to_thread(open_storage, url, wake, metrics.write.observe)
            break
        except StorageUnavailable as error:
            health.stage = f"waiting for the database: {error.why}"
            log.warning("waiting for the database", **in_brief(error))
            await asyncio.sleep(2)
    try:
        yield storage
    finally:
        await storage.close()


class _Wake:
    """Called by storage, in its own thread, after a commit that put something to send now."""

    def __init__(self) -> None:
        self.call: Callable[[], None] | None = None
        self._loop = asyncio.get_running_loop()

    def __call__(self) -> None:
        if self.call is not None:
            self._loop.call_soon_threadsafe(self.call)


@asynccontextmanager
async def _working(
    delivery: Delivery, alarm: Alarm, catching_up: CatchingUp, clock: Clock
) -> AsyncIterator[None]:
    """Delivery, alarm and catching up at work; at the end what is being posted is finished."""
    tasks = [asyncio.create_task(delivery.run()), asyncio.create_task(catching_up.run())]
    if clock.moved is not None:
        tasks.append(asyncio.create_task(_follow(clock.moved, delivery, alarm)))
    await alarm.start()
    try:
        yield
    finally:
        await alarm.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await delivery.finish(within=SHUTDOWN)


@asynccontextmanager
async def _until_the_end(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Something at work beside the rest, which needs no time to finish."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _follow(moved: Callable[[], Awaitable[None]], delivery: Delivery, alarm: Alarm) -> None:
    while True:
        await moved()
        await alarm.ring()
        delivery.wake()


def _writable(storage: Storage, workspace: WorkspaceId, now: Callable[[], datetime]) -> Check:
    """Whether the database takes a row now and did all it was asked lately, or why not."""

    async def check() -> str | None:
        try:
            async with asyncio.timeout(PROBE):
                await storage.write(lambda tx: tx.receipts.probe(workspace, now()))
        except TimeoutError:
            return f"cannot be used: it did not answer within {PROBE:.0f} seconds"
        except StorageUnavailable as error:
            return f"cannot be used: {error.why}"
        except OursToFix:
            return "refuses a statement of ours"
        return storage.trouble and f"could not be used a moment ago: {storage.trouble}"

    return check
