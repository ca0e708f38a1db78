"""What the doors do when the database is in trouble; for the bot see tests/flows/test_storage_trouble.py."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import Connection, text, update

from bot.errors import StorageUnavailable
from storage import engine
from storage.engine import READERS, WRITERS, Doors
from tests.storage.test_doors import listening, numbers, opened, put, scratch
from tests.support.own_postgres import own_postgres

LOCKED = "it waits for a lock that another program holds"
TERMINATE = text("SELECT pg_terminate_backend(pg_backend_pid())")


@contextmanager
def a_rival_locks_everything(url: str) -> Iterator[None]:
    """Until the end of the block nobody else can write."""
    if url.startswith("sqlite"):
        rival = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        rival.execute("BEGIN IMMEDIATE")
        yield
        rival.close()
    else:
        with psycopg.connect(url.replace("+psycopg", "")) as other:
            other.execute("LOCK TABLE scratch")
            yield


async def test_a_lock_that_is_not_let_go_is_an_error_which_says_so(database_url: str) -> None:
    async with opened(database_url) as doors:
        await doors.write(scratch.metadata.create_all)
        with a_rival_locks_everything(database_url), pytest.raises(StorageUnavailable) as caught:
            await doors.write(put(1))
        assert caught.value.why == LOCKED
        assert await doors.write(put(2)) == 2
        assert await doors.read(numbers) == [2]


async def test_a_row_that_somebody_holds_blocks_one_thread_and_not_all(postgres_url: str) -> None:
    address = engine.address_of(postgres_url).set(drivername="postgresql")
    async with opened(postgres_url) as doors:
        await doors.write(scratch.metadata.create_all)
        await doors.write(put(1))
        with psycopg.connect(address.render_as_string(hide_password=False)) as rival:
            rival.execute("SELECT 1 FROM scratch WHERE number = 1 FOR UPDATE")
            works = [doors.write(change("held"), person="held") for _ in range(2 * WRITERS)]
            held = [asyncio.ensure_future(work) for work in works]
            await asyncio.sleep(0)
            assert await doors.write(put(2), person="other") == 2
            assert not any(each.done() for each in held)
        await asyncio.gather(*held)


async def test_a_trouble_is_remembered_for_a_while_though_others_go_through(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(database_url) as doors:
        await doors.write(scratch.metadata.create_all)
        assert doors.trouble is None
        with a_rival_locks_everything(database_url), pytest.raises(StorageUnavailable):
            await doors.write(put(1))
        await doors.write(put(2))
        assert doors.trouble == LOCKED
        monkeypatch.setattr(engine, "REMEMBERED", 0.0)
        assert doors.trouble is None


async def use_all_connections(doors: Doors[Connection]) -> None:
    """As many works at once as there are threads, so that each has a connection of its own."""
    meeting = threading.Barrier(READERS + WRITERS)

    def meet(connection: Connection) -> None:
        connection.execute(text("SELECT 1"))
        meeting.wait(5)

    works = [doors.read(meet) for _ in range(READERS)] + [doors.write(meet) for _ in range(WRITERS)]
    await asyncio.gather(*works)


async def test_a_restart_that_nobody_noticed_costs_no_work() -> None:
    with own_postgres() as server:
        async with opened(server.url) as doors:
            await doors.write(scratch.metadata.create_all)
            await use_all_connections(doors)
            server.stop()
            server.start()
            await asyncio.gather(*(doors.write(put(number)) for number in range(WRITERS)))
            assert await doors.read(numbers) == list(range(WRITERS))
            assert doors.trouble is None


async def test_what_may_have_been_committed_is_not_done_again(postgres_url: str) -> None:
    tries: list[None] = []

    def work(connection: Connection) -> None:
        tries.append(None)
        put(len(tries))(connection)

    def cut_off(connection: Connection) -> None:
        connection.execute(TERMINATE)

    async with opened(postgres_url) as doors:
        await doors.write(scratch.metadata.create_all)
        with listening("commit", cut_off), pytest.raises(StorageUnavailable) as caught:
            await doors.write(work)
        assert (len(tries), caught.value.why) == (1, "the connection to it was lost")


async def test_a_copy_that_is_paused_in_a_transaction_lets_its_locks_go(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, locked = threading.Event(), threading.Event()

    def paused(connection: Connection) -> None:
        change("paused")(connection)
        locked.set()
        go_on.wait(10)
        connection.execute(text("SELECT 1"))

    monkeypatch.setattr(engine, "_PAUSED", 300)
    async with opened(postgres_url) as one, opened(postgres_url) as other:
        await one.write(scratch.metadata.create_all)
        await one.write(put(1))
        pausing = asyncio.ensure_future(one.write(paused))
        await asyncio.to_thread(locked.wait, 5)
        await other.write(change("other"))
        go_on.set()
        await pausing  # again, from its beginning, on a connection that stands
        assert await one.read(lambda tx: tx.scalar(text("SELECT word FROM scratch"))) == "paused"


async def test_a_statement_that_takes_too_long_is_cut_off(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_STATEMENT", 100)
    async with opened(postgres_url) as doors:
        with pytest.raises(StorageUnavailable) as caught:
            await doors.read(lambda tx: tx.execute(text("SELECT pg_sleep(60)")))
        assert caught.value.why == "a statement took too long"


async def test_a_connection_made_while_all_was_read_only_does_not_stay_so(postgres_url: str) -> None:
    setting = "ALTER DATABASE {} SET default_transaction_read_only = {}"
    in_database(postgres_url, setting, "on")
    async with opened(postgres_url) as doors:
        with pytest.raises(StorageUnavailable) as caught:
            await doors.write(scratch.metadata.create_all)
        assert caught.value.why == "it is read-only"
        in_database(postgres_url, setting, "off")
        await doors.write(scratch.metadata.create_all)
        assert await doors.write(put(1)) == 1


def change(word: str) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        connection.execute(update(scratch).where(scratch.c.number == 1).values(word=word))

    return work


def in_database(url: str, statement: str, value: str) -> None:
    address = engine.address_of(url).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(statement.format(f'"{address.database}"', value).encode())
