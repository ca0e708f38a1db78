"""The outbox: order within an address, lanes between them, leases, replacing."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.domain.event import EventKey, WorkspaceId
from bot.domain.moment import Ts
from bot.domain.replies import (
    Corrected,
    DigestParent,
    HeldBack,
    KeptApart,
    Lane,
    Manner,
    Recount,
    Removed,
    Say,
    Saying,
    Tick,
    Which,
    manner_of,
)
from bot.services import publishing
from storage import LONGEST, Row, State, Storage
from storage.codec import reply_from_json
from storage.outbox_statements import FURTHEST, NIGHT
from storage.tables import outbox
from tests.builders import THURSDAY, WORKSPACE, ts

NOW = THURSDAY
REAL = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CARD = Manner(lane=Lane.CARD)
RECOUNT = Recount(key="k", ts=ts(1), in_thread=False, since=NOW)


async def put(
    storage: Storage, address: str, manner: Manner = CARD, at: datetime = NOW, tick: Ts | None = None
) -> None:
    reply = Tick(tick) if tick else Say(Saying.HELP)
    await storage.write(lambda tx: tx.outbox.put(WORKSPACE, address, reply, manner, at, event=EventKey("e")))


async def claim(
    storage: Storage,
    at: datetime = NOW,
    real: datetime = REAL,
    *,
    at_most: int = 8,
    resting: tuple[str, ...] = (),
) -> list[Row]:
    lease = timedelta(seconds=30)
    rows = await storage.write(
        lambda tx: tx.outbox.claim(
            WORKSPACE, now=at, real_now=real, lease=lease, at_most=at_most, resting=resting
        )
    )
    return list(rows)


async def test_a_row_waits_while_an_older_one_of_its_address_does(storage: Storage) -> None:
    await put(storage, "U1")
    await put(storage, "U1")
    await put(storage, "U2")
    first, other = await claim(storage)
    assert ((first.address, other.address), await claim(storage)) == (("U1", "U2"), [])
    await storage.write(lambda tx: tx.outbox.settle(first, State.SETTLED, NOW, ts=ts(1)))
    assert [row.number > first.number for row in await claim(storage)] == [True]


async def test_a_wait_after_an_error_keeps_the_order(storage: Storage) -> None:
    await put(storage, "U1")
    await put(storage, "U1")
    (first,) = await claim(storage)
    await storage.write(lambda tx: tx.outbox.again(first, REAL + LONGEST, why="wait"))
    assert await claim(storage, real=REAL + LONGEST - timedelta(seconds=1)) == []
    assert [row.number for row in await claim(storage, real=REAL + timedelta(hours=2))] == [first.number]


async def test_a_row_whose_time_lies_ahead_holds_nothing_up(storage: Storage) -> None:
    await put(storage, "U1", Manner(lane=Lane.CARD, delay=timedelta(minutes=1)))
    await put(storage, "U1")
    assert len(await claim(storage)) == 1


@pytest.mark.parametrize("state", [State.ASIDE, State.GIVEN_UP, State.DROPPED])
async def test_a_row_that_ended_otherwise_holds_nothing_up(storage: Storage, state: State) -> None:
    await put(storage, "U1")
    await put(storage, "U1")
    (first,) = await claim(storage)
    await storage.write(lambda tx: tx.outbox.settle(first, state, NOW, why="x"))
    assert len(await claim(storage)) == 1


async def test_a_lease_that_ran_out_is_claimed_again_and_counts_the_attempts(storage: Storage) -> None:
    await put(storage, "U1")
    (first,) = await claim(storage)
    (again,) = await claim(storage, real=REAL + timedelta(seconds=31))
    assert (first.attempts, again.attempts, again.first_tried_at, again.key) == (1, 2, REAL, first.key)


async def test_only_one_settles_a_row(storage: Storage) -> None:
    await put(storage, "U1")
    (row,) = await claim(storage)
    done = [await storage.write(lambda tx: tx.outbox.settle(row, State.SETTLED, NOW)) for _ in range(2)]
    assert done == [True, False]


async def test_the_lane_decides_between_addresses_and_resting_ones_are_left_alone(storage: Storage) -> None:
    await put(storage, "U1", Manner(lane=Lane.DIGEST))
    await put(storage, "U2", Manner(lane=Lane.ANSWER))
    await put(storage, "U3", Manner(lane=Lane.CARD))
    assert [row.address for row in await claim(storage, resting=("U3",))] == ["U2", "U1"]


async def test_cosmetic_rows_hold_nothing_up_and_are_held_up_by_nothing(storage: Storage) -> None:
    await put(storage, "U1", Manner(lane=Lane.TICK, ordered=False), tick=ts(1))
    await put(storage, "U1")
    await put(storage, "U1", Manner(lane=Lane.TICK, ordered=False), tick=ts(2))
    assert len(await claim(storage)) == 3


async def test_a_newer_tick_takes_the_place_of_a_waiting_one_but_not_for_ever(storage: Storage) -> None:
    manner = manner_of(Tick(ts(1)), person="U1", session="2.2")
    for seconds in range(0, 80, 4):
        await put(storage, "U1", manner, NOW + timedelta(seconds=seconds), tick=ts(seconds))
    (row,) = await claim(storage, NOW + timedelta(minutes=1))
    assert row.reply == Tick(ts(76))


async def test_a_claimed_row_is_not_replaced(storage: Storage) -> None:
    manner = manner_of(DigestParent(), person="", session="")
    for _ in range(2):
        await put(storage, "C1", manner)
        await claim(storage, at_most=1)
    assert len(await storage.read(lambda tx: tx.operators.listing())) == 2


async def test_a_reply_of_a_newer_version_waits_for_that_and_holds_up_its_own_address_only(
    storage: Storage,
) -> None:
    for address in ("U1", "U1", "U2"):
        await put(storage, address)
    newer = update(outbox).where(outbox.c.workspace == WORKSPACE, outbox.c.number == 1)
    await storage.write(
        lambda tx: tx.outbox._connection.execute(newer.values(reply='{"reply": "Newer", "page": 1}'))
    )
    assert [row.address for row in await claim(storage)] == ["U2"]
    listed, *_ = await storage.read(lambda tx: tx.operators.listing())
    assert (listed.kind, listed.reason) == ("Newer", "waits for a newer version of Plenary, which put it")
    assert [row.address for row in await claim(storage, real=REAL + timedelta(minutes=2))] == ["U2"]


async def test_another_workspace_is_not_served(storage: Storage) -> None:
    other = WorkspaceId("TOTHER")
    await storage.write(lambda tx: tx.outbox.put(other, "U1", Say(Saying.HELP), CARD, NOW))
    assert await claim(storage) == []


async def test_ended_rows_are_swept(storage: Storage) -> None:
    await put(storage, "U1")
    (row,) = await claim(storage)
    await storage.write(lambda tx: tx.outbox.settle(row, State.SETTLED, NOW))
    await storage.write(lambda tx: tx.outbox.sweep(WORKSPACE, NOW + timedelta(hours=48)))
    assert await storage.write(lambda tx: tx.outbox.settle(row, State.SETTLED, NOW)) is False


BACK = timedelta(hours=1)


async def test_a_clock_put_back_keeps_nothing_waiting_and_the_order(storage: Storage) -> None:
    await put(storage, "U1")
    await put(storage, "U1", at=NOW - BACK)
    rows = await claim(storage, NOW - BACK)
    assert [row.not_before for row in rows] == [NOW]
    await storage.write(lambda tx: tx.outbox.settle(rows[0], State.SETTLED, NOW - BACK))
    assert [row.not_before for row in await claim(storage, NOW - BACK)] == [NOW - BACK]


async def test_what_waits_a_moment_goes_out_at_once_when_the_clock_was_put_back(storage: Storage) -> None:
    await put(storage, "U1", Manner(lane=Lane.CARD, delay=timedelta(minutes=1)))
    assert await claim(storage) == []
    assert await claim(storage, NOW - timedelta(seconds=30)) == []
    assert len(await claim(storage, NOW - BACK)) == 1


async def test_no_manner_waits_so_long_that_it_looks_like_a_clock_put_back() -> None:
    longest = max(
        max(manner.delay, manner.hold)
        for reply in (Tick(ts(1)), KeptApart(), Corrected(0), Removed(0), HeldBack(), RECOUNT)
        for manner in (manner_of(reply, person="U1", session="2.2"),)
    )
    assert longest + publishing.BETWEEN_UPDATES <= FURTHEST


async def test_a_row_postponed_after_the_clock_was_put_back_waits_for_its_moment(storage: Storage) -> None:
    await put(storage, "U1")
    (row,) = await claim(storage, NOW - BACK)
    until = NOW - BACK + timedelta(minutes=1)
    await storage.write(lambda tx: tx.outbox.postpone(row, until, NOW - BACK))
    assert await claim(storage, until - timedelta(seconds=1)) == []
    assert len(await claim(storage, until)) == 1


async def test_what_quiet_hours_hold_is_left_alone_until_they_end(storage: Storage) -> None:
    await put(storage, "U1")
    await put(storage, "U1", Manner(lane=Lane.CARD))
    first, *_ = await claim(storage)
    until = NOW + timedelta(hours=9)
    assert await storage.read(lambda tx: tx.outbox.in_peace(WORKSPACE)) == ()
    await storage.write(lambda tx: tx.outbox.postpone(first, until, NOW, in_peace=True))
    assert await storage.read(lambda tx: tx.outbox.in_peace(WORKSPACE)) == ((EventKey("e"), "U1", until),)
    assert await storage.read(lambda tx: tx.outbox.in_peace(WorkspaceId("TOTHER"))) == ()
    (second,) = await claim(storage)
    await storage.write(lambda tx: tx.outbox.settle(second, State.SETTLED, NOW))
    for now in (NOW, NOW + timedelta(minutes=3), NOW - timedelta(hours=1), until - timedelta(seconds=1)):
        assert await claim(storage, now) == []
    assert [row.attempts for row in await claim(storage, until)] == [1]


async def test_what_quiet_hours_hold_waits_for_no_clock_that_was_put_back_by_days(storage: Storage) -> None:
    await put(storage, "U1")
    (row,) = await claim(storage)
    until = NOW + timedelta(hours=9)
    await storage.write(lambda tx: tx.outbox.postpone(row, until, NOW, in_peace=True))
    assert len(await claim(storage, until - NIGHT - timedelta(seconds=1))) == 1


async def test_what_quiet_hours_hold_is_looked_at_once_they_are_others(storage: Storage) -> None:
    await put(storage, "U1")
    (row,) = await claim(storage)
    await storage.write(lambda tx: tx.outbox.postpone(row, NOW + timedelta(hours=9), NOW, in_peace=True))
    await storage.write(lambda tx: tx.outbox.look_again(WORKSPACE))
    assert len(await claim(storage)) == 1


async def test_a_row_that_was_postponed_was_not_tried(storage: Storage) -> None:
    await put(storage, "U1")
    await put(storage, "U2", Manner(lane=Lane.CARD, replaces="named"))
    for _ in range(3):
        rows = await claim(storage)
        assert [row.attempts for row in rows][:1] == [1]
        for row in rows:
            await storage.write(lambda tx, row=row: tx.outbox.postpone(row, NOW, NOW))
    assert [row.attempts for row in await claim(storage)] == [1, 4]


async def test_a_lease_and_a_wait_outlast_no_machine_whose_clock_was_put_back(storage: Storage) -> None:
    await put(storage, "U1")
    await put(storage, "U2")
    first, second = await claim(storage)
    await storage.write(lambda tx: tx.outbox.again(second, REAL + timedelta(seconds=30), why="wait"))
    assert await claim(storage, real=REAL - timedelta(minutes=1)) == []
    assert [row.number for row in await claim(storage, real=REAL - BACK)] == [first.number, second.number]


def test_a_question_of_an_earlier_version_is_about_a_note() -> None:
    assert reply_from_json('{"reply": "Which"}') == Which(of_command=False)
