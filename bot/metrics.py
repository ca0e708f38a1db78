"""What `/metrics` tells: how much, how often and how long; nothing about people, channels or sessions.

Labels hold words of this code only, so their number is known. Each Metrics has a registry of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.domain.event import WorkspaceId
from bot.domain.replies import Lane
from bot.errors import OursToFix
from storage import Depth, State, Storage

_SHORT = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_CALL = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LATE = (1.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 14400.0)
_PATIENCE = 3.0  # seconds for the database at a scrape; Prometheus waits ten for the whole

Depths = Callable[[], Awaitable[tuple[datetime, tuple[Depth, ...]]]]  # as of which moment


class Metrics:
    """The counters of one bot; each is named and explained in docs/operations.md."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.depths: Depths | None = None  # None until the database is open
        self._of_intake()
        self._of_delivery()
        self._of_the_process()

    def _of_intake(self) -> None:
        self.events = self._counter(
            "plenary_events", "What people did, by kind and outcome", "kind", "outcome"
        )
        self.refused = self._counter("plenary_requests_refused", "Requests at the door, by reason", "reason")
        self.turn = self._histogram("plenary_turn_seconds", "One turn, up to its commit", _SHORT)
        self.acknowledged = self._histogram(
            "plenary_acknowledgement_seconds", "From Slack's request to our answer", _SHORT, "way_in"
        )
        self.missed = self._counter("plenary_missed", "What catching up found that had not come in")
        self.write = self._histogram("plenary_database_write_seconds", "One work through the door", _SHORT)

    def _of_delivery(self) -> None:
        self.calls = self._counter("plenary_slack_calls", "Calls to Slack, by outcome", "method", "outcome")
        self.call = self._histogram("plenary_slack_call_seconds", "One call to Slack", _CALL, "method")
        self.attempts = self._counter(
            "plenary_delivery_attempts", "Rows tried, by kind of reply and outcome", "reply", "outcome"
        )
        self.retries = self._counter("plenary_delivery_retries", "Rows tried once more", "reply")
        self.doubles = self._counter("plenary_doubles_removed", "Copies of a message that were taken away")
        self.waiting = self._gauge("plenary_outbox_waiting_rows", "Rows that could go out now", "lane")
        self.oldest = self._gauge("plenary_outbox_oldest_seconds", "How long the oldest could", "lane")
        self.ended = self._gauge("plenary_outbox_ended_rows", "Rows given up or set aside", "state")
        self.reminders = self._counter("plenary_reminders", "Reminders settled, by outcome", "outcome")
        self.late = self._histogram("plenary_reminder_late_seconds", "How late a reminder was sent", _LATE)

    def _of_the_process(self) -> None:
        self.ready = self._gauge("plenary_ready", "1 between start and stop")
        self.readable = self._gauge("plenary_database_readable", "1 when the database answered this scrape")
        self.offset = self._gauge("plenary_clock_behind_seconds", "How far our clock is behind Slack's")

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(name, told, labels, registry=self.registry)

    def _gauge(self, name: str, told: str, *labels: str) -> Gauge:
        return Gauge(name, told, labels, registry=self.registry)

    def _histogram(self, name: str, told: str, steps: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, told, labels, registry=self.registry, buckets=steps)

    @property
    def route(self) -> web.RouteDef:
        """Where Prometheus asks."""
        return web.get("/metrics", self._scraped)

    async def _scraped(self, _: web.Request) -> web.Response:
        await self._look()
        told = generate_latest(self.registry)
        return web.Response(body=told, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    async def _look(self) -> None:
        """What the database knows; while it does not answer, its rows are left out."""
        for gauge in (self.waiting, self.oldest, self.ended):
            gauge.clear()
        self.readable.set(0)
        if self.depths is None:
            return
        try:
            async with asyncio.timeout(_PATIENCE):
                now, depths = await self.depths()
        except (OursToFix, TimeoutError):
            return
        self.readable.set(1)
        self._tell(now, depths)

    def _tell(self, now: datetime, depths: tuple[Depth, ...]) -> None:
        for lane in Lane:
            name, of_lane = lane.name.lower(), [each for each in depths if each.lane == lane]
            waiting = [each for each in of_lane if each.state is State.WAITING]
            self.waiting.labels(name).set(sum(each.rows for each in waiting))
            self.oldest.labels(name).set(
                max([(now - each.since).total_seconds() for each in waiting], default=0)
            )
        for state in (State.GIVEN_UP, State.ASIDE):
            self.ended.labels(state.value).set(sum(each.rows for each in depths if each.state is state))


def depths_of(storage: Storage, workspace: WorkspaceId, now: Callable[[], datetime]) -> Depths:
    """What waits in a workspace's outbox at the moment of asking."""

    async def look() -> tuple[datetime, tuple[Depth, ...]]:
        moment = now()
        return moment, await storage.read(lambda tx: tx.depths.of_outbox(workspace, moment))

    return look
