"""SQLite and PostgreSQL, each as it should be opened, behind two doors: write and read.

A work is a plain function over one transaction. It may run more than once (a lost race, a group that one work
spoiled), so it touches nothing else. What it raises reaches the caller unchanged and undoes the transaction;
a database error comes out as StorageUnavailable (try again later) or StorageBroken.
"""

import sqlite3
import time
from asyncio import Lock, to_thread
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

import psycopg
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import DatabaseRefused, StorageUnavailable
from storage.pool import Pool
from storage.troubles import spoils_its_connection
from storage.writer import Writer

Tx = TypeVar("Tx")
T = TypeVar("T")

READERS = 4  # threads, and as many connections
WRITERS = 4  # the same, on PostgreSQL; SQLite has one

# Milliseconds for a lock. Nothing of ours holds one for longer than a commit takes; who waits in vain is told
# so while Slack still listens (3 s), and makes room for others. Above PostgreSQL's deadlock_timeout of 1 s.
LOCK_WAIT = 1500
_STATEMENT = 10_000  # milliseconds for one statement; ours take a few
_PAUSED = 10_000  # for a transaction in which nothing happens: a paused copy of us lets its locks go
REMEMBERED = 10.0  # seconds for which a work that failed is told of, though others go through

# synchronous=FULL: a note that was acknowledged outlives a power cut.
_SAFE = (f"busy_timeout={LOCK_WAIT}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")

# A server that is gone without a word is noticed after about ten seconds, not after TCP's quarter of an hour.
_NOTICE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}

_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


class Doors(Generic[Tx]):
    """The two doors of one database that stands ready (storage.upgrade).

    `open_tx` makes of a connection what works get. `after_commit` is called once for each committed writing
    work, in its thread, before its caller goes on; its errors reach the caller, though the work is kept.
    `took` hears how many seconds each write was waited for, also one that failed.
    """

    def __init__(
        self,
        url: str,
        open_tx: Callable[[Connection], Tx],
        after_commit: Callable[[Tx], None],
        took: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._took = took
        address = address_of(url)
        self._writing: Writer[Tx] | Pool[Tx]
        if is_sqlite(address):
            reading = sqlite_engine(address, "BEGIN", (*_SAFE, "query_only=ON"), connections=READERS)
            self._writing = Writer(sqlite_engine(address, "BEGIN IMMEDIATE", _SAFE), open_tx, after_commit)
        else:
            # As on SQLite, all that one read sees is of one moment. Readers have connections of their own:
            # one that was read-only once asks for READ WRITE ever after, whatever the server's default is.
            reading = postgres_engine(address, connections=READERS).execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            engine = postgres_engine(address, connections=WRITERS)
            self._writing = Pool(engine, open_tx, after_commit, threads=WRITERS)
        self._reading = Pool(reading, open_tx, threads=READERS)
        self._closed = False
        self._turns: WeakValueDictionary[str, Lock] = WeakValueDictionary()  # person -> held by who is at it
        self._failed: tuple[float, str] | None = None

    async def write(self, work: Callable[[Tx], T], *, person: str | None = None) -> T:
        """What the work returns, once it is committed.

        Works that will lock the rows of one person say so: in PostgreSQL they wait for each other before
        they take a thread, so that a row that somebody else holds blocks one thread, not all of them.

        When the connection to PostgreSQL is lost during the commit, nobody can say whether the work was kept:
        that is StorageUnavailable too, so works bear being done again (receipts).
        """
        began = time.monotonic()
        try:
            if person is None or isinstance(self._writing, Writer):
                return await self._remembering(self._writing, work)
            async with self._turns.setdefault(person, Lock()):
                return await self._remembering(self._writing, work)
        finally:
            self._took(time.monotonic() - began)

    async def read(self, work: Callable[[Tx], T]) -> T:
        """What the work returns; it sees what was committed before it began, and cannot write."""
        return await self._remembering(self._reading, work)

    @property
    def trouble(self) -> str | None:
        """Why a work failed in the last ten seconds: one person's may where others' go through."""
        if self._failed is None or time.monotonic() - self._failed[0] > REMEMBERED:
            return None
        return self._failed[1]

    async def close(self) -> None:
        """Finish what waits, then let the database go. Harmless twice."""
        if not self._closed:
            self._closed = True
            await to_thread(self._writing.stop)
            await to_thread(self._reading.stop)

    async def _remembering(self, door: Writer[Tx] | Pool[Tx], work: Callable[[Tx], T]) -> T:
        if self._closed:
            raise StorageUnavailable("it was closed")
        try:
            return await door.submit(work)
        except StorageUnavailable as error:
            self._failed = time.monotonic(), error.why
            raise


def address_of(url: str) -> URL:
    """A URL with the driver named; raises DatabaseRefused for one that cannot be served."""
    try:
        address = make_url(url)
    except ArgumentError:
        address = None
    if address is None or address.drivername not in _DRIVERS:
        raise DatabaseRefused("The database URL must begin with sqlite:/// or postgresql://.")
    address = address.set(drivername=_DRIVERS[address.drivername])
    if is_sqlite(address) and address.database in (None, "", ":memory:"):
        raise DatabaseRefused("A SQLite database must be a file (sqlite:///plenary.db): it is opened twice.")
    return address


def is_sqlite(address: URL) -> bool:
    """Whether this is a file, rather than a server."""
    return address.get_backend_name() == "sqlite"


def sqlite_engine(address: URL, begin: str, pragmas: tuple[str, ...], *, connections: int = 1) -> Engine:
    """Connections to a SQLite file whose transactions begin as told.

    BEGIN IMMEDIATE takes the only writer's place at once, and waits for another process as busy_timeout says.
    A transaction that began with a read would be refused at its first write instead, without any wait.
    """
    engine = create_engine(address, hide_parameters=True, pool_size=connections, max_overflow=0)

    def connected(raw: sqlite3.Connection, _record: Any) -> None:
        raw.isolation_level = None  # sqlite3 would begin by itself, and only before some statements
        for pragma in pragmas:
            raw.execute(f"PRAGMA {pragma}")

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    event.listen(engine, "handle_error", _let_a_spoiled_connection_go)
    return engine


def postgres_engine(address: URL, *, connections: int) -> Engine:
    """Connections to PostgreSQL, READ COMMITTED; what would wait for long is an error instead."""
    engine = create_engine(
        address,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        pool_size=connections,
        max_overflow=0,
        connect_args={"connect_timeout": 5, "application_name": "plenary", **_NOTICE},
    )

    def connected(raw: "psycopg.Connection[Any]", _record: Any) -> None:
        raw.execute(
            "SELECT set_config('lock_timeout', %s, false), set_config('statement_timeout', %s, false),"
            " set_config('idle_in_transaction_session_timeout', %s, false)",
            (str(LOCK_WAIT), str(_STATEMENT), str(_PAUSED)),
        )
        raw.commit()

    event.listen(engine, "connect", connected)
    event.listen(engine, "handle_error", _let_a_spoiled_connection_go)
    return engine


def _let_a_spoiled_connection_go(context: ExceptionContext) -> None:
    """The next transaction opens a fresh one, also in the place of others that are as old."""
    if spoils_its_connection(context.original_exception):
        context.is_disconnect = True
