"""Starting: every fault at once and in words, waiting for what is away, and no secret in any of it."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.demo import players
from bot.demo.stage import Stage
from tests.flows.conftest import Staged

SECRETS = players.Secrets()


def plenary(*arguments: str, cwd: Path | None = None, **environ: str) -> "subprocess.CompletedProcess[str]":
    """The command, with nothing of this process's environment but PATH, HOME and where the code is."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env={**kept, "PYTHONPATH": os.pathsep.join(sys.path), **environ},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def settings_of(set_up: Stage, **changes: str) -> dict[str, str]:
    names = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL", "DATABASE_URL")
    return {name: set_up.bot.environ[name] for name in names if name in set_up.bot.environ} | changes


def test_all_faults_of_the_settings_are_said_at_once(tmp_path: Path) -> None:
    ended = plenary(
        "run",
        cwd=tmp_path,
        SLACK_BOT_TOKEN="xapp-1-a-secret",
        PORT="many",
        DATABASE_URL="mysql://x",
        LOG_LEVEL="loud",
        LOG_FORMAT="xml",
    )
    named = [line.split()[0] for line in ended.stderr.splitlines()]
    assert (ended.returncode, sorted(named)) == (
        2,
        ["DATABASE_URL", "LOG_FORMAT", "LOG_LEVEL", "PORT", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"],
    )
    assert "a-secret" not in ended.stderr + ended.stdout
    assert list(tmp_path.iterdir()) == []


async def test_a_wrong_bot_token_is_named_by_its_setting(staged: Staged, tmp_path: Path) -> None:
    async with staged() as set_up:
        told = settings_of(
            set_up, SLACK_BOT_TOKEN="xoxb-wrong", PORT="0", DATABASE_URL=f"sqlite:///{tmp_path}/x.db"
        )
        ended = await asyncio.to_thread(plenary, "run", **told)
    assert (ended.returncode, "SLACK_BOT_TOKEN" in ended.stderr, "xoxb-wrong" in ended.stderr) == (
        2,
        True,
        False,
    )


async def test_a_wrong_app_token_is_named_by_its_setting(staged: Staged, tmp_path: Path) -> None:
    async with staged() as set_up:
        told = settings_of(
            set_up, SLACK_APP_TOKEN="xapp-wrong", PORT="0", DATABASE_URL=f"sqlite:///{tmp_path}/x.db"
        )
        ended = await asyncio.to_thread(plenary, "run", **told)
    assert (ended.returncode, "SLACK_APP_TOKEN" in ended.stderr, "xapp-wrong" in ended.stderr) == (
        2,
        True,
        False,
    )


def start(log: Path, **environ: str) -> "subprocess.Popen[bytes]":
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with log.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            env={**kept, "PYTHONPATH": os.pathsep.join(sys.path), "PORT": "0", **environ},
            stdout=file,
            stderr=file,
        )


def says(log: Path, words: str, within: float = 20.0) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if words in log.read_text():
            return True
        time.sleep(0.05)
    return False


def test_it_waits_for_slack_and_says_so_and_can_be_stopped_meanwhile(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = start(
        log,
        SLACK_BOT_TOKEN="xoxb-a-secret",
        SLACK_SIGNING_SECRET="another-secret",
        SLACK_API_URL="http://127.0.0.1:9/api/",
        DATABASE_URL=f"sqlite:///{tmp_path}/x.db",
    )
    assert says(log, "waiting for Slack")
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
    assert "secret" not in log.read_text()


async def test_it_waits_for_slack_and_goes_on_when_slack_is_there(staged: Staged, tmp_path: Path) -> None:
    async with staged() as set_up:
        away = await set_up.driver.plant("server_error", method="auth.test", count=99)
        log = tmp_path / "log"
        process = start(log, **settings_of(set_up, DATABASE_URL=f"sqlite:///{tmp_path}/other.db"))
        assert await asyncio.to_thread(says, log, "waiting for Slack")
        await set_up.driver.clear(away)
        assert await asyncio.to_thread(says, log, "plenary is ready")
        process.terminate()
        assert await asyncio.to_thread(process.wait, 15) == 0


def test_it_waits_for_the_database_and_says_so(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = start(
        log,
        SLACK_BOT_TOKEN="xoxb-a",
        SLACK_SIGNING_SECRET="b",
        DATABASE_URL="postgresql://nobody:a-secret@127.0.0.1:9/none",
    )
    assert says(log, "waiting for the database")
    process.terminate()
    assert process.wait(15) == 0
    assert "a-secret" not in log.read_text()


@pytest.mark.parametrize("kind", ["another program's", "no database", "newer"])
def test_a_database_that_is_not_for_us_is_refused_untouched(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "x.db"
    if kind == "no database":
        file.write_text("These are words of somebody, and no database at all.")
    else:
        with sqlite3.connect(file) as other:
            other.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
            other.execute("CREATE TABLE somebodys (x)")
            if kind == "newer":
                other.execute("INSERT INTO alembic_version VALUES ('9999')")
        other.close()
    before = file.read_bytes()
    ended = plenary("db", "upgrade", DATABASE_URL=f"sqlite:///{file}")
    assert (ended.returncode, ended.stderr.count("\n"), file.read_bytes()) == (2, 1, before)
    assert "Traceback" not in ended.stderr


def test_a_database_can_be_brought_up_and_asked_for_its_version(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    assert plenary("db", "current", DATABASE_URL=url).stdout.startswith("database: empty")
    assert plenary("db", "upgrade", DATABASE_URL=url).returncode == 0
    told = plenary("db", "current", DATABASE_URL=url).stdout.split()
    assert told[1] == told[3]


async def test_a_shipped_event_is_shown_filled_in_moved_to_this_year_and_applied(
    staged: Staged, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(plenary("event", "show", "marrakesh-2018").stdout)
    async with staged() as set_up:
        told = settings_of(set_up, DATABASE_URL=f"sqlite:///{tmp_path}/mine.db")
        empty = await asyncio.to_thread(plenary, "event", "apply", str(file), **told)
        lines = file.read_text().splitlines()
        line = 1 + next(at for at, text in enumerate(lines) if text.startswith("channel:"))
        assert f"{file}:{line}: channel: expected" in empty.stderr, empty.stderr
        file.write_text(file.read_text().replace('channel: ""', "channel: C0123456789"))
        past = await asyncio.to_thread(plenary, "event", "apply", str(file), **told)
        assert (past.returncode, "--closing" in past.stderr) == (2, True), past.stderr
        friday = date.today() + timedelta(days=7 + (4 - date.today().weekday()) % 7)  # noqa: DTZ011 - a day ahead
        applied = await asyncio.to_thread(
            plenary, "event", "apply", str(file), "--closing", friday.isoformat(), **told
        )
        assert (applied.returncode, "14:30 in Marrakesh" in applied.stdout) == (0, True), applied.stderr
        saturday = (friday + timedelta(days=1)).isoformat()
        wrong = await asyncio.to_thread(plenary, "event", "apply", str(file), "--closing", saturday, **told)
        assert (wrong.returncode, "Friday" in wrong.stderr) == (2, True), wrong.stderr


def test_a_faulty_event_file_is_answered_by_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("event: x\nname: [\n")
    ended = plenary(
        "event", "apply", str(file), SLACK_BOT_TOKEN="xoxb-a", SLACK_API_URL="http://127.0.0.1:9/"
    )
    assert (ended.returncode, ended.stderr.startswith(f"{file}:")) == (2, True), ended.stderr


def test_the_manifest_is_printed_for_both_ways_in() -> None:
    assert "socket_mode_enabled: true" in plenary("manifest").stdout
    http = plenary("manifest", "--url", "https://plenary.example").stdout
    assert ("socket_mode_enabled: false" in http, "https://plenary.example/slack/events" in http) == (
        True,
        True,
    )
    assert plenary("manifest", "--url", "http://plenary.example").returncode == 2


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    program = "from bot.watch import configure_logs, log; configure_logs(); log.warning('x'); print('on')"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-c", program], stderr=full, stdout=-1, check=False)
    assert done.stdout == b"on\n"
