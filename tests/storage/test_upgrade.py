"""Upgrading, and the databases that are refused untouched."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, text
from sqlalchemy.engine.interfaces import ReflectedIndex

from bot.errors import DatabaseRefused, StorageUnavailable
from storage.engine import Doors, address_of
from storage.tables import metadata
from storage.upgrade import current, head, upgrade


@pytest.fixture
def engine(database_url: str) -> Engine:
    """A way in beside ours, which leaves nothing open."""
    return create_engine(address_of(database_url), poolclass=NullPool)


def test_an_empty_database_comes_up_to_the_head(database_url: str) -> None:
    assert current(database_url) is None
    upgrade(database_url)
    assert current(database_url) == head()


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    upgrade(database_url)
    assert current(database_url) == head()


def test_migrations_up_from_empty_equal_the_metadata(database_url: str, engine: Engine) -> None:
    upgrade(database_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrations_name_everything_as_the_metadata_does(sqlite_url: str, postgres_url: str) -> None:
    """What compare_metadata does not look at: names of keys, conditions of indexes, collations."""
    for url in (sqlite_url, postgres_url):
        engine = create_engine(address_of(url))
        upgrade(url)
        with engine.begin() as connection:
            migrated = _drawn(connection)
            connection.execute(text("DROP TABLE alembic_version"))
            metadata.drop_all(connection)
            metadata.create_all(connection)
            assert _drawn(connection) == migrated
        engine.dispose()


def _drawn(connection: Connection) -> dict[str, object]:
    seen = inspect(connection)
    names = [name for name in seen.get_table_names() if name != "alembic_version"]
    return {
        name: (
            seen.get_pk_constraint(name),
            seen.get_unique_constraints(name),
            sorted(
                (index["name"], index["unique"], index["column_names"], _conditions(index))
                for index in seen.get_indexes(name)
            ),
            [(column["name"], repr(column["type"]), column["nullable"]) for column in seen.get_columns(name)],
        )
        for name in names
    }


def _conditions(index: ReflectedIndex) -> list[tuple[str, str]]:
    options = index.get("dialect_options", {})
    return sorted((name, str(value)) for name, value in options.items() if name.endswith("_where"))


def test_two_processes_that_start_at_once_both_succeed(database_url: str) -> None:
    code = "import sys; from storage.upgrade import upgrade; print(flush=True); input(); upgrade(sys.argv[1])"
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", code, database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in starting:
        assert process.stdout is not None
        process.stdout.readline()
    for process in starting:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=60)[1] for process in starting]
    assert [(process.returncode, said) for process, said in zip(starting, told, strict=True)] == [(0, "")] * 4
    assert current(database_url) == head()


async def test_doors_open_on_what_was_upgraded(database_url: str) -> None:
    upgrade(database_url)
    doors: Doors[object] = Doors(database_url, lambda connection: connection, lambda _: None)
    assert await doors.read(lambda _: 1) == 1
    await doors.close()
    upgrade(database_url)


def test_a_newer_database_is_refused(database_url: str, engine: Engine) -> None:
    upgrade(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    refused_untouched(database_url, "newer version .* 9999")


def test_another_programs_database_is_refused(database_url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE recipes (name TEXT)"))
    refused_untouched(database_url, "another program")


def test_another_programs_alembic_database_is_refused(database_url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE recipes (name TEXT)"))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('beef')"))
    refused_untouched(database_url, "another program")


def test_a_text_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but notes of a meeting")
    refused_untouched(f"sqlite:///{file}", "not a SQLite database")


def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "damaged.db"
    file.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    refused_untouched(f"sqlite:///{file}", "damaged")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    refused_untouched(f"sqlite:///{tmp_path}", "is a folder")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    refused_untouched(f"sqlite:///{tmp_path / 'nowhere' / 'plenary.db'}", "does not exist")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def folder_of_somebody_else() -> Iterator[Path]:
    """A folder that this process may only read; root, who may write anywhere, is nobody meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="plenary-test-"))
    upgrade(f"sqlite:///{folder / 'plenary.db'}")
    (folder / "plenary.db").chmod(0o444)
    folder.chmod(0o555)
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    yield folder
    os.seteuid(me)
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_read_only_folder_is_refused(folder_of_somebody_else: Path) -> None:
    refused_untouched(f"sqlite:///{folder_of_somebody_else / 'plenary.db'}", "folder .* read-only")


def test_a_read_only_file_is_refused(folder_of_somebody_else: Path) -> None:
    me = os.geteuid()
    os.seteuid(os.getuid())
    folder_of_somebody_else.chmod(0o777)
    os.seteuid(me)
    refused_untouched(f"sqlite:///{folder_of_somebody_else / 'plenary.db'}", "database .* read-only")


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("default_transaction_read_only = on", "is read-only"),
        ("search_path = nowhere", "may not make tables"),
    ],
)
def test_a_postgres_that_takes_no_writes_is_refused(postgres_url: str, setting: str, sentence: str) -> None:
    name = address_of(postgres_url).database
    in_postgres(postgres_url, f'ALTER DATABASE "{name}" SET {setting}')
    refused_untouched(postgres_url, sentence)


def test_a_role_without_rights_is_refused_until_somebody_else_has_upgraded(postgres_url: str) -> None:
    role = address_of(postgres_url).database  # of this test alone
    address = address_of(postgres_url).set(username=role)
    url = address.render_as_string(hide_password=False)
    in_postgres(postgres_url, f'CREATE ROLE "{role}" LOGIN')
    try:
        refused_untouched(url, "may not make tables")
        upgrade(postgres_url)
        in_postgres(postgres_url, f'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{role}"')
        upgrade(url)
    finally:
        in_postgres(postgres_url, f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda url: url.set(host="127.0.0.1", port=1, query={}), "nothing listens"),
        (lambda url: url.set(database="nowhere"), "no such database"),
    ],
)
def test_a_postgres_out_of_reach_is_unavailable(
    postgres_url: str, change: Callable[[object], object], why: str
) -> None:
    url = change(address_of(postgres_url))
    with pytest.raises(StorageUnavailable, match=why):
        upgrade(url.render_as_string(hide_password=False))  # type: ignore[attr-defined] # a URL


def test_looking_makes_no_file(tmp_path: Path) -> None:
    assert current(f"sqlite:///{tmp_path / 'plenary.db'}") is None
    assert list(tmp_path.iterdir()) == []


def refused_untouched(url: str, sentence: str) -> None:
    before = everything_in(url)
    with pytest.raises(DatabaseRefused, match=sentence):
        upgrade(url)
    assert everything_in(url) == before


def everything_in(url: str) -> object:
    address = address_of(url)
    assert address.database is not None
    if address.get_backend_name() != "sqlite":
        return everything_in_postgres(url)
    path = Path(address.database)
    folder = path if path.is_dir() else path.parent
    return {file.name: file.read_bytes() for file in folder.glob("*") if file.is_file()}


def everything_in_postgres(url: str) -> list[tuple[object, ...]]:
    """What users made (their numbers begin there): the server itself may analyse its own tables meanwhile."""
    query = "SELECT relname, relkind, relfilenode, pg_relation_size(oid) FROM pg_class WHERE oid >= 16384"
    with psycopg.connect(address_of(url).set(drivername="postgresql").render_as_string(False)) as connection:
        return sorted(connection.execute(query).fetchall())


def in_postgres(url: str, statement: str) -> None:
    address = address_of(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())


def test_a_crashed_upgrade_leaves_nothing_behind(
    database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("planted")

    monkeypatch.setattr("alembic.operations.Operations.create_index", spoil)
    with pytest.raises(Exception, match="database"):
        upgrade(database_url)
    monkeypatch.undo()
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    upgrade(database_url)
    assert current(database_url) == head()
