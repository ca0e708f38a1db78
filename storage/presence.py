"""Who is at work on a database: bots share PostgreSQL, one alone holds a SQLite file, so does a restore.

Both are locks that end with the process, however it ends; a paused bot keeps its lock. Other commands take
none. On SQLite it is a lock on a file beside the database, `-bot`, which stays and is never waited for.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event, text

from bot.errors import DatabaseRefused
from storage.engine import address_of, is_sqlite
from storage.refusals import must_be_usable_file

_LOCK = 0x506C656E626F74  # "Plenbot": not the upgrade's; PostgreSQL's locks are shared by a whole database
_SHARED = f"""
    SELECT count(*) FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid::bigint = {_LOCK >> 32} AND objid::bigint = {_LOCK & 0xFFFFFFFF}
"""  # noqa: S608 - numbers of ours
_SUFFIX = "-bot"


@contextmanager
def presence(url: str) -> Iterator[None]:
    """Say that this process is a bot at work on a database, for as long as the block lasts.

    Raises DatabaseRefused when another one holds the SQLite file. On PostgreSQL every connection that this
    process opens meanwhile says so, so that it is said again after a connection was lost.
    """
    address = address_of(url)
    if is_sqlite(address):
        with alone_on(Path(str(address.database))):
            yield
        return
    event.listen(Engine, "connect", _share)
    try:
        yield
    finally:
        event.remove(Engine, "connect", _share)


@contextmanager
def alone_on(database: Path) -> Iterator[None]:
    """Hold a SQLite file; raises DatabaseRefused when another process does."""
    must_be_usable_file(database)
    lock = _lock_file(f"{database.resolve()}{_SUFFIX}")  # one lock, whatever link the file is reached by
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 20).decode(errors="replace").strip()
        os.close(lock)
        raise _is_taken(f"{database}", f" (process {holder})" if holder.isdecimal() else "") from None
    try:
        os.ftruncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
        yield
    finally:
        os.close(lock)


def is_file_held(database: Path) -> bool:
    """Whether a bot is at work on a SQLite file. For an instant a bot that starts would think so too."""
    try:
        lock = os.open(f"{database.resolve()}{_SUFFIX}", os.O_RDONLY)
    except OSError:
        return False  # no bot was ever here
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def is_shared(connection: Connection) -> bool:
    """Whether a bot is at work on a PostgreSQL database."""
    return bool(connection.execute(text(_SHARED)).scalar_one())


def must_be_alone(connection: Connection, name: str) -> None:
    """Keep bots off a PostgreSQL database until this transaction ends; DatabaseRefused while one is there."""
    if not connection.execute(text(f"SELECT pg_try_advisory_xact_lock({_LOCK})")).scalar_one():
        raise _is_taken(name, "")


def _lock_file(path: str) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DatabaseRefused(
            f"The file {path} cannot be opened ({error.strerror}). Let the user who runs the bot have it."
        ) from None


def _is_taken(name: str, who: str) -> DatabaseRefused:
    return DatabaseRefused(
        f"Another bot{who} runs on the database {name}, or a restore is under way."
        " Stop it first; a bot that is paused still holds it."
    )


def _share(raw: Any, _record: Any) -> None:
    if isinstance(raw, psycopg.Connection):
        raw.execute("SET LOCAL lock_timeout = '10s'")  # a restore is under way: try again
        raw.execute(f"SELECT pg_advisory_lock_shared({_LOCK})")
        raw.commit()
