"""Bringing a database up to this version, or refusing it untouched.

All of it is one transaction under one lock: of two processes that start at once, the second finds it done.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from time import sleep
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, text

from bot.errors import DatabaseRefused
from storage.engine import address_of, is_sqlite, postgres_engine, sqlite_engine
from storage.private_files import keep_private
from storage.refusals import if_damaged, must_be_ours, must_be_usable_file, must_take_writes, revision_of
from storage.troubles import in_our_words

T = TypeVar("T")

LOCK = 0x506C656E617279  # "Plenary": PostgreSQL's advisory locks are shared by all programs of a database
_WAIT = 60_000  # milliseconds for another process that upgrades
_PATIENCE = {"lock_timeout": _WAIT, "statement_timeout": 0, "idle_in_transaction_session_timeout": 0}


def upgrade(url: str) -> None:
    """Bring an empty or older database up to this version.

    Raises DatabaseRefused, with nothing touched, for one that is newer, read-only, of another program or no
    database at all; StorageUnavailable for one that cannot be reached.
    """
    address = address_of(url)
    if is_sqlite(address):
        must_be_usable_file(file_of(address))
        keep_private(file_of(address))
    in_transaction(address, bring_up)
    if is_sqlite(address):
        _keep_a_write_ahead_log(file_of(address))


def current(url: str) -> str | None:
    """The revision that a database stands at; None when it holds nothing of ours."""
    address = address_of(url)
    if is_sqlite(address) and not file_of(address).exists():
        return None
    return in_transaction(address, lambda connection, _: revision_of(connection))


def head() -> str:
    """The revision that this version wants."""
    return revisions()[-1]


def in_transaction(address: URL, work: Callable[[Connection, str], T]) -> T:
    """Run a work, which is told how to call this database, while no other process upgrades it."""
    name = name_of(address)
    if is_sqlite(address):
        engine = sqlite_engine(address, "BEGIN IMMEDIATE", (f"busy_timeout={_WAIT}",))
    else:
        engine = postgres_engine(address, connections=1)
    try:
        with engine.begin() as connection:
            if not is_sqlite(address):
                for setting, wait in _PATIENCE.items():
                    connection.execute(text(f"SET LOCAL {setting} = {wait}"))
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            return work(connection, name)
    except Exception as error:  # noqa: BLE001 # of any kind; it is raised again below, without its chain
        failure = error
    finally:
        engine.dispose()
    raise if_damaged(failure, name) or in_our_words(failure)


def bring_up(connection: Connection, name: str) -> None:
    """As `upgrade`, in a transaction that has begun; `name` is how the database is called to people."""
    known = revisions()
    found = must_be_ours(connection, name, known)
    must_take_writes(connection, name, will_create=found != known[-1])
    if found != known[-1]:
        migrate(connection, known[-1])


def migrate(connection: Connection, revision: str) -> None:
    """Make or change the tables until they are those of a revision."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _keep_a_write_ahead_log(file: Path) -> None:
    """Set what SQLite keeps in the file for ever after.

    Done here, because the change is refused at once, whatever busy_timeout says, while another process reads.
    """
    with closing(sqlite3.connect(file)) as connection:
        for _ in range(200):
            try:
                connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                failure = in_our_words(error)
            else:
                return
            sleep(0.05)
    raise failure


@lru_cache(maxsize=1)
def revisions() -> tuple[str, ...]:
    """All revisions of this version, oldest first."""
    scripts = ScriptDirectory.from_config(_config())
    return tuple(reversed([script.revision for script in scripts.walk_revisions()]))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    return config


def name_of(address: URL) -> str:
    """How to call a database to its operator: its file, or name and host; never a password."""
    if is_sqlite(address):
        return str(file_of(address))
    return f"{address.database} at {address.host or address.query.get('host', 'localhost')}"


def file_of(address: URL) -> Path:
    """The file of a SQLite database."""
    if address.database is None:
        raise DatabaseRefused("The database URL names no file.")
    return Path(address.database)
