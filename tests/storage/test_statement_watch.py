"""The watch finds what crosses workspaces, and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import (
    BindParameter,
    ClauseElement,
    bindparam,
    create_engine,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import insert as upsert

from storage import CROSSES_WORKSPACES
from storage.tables import assignments, events, outbox, receipts, sessions
from tests.support.statements import FILE, Statement, faults, heard_in, watch

of: BindParameter[str] = bindparam("of", "T1")
older = outbox.alias("older")
kept = select(sessions.c.title).where(sessions.c.workspace == of)
joined = select(events.c.name, sessions.c.title).join(
    sessions, (sessions.c.workspace == events.c.workspace) & (sessions.c.event == events.c.event)
)
carelessly_joined = select(events.c.name).join(sessions, sessions.c.event == events.c.event)
waiting = outbox.c.state == "waiting"

KEEPS = {
    "one table": kept,
    "value first": select(sessions.c.title).where(of == sessions.c.workspace),
    "among others": kept.where(
        sessions.c.event.in_(["a", "b"]), or_(sessions.c.position > 1, sessions.c.title == "x")
    ),
    "through a join": joined.where(events.c.workspace == of),
    "through a join, other side": joined.where(sessions.c.workspace == of),
    "outer join": select(events.c.name)
    .outerjoin(sessions, sessions.c.workspace == events.c.workspace)
    .where(events.c.workspace == of),
    "a correlated part": select(outbox.c.number).where(
        outbox.c.workspace == of, ~exists().where(older.c.workspace == outbox.c.workspace, older.c.number < 9)
    ),
    "a part with its own value": select(outbox.c.number).where(
        outbox.c.workspace == of,
        outbox.c.event.in_(select(events.c.event).where(events.c.workspace == of)),
    ),
    "both of a union": union_all(kept, select(events.c.name).where(events.c.workspace == of)),
    "a part in FROM": select(func.count()).select_from(kept.subquery()),
    "update": update(outbox).where(outbox.c.workspace == of, waiting).values(state="settled"),
    "delete": delete(receipts).where(receipts.c.workspace == of, receipts.c.key == "k"),
    "insert": insert(receipts).values(workspace=of, key="k", at=func.now()),
    "upsert": upsert(receipts)
    .values(workspace=of, key="k")
    .on_conflict_do_nothing()
    .returning(receipts.c.key),
    "upsert of a part of the rows": upsert(outbox)
    .values(workspace=of, key="k")
    .on_conflict_do_update(
        index_elements=[outbox.c.workspace],
        index_where=waiting,
        set_={"reply": "r"},
        where=outbox.c.attempts == 0,
    ),
    "insert of what was selected": insert(receipts).from_select(
        ["workspace", "key"], select(events.c.workspace, events.c.event).where(events.c.workspace == of)
    ),
    "for update": kept.with_for_update(skip_locked=True).order_by(sessions.c.title).limit(3),
    "no table of ours": select(func.now()),
    "a cte": select(kept.cte("titles").c.title),
}

CROSSES = {
    "one table": (select(sessions.c.title), ["sessions"]),
    "another column": (select(sessions.c.title).where(sessions.c.event == of), ["sessions"]),
    "not equal": (select(sessions.c.title).where(sessions.c.workspace != of), ["sessions"]),
    "under or": (
        select(sessions.c.title).where(or_(sessions.c.workspace == of, sessions.c.event == of)),
        ["sessions"],
    ),
    "under not": (
        select(sessions.c.title).where(~((sessions.c.workspace == of) & (sessions.c.event == of))),
        ["sessions"],
    ),
    "equal to itself": (
        select(sessions.c.title).where(sessions.c.workspace == sessions.c.workspace),
        ["sessions"],
    ),
    "a join by event alone": (carelessly_joined.where(events.c.workspace == of), ["sessions"]),
    "a join without a value": (joined, ["events", "sessions"]),
    "two tables and no join": (
        select(events.c.name, sessions.c.title).where(events.c.workspace == of),
        ["sessions"],
    ),
    "an alias": (
        select(outbox.c.number).where(
            outbox.c.workspace == of, exists().where(older.c.address == outbox.c.address)
        ),
        ["outbox"],
    ),
    "a part in a condition": (kept.where(sessions.c.event.in_(select(assignments.c.event))), ["assignments"]),
    "one of a union": (union_all(kept, select(events.c.name)), ["events"]),
    "a part in FROM": (select(func.count()).select_from(select(events.c.name).subquery()), ["events"]),
    "a cte": (select(select(sessions.c.title).cte("titles").c.title), ["sessions"]),
    "update": (update(outbox).where(waiting).values(workspace=of), ["outbox"]),
    "update by a part": (
        update(outbox)
        .where(outbox.c.number.in_(select(older.c.number).where(older.c.workspace == of)))
        .values(lane=1),
        ["outbox"],
    ),
    "delete": (delete(receipts).where(receipts.c.key == "k"), ["receipts"]),
    "insert": (insert(outbox).values(key="k"), ["outbox"]),
    "insert of what was selected": (
        insert(receipts).from_select(["workspace", "key"], select(events.c.workspace, events.c.event)),
        ["events"],
    ),
    "text": (text("select title from sessions where event = :of"), ["sessions"]),
    "quoted text": (text('SELECT title FROM "sessions", events AS e WHERE e.workspace = 1'), ["sessions"]),
    "a value in words": (
        text("SELECT title FROM sessions WHERE event = 'sessions.workspace = 1'"),
        ["sessions"],
    ),
}


def written(statement: ClauseElement) -> list[Statement]:
    """As both databases get it."""
    dialects = (sqlite.dialect(), postgresql.psycopg.dialect())  # type: ignore[no-untyped-call] # untyped there
    return [
        Statement(str(statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})), None)
        for dialect in dialects
    ]


@pytest.mark.parametrize("name", KEEPS)
def test_what_keeps_to_one_workspace_is_not_at_fault(name: str) -> None:
    assert faults(written(KEEPS[name])) == []


@pytest.mark.parametrize("name", CROSSES)
def test_what_crosses_workspaces_is_at_fault(name: str) -> None:
    statement, tables = CROSSES[name]
    for one in written(statement):
        assert sorted(fault.split()[0] for fault in faults([one])) == sorted(tables)


def test_a_listed_name_allows_it_and_another_does_not() -> None:
    listed = next(iter(CROSSES_WORKSPACES))
    assert faults([Statement("SELECT * FROM outbox", listed)]) == []
    (fault,) = faults([Statement("SELECT * FROM outbox", "because")])
    assert "'because'" in fault


def test_tables_being_made_are_nobodys_fault() -> None:
    assert faults([Statement("CREATE TABLE outbox (number INTEGER)", None)]) == []


def test_the_watch_hears_each_statement_once_with_its_name() -> None:
    heard: list[Statement] = []
    end = watch(heard.append)
    with create_engine("sqlite://").connect() as connection:
        for _ in range(2):
            connection.execute(text("SELECT 1"))
        connection.execute(text("SELECT 1").execution_options(crosses_workspaces="outbox for operators"))
        end()
        connection.execute(text("SELECT 2"))
    assert [one for one in heard if one.text.startswith("SELECT")] == [
        Statement("SELECT 1", None),
        Statement("SELECT 1", "outbox for operators"),
    ]


def test_a_process_that_a_test_starts_is_heard_too(tmp_path: Path) -> None:
    (tmp_path / "selects.py").write_text(
        "import sys; from sqlalchemy import create_engine, text\n"
        "create_engine('sqlite://').connect().execute(text(sys.argv[1]))\n"
    )
    file = tmp_path / "heard"
    subprocess.run(
        [sys.executable, "-m", "tests.support.watched", "-m", "selects", "SELECT 7"],
        env={**os.environ, FILE: str(file), "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        check=True,
    )
    assert Statement("SELECT 7", None) in heard_in(file)


@pytest.mark.parametrize(("query", "status"), [("SELECT key FROM receipts", 1), ("SELECT 1 AS receipts", 0)])
def test_a_session_with_a_fault_in_any_process_fails(tmp_path: Path, query: str, status: int) -> None:
    (tmp_path / "conftest.py").write_text(
        "from tests.support.statements import begin_session, end_session\n"
        "def pytest_configure(config): begin_session(config)\n"
        "def pytest_sessionfinish(session): print(*end_session(session))\n"
    )
    (tmp_path / "test_one.py").write_text(
        "from sqlalchemy import create_engine, text\n"
        "def test_one():\n"
        "    connection = create_engine('sqlite://').connect()\n"
        "    connection.execute(text('CREATE TABLE receipts (key TEXT)'))\n"
        f"    connection.execute(text('{query}'))\n"
        "    connection.close()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "1", "--rootdir", tmp_path, tmp_path],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert ("receipts without workspace" in ended.stdout, ended.returncode) == (bool(status), status), (
        ended.stdout
    )


def test_a_line_cut_off_by_a_kill_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "heard"
    file.write_text(json.dumps(["SELECT 1", None]) + '\n["SELECT 2 FROM')
    assert heard_in(file) == [Statement("SELECT 1", None)]
