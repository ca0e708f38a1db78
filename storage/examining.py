"""How a database stands, looked at without changing anything in it; for `plenary doctor`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage
from typing import Generic, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, text

from bot.errors import DatabaseRefused
from storage.engine import address_of, is_sqlite, postgres_engine, sqlite_engine
from storage.presence import is_file_held, is_shared
from storage.refusals import if_damaged, must_be_ours, must_be_usable_file, must_take_writes
from storage.tables import metadata
from storage.transaction import Transaction
from storage.troubles import in_our_words
from storage.upgrade import file_of, name_of, revisions

T = TypeVar("T")

_MAY_WRITE = text(
    "SELECT bool_and(has_table_privilege(:name, right_)) FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE',"
    " 'DELETE']) AS right_"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Generic[T]):
    """A database as it is now."""

    name: str  # a path, or database and host; never a password
    revision: str | None  # None: it is empty, or not there yet
    in_use: bool  # by a bot
    free: int | None  # bytes on the file's disk; None for a server
    found: T | None  # what was read; None when the database is not of this version


def standing(url: str, read: Callable[[Transaction], T]) -> Standing[T]:
    """Look at a database, and read from it if it is of this version.

    Raises DatabaseRefused for one that must not be touched or may not be written, StorageUnavailable for one
    that is away.
    """
    address = address_of(url)
    if not is_sqlite(address):
        return _looked_at(address, postgres_engine(address, connections=1), read)
    file = file_of(address)
    must_be_usable_file(file)
    if not file.exists():
        free = disk_usage(file.parent).free
        return Standing(name=str(file.resolve()), revision=None, in_use=False, free=free, found=None)
    return _looked_at(address, _looking_engine(address, file), read)


def _looking_engine(address: URL, file: Path) -> Engine:
    """A connection that cannot write. Without a log beside the file nobody has it open, and none is made."""
    query = {"mode": "ro", "uri": "true", **({} if _log_of(file).exists() else {"immutable": "1"})}
    looking = address.set(database=f"file:{quote(str(file.resolve()))}", query=query)
    return sqlite_engine(looking, "BEGIN", ("busy_timeout=5000", "query_only=ON"))


def _looked_at(address: URL, engine: Engine, read: Callable[[Transaction], T]) -> Standing[T]:
    name = name_of(address)
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            seen = _seen(connection, address, name, read)
            transaction.rollback()
            return seen
    except Exception as error:  # noqa: BLE001 # of any kind; it is raised again below, without its chain
        failure = error
    finally:
        engine.dispose()
    raise if_damaged(failure, name) or in_our_words(failure)


def _seen(connection: Connection, address: URL, name: str, read: Callable[[Transaction], T]) -> Standing[T]:
    known = revisions()
    revision = must_be_ours(connection, name, known)
    must_take_writes(connection, name, will_create=revision != known[-1])
    is_current = revision == known[-1]
    if is_sqlite(address):
        file = file_of(address)
        name = str(file.resolve())
        in_use, free = is_file_held(file), disk_usage(file.parent).free
    else:
        in_use, free = is_shared(connection), None
        if is_current:
            _must_be_writable(connection, name)
    found = read(Transaction(connection)) if is_current else None
    return Standing(name=name, revision=revision, in_use=in_use, free=free, found=found)


def _must_be_writable(connection: Connection, name: str) -> None:
    for table in metadata.tables:
        if not connection.execute(_MAY_WRITE, {"name": table}).scalar_one():
            raise DatabaseRefused(
                f"The role may not write the table {table} in the database {name}."
                " Grant it SELECT, INSERT, UPDATE and DELETE on all tables."
            )


def _log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")
