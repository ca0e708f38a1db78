"""The only place where things are made and joined; reads top to bottom."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import structlog
from aiohttp import web

from bot.clock import Alarm
from bot.config import Settings
from bot.domain import wall
from bot.domain.event import WorkspaceId
from bot.errors import OursToFix, StorageUnavailable
from bot.programme.yaml import load_event
from bot.services import organising, publishing, reminding
from bot.slack.connection import Door, identify, make_app, serving, socket, web_client
from bot.slack.delivery import Delivery, Pace
from bot.slack.listeners import buttons, messages
from bot.slack.posting import Posting
from bot.watch import Health
from storage import Storage, Transaction, current, head, open_storage, upgrade

log = structlog.get_logger(__name__)

HEARTBEAT = timedelta(seconds=30)
LOOK_EVERY = timedelta(minutes=10)  # whether somebody deleted a digest message by hand
SWEEP_EVERY = timedelta(hours=1)
SETTLED_KEPT_FOR = timedelta(hours=48)
SHUTDOWN = 10.0  # seconds to finish what is held


def real_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What time it is, and a wait for somebody moving the clock (the demo's; nobody moves the real one)."""

    now: Callable[[], datetime] = real_now
    moved: Callable[[], Awaitable[None]] | None = None


def _say(line: str) -> None:
    print(line, flush=True)


async def run(
    settings: Settings,
    *,
    clock: Clock = Clock(),
    pace: Pace = Pace(),  # noqa: B008 - frozen
    say: Callable[[str], None] = _say,
) -> None:
    """Run until SIGTERM or SIGINT: take nothing more in, finish what is held, leave the rest in the outbox.

    Waits for Slack and the database at start. Raises MendableError for what somebody must mend first.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    ending = asyncio.create_task(stop.wait())
    running = asyncio.create_task(_run(settings, clock, pace, say, stop))
    await asyncio.wait({ending, running}, return_when=asyncio.FIRST_COMPLETED)
    if not running.done():  # asked to stop, perhaps while still waiting for Slack
        await asyncio.wait({running}, timeout=SHUTDOWN)
        running.cancel()
    ending.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def _run(
    settings: Settings, clock: Clock, pace: Pace, say: Callable[[str], None], stop: asyncio.Event
) -> None:
    health = Health({"start": "starting"})
    door = Door(settings.signing_secret) if settings.signing_secret and not settings.app_token else None
    async with AsyncExitStack() as stack:
        readiness = _Readiness(health)
        routes = [web.get("/healthz", _alive), web.get("/readyz", readiness.answer)]
        port = await stack.enter_async_context(
            serving(settings.host, settings.port, [*routes, *([door.route] if door else [])])
        )
        woken = _Wake()
        storage = await stack.enter_async_context(_storage(settings.database_url, woken, health))
        client = await stack.enter_async_context(
            web_client(settings.bot_token, settings.api_url, pace.timeout)
        )
        health.report("start", "waiting for Slack")
        identity = await identify(client)
        delivery = Delivery(
            storage=storage, posting=Posting(client), workspace=identity.workspace, now=clock.now, pace=pace
        )
        woken.call = delivery.wake
        app = make_app(client, identity)
        messages.register(app, identity.workspace, storage, clock.now)  # first: the hot one
        buttons.register(app, identity.workspace, storage, clock.now)
        alarm = Alarm(_Due(storage, identity.workspace, clock.now), clock.now, heartbeat=HEARTBEAT)
        await stack.enter_async_context(_working(delivery, alarm, clock))
        if door:
            door.open(app)
            readiness.watch(storage, identity.workspace, clock.now, delivery, lambda: True)
        elif settings.app_token:
            is_up = await stack.enter_async_context(socket(app, settings.app_token, settings.api_url))
            readiness.watch(storage, identity.workspace, clock.now, delivery, is_up)
        health.report("start", None)
        way_in = "HTTP" if door else "Socket Mode"
        say(f"plenary is ready on http://{settings.host}:{port} ({way_in})")
        log.info("ready", way_in=way_in, port=port)
        await stop.wait()
        health.report("start", "stopping")
        if door:
            await door.held.close(within=SHUTDOWN)
    log.info("stopped")


@asynccontextmanager
async def _storage(url: str, woken: "_Wake", health: Health) -> AsyncIterator[Storage]:
    """The database, upgraded; waited for while it is away."""
    while True:
        try:
            storage = await asyncio.to_thread(open_storage, url, woken)
            break
        except StorageUnavailable:
            health.report("start", "waiting for the database")
            log.warning("waiting for the database")
            await asyncio.sleep(2)
    try:
        yield storage
    finally:
        await storage.close()


class _Wake:
    """Called by storage, in its own thread, after a commit that put something in the outbox."""

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


class _Due:
    """What the alarm does when it rings; gives the moment of the next reminder."""

    def __init__(self, storage: Storage, workspace: WorkspaceId, now: Callable[[], datetime]) -> None:
        self._storage, self._workspace, self._now = storage, workspace, now
        self._looked_at = self._swept_at = datetime.min.replace(tzinfo=UTC)

    async def __call__(self) -> datetime | None:
        now, workspace = self._now(), self._workspace
        await self._storage.write(lambda tx: reminding.remind(tx, workspace, now))
        if now - self._looked_at >= LOOK_EVERY:
            await self._storage.write(lambda tx: publishing.look_after_digests(tx, workspace, now))
            self._looked_at = now
        if now - self._swept_at >= SWEEP_EVERY:
            await self._storage.write(lambda tx: _sweep(tx, workspace, now))
            self._swept_at = now
        return await self._storage.read(lambda tx: tx.reminders.next_due(workspace))


def _sweep(tx: Transaction, workspace: WorkspaceId, now: datetime) -> None:
    tx.receipts.sweep(workspace, now)
    tx.outbox.sweep(workspace, now - SETTLED_KEPT_FOR)


class _Readiness:
    """/readyz: the database takes a write, Slack is reachable, the socket is up."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._checks: Callable[[], Awaitable[None]] | None = None

    def watch(
        self,
        storage: Storage,
        workspace: WorkspaceId,
        now: Callable[[], datetime],
        delivery: Delivery,
        is_up: Callable[[], bool],
    ) -> None:
        """Check these from now on, at every request."""

        async def checks() -> None:
            try:
                await storage.write(lambda tx: tx.receipts.sweep(workspace, now()))
                self._health.report("database", None)
            except OursToFix:
                self._health.report("database", "cannot be written")
            self._health.report("slack", await delivery.trouble())
            self._health.report("socket", None if is_up() else "is not connected")

        self._checks = checks

    async def answer(self, _: web.Request) -> web.Response:
        """200 when ready, else 503 with the reasons."""
        if self._checks is not None:
            await self._checks()
        return web.json_response(self._health.as_json(), status=503 if self._health.problems else 200)


async def apply_event(
    settings: Settings, file: Path, closing: date | None, now: Callable[[], datetime] = real_now
) -> list[str]:
    """Store an event file for the token's workspace; gives what was done, in sentences."""
    async with web_client(settings.bot_token, settings.api_url, Pace().timeout) as client:
        identity = await identify(client)
    programme = load_event(file, identity.workspace, closing)
    storage = await asyncio.to_thread(open_storage, settings.database_url, lambda: None)
    try:
        await storage.write(lambda tx: organising.apply_event(tx, programme, now()))
    finally:
        await storage.close()
    event = programme.event
    due = f"{wall.date(event.due_at, event.zone)}, {wall.clock(event.due_at, event.zone)} in {event.place}"
    unassigned = len(programme.sessions) - len(programme.assignments)
    return [
        f"{event.name}: {len(programme.sessions)} sessions, reports due {due}.",
        *([f"{unassigned} sessions have no rapporteur yet."] if unassigned else []),
        f"Invite the bot to the channel {event.channel}.",
    ]


def upgrade_database(url: str) -> None:
    """Bring the database to this version's schema."""
    upgrade(url)


def database_versions(url: str) -> list[str]:
    """The schema of the database and of this program."""
    return [f"database: {current(url) or 'empty'}", f"program: {head()}"]


def outbox_lines(url: str) -> list[str]:
    """What waits, what was given up, which digest messages are gone; ids only."""

    async def listing() -> list[str]:
        storage = await asyncio.to_thread(open_storage, url, lambda: None)
        try:
            rows = await storage.read(lambda tx: tx.outbox.listing())
            gone = await storage.read(lambda tx: tx.digests.listing_gone())
        finally:
            await storage.close()
        lines = [
            f"{row.number}  {row.state.value}  {row.kind}  {row.event or '-'} {row.session or '-'}  "
            f"to {row.address}  since {row.put_at:%Y-%m-%d %H:%M}Z  tried {row.attempts}"
            + (f"  {row.reason}" if row.reason else "")
            for row in rows
        ]
        lines += [
            f"digest message deleted by hand: {event} {slot or 'parent'}, noticed {at:%Y-%m-%d %H:%M}Z"
            for event, slot, at in gone
        ]
        return lines or ["Nothing waits, and nothing was given up."]

    return asyncio.run(listing())


async def _alive(_: web.Request) -> web.Response:
    """/healthz: the process lives."""
    return web.json_response({"alive": True})
