"""The only place where things are made and joined; reads top to bottom."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.clock import Alarm, real_now
from bot.config import Settings
from bot.domain.event import WorkspaceId
from bot.errors import OursToFix, StorageUnavailable
from bot.rounds import Rounds, sweep
from bot.slack.connection import Door, identify, make_app, serving, web_client
from bot.slack.delivery import Delivery, Pace
from bot.slack.listeners import buttons, messages
from bot.slack.posting import Posting
from bot.slack.socket import REAL_WAITS, socket
from bot.slack.tickets import Waits
from bot.watch import Check, Health
from storage import Storage, open_storage

log = structlog.get_logger(__name__)

HEARTBEAT = timedelta(seconds=30)
SHUTDOWN = 10.0  # seconds to finish what is held


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
    door = Door(settings.signing_secret) if settings.signing_secret and not settings.app_token else None
    async with AsyncExitStack() as stack:
        routes = [*health.routes, *([door.route] if door else [])]
        port = await stack.enter_async_context(serving(settings.host, settings.port, routes))
        wake = _Wake()
        health.stage = "waiting for the database"
        storage = await stack.enter_async_context(_storage(settings.database_url, wake))
        client = await stack.enter_async_context(
            web_client(settings.bot_token, settings.api_url, pace.timeout)
        )
        health.stage = "waiting for Slack"
        identity = await identify(client)
        workspace, now = identity.workspace, clock.now
        delivery = Delivery(storage=storage, posting=Posting(client), workspace=workspace, now=now, pace=pace)
        wake.call = delivery.wake
        app = make_app(client, identity)
        messages.register(app, workspace, storage, now)  # first: the hot one
        buttons.register(app, workspace, storage, now)
        alarm = Alarm(Rounds(storage, workspace, now), now, heartbeat=HEARTBEAT)
        await stack.enter_async_context(_working(delivery, alarm, clock))
        health.checks = {"database": _writable(storage, workspace, now), "slack": delivery.trouble}
        if door:
            door.open(app)
        elif settings.app_token:
            health.checks["socket"] = await stack.enter_async_context(
                socket(app, settings.app_token, settings.api_url, lambda: None, waits=waits)
            )
        health.stage = None
        way_in = "HTTP" if door else "Socket Mode"
        print(f"plenary is ready on http://{settings.host}:{port} ({way_in})", flush=True)
        await stop.wait()
        if door:
            await door.held.close(within=SHUTDOWN)


@asynccontextmanager
async def _storage(url: str, wake: "_Wake") -> AsyncIterator[Storage]:
    """The database, upgraded; waited for while it is away."""
    while True:
        try:
            storage = await asyncio.to_thread(open_storage, url, wake)
            break
        except StorageUnavailable:
            log.warning("waiting for the database")
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
async def _working(delivery: Delivery, alarm: Alarm, clock: Clock) -> AsyncIterator[None]:
    """Delivery and alarm at work; at the end what is being posted is finished."""
    tasks = [asyncio.create_task(delivery.run())]
    if clock.moved is not None:
        tasks.append(asyncio.create_task(_follow(clock.moved, delivery, alarm)))
    await alarm.start()
    try:
        yield
    finally:
        alarm.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await delivery.finish(within=SHUTDOWN)


async def _follow(moved: Callable[[], Awaitable[None]], delivery: Delivery, alarm: Alarm) -> None:
    while True:
        await moved()
        await alarm.ring()
        delivery.wake()


def _writable(storage: Storage, workspace: WorkspaceId, now: Callable[[], datetime]) -> Check:
    """Whether the database takes a write: the sweep is one, and harmless at any moment."""

    async def check() -> str | None:
        try:
            await storage.write(lambda tx: sweep(tx, workspace, now()))
        except OursToFix:
            return "cannot be written"
        return None

    return check
