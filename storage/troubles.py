"""Database errors in our own words: no SQL, no parameters, no rows, no chain back to what held them."""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from bot.errors import OursToFix, PlenaryError, StorageBroken, StorageUnavailable
from storage import reasons

Tx = TypeVar("Tx")
T = TypeVar("T")

_LOST_RACES = ("40001", "40P01")  # serialization failure, deadlock

# After these a connection is not used again. SQLite's stays read-only for ever when it was opened so; one of
# PostgreSQL may have been made while the whole database was.
_SPOILED_NAMES = ("READONLY", "IOERR", "CANTOPEN")
_READ_ONLY = "25006"


def perform(work: Callable[[Tx], T], tx: Tx) -> T:
    """Run a work so that whatever it raises can travel through a future; StopIteration cannot."""
    try:
        return work(tx)
    except StopIteration as error:
        raise RuntimeError("a work raised StopIteration") from error


def is_lost_race(error: Exception) -> bool:
    """Whether another transaction was faster, so that the same work may succeed at once."""
    return _sqlstate(_driver_error(error)) in _LOST_RACES


def is_lost_connection(error: Exception) -> bool:
    """Whether the connection was at fault and is gone, so that a fresh one may serve at once."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def spoils_its_connection(error: BaseException) -> bool:
    """Whether a driver's error leaves a connection that would not get well by itself."""
    if isinstance(error, sqlite3.Error):
        return _sqlite_name(error).startswith(_SPOILED_NAMES)
    return _sqlstate(error) == _READ_ONLY


def in_our_words(error: Exception) -> Exception:
    """A database error as an error of ours; any other, and one of ours that SQLAlchemy wrapped, as it was.

    Raise it outside of the `except` block: inside, Python would chain the original to it, values and all.
    """
    inner = error.orig if isinstance(error, StatementError) else None
    if isinstance(inner, PlenaryError):
        return inner
    if isinstance(error, UnicodeError):  # it carries the whole text
        return StorageBroken("the database cannot keep this text: it holds half a character")
    cause = _driver_error(error)
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause)
    if isinstance(cause, psycopg.Error):
        return _of_postgres(cause)
    if isinstance(error, SQLAlchemyError):
        return StorageBroken(f"the database layer refused a statement ({type(inner or error).__name__})")
    return error


def _driver_error(error: Exception) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def _of_sqlite(error: sqlite3.Error) -> OursToFix:
    name = _sqlite_name(error)
    if why := reasons.of_sqlite(name):
        return StorageUnavailable(why, name)
    return StorageBroken(f"the database refused a statement ({name})")


def _of_postgres(error: psycopg.Error) -> OursToFix:
    state = _sqlstate(error)
    if state is None and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StorageUnavailable(reasons.of_libpq(str(error)))
    if state is not None and (why := reasons.of_postgres(state)):
        return StorageUnavailable(why, state)
    return StorageBroken(f"the database refused a statement ({state or type(error).__name__})")


def _sqlite_name(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", None) or type(error).__name__
    return str(name).removeprefix("SQLITE_")


def _sqlstate(error: BaseException | None) -> str | None:
    return error.sqlstate if isinstance(error, psycopg.Error) else None
