"""The file of a backup: a SQLite database with the tables of the schema that was backed up, rows and all.

One more table holds a seal for each: how many rows it has, and their digest. Damage that SQLite itself would
not notice shows there, and so does what is no backup of ours.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    StaticPool,
    String,
    Table,
    create_engine,
    event,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from bot.errors import BackupRefused
from storage.copying import AT_ONCE, REVISION, tables_of
from storage.engine import sqlite_engine
from storage.refusals import SEALS, revision_of

_seals = Table(
    SEALS,
    MetaData(),
    Column("table", String, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("digest", String, nullable=False),
)
_ONLY_HERE = (
    "journal_mode=MEMORY",
    "synchronous=OFF",
)  # whoever writes it waits for the disk once, at the end


def new_file(path: Path) -> Engine:
    """A backup to be written, in a file that is there and empty."""
    address = URL.create("sqlite+pysqlite", database=str(path))
    return sqlite_engine(address, "BEGIN IMMEDIATE", _ONLY_HERE)


def seal(connection: Connection) -> None:
    """Write the seals, from what a reader of the file would find."""
    _seals.create(connection)
    rows = [{"table": name, "rows": rows, "digest": digest} for name, rows, digest in _found(connection)]
    connection.execute(insert(_seals), rows)


def in_memory(path: Path) -> Engine:
    """A backup as a database that can be changed and leaves no trace; BackupRefused for a damaged one."""
    must_be_a_database(path)
    memory = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as disk:
            disk.backup(memory)
    except sqlite3.Error as error:
        memory.close()
        raise _damaged(path, error.sqlite_errorname) from None
    engine = create_engine("sqlite+pysqlite://", creator=lambda: memory, poolclass=StaticPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def must_be_a_database(path: Path) -> None:
    """Raise BackupRefused for what is not there, cannot be read or is not of SQLite."""
    try:
        with path.open("rb") as file:
            begins = file.read(16)
    except OSError as error:
        raise BackupRefused(f"The backup {path} cannot be read ({error.strerror}).") from None
    if begins != b"SQLite format 3\0":
        raise BackupRefused(f"{path} is not a backup of Plenary, or it is damaged. Name another one.")


def must_be_whole(connection: Connection, path: Path, known: Sequence[str]) -> str:
    """The revision of a backup; raises BackupRefused for a foreign, a newer and a damaged one."""
    try:
        revision = revision_of(connection)
        if not inspect(connection).has_table(SEALS):
            raise BackupRefused(f"{path} is a database, and not a backup of Plenary. Name another file.")
        sealed = connection.execute(select(_seals).order_by(_seals.c.table)).all()
        whole = [tuple(row) for row in sealed] == sorted(_found(connection))
    except DBAPIError:
        whole = False
    if not whole or revision is None:
        raise _damaged(path, "its seals do not fit")
    if revision not in known:
        raise BackupRefused(
            f"The backup {path} was made by a newer version (it stands at {revision}, this version ends at"
            f" {known[-1]}). Restore it with the newer version."
        )
    return revision


def _damaged(path: Path, why: str) -> BackupRefused:
    return BackupRefused(f"The backup {path} is damaged ({why}). Name another one.")


def _found(connection: Connection) -> list[tuple[str, int, str]]:
    """Name, number of rows and digest of each table, Alembic's included."""
    tables = tables_of(connection, frozenset({SEALS}))
    found = [(name, *_digest(connection, table)) for name, table in tables.items()]
    return [*found, (REVISION, 1, str(revision_of(connection)))]


def _digest(connection: Connection, table: Table) -> tuple[int, str]:
    count, digest = 0, sha256()
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    key = ", ".join(f'"{column.name}"' for column in table.primary_key)
    rows = connection.execute(
        text(f'SELECT {columns} FROM "{table.name}" ORDER BY {key}'),  # noqa: S608 # names of our own tables
        execution_options={"crosses_workspaces": "backup", "yield_per": AT_ONCE},
    )
    for row in rows:
        digest.update(repr(tuple(row)).encode(errors="surrogatepass"))
        count += 1
    return count, digest.hexdigest()
