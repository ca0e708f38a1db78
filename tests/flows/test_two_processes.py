"""Two processes on one PostgreSQL work as one, also while one sleeps past its lease or is killed."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.demo import players
from bot.demo.play import Play
from bot.demo.stage import BotProcess, free_port
from tests.flows.conftest import all_contacted
from tests.flows.test_day import R22, answers, words
from tests.flows.test_kills import torment, type_a_report

PAUSES = ("paused in a call", "killed in a call", "paused", "killed", "paused")
ASLEEP = 4.0  # seconds; the demo's lease is three


@asynccontextmanager
async def second(play: Play) -> AsyncIterator[BotProcess]:
    """Another bot beside the stage's, with a port of its own."""
    first = play.stage.bot
    other = BotProcess(
        {**first.environ, "PORT": str(free_port())},
        first.clock_file,
        play.stage.folder / "2.log",
        first.module,
    )
    await other.start()
    try:
        yield other
    finally:
        await other.stop()


async def disturb(play: Play, bots: list[BotProcess], rng: random.Random) -> Counter[str]:
    """One of the two at a time sleeps or dies; gives how often each kind struck."""
    struck: Counter[str] = Counter()
    driver = play.stage.driver
    for kind in PAUSES:
        await asyncio.sleep(rng.uniform(0.5, 1.5))
        if kind.endswith("in a call"):
            fault = await driver.plant("hold", method="chat.postMessage", seconds=1)
            await driver.until(lambda fault=fault: driver.struck(fault), 30)
        for bot in bots if kind.endswith("in a call") else [rng.choice(bots)]:
            pid = bot.pid
            assert pid is not None
            if kind.startswith("killed"):
                await bot.kill()
                await bot.start()
            else:
                os.kill(pid, signal.SIGSTOP)
                await asyncio.sleep(ASLEEP)
                os.kill(pid, signal.SIGCONT)
        struck[kind] += 1
    return struck


@pytest.mark.parametrize("transport", ["socket"])
async def test_two_processes_lose_and_double_nothing_while_one_sleeps_or_dies(
    tmp_path: Path, transport: str, postgres_url: str
) -> None:
    seed = int(os.environ.get("PLENARY_SEED", time.time_ns() % 100_000))
    rng = random.Random(seed)  # noqa: S311 - a plan, not a secret
    async with torment(tmp_path, transport, postgres_url) as play, second(play) as other:
        typing = [
            type_a_report(play, session, random.Random(rng.random()))  # noqa: S311 - as above
            for session in players.SESSIONS
        ]
        struck, *_ = await asyncio.gather(disturb(play, [play.stage.bot, other], rng), *typing)
        await play.stage.driver.settled(within=180)
        for session in players.SESSIONS:
            await play.submit(session, typed=True)
        for session in players.SESSIONS:
            await play.stands(session, f"{session} is submitted")
        await play.calm()
        await play.calm()  # the recounts too
        code, said = await play.check()
    told = f"seed {seed}: {dict(struck)}"
    print(f"{told}, {said.strip().splitlines()[-1]}")
    assert struck == Counter(PAUSES), told
    assert code == 0, f"{told}\n{said}"


async def test_a_message_that_stands_twice_is_taken_away_within_a_minute(
    tmp_path: Path, postgres_url: str
) -> None:
    """The first process is frozen inside its call, which Slack lets in only after the second has posted."""
    async with torment(tmp_path, "socket", postgres_url) as play:
        driver, bot = play.stage.driver, play.stage.bot
        await all_contacted(play.stage)
        fault = await driver.plant("slow_before", method="chat.postMessage", seconds=6)
        await driver.say(R22, "help")
        await driver.until(lambda: driver.struck(fault))
        assert bot.pid is not None
        os.kill(bot.pid, signal.SIGSTOP)
        async with second(play) as other:
            await driver.until(lambda: _helped(play, 2), within=30)
            os.kill(bot.pid, signal.SIGCONT)
            await driver.forward(40)
            await driver.until(lambda: _helped(play, 1), within=30)
            assert _removals(bot, other) == 1


def _removals(*bots: BotProcess) -> int:
    return sum(bot.log.read_text().count("a double was removed") for bot in bots)


async def _helped(play: Play, times: int) -> bool:
    found = [each for each in await answers(play.stage, R22) if "Write; I keep it" in words(each)]
    return len(found) == times
