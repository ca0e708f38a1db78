"""Catching up: after a start, a reconnect or an outage the DMs of rapporteurs are read for what was missed.

One DM after the other, never faster than Slack's Tier 3 (50 calls a minute) allows beside delivery's own.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog

from bot.domain.event import ChannelId, PersonId, WorkspaceId
from bot.domain.moment import Ts, moment_of, ts_of
from bot.errors import OursToFix, in_brief
from bot.metrics import Metrics
from bot.services import catching_up
from bot.services.catching_up import Reading
from bot.slack import inbound
from bot.slack.posting import Posting
from bot.slack.refusals import Kind, Refusal
from storage import Storage, Transaction

log = structlog.get_logger(__name__)

T = TypeVar("T")

AT_ONCE = 20  # messages in one transaction: what people type meanwhile does not wait long
LIMITED = 20.0  # seconds; whom Slack asks to wait so long it lets read one DM a minute
_BEFORE = timedelta(days=1)  # the parent of a thread may be older than what is ours to read
_AGAIN = 15.0  # seconds until what failed, or was too fresh to tell, is read again
_AGAIN_AFTER_A_FAULT = 300.0  # what is not Slack's or the database's trouble will hardly pass by itself


class CatchingUp:
    """Reads when it is asked to; `pause` is the time between two calls in seconds."""

    def __init__(
        self,
        *,
        storage: Storage,
        posting: Posting,
        workspace: WorkspaceId,
        now: Callable[[], datetime],
        pause: float,
        metrics: Metrics,
    ) -> None:
        self._storage, self._posting, self._workspace = storage, posting, workspace
        self._now, self._pause, self._metrics = now, pause, metrics
        self._asked = asyncio.Event()
        self._trouble: str | None = None

    def ask(self) -> None:
        """Read everybody's DM soon; to be called in the loop, and harmless at any time."""
        self._asked.set()

    async def trouble(self) -> str | None:
        """Why something that was missed may still be missing."""
        return self._trouble

    async def run(self) -> None:
        """Read whenever asked, until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                await self._round()
            except OursToFix as error:
                log.warning("catching up failed", **in_brief(error))
                self._ask_later(_AGAIN)
            except Exception as error:  # noqa: BLE001 - a fault of ours must not end it for good
                log.error("catching up failed", error=type(error).__name__)
                self._ask_later(_AGAIN_AFTER_A_FAULT)

    async def _round(self) -> None:
        now = self._now()
        people = await self._storage.read(lambda tx: catching_up.people_to_read(tx, self._workspace, now))
        missed = 0
        for person in people:
            try:
                found = await self._catch_up(person)
                missed += found
                self._metrics.missed.inc(found)
            except Refusal as refusal:
                log.warning("a DM cannot be read", code=refusal.code)
                if refusal.kind is not Kind.TARGET_GONE:  # nor can the others
                    self._trouble = f"what was typed meanwhile may be missing: {refusal.code}"
                    passes = refusal.kind in (Kind.AGAIN, Kind.LOOK)
                    self._ask_later(refusal.wait if passes else _AGAIN_AFTER_A_FAULT)
                    return
        self._trouble = None
        log.info("caught up", dms=len(people), missed=missed)

    def _ask_later(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(max(seconds, _AGAIN), self.ask)

    async def _catch_up(self, person: PersonId) -> int:
        """Read one DM and take in what was missed; gives how many messages that were."""
        reading = await self._read(person)
        missed = await self._storage.read(lambda tx: catching_up.missed(tx, reading))
        for first in range(0, len(missed.said), AT_ONCE):
            some = missed.said[first : first + AT_ONCE]
            await self._storage.write(
                lambda tx, some=some: catching_up.take(tx, some, self._now()),  # type: ignore[misc] # mypy: a default
                person=person,
            )
        if missed.is_too_early:
            self._ask_later(_AGAIN)
        return len(missed.said)

    async def _read(self, person: PersonId) -> Reading:
        since, channel = await self._storage.write(lambda tx: self._dm(tx, person))
        if channel is None:
            channel = await self._patiently(lambda: self._posting.open_dm(person))
        messages, at = await self._messages(channel, None, ts_of(moment_of(since) - _BEFORE))
        for thread in [Ts(str(each["ts"])) for each in messages if each.get("reply_count")]:
            messages += await self._replies(channel, thread)
        seen = (inbound.seen(each, self._workspace, person, channel) for each in messages)
        return Reading(
            workspace=self._workspace,
            person=person,
            channel=channel,
            since=since,
            read_at=ts_of(at.replace(microsecond=0)),
            seen=tuple(each for each in seen if each is not None),
        )

    def _dm(self, tx: Transaction, person: PersonId) -> tuple[Ts, ChannelId | None]:
        """From when on a DM is ours to read, from now on at the latest; and its channel, if that is known."""
        tx.people.begin_reading(self._workspace, person, ts_of(self._now()))
        since = tx.people.read_since(self._workspace, person)
        assert since is not None  # noqa: S101 - begun above
        return since, tx.people.dm(self._workspace, person)

    async def _messages(
        self, channel: ChannelId, thread: Ts | None, oldest: Ts | None
    ) -> tuple[list[dict[str, Any]], datetime]:
        """All of a history or a thread, and when the first page was read: the rest is no older."""
        first = page = await self._patiently(lambda: self._posting.page(channel, thread, oldest, None))
        messages = list(page.messages)
        while cursor := page.next:
            page = await self._patiently(
                lambda cursor=cursor: self._posting.page(channel, thread, oldest, cursor)  # type: ignore[misc] # as above
            )
            messages += page.messages
        return messages, first.at or self._now()

    async def _replies(self, channel: ChannelId, thread: Ts) -> list[dict[str, Any]]:
        try:
            return (await self._messages(channel, thread, None))[0]
        except Refusal as refusal:
            if refusal.code != "thread_not_found":
                raise
            return []  # deleted since the history was read

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call when Slack lets us; who may read once a minute only goes on and says so."""
        while True:
            await asyncio.sleep(self._pause)
            try:
                return await call()
            except Refusal as refusal:
                if refusal.kind is not Kind.WAIT:
                    raise
                if refusal.wait >= LIMITED and self._trouble is None:
                    self._trouble = "Slack lets us read one DM a minute: what was missed comes in slowly"
                    log.warning("DMs are read slowly", wait=refusal.wait)
                await asyncio.sleep(refusal.wait)
