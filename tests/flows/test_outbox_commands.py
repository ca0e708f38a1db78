"""What operators see of the outbox and order, by the commands themselves."""

import pytest

from bot.domain.replies import Lane, Manner
from storage import State, open_storage
from tests.builders import THURSDAY
from tests.flows.test_day import _plenary as plenary
from tests.storage.test_outbox import claim, put


@pytest.fixture
async def url(sqlite_url: str) -> str:
    """An outbox with a row that waits, one that was set aside and one that was given up."""
    storage = open_storage(sqlite_url, lambda: None)
    for address in ("U1", "U2", "U3"):
        await put(storage, address, Manner(lane=Lane.CARD))
    _, aside, gone = await claim(storage)
    await storage.write(lambda tx: tx.outbox.settle(aside, State.ASIDE, THURSDAY, why="ours: no_text"))
    await storage.write(lambda tx: tx.outbox.settle(gone, State.GIVEN_UP, THURSDAY, why="target gone: x"))
    await storage.close()
    return sqlite_url


async def test_the_list_and_a_row_are_shown_without_a_typed_word(url: str) -> None:
    assert await plenary("outbox", DATABASE_URL=url) == await plenary("outbox", "list", DATABASE_URL=url)
    shown = await plenary("outbox", "show", "2", DATABASE_URL=url)
    for line in (
        "row: 2",
        "state: set aside",
        "reason: ours: no_text",
        "kind: Say",
        "address: U2",
        "tried: 1",
    ):
        assert line in shown.splitlines()
    assert "lists no row 9. Nothing was changed." in await plenary("outbox", "show", "9", DATABASE_URL=url)


async def test_rows_are_ordered_again_or_dropped_all_of_them_or_none(url: str) -> None:
    refused = await plenary("outbox", "retry", "2", "1", DATABASE_URL=url)
    assert refused.startswith("Row 1 was neither given up nor set aside")
    assert "2  set aside" in await plenary("outbox", DATABASE_URL=url)
    assert await plenary("outbox", "retry", "2", DATABASE_URL=url) == "2 waits again.\n"
    assert await plenary("outbox", "drop", "1", "3", DATABASE_URL=url) == "1 is dropped.\n3 is dropped.\n"
    (left,) = (await plenary("outbox", DATABASE_URL=url)).splitlines()
    assert left.startswith("2  waiting  Say")
    assert left.endswith("tried 1  ordered again")
