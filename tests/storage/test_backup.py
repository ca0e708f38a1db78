"""A backup holds everything, is its owner's alone, and comes back into either kind of database."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, NullPool, create_engine

from bot.domain.event import ChannelId, EventKey, PersonId
from bot.domain.replies import Lane, Manner, Say, Saying
from bot.errors import BackupRefused, DatabaseRefused
from bot.services import organising, reminding
from storage import PARENT, Row, State, Storage, Transaction, back_up, open_storage, restore, upgrade
from storage.engine import address_of
from storage.tables import metadata
from tests.builders import THURSDAY, WORKSPACE, a_programme, ts
from tests.support.filling import ROWS, Known, columns, everything, fill

Urls = Callable[[str], str]


@pytest.fixture
def url_of(sqlite_url: str, request: pytest.FixtureRequest) -> Urls:
    """The URL of an empty database of a kind."""
    return lambda kind: sqlite_url if kind == "sqlite" else str(request.getfixturevalue("postgres_url"))


def in_database(url: str, work: Callable[[Connection], Known]) -> Known:
    engine = create_engine(address_of(url), poolclass=NullPool)
    with engine.begin() as connection:
        return work(connection)


def filled(url: str) -> Known:
    """Bring a database up, fill it, and give what is in it."""

    def work(connection: Connection) -> Known:
        fill(connection)
        return everything(connection)

    upgrade(url)
    return in_database(url, work)


@pytest.mark.parametrize("source", ["sqlite", "postgres"])
@pytest.mark.parametrize("target", ["sqlite", "postgres"])
def test_everything_comes_back_into_either_kind_of_database(
    url_of: Urls, tmp_path: Path, source: str, target: str
) -> None:
    before = filled(url_of(source))
    assert back_up(url_of(source), tmp_path / "backup") == ROWS * len(metadata.tables)
    other = f"sqlite:///{tmp_path}/other.db" if target == "sqlite" else url_of("postgres")
    restore(other, tmp_path / "backup", confirmed=True)
    after = in_database(other, everything)
    assert set(after) == set(metadata.tables)
    assert {name: rows for name, rows in after.items() if name not in ("digests", "outbox")} == {
        name: rows for name, rows in before.items() if name not in ("digests", "outbox")
    }
    drawn = [each.name for each in metadata.tables["digests"].columns].index("drawn")
    assert after["digests"] == sorted(
        ((*row[:drawn], "", *row[drawn + 1 :]) for row in before["digests"]), key=repr
    )
    assert after["outbox"] == before["outbox"]


def test_no_table_and_no_column_is_left_out(database_url: str, tmp_path: Path) -> None:
    filled(database_url)
    back_up(database_url, tmp_path / "backup")
    found = in_database(f"sqlite:///{tmp_path}/backup", columns)
    del found["backup_seals"]
    assert found == {name: [each.name for each in table.columns] for name, table in metadata.tables.items()}


def test_a_backup_is_its_owners_alone_whatever_the_umask_and_leaves_nothing_beside(
    database_url: str, tmp_path: Path
) -> None:
    filled(database_url)
    folder = tmp_path / "backups"
    folder.mkdir()
    before = os.umask(0)
    try:
        back_up(database_url, folder / "backup")
    finally:
        os.umask(before)
    assert [(each.name, each.stat().st_mode & 0o777) for each in folder.iterdir()] == [("backup", 0o600)]


def test_a_backup_overwrites_nothing(database_url: str, tmp_path: Path) -> None:
    filled(database_url)
    (tmp_path / "mine").write_text("kept")
    with pytest.raises(BackupRefused, match="is there already"):
        back_up(database_url, tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "kept"


@pytest.mark.parametrize("where", ["nowhere/backup", "plenary.txt/backup"])
def test_a_place_that_takes_no_file_is_said(database_url: str, tmp_path: Path, where: str) -> None:
    upgrade(database_url)
    (tmp_path / "plenary.txt").write_text("a file")
    with pytest.raises(BackupRefused, match="cannot be written"):
        back_up(database_url, tmp_path / where)


def test_nothing_to_back_up_is_said_and_makes_no_file(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseRefused, match=r"There is no database|holds nothing yet"):
        back_up(database_url, tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []


async def test_a_backup_is_of_one_moment_while_others_write(
    storage: Storage, database_url: str, tmp_path: Path
) -> None:
    """Each work puts a row into two tables; a backup has as many in the one as in the other."""
    over = asyncio.Event()

    async def write(writer: int) -> None:
        for number in count():
            person = PersonId(f"U{writer}N{number}")

            def work(tx: Transaction, person: PersonId = person) -> None:
                tx.receipts.first_time(WORKSPACE, (person,), THURSDAY)
                tx.people.keep_dm(WORKSPACE, person, ChannelId("D1"))

            await storage.write(work)
            if over.is_set():
                return

    writers = [asyncio.create_task(write(writer)) for writer in range(8)]
    rows = []
    for number in range(10):
        await asyncio.to_thread(back_up, database_url, tmp_path / f"backup {number}")
        copied = in_database(f"sqlite:///{tmp_path}/backup {number}", everything)
        assert len(copied["receipts"]) == len(copied["direct_messages"])
        rows.append(len(copied["receipts"]))
    over.set()
    await asyncio.gather(*writers)
    assert rows[-1] > rows[0]


def damaged(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda file: file.write_bytes(change(file.read_bytes())) and None


def in_file(statement: str) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        with sqlite3.connect(file) as connection:
            connection.execute(statement)
        connection.close()

    return change


SPOILT = {
    "half of it": (damaged(lambda data: data[: len(data) // 2]), "damaged"),
    "another letter": (damaged(lambda data: data.replace(b"Quoted", b"Quotes", 1)), "damaged"),
    "empty": (damaged(lambda _: b""), "not a backup"),
    "text": (damaged(lambda _: b"These are words of somebody, and no backup."), "not a backup"),
    "the head alone": (damaged(lambda data: data[:100]), "damaged"),
    "another database": (in_file("DROP TABLE backup_seals"), "not a backup"),
    "a row less": (in_file("DELETE FROM versions WHERE ts = '1544100000.000100'"), "damaged"),
    "newer": (in_file("UPDATE alembic_version SET version_num = '9999'"), "damaged"),
    "newer, and whole": (
        in_file("UPDATE alembic_version SET version_num = '9999'"),
        "newer version",
    ),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_a_file_that_is_no_whole_backup_of_ours_is_refused_untouched(
    database_url: str, tmp_path: Path, kind: str
) -> None:
    before = filled(database_url)
    file = tmp_path / "backup"
    back_up(database_url, file)
    spoil, sentence = SPOILT[kind]
    spoil(file)
    if kind == "newer, and whole":
        in_file("UPDATE backup_seals SET digest = '9999' WHERE \"table\" = 'alembic_version'")(file)
    with pytest.raises(BackupRefused, match=sentence) as refused:
        restore(database_url, file, confirmed=True)
    assert "Quot" not in str(refused.value)
    assert in_database(database_url, everything) == before


def test_a_backup_that_is_not_there_is_said(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="cannot be read"):
        restore(database_url, tmp_path / "nowhere", confirmed=True)
    with pytest.raises(BackupRefused, match="cannot be read"):
        restore(database_url, tmp_path, confirmed=True)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_not_opened_as_a_database(database_url: str, tmp_path: Path) -> None:
    filled(database_url)
    back_up(database_url, tmp_path / "backup")
    with pytest.raises(DatabaseRefused, match="is a backup"):
        upgrade(f"sqlite:///{tmp_path}/backup")


def test_what_would_be_lost_is_shown_by_event_and_nothing_is_touched(
    database_url: str, tmp_path: Path
) -> None:
    upgrade(database_url)
    back_up(database_url, tmp_path / "backup")
    before = filled(database_url)
    told = restore(database_url, tmp_path / "backup", confirmed=False)
    counts = {(loss.workspace, loss.event, loss.what): loss.count for loss in told.lost}
    assert told.rows is None
    assert counts[("workspace-0", "event-0", "messages")] == 1
    assert counts[("workspace-0", "event-0", "reports")] == 1
    assert in_database(database_url, everything) == before
    done = restore(database_url, tmp_path / "backup", confirmed=True)
    assert (done.rows, done.lost) == (0, told.lost)


def test_a_restore_that_loses_nothing_needs_no_yes(database_url: str, tmp_path: Path) -> None:
    filled(database_url)
    back_up(database_url, tmp_path / "backup")
    done = restore(database_url, tmp_path / "backup", confirmed=False)
    assert (done.rows, done.lost) == (ROWS * len(metadata.tables), ())


CARD = Manner(lane=Lane.CARD)


async def put(storage: Storage) -> None:
    reply = Say(Saying.HELP)
    await storage.write(lambda tx: tx.outbox.put(WORKSPACE, "U1", reply, CARD, THURSDAY, event=EventKey("e")))


async def claim(storage: Storage) -> list[Row]:
    lease = timedelta(seconds=30)
    real = datetime.now(UTC)
    rows = await storage.write(
        lambda tx: tx.outbox.claim(WORKSPACE, now=THURSDAY, real_now=real, lease=lease, at_most=1)
    )
    return list(rows)


async def test_a_row_that_waited_is_looked_for_before_it_is_posted_after_a_restore(
    storage: Storage, database_url: str, tmp_path: Path
) -> None:
    await put(storage)
    back_up(database_url, tmp_path / "backup")
    (row,) = await claim(storage)
    await storage.write(lambda tx: tx.outbox.settle(row, State.SETTLED, THURSDAY))
    restore(database_url, tmp_path / "backup", confirmed=True)
    (again,) = await claim(storage)
    assert (again.key, again.attempts) == (row.key, 2)
    assert datetime.now(UTC) - again.first_tried_at < timedelta(minutes=1)  # a fresh minute for its errors


async def test_row_numbers_go_on_after_a_restore_into_a_fresh_database(
    storage: Storage, database_url: str, tmp_path: Path
) -> None:
    source = f"sqlite:///{tmp_path}/source.db"
    other = open_storage(source, lambda: None)
    for _ in range(3):
        await put(other)
    await other.close()
    back_up(source, tmp_path / "backup")
    restore(database_url, tmp_path / "backup", confirmed=False)
    await put(storage)
    assert [row.number for row in await storage.read(lambda tx: tx.operators.listing())] == [1, 2, 3, 4]


async def test_what_stands_in_the_channel_is_known_after_a_restore_and_drawn_anew(
    storage: Storage, database_url: str, tmp_path: Path
) -> None:
    programme = a_programme()
    event, later = programme.event.key, THURSDAY + timedelta(hours=1)
    await storage.write(lambda tx: tx.programmes.save(programme, ts()))
    await storage.write(lambda tx: tx.digests.stand(WORKSPACE, event, PARENT, ts(1), "as it was", THURSDAY))
    back_up(database_url, tmp_path / "backup")
    await storage.write(lambda tx: tx.digests.stand(WORKSPACE, event, PARENT, ts(1), "as it is", later))
    await storage.write(lambda tx: tx.digests.stand(WORKSPACE, event, "2.2/0", ts(2), "new", later))
    await storage.write(lambda tx: tx.digests.stand(WORKSPACE, EventKey("other"), PARENT, ts(3), "x", later))
    assert restore(database_url, tmp_path / "backup", confirmed=False).lost == ()
    slots = await storage.read(lambda tx: tx.digests.slots(WORKSPACE, event))
    assert {name: (slot.ts, slot.drawn, slot.drawn_at) for name, slot in slots.items()} == {
        PARENT: (ts(1), "", later),
        "2.2/0": (ts(2), "", later),
    }
    assert await storage.read(lambda tx: tx.digests.slots(WORKSPACE, EventKey("other"))) == {}


async def test_nobody_is_reminded_twice_after_a_restore(
    storage: Storage, database_url: str, tmp_path: Path
) -> None:
    programme = a_programme()
    await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
    back_up(database_url, tmp_path / "backup")
    due = programme.event.due_at
    await storage.write(lambda tx: reminding.remind(tx, WORKSPACE, due))
    restore(database_url, tmp_path / "backup", confirmed=True)
    await storage.write(lambda tx: reminding.remind(tx, WORKSPACE, due))
    assert await storage.read(lambda tx: tx.operators.listing()) == ()
