"""The demo as somebody starts it: a first prompt, a bot that may be killed, state that may be kept."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.demo import players
from bot.sandbox.driver import Driver

R22 = players.rapporteur("2.2")


@asynccontextmanager
async def demo(*arguments: str) -> AsyncIterator[tuple[str, str]]:
    """What the command says until it is ready, and the page's address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        said = ""
        while "Ctrl-C" not in said:
            line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
            assert line, said
            said += line
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found is not None
        yield said, found[0]
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_a_first_prompt_stands_and_a_kill_loses_nothing() -> None:
    async with demo() as (said, url), Driver(url) as driver:
        assert "first prompt stands after" in said
        told = [each["text"] for each in await driver.history(R22) if each.get("bot_id")]
        assert "Roundtable 2.2 is yours to report." in told[0]
        assert told[-1].startswith("1. Main points")
        killed = re.search(r"process (\d+)", said)
        assert killed is not None
        os.kill(int(killed[1]), signal.SIGKILL)
        await driver.say(R22, "typed while it was dead")
        await driver.settled()
        await driver.say(R22, "report")
        await driver.until(lambda: _stands(driver, "typed while it was dead"))


async def test_it_is_thursday_morning_and_seven_people_know_what_is_theirs() -> None:
    async with demo() as (_, url), Driver(url) as driver:
        assert (await driver.status())["now"].startswith("2018-12-06T07:3")
        theirs = {(one, code) for code, people in players.SEVEN.reporting.items() for one in people}
        assert len({one for one, _ in theirs}) == 6
        for one, code in theirs:
            await driver.until(lambda one=one, code=code: _is_told(driver, one, code))
        assert await driver.history(players.RESERVE) == []


async def _is_told(driver: Driver, person: str, code: str) -> bool:
    return f"Roundtable {code} is yours" in str(await driver.history(person))


async def _stands(driver: Driver, text: str) -> bool:
    return any(text in str(each) for each in await driver.history(R22) if each.get("bot_id"))


async def test_what_was_kept_goes_on_where_it_was(tmp_path: Path) -> None:
    async with demo("--keep", str(tmp_path)) as (_, url), Driver(url) as driver:
        await driver.say(R22, "a note of yesterday")
        await driver.settled()
    async with demo("--keep", str(tmp_path)) as (said, url), Driver(url) as driver:
        assert "first prompt" not in said
        await driver.say(R22, "report")
        await driver.until(lambda: _stands(driver, "a note of yesterday"))
