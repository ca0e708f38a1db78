"""SIGKILL at random moments while people type, edit and delete: lost 0, doubled 0, out of order 0.

Counted from outside: what was typed and acknowledged against what stands in Slack, by the demo's checker.
"""

import asyncio
import itertools
import os
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.demo import players
from bot.demo.play import Play
from bot.demo.record import Kept, Record, titles_of
from bot.demo.stage import stage
from bot.programme.yaml import load_template
from tests.support import statements

NOTES = 36  # a person; six people
KILLS = ("commit",) * 3 + ("post",) * 3 + ("random",) * 5
RETRY_SCALE = 0.2  # Slack's last retry mostly comes after the last kill; what it gives up is caught up


@asynccontextmanager
async def torment(
    folder: Path, transport: str, database_url: str, module: str = "tests.support.mortal"
) -> AsyncIterator[Play]:
    watched = {name: os.environ[name] for name in (statements.FILE,) if name in os.environ}
    environ = {"DEATHS": str(folder / "deaths"), "PYTHONPATH": os.pathsep.join(sys.path), **watched}
    async with stage(
        folder,
        transport=transport,
        database_url=database_url,
        retry_scale=RETRY_SCALE,
        bot_module=module,
        environ=environ,
    ) as set_up:
        titles = titles_of(load_template("marrakesh-2018"))
        yield Play(set_up, Record(players.DIGEST, titles, list(players.SESSIONS), listed=[], control=""))


async def type_a_report(play: Play, session: str, rng: random.Random) -> None:
    """Notes over six sections, some of them edited or deleted on the way."""
    here: list[tuple[str, Kept]] = []
    driver, person = play.stage.driver, players.rapporteur(session)
    for number in range(NOTES):
        await asyncio.sleep(rng.uniform(0.1, 0.9))
        section = number * 6 // NOTES
        if number == 0 or section != (number - 1) * 6 // NOTES:
            await play.say(session, "next")
        word = f"s{session.replace('.', '')}n{number}"
        ts, kept = await play.note(session, section, f"{word} said something")
        here.append((ts, kept))
        chosen = rng.choice(here)
        if rng.random() < 0.2:
            await play.edit(session, *chosen, f"{chosen[1].reads.split()[0]}x corrected at {word}")
        elif rng.random() < 0.1:
            here.remove(chosen)
            await driver.delete(person, chosen[0])
            for notes in play.told(session).notes.values():
                if any(each is chosen[1] for each in notes):
                    notes[:] = [each for each in notes if each is not chosen[1]]
            play.record.gone += [chosen[1].reads, *chosen[1].was]


async def ask_on(play: Play) -> None:
    """There is something to post for as long as the kills last, however slow the machine is."""
    for session in itertools.cycle(players.SESSIONS):
        await asyncio.sleep(0.7)
        await play.say(session, "help")


async def kill_and_restart(play: Play, rng: random.Random, folder: Path) -> Counter[str]:
    """Every planned kill, in a random order; gives how often each kind struck."""
    struck: Counter[str] = Counter()
    deaths, bot, driver = folder / "deaths", play.stage.bot, play.stage.driver
    await bot.kill()
    for kind in rng.sample(KILLS, len(KILLS)):
        if kind == "commit":
            before = _lines(deaths)
            await bot.start(DIE_AFTER_MESSAGES=str(rng.randint(2, 8)))
            assert bot.process is not None
            await asyncio.wait_for(bot.process.wait(), 30)
            struck[kind] += _lines(deaths) - before
            continue
        await bot.start()
        if kind == "post":
            fault = await driver.plant("hold", method="chat.postMessage", seconds=2, nth=rng.randint(1, 3))
            await driver.until(lambda fault=fault: driver.struck(fault), 30)
            struck[kind] += 1
        else:
            await asyncio.sleep(rng.uniform(0.0, 1.0))
            struck[kind] += 1
        await bot.kill()
    await bot.start()
    return struck


def _lines(file: Path) -> int:
    return len(file.read_text().splitlines()) if file.exists() else 0


@pytest.mark.parametrize(("transport", "database"), [("socket", "sqlite"), ("http", "postgres")])
async def test_nothing_is_lost_doubled_or_out_of_order(
    tmp_path: Path, request: pytest.FixtureRequest, transport: str, database: str
) -> None:
    """The other two combinations are killed by the short soak, which CI runs too."""
    database_url = str(request.getfixturevalue(f"{database}_url"))
    seed = int(os.environ.get("PLENARY_SEED", time.time_ns() % 100_000))
    rng = random.Random(seed)  # noqa: S311 - a plan, not a secret
    async with torment(tmp_path, transport, database_url) as play:
        typing = [
            type_a_report(play, session, random.Random(rng.random()))  # noqa: S311 - as above
            for session in players.SESSIONS
        ]
        asking = asyncio.create_task(ask_on(play))
        struck, *_ = await asyncio.gather(kill_and_restart(play, rng, tmp_path), *typing)
        asking.cancel()
        await play.stage.driver.settled(within=180)
        for session in players.SESSIONS:
            await play.submit(session, typed=True)
        for session in players.SESSIONS:
            await play.stands(session, f"{session} is submitted")
        await play.calm()
        sent = await play.stage.driver.deliveries()
        code, said = await play.check()
    given_up = sum(bool(each["given_up"]) for each in sent)
    told = f"seed {seed}: {dict(struck)}, {len(sent)} events and buttons sent, given up {given_up}"
    print(f"{told}, {said.strip().splitlines()[-1]}")
    assert struck == Counter(KILLS), told
    assert code == 0, f"{told}\n{said}"


async def test_a_bot_that_acknowledges_first_loses_notes_in_the_same_harness(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with torment(tmp_path, "http", sqlite_url, "tests.support.acks_first") as play:
        driver, bot = play.stage.driver, play.stage.bot
        await driver.plant("slow_before", method="auth.test", seconds=0.2, count=10_000)
        for _ in range(4):
            for session in players.SESSIONS:
                for number in range(3):
                    await play.note(session, 0, f"note {number}")
            await bot.kill()
            await bot.start()
        await driver.settled(within=180)
        await play.calm()
        acknowledged = [each for each in await driver.deliveries() if each["acknowledged"]]
        stand = await driver.history(players.DIGEST)
    print(f"acknowledged {len(acknowledged)}, standing {len(stand)}")
    assert len(stand) < len(acknowledged)
