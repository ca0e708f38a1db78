"""The two doors, on both databases."""

import asyncio
import sqlite3
import threading
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    event,
    func,
    insert,
    select,
    text,
    update,
)

from bot.errors import DatabaseRefused, OursToFix, StorageBroken, StorageUnavailable
from storage.engine import LOCK_WAIT, Doors, address_of
from storage.types import Instant, NaiveMoment, SlackTs

MARKER = "Chatham-marker"

scratch = Table(
    "scratch",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("word", String(40), unique=True),
    Column("at", Instant),
    Column("ts", SlackTs),
)


@asynccontextmanager
async def opened(
    url: str, after_commit: Callable[[Connection], None] = lambda _: None
) -> AsyncIterator[Doors[Connection]]:
    doors = Doors(url, lambda connection: connection, after_commit)
    try:
        yield doors
    finally:
        await doors.close()


@pytest.fixture
async def doors(database_url: str) -> AsyncIterator[Doors[Connection]]:
    async with opened(database_url) as doors:
        await doors.write(scratch.metadata.create_all)
        yield doors


def put(number: int, word: str | None = None) -> Callable[[Connection], int]:
    def work(connection: Connection) -> int:
        connection.execute(insert(scratch).values(number=number, word=word))
        return number

    return work


def numbers(connection: Connection) -> list[int]:
    return list(connection.scalars(select(scratch.c.number).order_by(scratch.c.number)))


class Refused(Exception):
    """What a service raises."""


def refuse(_: Connection) -> None:
    raise Refused(MARKER)


async def behind_a_closed_gate(
    doors: Doors[Connection], works: list[Callable[[Connection], int]]
) -> list[int | BaseException]:
    """Run works that all wait while the writer is busy with another one."""
    under_way, gate = threading.Event(), threading.Event()

    def stand_in_the_gate(_: Connection) -> None:
        under_way.set()
        gate.wait(5)

    busy = asyncio.ensure_future(doors.write(stand_in_the_gate))
    await asyncio.to_thread(under_way.wait, 5)
    waiting = [asyncio.ensure_future(doors.write(work)) for work in works]
    await asyncio.sleep(0.01)
    gate.set()
    await busy
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_work_is_committed_and_its_result_comes_back(doors: Doors[Connection]) -> None:
    assert await doors.write(put(7)) == 7
    assert await doors.read(numbers) == [7]


async def test_what_a_work_raises_comes_back_unchanged_and_undoes_it(doors: Doors[Connection]) -> None:
    def work(connection: Connection) -> None:
        put(1)(connection)
        refuse(connection)

    with pytest.raises(Refused, match=MARKER):
        await doors.write(work)
    assert await doors.read(numbers) == []


async def test_a_stop_iteration_reaches_the_caller(doors: Doors[Connection]) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await doors.write(lambda _: next(iter(())))
    with pytest.raises(RuntimeError, match="StopIteration"):
        await doors.read(lambda _: next(iter(())))


async def test_one_failing_work_does_not_spoil_the_others(doors: Doors[Connection]) -> None:
    works = [put(number) for number in range(40)]
    works[5] = works[33] = refuse  # type: ignore[assignment] # returns nothing, and never comes to it
    results = await behind_a_closed_gate(doors, works)
    assert [type(result) for result in results if not isinstance(result, int)] == [Refused, Refused]
    assert await doors.read(numbers) == [number for number in range(40) if number not in (5, 33)]


async def test_waiting_works_share_commits_on_sqlite(sqlite_url: str) -> None:
    commits: list[None] = []
    async with opened(sqlite_url) as doors:
        await doors.write(scratch.metadata.create_all)
        with listening("commit", lambda _: commits.append(None)):
            results = await behind_a_closed_gate(doors, [put(number) for number in range(100)])
        assert results == list(range(100))
        assert len(commits) == 1 + 4  # the one at the gate; 32 + 32 + 32 + 4
        assert await doors.read(lambda tx: tx.scalar(select(func.count()).select_from(scratch))) == 100


async def test_works_run_in_the_order_they_came_on_sqlite(sqlite_url: str) -> None:
    seen: list[int] = []
    async with opened(sqlite_url) as doors:
        await asyncio.gather(*(doors.write(lambda _, n=n: seen.append(n)) for n in range(100)))  # type: ignore[misc] # a default binds n
    assert seen == list(range(100))


async def test_the_commit_and_then_the_hook_come_before_the_caller_goes_on(database_url: str) -> None:
    told: list[str] = []

    def after_commit(_: Connection) -> None:
        told.append("hook")

    async with opened(database_url, after_commit) as doors:
        await doors.write(scratch.metadata.create_all)
        told.clear()
        with listening("commit", lambda _: told.append("commit")):
            await doors.write(put(1))
            told.append("caller")
            with pytest.raises(Refused):
                await doors.write(refuse)
            await doors.read(numbers)
    assert told[:3] == ["commit", "hook", "caller"]
    assert told.count("hook") == 1


async def test_the_hook_is_called_once_for_each_work_of_a_group(database_url: str) -> None:
    told: list[Connection] = []
    async with opened(database_url, told.append) as doors:
        await doors.write(scratch.metadata.create_all)
        told.clear()
        works = [put(number) for number in range(20)]
        works[3] = refuse  # type: ignore[assignment] # as above
        await behind_a_closed_gate(doors, works)
    assert len(told) == 1 + 19


async def test_a_failing_hook_reaches_its_caller_and_stops_nobody(database_url: str) -> None:
    async with opened(database_url, refuse) as doors:
        with pytest.raises(Refused):
            await doors.write(scratch.metadata.create_all)
        with pytest.raises(Refused):
            await doors.write(put(1))
        assert await doors.read(numbers) == [1]


async def test_reads_see_only_what_is_committed(doors: Doors[Connection]) -> None:
    put_already, go_on = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        put(1)(connection)
        put_already.set()
        go_on.wait(5)

    writing = asyncio.ensure_future(doors.write(slow))
    await asyncio.to_thread(put_already.wait, 5)
    assert await doors.read(numbers) == []
    go_on.set()
    await writing
    assert await doors.read(numbers) == [1]


async def test_all_that_one_read_sees_is_of_one_moment(doors: Doors[Connection]) -> None:
    looked, go_on = threading.Event(), threading.Event()

    def twice(connection: Connection) -> tuple[list[int], list[int]]:
        before = numbers(connection)
        looked.set()
        go_on.wait(5)
        return before, numbers(connection)

    reading = asyncio.ensure_future(doors.read(twice))
    await asyncio.to_thread(looked.wait, 5)
    await doors.write(put(1))
    go_on.set()
    assert await reading == ([], [])


async def test_the_reading_door_cannot_write(doors: Doors[Connection]) -> None:
    with pytest.raises(OursToFix):
        await doors.read(put(1))
    await doors.write(put(2))
    assert await doors.read(numbers) == [2]


async def test_a_cancelled_caller_stops_nobody(doors: Doors[Connection]) -> None:
    gate = threading.Event()
    busy = [asyncio.ensure_future(doors.write(lambda _: gate.wait(5))) for _ in range(4)]
    await asyncio.sleep(0.01)
    cancelled = asyncio.ensure_future(doors.write(put(1)))
    kept = asyncio.ensure_future(doors.write(put(2)))
    await asyncio.sleep(0.01)
    cancelled.cancel()
    busy[0].cancel()  # its work is under way
    await asyncio.sleep(0.01)
    gate.set()
    assert await kept == 2
    assert await doors.read(numbers) == [2]


async def test_closing_finishes_what_waits_and_lets_nothing_more_in(database_url: str) -> None:
    async with opened(database_url) as doors:
        await doors.write(scratch.metadata.create_all)
        waiting = [asyncio.ensure_future(doors.write(put(number))) for number in range(50)]
        await asyncio.sleep(0)
        await doors.close()
        assert await asyncio.gather(*waiting) == list(range(50))
        with pytest.raises(StorageUnavailable):
            await doors.write(put(99))
        with pytest.raises(StorageUnavailable):
            await doors.read(numbers)


async def test_sqlite_is_opened_as_it_should_be(sqlite_url: str) -> None:
    def settings(connection: Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only")
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    safe = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": LOCK_WAIT}
    async with opened(sqlite_url) as doors:
        assert await doors.write(settings) == {**safe, "query_only": 0}
        assert await doors.read(settings) == {**safe, "query_only": 1}


async def test_two_writers_of_one_sqlite_file_wait_for_each_other(sqlite_url: str) -> None:
    def count(connection: Connection) -> None:
        number = connection.scalar(select(func.count()).select_from(scratch))
        connection.execute(insert(scratch).values(number=number))

    async with opened(sqlite_url) as one, opened(sqlite_url) as other:
        await one.write(scratch.metadata.create_all)
        for _ in range(40):
            await asyncio.gather(one.write(count), other.write(count))
        assert await one.read(numbers) == list(range(80))


async def test_a_locked_sqlite_fails_all_that_wait_at_once(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    async with opened(sqlite_url) as doors:
        await doors.write(scratch.metadata.create_all)
        await doors.write(lambda tx: tx.exec_driver_sql("PRAGMA busy_timeout=500"))
        rival = sqlite3.connect(path, isolation_level=None)
        rival.execute("BEGIN IMMEDIATE")
        waiting = [asyncio.ensure_future(doors.write(put(number))) for number in range(10)]
        results = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 4)
        rival.rollback()
        rival.close()
        assert {type(result) for result in results} == {StorageUnavailable}
        assert await doors.write(put(1)) == 1


async def test_a_deadlock_on_postgres_is_tried_again(postgres_url: str) -> None:
    tries: list[None] = []
    async with opened(postgres_url) as doors:
        await doors.write(scratch.metadata.create_all)
        await doors.write(put(1))
        await doors.write(put(2))
        meeting = threading.Barrier(2)

        def crossing(first: int, second: int) -> Callable[[Connection], None]:
            def work(connection: Connection) -> None:
                tries.append(None)
                connection.execute(update(scratch).where(scratch.c.number == first).values(word=None))
                if len(tries) <= 2:
                    meeting.wait(5)
                connection.execute(update(scratch).where(scratch.c.number == second).values(word=None))

            return work

        await asyncio.gather(doors.write(crossing(1, 2)), doors.write(crossing(2, 1)))
    assert len(tries) > 2


async def test_after_a_lost_connection_the_next_write_works(postgres_url: str) -> None:
    ended = text("SELECT pg_terminate_backend(pg_backend_pid())")
    async with opened(postgres_url) as doors:
        await doors.write(scratch.metadata.create_all)
        with pytest.raises(StorageUnavailable):
            await doors.write(lambda tx: tx.execute(ended))
        assert await doors.write(put(1)) == 1
        assert await doors.read(numbers) == [1]


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql://x:secret@127.0.0.1:1/none"])
async def test_a_database_out_of_reach_is_unavailable(url: str) -> None:
    async with opened(url) as doors:
        with pytest.raises(StorageUnavailable) as caught:
            await doors.write(numbers)
        assert "secret" not in everything_said_by(caught.value)


@pytest.mark.parametrize("url", ["mysql://x", "no url", "sqlite://", "sqlite:///:memory:"])
def test_a_url_that_cannot_be_served_is_refused(url: str) -> None:
    with pytest.raises(DatabaseRefused):
        address_of(url)


def test_both_spellings_of_postgres_mean_psycopg() -> None:
    urls = ("postgres://h/d", "postgresql://h/d", "postgresql+psycopg://h/d")
    assert {str(address_of(url)) for url in urls} == {"postgresql+psycopg://h/d"}


def violate_a_constraint(connection: Connection) -> None:
    put(1, MARKER)(connection)
    put(2, MARKER)(connection)


def use_a_wrong_type(connection: Connection) -> None:
    connection.execute(select(scratch).where(scratch.c.word == {MARKER: MARKER}))


def write_half_a_character(connection: Connection) -> None:
    put(1, MARKER + "\ud800")(connection)


def say_nonsense(connection: Connection) -> None:
    connection.execute(text("SELECT 'Chatham-marker' FROM nowhere"))


def expect_a_row(connection: Connection) -> None:
    connection.execute(select(scratch).where(scratch.c.word == MARKER)).scalar_one()


@pytest.mark.parametrize(
    "work",
    [violate_a_constraint, use_a_wrong_type, write_half_a_character, say_nonsense, expect_a_row],
)
async def test_no_value_is_in_any_part_of_a_database_error(
    doors: Doors[Connection], work: Callable[[Connection], None]
) -> None:
    for door in (doors.write, doors.read):
        with pytest.raises(OursToFix) as caught:
            await door(work)
        assert MARKER not in everything_said_by(caught.value)
    many = await asyncio.gather(*(doors.write(work) for _ in range(3)), return_exceptions=True)
    assert {type(error) for error in many} == {StorageBroken}
    assert MARKER not in "".join(everything_said_by(error) for error in many if error)


def everything_said_by(error: BaseException) -> str:
    said = [str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)]
    said += [everything_said_by(other) for other in (error.__cause__, error.__context__) if other]
    return "\n".join(said)


async def test_a_moment_without_a_zone_is_refused(doors: Doors[Connection]) -> None:
    naive = datetime(2018, 12, 7, 15, 30)  # noqa: DTZ001 # the point of the test
    with pytest.raises(NaiveMoment):
        await doors.write(lambda tx: tx.execute(insert(scratch).values(number=1, at=naive)))
    with pytest.raises(NaiveMoment):
        await doors.read(lambda tx: tx.execute(select(scratch).where(scratch.c.at < naive)))


async def test_moments_come_back_in_utc_and_sort_as_time_does(doors: Doors[Connection]) -> None:
    in_marrakesh = datetime(2018, 12, 7, 15, 30, tzinfo=timezone(timedelta(hours=1)))
    moments = [
        in_marrakesh,
        datetime(2018, 12, 7, 14, 30, 0, 1, tzinfo=UTC),
        datetime(2018, 12, 7, 14, 29, 59, 999999, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
    ]
    rows = [{"number": number, "at": at} for number, at in enumerate(moments)]
    await doors.write(lambda tx: tx.execute(insert(scratch), rows))
    found = await doors.read(lambda tx: list(tx.scalars(select(scratch.c.at).order_by(scratch.c.at))))
    assert found == sorted(moments)
    assert {at.tzinfo for at in found if at} == {UTC}
    query = select(func.count()).where(scratch.c.at <= in_marrakesh)
    assert await doors.read(lambda tx: tx.scalar(query)) == 2


class listening:
    """Hear an event of all engines."""

    def __init__(self, name: str, heard: Callable[[Connection], None]) -> None:
        self._what = (Engine, name, heard)

    def __enter__(self) -> None:
        event.listen(*self._what)

    def __exit__(self, *_: object) -> None:
        event.remove(*self._what)
