"""Why a database is not one to write to, in a sentence for its operator. Nothing here changes anything."""

import os
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import DatabaseRefused

_MAGIC = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat.html
_VERSIONS = "alembic_version"
_OURS = "outbox"  # a table that every version of ours has
SEALS = "backup_seals"  # a table that only backups have


def must_be_usable_file(path: Path) -> None:
    """Refuse what is no SQLite database, or lies where SQLite cannot write it and its log beside it."""
    if path.is_dir():
        raise DatabaseRefused(f"{path} is a folder. Name a file in it, such as {path / 'plenary.db'}.")
    if not path.parent.is_dir():
        raise DatabaseRefused(f"The folder {path.parent} does not exist. Make it, or name another one.")
    if not _may_write(path.parent):
        raise DatabaseRefused(f"The folder {path.parent} is read-only for this program. Let it write there.")
    if not path.exists():
        return
    if not _may_write(path):
        raise DatabaseRefused(f"The database {path} is read-only for this program. Let it write to the file.")
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) not in (_MAGIC, b""):
            raise DatabaseRefused(f"{path} is not a SQLite database. Name another file.")


def must_be_ours(connection: Connection, name: str, known: Sequence[str]) -> str | None:
    """The revision of a database, None for an empty one; `known` are ours, oldest first."""
    tables = set(inspect(connection).get_table_names())
    if SEALS in tables:
        raise DatabaseRefused(f"{name} is a backup. Bring it back with `plenary restore`, into another file.")
    found = revision_of(connection)
    if found in known or not tables - {_VERSIONS}:
        return found
    if found is None or _OURS not in tables:
        raise DatabaseRefused(f"The database {name} holds tables of another program. Name an empty one.")
    raise DatabaseRefused(
        f"The database {name} was written by a newer version (it stands at {found}, this version ends at"
        f" {known[-1]}). Start the newer version, or go back to a copy made before it."
    )


def must_take_writes(connection: Connection, name: str, *, will_create: bool) -> None:
    """Refuse a PostgreSQL database that is read-only, or whose role may not make the tables that are wanted.

    For SQLite the file has answered this already.
    """
    if connection.dialect.name == "sqlite":
        return
    if connection.execute(text("SHOW transaction_read_only")).scalar_one() == "on":
        raise DatabaseRefused(f"The database {name} is read-only. Name the one that takes writes.")
    may_create = text("SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)")
    if will_create and not connection.execute(may_create).scalar_one():
        raise DatabaseRefused(
            f"The role may not make tables in the database {name}."
            " Grant it CREATE on the schema, or upgrade once with a role that has it."
        )


def if_damaged(error: Exception, name: str) -> DatabaseRefused | None:
    """A refusal for what begins as a SQLite database does and does not go on as one."""
    found = getattr(error, "orig", error)
    if getattr(found, "sqlite_errorname", None) in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
        return DatabaseRefused(f"The database {name} is damaged, or encrypted. Go back to a copy of it.")
    return None


def revision_of(connection: Connection) -> str | None:
    """What Alembic wrote down; None if it never ran here."""
    if not inspect(connection).has_table(_VERSIONS):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {_VERSIONS}")).scalar()  # noqa: S608 # a constant
    return None if found is None else str(found)


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
