"""Delivery: claim from the outbox, draw, post, settle. Serial within a channel, parallel between them."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.domain.event import PersonId, WorkspaceId
from bot.domain.moment import Ts
from bot.domain.replies import (
    DigestLook,
    EventFile,
    Reply,
    Rewritten,
    Say,
    Saying,
    SessionsTable,
    Tick,
    manner_of,
)
from bot.errors import OursToFix, in_brief
from bot.metrics import Metrics
from bot.services import publishing
from bot.slack.calls import (
    Delete,
    Doubles,
    Drawn,
    Look,
    Lost,
    Nothing,
    NotYet,
    Post,
    React,
    Sent,
    Update,
    Upload,
)
from bot.slack.drawing import draw
from bot.slack.nudging import LATE
from bot.slack.outage import Outage
from bot.slack.posting import Posting
from bot.slack.refusals import NO_UPLOADS, UNINVITED, Kind, Refusal
from bot.slack.settling import overtaken, settle
from storage import LONGEST, Row, State, Storage, Transaction

log = structlog.get_logger(__name__)

AT_ONCE = 8
SET_ASIDE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds: how long a claim is ours, what a call may take, the rests between two calls of a kind.

    The lease outlasts the call, so that nobody looks for a post while it may still arrive; it is also the
    time between two tries while the installation is gone.
    """

    lease: float = 30.0
    timeout: float = 10.0
    rest: float = 1.0  # Slack: about one message a second and channel
    reading: float = 1.5  # between two looks while catching up; Tier 3 is 50 a minute
    errands: float = 0.5  # between two looks for what organisers wait for
    asking: float = 12.0  # between two questions about people: a handful a minute
    late: float = LATE.total_seconds()  # by the bot's clock; a reminder that waited longer says so


class Delivery:
    """Sends what waits in the outbox of one workspace."""

    def __init__(
        self,
        *,
        storage: Storage,
        posting: Posting,
        workspace: WorkspaceId,
        now: Callable[[], datetime],
        pace: Pace,
        outage: Outage,
        metrics: Metrics | None = None,
    ) -> None:
        self._storage, self._posting, self._workspace, self._outage = storage, posting, workspace, outage
        self._now, self._pace, self._late = now, pace, timedelta(seconds=pace.late)
        self._metrics = metrics or Metrics()
        self._woken = asyncio.Event()
        self._busy: set[asyncio.Task[None]] = set()
        self._resting: dict[str, float] = {}  # address -> time.monotonic()
        self.installation_gone: str | None = None  # Slack's code, while nothing can be posted

    def wake(self) -> None:
        """Look at the outbox now; to be called in the loop."""
        self._woken.set()

    async def trouble(self) -> str | None:
        """Why nothing can be posted now; asks Slack."""
        try:
            await self._posting.greet()
        except Refusal as refusal:
            return refusal.code
        return self.installation_gone

    async def run(self) -> None:
        """Deliver until cancelled; a failing database is waited for."""
        while True:
            self._woken.clear()
            claimed = await self._claim()
            for row in claimed:
                task = asyncio.create_task(self._deliver(row))
                self._busy.add(task)
                task.add_done_callback(self._done)
            if not claimed:
                await self._idle()

    async def finish(self, within: float) -> None:
        """Let what is being posted end, for so many seconds; everything else stays in the outbox."""
        if self._busy:
            await asyncio.wait(self._busy, timeout=within)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._woken.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("delivery failed", **in_brief(error))

    async def _idle(self) -> None:
        wait = self._pace.lease if self.installation_gone else 0.5
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):  # wait_for can swallow a cancellation on Python 3.11
                await self._woken.wait()

    async def _claim(self) -> tuple[Row, ...]:
        free = 1 if self.installation_gone else AT_ONCE
        free -= len(self._busy)
        if free <= 0:
            return ()
        moment = time.monotonic()
        self._resting = {address: until for address, until in self._resting.items() if until > moment}
        resting, now = tuple(self._resting), self._now()
        try:
            claimed = await self._storage.write(
                lambda tx: tx.outbox.claim(
                    self._workspace,
                    now=now,
                    real_now=datetime.now(UTC),
                    lease=timedelta(seconds=self._pace.lease),
                    at_most=free,
                    resting=resting,
                )
            )
        except OursToFix as error:
            self._outage.failed()
            log.warning("outbox not readable", **in_brief(error))
            await asyncio.sleep(1)
            return ()
        self._outage.succeeded()
        return claimed

    async def _deliver(self, row: Row) -> None:
        began = time.monotonic()
        try:
            state = await self._send(row)
        except Refusal as refusal:
            state = await self._refused(row, refusal)
        except OursToFix as error:
            state = f"again: {type(error).__name__}"  # the lease runs out; then it is looked for first
        except Exception as error:  # noqa: BLE001 - a fault of ours in one row must not stop the others
            state = await self._refused(row, Refusal(Kind.OURS, type(error).__name__))
        self._tell(row, state, time.monotonic() - began)

    def _tell(self, row: Row, state: str, took: float) -> None:
        reply, tried = type(row.reply).__name__, row.attempts
        self._metrics.attempts.labels(reply, state.partition(":")[0]).inc()
        if tried > 1:
            self._metrics.retries.labels(reply).inc()
        log.info("delivered", row=row.number, reply=reply, state=state, tried=tried, ms=round(took * 1000))

    async def _send(self, row: Row) -> str:
        now = self._now()
        if row.stale_after is not None and now > row.stale_after:
            return await self._settle(row, State.DROPPED, why="too late")
        drawn = await self._storage.read(lambda tx: draw(tx, row, now, late=self._late))
        match drawn.call:
            case Nothing(why=why):
                return await self._settle(row, State.DROPPED, drawn, why=why)
            case Lost(why=why):
                return await self._settle(row, State.GIVEN_UP, why=why)
            case NotYet(until=until, in_peace=in_peace):
                await self._storage.write(lambda tx: tx.outbox.postpone(row, until, now, in_peace=in_peace))
                return "postponed"
            case Post() | Upload() | Update() | Delete() | React() | Look() | Doubles() as call:
                channel = await self._channel(row.address)
                if not self._is_ours(row):
                    return "too late: another process may try it"
                state = await self._send_call(row, drawn, call, channel)
                self.installation_gone = None  # Slack did what it was asked
                return state

    def _is_ours(self, row: Row) -> bool:
        """Whether a call that begins now ends before the lease: we may have slept since the claim."""
        return datetime.now(UTC) + timedelta(seconds=self._pace.timeout) <= row.leased_until

    async def _send_call(self, row: Row, drawn: Drawn, call: Sent, channel: str) -> str:
        match call:
            case Post() | Upload():
                return await self._post(row, drawn, call, channel)
            case Update(ts=ts):
                await self._posting.update(channel, call)
                return await self._settle(row, State.SETTLED, drawn, ts=ts)
            case Delete(ts=ts):
                await self._posting.delete(channel, ts)
                return await self._settle(row, State.SETTLED, drawn)
            case React(ts=ts, name=name):
                await self._posting.react(channel, ts, name)
                return await self._settle(row, State.SETTLED)
            case Doubles():
                if removed := await self._posting.take_doubles_away(channel, call):
                    self._metrics.doubles.inc(removed)
                    log.warning("a double was removed", row=row.number, copies=removed)
                return await self._settle(row, State.SETTLED)
            case Look():
                missing = await self._posting.missing(channel, call)
                return await self._settle(row, State.SETTLED, missing=tuple(slot.name for slot in missing))

    async def _post(self, row: Row, drawn: Drawn, call: Post | Upload, channel: str) -> str:
        found: Ts | None = None
        if row.attempts > 1:
            found = await self._posting.find(channel, call.thread, row.key, row.put_at)
        if found is not None:
            # what was posted may read otherwise than what would be drawn now: let the next update decide
            adopted = Drawn(call=call, slot=drawn.slot, follow=drawn.follow)
            return await self._settle(row, State.SETTLED, adopted, ts=found)
        file = await self._posting.upload(call) if isinstance(call, Upload) else ""
        if not self._is_ours(row):  # looking and uploading took their time
            return "too late: another process may try it"
        ts = await self._stand(row, call, channel, file)
        self._resting[row.address] = time.monotonic() + self._pace.rest
        return await self._settle(row, State.SETTLED, drawn, ts=ts)

    async def _stand(self, row: Row, call: Post | Upload, channel: str, file: str) -> Ts | None:
        """Let it appear. Slack does not say where a file stands: it is looked for if it may stand twice."""
        if isinstance(call, Post):
            return await self._posting.post(channel, call, row.key)
        await self._posting.share(channel, file, call, row.key)
        if row.attempts == 1:
            return None
        return await self._posting.find(channel, call.thread, row.key, row.put_at)

    async def _channel(self, address: str) -> str:
        """A channel as it is; for a person the channel of the DM, opened once."""
        if not address.startswith(("U", "W")):
            return address
        person = PersonId(address)
        known = await self._storage.read(lambda tx: tx.people.dm(self._workspace, person))
        if known is not None:
            return known
        opened = await self._posting.open_dm(person)
        await self._storage.write(lambda tx: tx.people.keep_dm(self._workspace, person, opened))
        return opened

    async def _settle(
        self,
        row: Row,
        state: State,
        drawn: Drawn | None = None,
        *,
        ts: Ts | None = None,
        why: str | None = None,
        missing: tuple[str, ...] = (),
    ) -> str:
        await self._storage.write(
            lambda tx: settle(tx, row, state, self._now(), drawn=drawn, ts=ts, why=why, missing=missing)
        )
        return state.value

    async def _refused(self, row: Row, refusal: Refusal) -> str:
        real_now = datetime.now(UTC)
        wait = min(timedelta(seconds=refusal.wait), LONGEST / 2)  # asked again too soon, we say no ourselves
        why = f"{refusal.kind.value}: {refusal.code}"
        if refusal.kind is Kind.INSTALLATION_GONE:
            self.installation_gone = refusal.code
        if _is_dropped(row.reply, refusal):
            return await self._settle(row, State.DROPPED, why=why)
        if isinstance(row.reply, EventFile | SessionsTable) and refusal.code in NO_UPLOADS:
            await self._storage.write(lambda tx: _tell_of_no_uploads(tx, row, self._now()))
            return await self._settle(row, State.DROPPED, why=why)
        if refusal.kind is Kind.TARGET_GONE:
            return await self._settle(row, State.GIVEN_UP, why=why, missing=await self._deleted(row, refusal))
        if refusal.kind in (Kind.OURS, Kind.UNKNOWN) and abs(real_now - row.first_tried_at) > SET_ASIDE_AFTER:
            return await self._settle(row, State.ASIDE, why=why)
        if refusal.kind is Kind.INSTALLATION_GONE:
            wait = timedelta(seconds=self._pace.lease)
        if refusal.kind is Kind.LOOK:  # until the lease is over the post may still arrive
            wait = max(wait, timedelta(seconds=self._pace.lease - self._pace.timeout))

        def work(tx: Transaction) -> None:
            if not tx.outbox.again(row, real_now + wait, why=why):
                overtaken(tx, row, self._now())
            elif refusal.code in UNINVITED:
                _ask_for_invitation(tx, row, self._now())

        await self._storage.write(work)
        return why

    async def _deleted(self, row: Row, refusal: Refusal) -> tuple[str, ...]:
        """The slot of a digest message that is not there any more."""
        if refusal.code not in ("message_not_found", "thread_not_found"):
            return ()
        drawn = await self._storage.read(lambda tx: draw(tx, row, self._now(), late=self._late))
        return () if drawn.slot is None else (drawn.slot,)


def _is_dropped(reply: Reply, refusal: Refusal) -> bool:
    """Whether nobody misses what was refused: what is only comfort, and the rewriting of what is gone."""
    match reply:
        case Tick() | DigestLook() | Rewritten(bare=True):
            return refusal.kind is not Kind.WAIT
        case Rewritten():
            return refusal.kind is Kind.TARGET_GONE
        case _:
            return False


def _tell_of_no_uploads(tx: Transaction, row: Row, now: datetime) -> None:
    reply = Say(Saying.NO_UPLOADS)
    manner = replace(manner_of(reply, person=row.address, session=""), replaces=f"no uploads/{row.address}")
    tx.outbox.put(row.workspace, row.address, reply, manner, now)


def _ask_for_invitation(tx: Transaction, row: Row, now: datetime) -> None:
    event = publishing.event_of(tx, row.workspace, row.event)
    if event is not None and row.address == event.channel:
        publishing.ask_for_invitation(tx, event, now)
