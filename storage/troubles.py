"""Database errors in our own words: no SQL, no parameters, no rows, no chain back to what held them."""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from bot.errors import OursToFix, PlenaryError, StorageBroken, StorageUnavailable

Tx = TypeVar("Tx")
T = TypeVar("T")

# SQLite: locked by another program, disk full or failing, file out of reach or not ours to write.
_PASSING_NAMES = ("BUSY", "LOCKED", "FULL", "IOERR", "CANTOPEN", "NOMEM", "PROTOCOL", "READONLY")

# PostgreSQL, https://www.postgresql.org/docs/current/errcodes-appendix.html: connection lost, who may log in,
# race lost, out of resources, lock not to be had, stopped by an operator, system error, read-only standby.
_PASSING_STATES = ("08", "28", "3D000", "40", "53", "55P03", "57", "58", "25006")

# libpq gives no sqlstate for a connection that it could not make, only a text that names hosts and roles.
_NO_CONNECTION = {
    "password authentication failed": "it refuses the password",
    "no password supplied": "it wants a password",
    "Connection refused": "nothing listens at its address",
    "No such file or directory": "its socket is not there",
    "could not translate host name": "its host name is unknown",
    "failed to resolve host": "its host name is unknown",
    "timeout expired": "it does not answer",
    "starting up": "it is starting up",
    "too many clients": "it has no connection free",
    "does not exist": "it knows no such database or role",
}

_LOST_RACES = ("40001", "40P01")  # serialization failure, deadlock


def perform(work: Callable[[Tx], T], tx: Tx) -> T:
    """Run a work so that whatever it raises can travel through a future; StopIteration cannot."""
    try:
        return work(tx)
    except StopIteration as error:
        raise RuntimeError("a work raised StopIteration") from error


def is_lost_race(error: Exception) -> bool:
    """Whether another transaction was faster, so that the same work may succeed at once."""
    return _sqlstate(_driver_error(error)) in _LOST_RACES


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
    name = getattr(error, "sqlite_errorname", None) or type(error).__name__
    if name.removeprefix("SQLITE_").startswith(_PASSING_NAMES):
        return StorageUnavailable(f"the database cannot be used now ({name})")
    return StorageBroken(f"the database refused a statement ({name})")


def _of_postgres(error: psycopg.Error) -> OursToFix:
    state = _sqlstate(error)
    if state is None and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        text = str(error)
        why = next((ours for theirs, ours in _NO_CONNECTION.items() if theirs in text), "no connection")
        return StorageUnavailable(f"the database cannot be reached ({why})")
    if state is not None and state.startswith(_PASSING_STATES):
        return StorageUnavailable(f"the database cannot be used now (sqlstate {state})")
    return StorageBroken(f"the database refused a statement ({state or type(error).__name__})")


def _sqlstate(error: BaseException | None) -> str | None:
    return error.sqlstate if isinstance(error, psycopg.Error) else None
