"""Metrics: each bot's own, and an answer also while the database is away."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest

from bot.domain.replies import Lane, Manner, Say, Saying
from bot.errors import StorageUnavailable
from bot.metrics import Metrics, depths_of
from bot.services.intake import Taken
from bot.slack.connection import serving
from bot.slack.listeners.taking import Came, take
from storage import Storage, Transaction
from tests.builders import THURSDAY, WORKSPACE, ts

LATER = THURSDAY + timedelta(seconds=90)


@asynccontextmanager
async def scraping(metrics: Metrics) -> AsyncIterator[Callable[[], Awaitable[list[str]]]]:
    """Serves /metrics; what is given reads its lines."""
    async with serving("127.0.0.1", 0, [metrics.route]) as port, aiohttp.ClientSession() as http:

        async def lines() -> list[str]:
            async with http.get(f"http://127.0.0.1:{port}/metrics") as answered:
                assert answered.status == 200
                return (await answered.text()).splitlines()

        yield lines


def outbox(lines: list[str]) -> list[str]:
    """The samples of the outbox that are not zero."""
    return [line for line in lines if line.startswith("plenary_outbox") and not line.endswith(" 0.0")]


async def test_what_waits_is_told_while_the_database_answers_and_left_out_while_it_does_not(
    storage: Storage,
) -> None:
    metrics = Metrics()
    manner = Manner(lane=Lane.CARD)
    await storage.write(lambda tx: tx.outbox.put(WORKSPACE, "U1", Say(Saying.HELP), manner, THURSDAY))
    async with scraping(metrics) as lines:
        assert "plenary_database_readable 0.0" in await lines()  # not open yet
        metrics.depths = depths_of(storage, WORKSPACE, lambda: LATER)
        told = await lines()
        assert "plenary_database_readable 1.0" in told
        assert outbox(told) == [
            'plenary_outbox_waiting_rows{lane="card"} 1.0',
            'plenary_outbox_oldest_seconds{lane="card"} 90.0',
        ]
        await storage.close()
        told = await lines()
        assert "plenary_database_readable 0.0" in told
        assert [line for line in told if line.startswith("plenary_outbox")] == []


async def test_a_turn_that_fails_is_counted_as_failed_and_raises(storage: Storage) -> None:
    metrics, others = Metrics(), Metrics()

    def fails(_: Transaction) -> Taken:
        raise StorageUnavailable("away")

    with pytest.raises(StorageUnavailable):
        await take(storage, metrics, Came.NEW, ts(1), fails, person="UX")
    await take(storage, metrics, Came.NEW, ts(2), lambda _: Taken.KEPT, person="UX")
    assert [line for line in await counted(metrics) if "events_total" in line] == [
        'plenary_events_total{kind="new",outcome="failed"} 1.0',
        'plenary_events_total{kind="new",outcome="kept"} 1.0',
    ]
    assert [line for line in await counted(others) if "events_total" in line] == []


async def counted(metrics: Metrics) -> list[str]:
    async with scraping(metrics) as lines:
        return [line for line in await lines() if not line.startswith("#")]
