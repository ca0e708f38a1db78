"""A backup: everything in a database as of one moment, in one file, while bots go on working."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, text

from bot.errors import BackupRefused, DatabaseRefused
from storage import backup_file
from storage.copying import copy_rows, tables_of
from storage.engine import address_of, is_sqlite, postgres_engine, sqlite_engine
from storage.refusals import if_damaged, must_be_ours
from storage.troubles import in_our_words
from storage.upgrade import LOCK, file_of, migrate, revisions

_WAIT = 60_000  # milliseconds for a process that upgrades


def back_up(url: str, file: Path) -> int:
    """Write all of a database into a file that is not there yet; gives the number of rows.

    The file is its owner's alone from its first byte, and has its name only when it is whole and on the disk.
    Raises BackupRefused and DatabaseRefused, and what `upgrade` raises for a database that is away.
    """
    address = address_of(url)
    if is_sqlite(address) and not file_of(address).exists():
        raise DatabaseRefused(f"There is no database {file_of(address)}. Is DATABASE_URL right?")
    with _written_beside(file) as beside:
        return _copied(address, beside)


@contextmanager
def _written_beside(file: Path) -> Iterator[Path]:
    """A new file that gets its name at the end; gone if that does not come."""
    if file.exists():
        raise BackupRefused(f"{file} is there already. Name a new file; a backup overwrites nothing.")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        os.close(handle)
        try:
            yield Path(name)
            _on_the_disk(Path(name))
            Path(name).rename(file)
            _on_the_disk(file.parent)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise BackupRefused(f"The backup {file} cannot be written ({error.strerror}).") from None


def _on_the_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copied(address: URL, beside: Path) -> int:
    engine = backup_file.new_file(beside)
    try:
        with _reading(address) as (source, name), engine.begin() as target:
            revision = must_be_ours(source, name, revisions())
            if revision is None:
                raise DatabaseRefused(f"The database {name} holds nothing yet.")
            migrate(target, revision)
            rows = copy_rows(source, target, frozenset(tables_of(target)))
            backup_file.seal(target)
            return rows
    except Exception as error:  # noqa: BLE001 # of any kind; it is raised again below, without its chain
        failure = error
    finally:
        engine.dispose()
    raise _full(failure, beside) or if_damaged(failure, str(address.database)) or in_our_words(failure)


@contextmanager
def _reading(address: URL) -> Iterator[tuple[Connection, str]]:
    """A database as of one moment, which nobody upgrades meanwhile, and how to call it."""
    if is_sqlite(address):
        name = str(file_of(address))
        engine = sqlite_engine(address, "BEGIN", (f"busy_timeout={_WAIT}", "query_only=ON"))
    else:
        name = f"{address.database} at {address.host or address.query.get('host', 'localhost')}"
        engine = postgres_engine(address, connections=1).execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    try:
        with engine.connect() as connection:
            if not is_sqlite(address):
                _keep_schema(connection)
            with connection.begin():
                yield connection, name
    finally:
        engine.dispose()


def _keep_schema(connection: Connection) -> None:
    """Let no upgrade in until this connection closes, and then have all the time that it takes."""
    for setting, wait in {"lock_timeout": _WAIT, "statement_timeout": 0}.items():
        connection.execute(text(f"SET {setting} = {wait}"))
    connection.execute(text(f"SELECT pg_advisory_lock_shared({LOCK})"))
    connection.execute(text("SET idle_in_transaction_session_timeout = 0"))
    connection.commit()  # the snapshot is taken after the lock was had


def _full(error: Exception, beside: Path) -> BackupRefused | None:
    """Of the two databases only the backup is written to."""
    name = getattr(getattr(error, "orig", None), "sqlite_errorname", "")
    if name == "SQLITE_FULL" or "WRITE" in name:
        return BackupRefused(f"The backup cannot be written into {beside.parent}: the disk is full ({name}).")
    return None
