"""The database in trouble while people type: nothing is acknowledged that is not kept, `/readyz` says why,
nothing is half done, and all goes through afterwards by Slack's retries, once and in order."""

import asyncio
import json
import random
import re
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import pytest

from bot.demo import players
from bot.demo.play import Play
from bot.demo.record import Kept
from bot.demo.stage import Stage
from tests.flows.conftest import Staged
from tests.flows.test_bad_days import playing
from tests.flows.test_day import answer, answers
from tests.support.own_postgres import OwnPostgres, own_postgres
from tests.support.small_disk import SmallDisk, only_root, small_disk

SCALE = 0.05  # Slack's retries come at once, after 3 s and after another 15 s
HELP = "Write; I keep it"  # how the answer to `help` begins; each stands in a row of its own
STRUCK, SPARED = "2.2", "1.2"  # sessions: whose rows a lock may hold, and whose it does not
RETRY = 2  # an event was refused, and its first retry was


@dataclass
class Trouble:
    """A database, what is done to it, and what `/readyz` must say meanwhile."""

    url: str
    begin: Callable[[], None]
    end: Callable[[], None]
    says: str
    spares_others: bool = False
    lets_settle: bool = False  # what was just being posted is settled, meanwhile or afterwards
    can_be_looked_at: bool = True


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "small") as disk:
        yield disk


@pytest.fixture
def server() -> Iterator[OwnPostgres]:
    with own_postgres() as server:
        yield server


def sqlite_on(disk: SmallDisk) -> str:
    return f"sqlite:///{disk.folder / 'plenary.db'}"


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_a_full_disk(staged: Staged, disk: SmallDisk, transport: str) -> None:
    await suffer(staged, Trouble(sqlite_on(disk), disk.fill, disk.free, "its disk is full"), transport)


async def test_a_file_that_becomes_read_only(staged: Staged, sqlite_url: str) -> None:
    """Marked as immutable, also for root and under open files (ext4 minds it, a tmpfs does not)."""
    only_root("mark a file")

    def mark(sign: str) -> None:
        files = [sqlite_url.removeprefix("sqlite:///") + end for end in ("", "-wal")]
        subprocess.run(["/usr/bin/chattr", f"{sign}i", *files], check=True)

    says = "it is read-only|its disk cannot be read or written"
    await suffer(staged, Trouble(sqlite_url, lambda: mark("+"), lambda: mark("-"), says))


async def test_a_file_that_another_program_locks(staged: Staged, sqlite_url: str) -> None:
    rival: list[sqlite3.Connection] = []

    def lock() -> None:
        rival.append(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None))
        rival[0].execute("BEGIN IMMEDIATE")

    says = "it waits for a lock|it did not answer within"  # the probe may wait behind others that wait
    await suffer(staged, Trouble(sqlite_url, lock, lambda: rival[0].close(), says))


async def test_postgres_restarted(staged: Staged, server: OwnPostgres) -> None:
    says = "its socket is not there"
    await suffer(staged, Trouble(server.url, server.stop, server.start, says, can_be_looked_at=False))


async def test_postgres_failing_over(staged: Staged, server: OwnPostgres) -> None:
    """Everybody is thrown out, and what answers takes no writes until it is the primary."""

    def begin() -> None:
        server.do("ALTER DATABASE plenary SET default_transaction_read_only = on")
        server.throw_everybody_out()
        time.sleep(0.5)  # who was at the door already came in as before
        server.throw_everybody_out()

    def end() -> None:
        server.do(
            "SET default_transaction_read_only = off",
            "ALTER DATABASE plenary RESET default_transaction_read_only",
        )

    await suffer(staged, Trouble(server.url, begin, end, "it is read-only"), "socket")


async def test_postgres_out_of_connections(staged: Staged, server: OwnPostgres) -> None:
    def begin() -> None:
        server.do("ALTER ROLE plenary CONNECTION LIMIT 0")
        server.throw_everybody_out()

    def end() -> None:
        server.do("ALTER ROLE plenary CONNECTION LIMIT -1")

    await suffer(staged, Trouble(server.url, begin, end, "it has no connection free"))


async def test_postgres_that_answers_nobody(staged: Staged, server: OwnPostgres) -> None:
    says = "did not answer within"
    await suffer(
        staged,
        Trouble(server.url, server.pause, server.resume, says, can_be_looked_at=False, lets_settle=True),
    )


async def test_a_row_that_somebody_locks_holds_up_nobody_else(staged: Staged, server: OwnPostgres) -> None:
    with ExitStack() as held:

        def begin() -> None:
            rival = held.enter_context(server.superuser())
            rival.execute("BEGIN")
            whose = players.rapporteur(STRUCK)
            rival.execute("SELECT 1 FROM dialogues WHERE person = %s FOR UPDATE", (whose,))

        trouble = Trouble(
            server.url, begin, held.close, "it waits for a lock", spares_others=True, lets_settle=True
        )
        await suffer(staged, trouble)


@pytest.fixture
def disk_of_server(server: OwnPostgres) -> Iterator[SmallDisk]:
    """Holds the tables; the server must have been started after the mount to see it."""
    server.stop()
    with small_disk(server.folder / "small", megabytes=24) as disk:
        server.start()
        server.move_to(disk.folder)
        yield disk
        server.stop()


async def test_a_full_disk_of_postgres(
    staged: Staged, server: OwnPostgres, disk_of_server: SmallDisk
) -> None:
    """Only what needs another page no longer fits; `/readyz` tells of it though its own row does."""
    disk = disk_of_server
    async with staged(transport="http", database_url=server.url, retry_scale=SCALE) as set_up:
        play = playing(set_up)
        await play.say(STRUCK, "next")
        await play.note(STRUCK, 0, "short as long as there is room")
        await play.calm()
        disk.fill()
        long = " ".join(f"{number:x}" for number in random.Random(4).sample(range(2**32), 1500))  # noqa: S311 - a text
        ts, _ = await play.note(STRUCK, 0, long)

        async def refused() -> bool:
            (sent,) = [each for each in await set_up.driver.deliveries() if each["ts"] == ts]
            assert not sent["acknowledged"]
            return bool(sent["attempts"] >= RETRY)

        await set_up.driver.until(refused)
        assert "its disk is full" in await unready(set_up)
        nothing_is_half_done(server.url)
        assert ts not in kept(server.url)
        disk.free()
        await set_up.driver.settled()
        await play.submit(STRUCK, typed=True)
        await play.stands(STRUCK, f"{STRUCK} is submitted")
        await play.calm()
        code, told = await play.check()
        assert code == 0, told
        await set_up.driver.until(lambda: is_ready(set_up), 30)


async def test_a_start_on_a_full_disk(staged: Staged, disk: SmallDisk) -> None:
    async with staged(database_url=sqlite_on(disk)) as set_up:
        await set_up.bot.stop()
        disk.fill()
        starting = asyncio.create_task(set_up.bot.start())

        async def says_why() -> bool:
            with suppress(aiohttp.ClientConnectionError):
                status, problems = await readiness(set_up)
                return (status, problems) == (503, {"stage": "waiting for the database: its disk is full"})
            return False

        try:
            await set_up.driver.until(says_why)
        finally:
            disk.free()
            await starting
        await set_up.driver.say(players.rapporteur(STRUCK), "help")
        await answer(set_up, players.rapporteur(STRUCK), HELP)


async def suffer(staged: Staged, trouble: Trouble, transport: str = "http") -> None:
    """A morning of two rapporteurs, with the trouble in the middle of it."""
    async with staged(transport=transport, database_url=trouble.url, retry_scale=SCALE) as set_up:
        day = _Day(playing(set_up), trouble)
        await day.begin()
        trouble.begin()
        try:
            await day.go_on_typing()
            await day.is_refused()
            if not trouble.lets_settle:
                await set_up.driver.until(lambda: says(set_up, "again: StorageUnavailable"))
            assert re.search(trouble.says, await unready(set_up)), trouble.says
            if trouble.can_be_looked_at:
                nothing_is_half_done(trouble.url)
                assert kept(trouble.url) & day.not_to_be_kept == set()
        finally:
            trouble.end()
        await day.ends_well()
        nothing_is_half_done(trouble.url)
        await set_up.driver.until(lambda: is_ready(set_up), 30)


@dataclass
class _Day:
    """What the two of them do, and what they must see."""

    play: Play
    trouble: Trouble
    before: set[str] = field(default_factory=set)
    said: dict[str, str] = field(default_factory=dict)  # ts -> session
    notes: dict[str, tuple[str, Kept]] = field(default_factory=dict)

    async def begin(self) -> None:
        """A few notes, all answered but one `help`, whose answer Slack is just posting."""
        driver = self.play.stage.driver
        for session in (STRUCK, SPARED):
            await self.play.say(session, "next")
            for name in ("stays", "edited", "deleted"):
                self.notes[session + name] = await self.play.note(session, 0, f"{name} of {session[0]}")
        await self.play.calm()
        held = await driver.plant("hold", method="chat.postMessage", seconds=1)
        await self.play.say(STRUCK, "help")
        await driver.settled()
        await driver.until(lambda: driver.struck(held))
        self.before = {each["id"] for each in await driver.deliveries()}

    async def go_on_typing(self) -> None:
        """New notes, an edit, a deletion and another `help` of each."""
        for session in (STRUCK, SPARED):
            for number in range(2):
                ts, _ = await self.play.note(session, 0, f"trouble{number} of {session[0]}")
                self.said[ts] = session
            self.said[await self.play.say(session, "help")] = session
            ts, note = self.notes[session + "edited"]
            await self.play.edit(session, ts, note, f"corrected of {session[0]}")
            ts, note = self.notes[session + "deleted"]
            await self.play.stage.driver.delete(players.rapporteur(session), ts)
            self.play.told(session).notes[0].remove(note)
            self.play.record.gone.append(note.reads)

    @property
    def not_to_be_kept(self) -> set[str]:
        """The ts of new messages that the database cannot hold during the trouble."""
        return {ts for ts, session in self.said.items() if self._strikes(session)}

    async def is_refused(self) -> None:
        """Every event was sent, and sent again, and none was acknowledged; those that are spared were."""
        driver, sessions = self.play.stage.driver, (STRUCK, SPARED)
        channels = {await driver.channel(players.rapporteur(each)): each for each in sessions}

        async def refused() -> bool:
            sent = [each for each in await self._sent() if each["channel"] in channels]
            struck = [each for each in sent if self._strikes(channels[each["channel"]])]
            spared = [each for each in sent if each not in struck]
            assert [each for each in struck if each["acknowledged"]] == []
            expected = 10 if not self.trouble.spares_others else 5
            tried = len(struck) == expected and all(each["attempts"] >= RETRY for each in struck)
            return tried and all(each["acknowledged"] for each in spared)

        await driver.until(refused, 30)

    async def ends_well(self) -> None:
        """All is acknowledged, and what stands in Slack is what was typed, once and in order."""
        driver = self.play.stage.driver
        await driver.settled(within=90)
        assert [each for each in await self._sent() if not each["acknowledged"]] == []
        for session in (STRUCK, SPARED):
            await self.play.submit(session, typed=True)
        for session in (STRUCK, SPARED):
            await self.play.stands(session, f"{session} is submitted")
        await self.play.calm()
        code, told = await self.play.check()
        assert code == 0, told
        for session, helps in ((STRUCK, 2), (SPARED, 1)):
            posted = await answers(self.play.stage, players.rapporteur(session))
            assert sum(HELP in json.dumps(each) for each in posted) == helps
            keys = [each["metadata"]["event_payload"]["key"] for each in posted]
            assert len(keys) == len(set(keys))

    async def _sent(self) -> list[dict[str, Any]]:
        """What people said since the trouble began; what the bot posted comes back to it too."""
        return [
            each
            for each in await self.play.stage.driver.deliveries()
            if each["id"] not in self.before and (each["subtype"] or each["ts"] in self.said)
        ]

    def _strikes(self, session: str) -> bool:
        return session == STRUCK or not self.trouble.spares_others


async def says(set_up: Stage, words: str) -> bool:
    """Whether the bot's log does."""
    return words in (set_up.folder / "bot.log").read_text()


async def readiness(set_up: Stage) -> tuple[int, dict[str, str]]:
    url = f"http://127.0.0.1:{set_up.bot.environ['PORT']}/readyz"
    async with aiohttp.ClientSession() as http, http.get(url) as answered:
        return answered.status, (await answered.json())["problems"]


async def is_ready(set_up: Stage) -> bool:
    return await readiness(set_up) == (200, {})


async def unready(set_up: Stage) -> str:
    """What is said of the database, which must be the only problem."""
    status, problems = await readiness(set_up)
    assert (status, set(problems)) == (503, {"database"})
    return problems["database"]


def nothing_is_half_done(url: str) -> None:
    """A message's receipt, its version and its answer are there together, or none of them is."""
    receipts = rows(url, "SELECT key FROM receipts WHERE key LIKE 'message/%'")
    versions = rows(url, "SELECT ts, as_of FROM versions")
    assert sorted(tuple(key.split("/")[2:]) for (key,) in receipts) == sorted(versions)
    assert versions
    asked = rows(url, "SELECT ts FROM versions WHERE text = 'help'")
    answered = rows(url, "SELECT number FROM outbox WHERE reply LIKE '%\"help\"%'")
    assert len(asked) == len(answered)


def kept(url: str) -> set[str]:
    return {ts for (ts,) in rows(url, "SELECT ts FROM versions")}


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """Past the bot and its storage."""
    if url.startswith("sqlite"):
        with sqlite3.connect(f"file:{url.removeprefix('sqlite:///')}?mode=ro", uri=True) as reader:
            return reader.execute(query).fetchall()
    with psycopg.connect(url.replace("plenary@", "postgres@")) as reader_:
        return reader_.execute(query.encode()).fetchall()
