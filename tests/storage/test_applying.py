"""Applying under attack: two at once, notes meanwhile, killed in the middle, an earlier schema."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from bot.domain.event import PersonId, SessionCode
from bot.domain.programme import Programme
from bot.errors import EventRefused
from bot.services import intake, organising
from bot.services.intake import Taken
from storage import Storage, Transaction, open_storage, upgrade
from storage.codec import template_to_json
from storage.copying import tables_of
from storage.upgrade import migrate
from tests.builders import (
    RAPPORTEUR,
    THURSDAY,
    WORKSPACE,
    a_programme,
    a_template,
    an_event,
    sought_rapporteur,
    ts,
)
from tests.services.test_intake import said
from tests.services.test_organising import PROGRAMME, apply, named, put, spans, with_session, without
from tests.storage.test_earlier_schemas import engine_of

EVENT = an_event().key
BODY = template_to_json(a_template())
SECOND = PersonId("USECOND")


@pytest.fixture
async def other(database_url: str, storage: Storage) -> AsyncIterator[Storage]:
    """Another process's way into the same database."""
    assert storage
    opened = open_storage(database_url, lambda: None)
    yield opened
    await opened.close()


async def agreed(storage: Storage, programme: Programme, shown: tuple[object, ...]) -> str:
    try:
        await storage.write(
            lambda tx: organising.apply_event(tx, programme, THURSDAY, shown=shown)  # type: ignore[arg-type]
        )
    except EventRefused as refused:
        return "refused" if "changed while you looked" in str(refused) else str(refused)
    return "applied"


async def shown_to(storage: Storage, programme: Programme) -> tuple[object, ...]:
    return (await storage.read(lambda tx: organising.propose(tx, programme, THURSDAY))).changes


@pytest.mark.parametrize("is_new", [True, False], ids=["a new event", "a stored one"])
async def test_of_two_who_agreed_at_once_one_is_applied_and_the_other_is_told(
    storage: Storage, other: Storage, is_new: bool
) -> None:
    if not is_new:
        await apply(storage, PROGRAMME)
    mine, theirs = (with_session(PROGRAMME, "2.2", title=title) for title in ("Mine", "Theirs"))
    shown = [await shown_to(storage, each) for each in (mine, theirs)]
    became = await asyncio.gather(agreed(storage, mine, shown[0]), agreed(other, theirs, shown[1]))
    assert sorted(became) == ["applied", "refused"]
    sessions = await storage.read(lambda tx: tx.events.sessions(WORKSPACE, EVENT))
    assert sessions[0].title == ("Mine" if became[0] == "applied" else "Theirs")


async def test_notes_that_come_in_meanwhile_are_kept_and_counted(storage: Storage, other: Storage) -> None:
    await apply(storage, PROGRAMME)
    first, *others = PROGRAMME.sought
    taken_over = named(PROGRAMME, replace(first, whom="UTHIRD", person=PersonId("UTHIRD")), *others)

    async def type_notes() -> int:
        """How many were kept: what is typed while it is somebody else's is answered as a stranger's."""
        takens = [
            await storage.write(lambda tx, at=at: intake.take_said(tx, said(at, f"note {at}"), THURSDAY))
            for at in range(1, 30)
        ]
        return takens.count(Taken.KEPT)

    async def change_hands() -> None:
        for programme in (taken_over, PROGRAMME) * 4:
            await apply(other, programme)

    kept_count, _ = await asyncio.gather(type_notes(), change_hands())
    kept = await storage.read(lambda tx: tx.dialogues.of(WORKSPACE, EVENT, RAPPORTEUR))
    writers = await spans(storage)
    assert writers["2.2", RAPPORTEUR][1] is None
    assert 0 < kept_count == len(kept.versions)
    assert sorted(writers) == [("1.2", SECOND), ("2.2", RAPPORTEUR)]


async def test_the_first_note_of_who_is_taken_off_at_that_moment_is_refused_and_not_left_to_nobody(
    postgres_url: str,
) -> None:
    upgrade(postgres_url)
    ours, theirs = (open_storage(postgres_url, lambda: None) for _ in range(2))
    await apply(ours, PROGRAMME)
    is_held, goes_on = threading.Event(), threading.Event()

    def take_off(tx: Transaction) -> None:
        tx.dialogues.lock(WORKSPACE, EVENT, RAPPORTEUR)
        is_held.set()
        assert goes_on.wait(30)
        organising.apply_event(tx, named(PROGRAMME, *PROGRAMME.sought[1:]), THURSDAY)

    applying = asyncio.create_task(ours.write(take_off))
    await asyncio.to_thread(is_held.wait)
    noting = asyncio.create_task(theirs.write(lambda tx: intake.take_said(tx, said(1, "a note"), THURSDAY)))
    await somebody_waits_for_a_lock(postgres_url)
    goes_on.set()
    await applying
    assert await noting is Taken.STRANGER
    assert (await ours.read(lambda tx: tx.dialogues.of(WORKSPACE, EVENT, RAPPORTEUR))).versions == ()
    for each in (ours, theirs):
        await each.close()


async def test_a_first_note_that_is_being_stored_keeps_the_session_that_a_file_removes_meanwhile(
    postgres_url: str,
) -> None:
    upgrade(postgres_url)
    ours, theirs = (open_storage(postgres_url, lambda: None) for _ in range(2))
    await apply(ours, PROGRAMME)
    is_noted, goes_on = threading.Event(), threading.Event()

    def note(tx: Transaction) -> Taken:
        taken = intake.take_said(tx, said(1, "a note"), THURSDAY)
        is_noted.set()
        assert goes_on.wait(30)
        return taken

    def remove(tx: Transaction) -> None:
        fewer = without(PROGRAMME, "2.2")
        organising.apply_event(tx, fewer, THURSDAY, removed=[SessionCode("2.2")])

    noting = asyncio.create_task(theirs.write(note))
    await asyncio.to_thread(is_noted.wait)
    removing = asyncio.create_task(ours.write(remove))
    await somebody_waits_for_a_lock(postgres_url)
    goes_on.set()
    assert await noting is Taken.KEPT
    await removing
    sessions = await ours.read(lambda tx: tx.events.sessions(WORKSPACE, EVENT))
    assert [(each.code, each.is_cancelled) for each in sessions] == [("1.2", False), ("2.2", True)]
    for each in (ours, theirs):
        await each.close()


async def somebody_waits_for_a_lock(url: str) -> None:
    engine = engine_of(url)
    with engine.connect() as connection:
        while not connection.execute(text("SELECT 1 FROM pg_locks WHERE NOT granted")).first():
            connection.rollback()
            await asyncio.sleep(0.01)
    engine.dispose()


_KILLED = """
import asyncio, os, signal, sys
from bot.services import organising
from storage import open_storage
from tests.builders import THURSDAY
from tests.services.test_organising import PROGRAMME, with_session

def work(tx):
    organising.apply_event(tx, with_session(PROGRAMME, "2.2", title="Half", room="Half"), THURSDAY)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(open_storage(sys.argv[1], lambda: None).write(work))
"""


async def test_an_apply_that_is_killed_in_the_middle_leaves_everything_as_it_was(
    database_url: str, storage: Storage
) -> None:
    await apply(storage, PROGRAMME)
    before = await storage.read(lambda tx: tx.programmes.one(WORKSPACE, EVENT))
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", _KILLED, database_url],
        env=environ,
        capture_output=True,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert await storage.read(lambda tx: tx.programmes.one(WORKSPACE, EVENT)) == before
    assert await put(storage) == []


async def test_a_database_of_schema_0003_with_reports_under_way_is_upgraded_and_applied(
    database_url: str,
) -> None:
    engine = engine_of(database_url)
    key = {"workspace": WORKSPACE, "event": EVENT}
    moment = an_event().closing_at
    hour = timedelta(hours=1)
    rows: dict[str, list[dict[str, object]]] = {
        "templates": [
            {"workspace": WORKSPACE, "key": "roundtable", "version": 1, "body": BODY}
        ],
        "events": [{
            **key, "name": "Marrakesh 2018", "place": "Marrakesh", "zone": "Africa/Casablanca",
            "closing_wall": "2018-12-07T15:30", "closing_ends_wall": "2018-12-07T17:00", "closing_at": moment,
            "closing_ends_at": moment + 1.5 * hour, "due_at": moment - hour, "channel": "CDIGEST",
            "template": "roundtable", "template_version": 1,
        }],
        "sessions": [{
            **key, "session": "2.2", "position": 0, "title": "Session 2.2", "starts_wall": "2018-12-06T14:00",
            "ends_wall": "2018-12-06T16:30", "starts_at": THURSDAY, "ends_at": THURSDAY + 2.5 * hour,
        }],
        "assignments": [
            {**key, "session": "2.2", "person": RAPPORTEUR, "position": 0, "name": "", "affiliation": ""}
        ],
        "sought": [{
            **key, "key": sought_rapporteur("2.2", RAPPORTEUR).key, "position": 0, "role": "rapporteur",
            "session": "2.2", "how": "member id", "whom": RAPPORTEUR, "name": "", "affiliation": "",
            "person": RAPPORTEUR, "problem": "reports another session",
        }],
        "dialogues": [{**key, "person": RAPPORTEUR, "submitted_ts": ts(2)}],
        "versions": [
            {**key, "person": RAPPORTEUR, "ts": ts(1), "as_of": ts(1), "kind": "note", "text": "a note"},
            {**key, "person": RAPPORTEUR, "ts": ts(2), "as_of": ts(2), "kind": "submit", "text": "submit"},
        ],
    }  # fmt: skip
    with engine.begin() as connection:
        migrate(connection, "0003")
        tables = tables_of(connection)
        for table, values in rows.items():
            connection.execute(insert(tables[table]), values)
    engine.dispose()
    upgrade(database_url)
    storage = open_storage(database_url, lambda: None)
    try:
        assert await apply(storage, a_programme()) == ()
        moved = with_session(a_programme(), "2.2", room="Roseraie")
        await apply(storage, moved)
        assert await put(storage) == [("Moved", RAPPORTEUR, "2.2")]
        assert await spans(storage) == {("2.2", RAPPORTEUR): (None, None)}
        await storage.write(lambda tx: intake.take_said(tx, said(3, "another"), THURSDAY))
        kept = await storage.read(lambda tx: tx.dialogues.of(WORKSPACE, EVENT, RAPPORTEUR))
        assert len(kept.versions) == 3
    finally:
        await storage.close()
