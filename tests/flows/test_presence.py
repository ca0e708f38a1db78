"""Two bots by mistake: on one SQLite file the second says so and ends; on PostgreSQL both are at work."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.demo.stage import BotProcess
from bot.errors import DatabaseRefused
from storage.engine import address_of
from storage.presence import must_be_alone
from tests.flows.conftest import MORTAL, Staged

NOWHERE = {
    "SLACK_BOT_TOKEN": "xoxb-a",
    "SLACK_SIGNING_SECRET": "b",
    "SLACK_API_URL": "http://127.0.0.1:9/",
    "PORT": "0",
}  # a Slack that is away: the bot waits for it, at work on its database


def environ(url: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(sys.path), **NOWHERE, "DATABASE_URL": url}


@contextmanager
def a_bot(url: str, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("wb") as file:
        process = subprocess.Popen([sys.executable, "-m", "bot", "run"], env=environ(url), stderr=file)
    try:
        end = time.monotonic() + 30
        while "waiting for Slack" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


def plenary(url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, env=environ(url), capture_output=True, text=True, timeout=60, check=False)


def test_a_second_bot_on_one_file_says_so_and_ends(sqlite_url: str, tmp_path: Path) -> None:
    with a_bot(sqlite_url, tmp_path / "log") as first:
        second = plenary(sqlite_url, "run")
    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr.startswith(f"Another bot (process {first.pid}) runs on the database {tmp_path}")
    assert second.stderr.count("\n") == 1


def test_a_file_has_one_bot_by_whatever_name_it_is_called(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "plenary.db")
    with a_bot(sqlite_url, tmp_path / "log"):
        assert plenary(f"sqlite:///{tmp_path}/link.db", "run").returncode == 2


def test_a_bot_that_is_paused_still_holds_its_file(sqlite_url: str, tmp_path: Path) -> None:
    with a_bot(sqlite_url, tmp_path / "log") as first:
        first.send_signal(signal.SIGSTOP)
        assert plenary(sqlite_url, "run").returncode == 2


def test_a_bot_that_was_killed_holds_nothing(sqlite_url: str, tmp_path: Path) -> None:
    with a_bot(sqlite_url, tmp_path / "log") as first:
        first.kill()
        first.wait()
        with a_bot(sqlite_url, tmp_path / "other log"):
            pass


@pytest.mark.parametrize("command", [("outbox",), ("db", "current"), ("db", "upgrade")])
def test_other_commands_work_beside_a_bot(sqlite_url: str, tmp_path: Path, command: tuple[str, ...]) -> None:
    with a_bot(sqlite_url, tmp_path / "log"):
        ended = plenary(sqlite_url, *command)
        assert (ended.returncode, ended.stderr) == (0, "")


async def test_bots_share_a_postgres_and_are_seen_until_they_are_gone(
    staged: Staged, postgres_url: str, tmp_path: Path
) -> None:
    async with staged(database_url=postgres_url) as set_up:
        assert not is_alone(postgres_url)
        second = BotProcess(
            {**set_up.bot.environ, "PORT": "0"}, set_up.bot.clock_file, tmp_path / "second.log", MORTAL
        )
        await second.start()
        await set_up.bot.kill()
        assert not is_alone(postgres_url)
        assert second.process is not None
        second.process.send_signal(signal.SIGSTOP)
        assert not is_alone(postgres_url)
        await second.kill()
        assert await soon(lambda: is_alone(postgres_url))


async def test_a_bot_is_seen_again_when_its_connections_were_lost(staged: Staged, postgres_url: str) -> None:
    async with staged(database_url=postgres_url):
        end_all_connections(postgres_url)
        assert await soon(lambda: not is_alone(postgres_url))


async def soon(condition: Callable[[], bool]) -> bool:
    for _ in range(200):
        if condition():
            return True
        await asyncio.sleep(0.05)
    return False


def end_all_connections(url: str) -> None:
    engine = create_engine(address_of(url))
    with engine.begin() as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        ended = text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")  # noqa: S608 # a constant
        assert connection.execute(ended).all()
    engine.dispose()


def is_alone(url: str) -> bool:
    engine = create_engine(address_of(url))
    try:
        with engine.begin() as connection:
            must_be_alone(connection, "x")
    except DatabaseRefused:
        return False
    finally:
        engine.dispose()
    return True
