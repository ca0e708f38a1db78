"""Backups of a bot at work, and what stands in Slack after one was brought back: nothing twice."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo import players
from bot.demo.stage import Stage
from bot.domain.event import SessionCode, WorkspaceId
from bot.domain.replies import Say, Saying, manner_of
from storage import open_storage
from tests.flows.conftest import Staged
from tests.flows.test_day import answer, answers, digest, digest_shows, submitted, words

R22 = players.rapporteur("2.2")


async def plenary(set_up: Stage, *arguments: str) -> tuple[int, str, str]:
    """The command, on the bot's database; gives code, stdout, stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**set_up.bot.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@pytest.fixture
async def at_work(staged: Staged, database_url: str) -> AsyncIterator[Stage]:
    async with staged(database_url=database_url) as set_up:
        yield set_up


async def test_a_backup_is_made_while_the_bot_works_and_restored_when_it_has_stopped(
    at_work: Stage, tmp_path: Path
) -> None:
    file = str(tmp_path / "backup")
    await submitted(at_work, "Kept in the backup")
    code, said, _ = await plenary(at_work, "backup", file)
    assert (code, said.startswith(f"{file} holds all ")) == (0, True)
    assert "is there already" in (await plenary(at_work, "backup", file))[2]
    await submitted(at_work, "Typed later", person=players.rapporteur("1.2"))

    code, _, said = await plenary(at_work, "restore", file, "--yes")
    assert (code, "bot" in said, said.count("\n")) == (2, True, 1)
    await digest_shows(at_work, "Typed later")
    await at_work.bot.stop()

    code, _, said = await plenary(at_work, "restore", file)
    assert (code, "1 reports" in said, "--yes" in said.splitlines()[-1]) == (2, True, True), said
    assert "Typed" not in said
    before = await stands(at_work)
    assert (await plenary(at_work, "restore", file, "--yes"))[0] == 0
    await at_work.bot.start()
    person = players.rapporteur("1.2")
    await answer(
        at_work, person, "report.submit", times=2
    )  # caught up: the submit that was typed is answered
    await nothing_waits(at_work)
    found = await stands(at_work)
    assert found[-1] == before[-1]
    assert [dm[: len(known)] for dm, known in zip(found, before, strict=True)] == before
    person = players.rapporteur("1.2")  # whose digest message stands, and whose report is lost
    await at_work.driver.say(person, "next")
    await at_work.driver.say(person, "Typed anew")
    await at_work.driver.say(person, "submit")
    review = await answer(at_work, person, "report.submit", times=3)
    await at_work.driver.press(person, review["ts"], "report.submit")
    await answer(at_work, person, "is submitted", times=2)
    await at_work.driver.forward(65)  # one change a minute
    await digest_shows(at_work, "Typed anew")
    await digest_shows(at_work, "Typed later")  # it stood in Slack, so it is not lost
    assert [ts for ts, _ in (await stands(at_work))[-1]] == [ts for ts, _ in before[-1]]  # none posted anew


async def test_what_waited_and_was_posted_since_is_not_posted_twice(at_work: Stage, tmp_path: Path) -> None:
    await at_work.bot.stop()
    await put_help(at_work)
    assert (await plenary(at_work, "backup", str(tmp_path / "backup")))[0] == 0
    await at_work.bot.start()
    await at_work.driver.until(lambda: helped(at_work))
    await at_work.bot.stop()
    code, _, said = await plenary(at_work, "restore", str(tmp_path / "backup"))
    assert code == 0, said  # nothing was typed since: nothing is lost
    await at_work.bot.start()
    await nothing_waits(at_work)
    assert await helped(at_work) == 1


async def helped(set_up: Stage) -> int:
    """How often the help stands."""
    return sum("Write; I keep it" in words(each) for each in await answers(set_up, R22))


async def put_help(set_up: Stage) -> None:
    """Let an answer wait that no bot has tried to post."""
    workspace = WorkspaceId(json.loads((set_up.folder / "workspace.json").read_text())["team"])
    storage = open_storage(set_up.bot.environ["DATABASE_URL"], lambda: None)
    (event,) = await storage.read(lambda tx: tx.events.all(workspace))
    reply, now = Say(Saying.HELP), set_up.clock.now()
    manner = manner_of(reply, person=R22, session="2.2")
    session = SessionCode("2.2")
    await storage.write(
        lambda tx: tx.outbox.put(workspace, R22, reply, manner, now, event=event.key, session=session)
    )
    await storage.close()


async def stands(set_up: Stage) -> list[list[tuple[str, str]]]:
    """What stands in every DM and in the digest."""
    people = [players.rapporteur(session) for session in players.SESSIONS]
    found = [*[await answers(set_up, person) for person in people], await digest(set_up)]
    return [[(each["ts"], words(each)) for each in messages] for messages in found]


async def nothing_waits(set_up: Stage) -> None:
    async def look() -> bool:
        return (await plenary(set_up, "outbox"))[1].startswith("Nothing waits")

    await set_up.driver.until(look, within=60)
