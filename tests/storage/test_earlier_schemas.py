"""A database of each earlier schema, filled, comes up to this version with nothing lost."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, insert

from storage import back_up, current, head, restore, upgrade
from storage.copying import tables_of
from storage.engine import address_of, is_sqlite, sqlite_engine
from storage.upgrade import migrate, revisions
from tests.support.filling import columns, everything, fill, rows_for

# What a later schema takes away on purpose: (table, column); its removal is decided in that migration.
REMOVED: set[tuple[str, str]] = set()


def engine_of(url: str) -> Engine:
    """A way in that makes tables within its transaction, as ours do."""
    address = address_of(url)
    if is_sqlite(address):
        return sqlite_engine(address, "BEGIN IMMEDIATE", ())
    return create_engine(address, poolclass=NullPool)


def at(url: str, revision: str) -> dict[str, list[dict[str, object]]]:
    """Make a filled database of a revision; gives its rows."""
    engine = engine_of(url)
    with engine.begin() as connection:
        migrate(connection, revision)
        fill(connection)
        found = named(columns(connection), everything(connection))
    engine.dispose()
    return found


def now_in(url: str) -> dict[str, list[dict[str, object]]]:
    engine = engine_of(url)
    with engine.begin() as connection:
        found = named(columns(connection), everything(connection))
    engine.dispose()
    return found


def named(
    names: dict[str, list[str]], rows: dict[str, list[tuple[object, ...]]]
) -> dict[str, list[dict[str, object]]]:
    return {
        table: [dict(zip(names[table], row, strict=True)) for row in found] for table, found in rows.items()
    }


def nothing_is_lost(before: dict[str, list[dict[str, object]]], url: str) -> None:
    after = now_in(url)
    for table, rows in before.items():
        kept = {name for name in rows[0] if (table, name) not in REMOVED}
        assert picked(after[table], kept) == picked(rows, kept), table


def picked(rows: list[dict[str, object]], names: set[str]) -> list[str]:
    return sorted(repr({name: row[name] for name in sorted(names)}) for row in rows)


@pytest.mark.parametrize("revision", revisions())
def test_each_schema_comes_up_to_the_head_with_nothing_lost(database_url: str, revision: str) -> None:
    before = at(database_url, revision)
    assert current(database_url) == revision
    upgrade(database_url)
    assert current(database_url) == head()
    nothing_is_lost(before, database_url)


@pytest.mark.parametrize("revision", revisions())
def test_a_backup_of_each_schema_is_made_without_an_upgrade_and_restored_with_nothing_lost(
    database_url: str, tmp_path: Path, revision: str
) -> None:
    before = at(database_url, revision)
    back_up(database_url, tmp_path / "backup")
    assert current(database_url) == revision
    other = f"sqlite:///{tmp_path}/other.db"
    restore(other, tmp_path / "backup", confirmed=False)
    assert current(other) == head()
    for row in before["digests"]:
        row["drawn"] = ""  # drawn anew after a restore
    nothing_is_lost(before, other)


@pytest.mark.parametrize("revision", revisions())
def test_the_code_of_each_schema_can_still_write_after_the_upgrade(database_url: str, revision: str) -> None:
    """Schema first, code second: rows with the columns of then, and no others, are taken now."""
    at(database_url, revision)
    engine = engine_of(database_url)
    with engine.begin() as connection:
        then = columns(connection)
    engine.dispose()
    upgrade(database_url)
    engine = engine_of(database_url)
    with engine.begin() as connection:
        for name, table in tables_of(connection).items():
            if name in then:
                rows = rows_for(table, then[name], first=10)
                connection.execute(insert(table), rows)
    engine.dispose()
