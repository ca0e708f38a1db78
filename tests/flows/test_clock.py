"""A clock that is not Slack's: said in the log once, in `/readyz` while it lasts, and where it does harm."""

import asyncio
import json
import re
import time
from pathlib import Path
from typing import Any

import aiohttp

from bot.demo import players
from bot.demo.stage import Stage
from tests.flows.conftest import Staged
from tests.flows.test_day import answer
from tests.flows.test_door import Slack

R11 = players.rapporteur("1.1")
BEHIND = re.compile(r"(599|600|601) s behind Slack's")
TO_THE_REMINDERS = 24 * 3600 - 10 * 60  # Thursday 14:00 to Friday 13:50


async def readyz(set_up: Stage) -> tuple[int, dict[str, Any]]:
    url = f"http://127.0.0.1:{set_up.bot.environ['PORT']}/readyz"
    async with aiohttp.ClientSession() as http, http.get(url) as answered:
        return answered.status, (await answered.json())["problems"]


async def move_slacks_date(set_up: Stage) -> int:
    """Slack's date ten minutes ahead, until the bot has noticed."""
    fault = await set_up.driver.plant("date_off", seconds=600, count=None)

    async def noticed() -> bool:
        status, problems = await readyz(set_up)
        return status == 503 and BEHIND.fullmatch(problems.get("clock", "")) is not None

    await set_up.driver.until(noticed)
    return fault


async def is_well(set_up: Stage) -> bool:
    return await readyz(set_up) == (200, {})


async def test_a_clock_that_is_off_is_said_until_it_is_right_again(staged: Staged, tmp_path: Path) -> None:
    log = tmp_path / "bot.log"
    async with staged() as set_up:
        await set_up.driver.until(lambda: is_well(set_up))
        fault = await move_slacks_date(set_up)
        await set_up.driver.forward(TO_THE_REMINDERS)
        await answer(set_up, R11, "is due at 14:30")
        assert list((await readyz(set_up))[1]) == ["clock"]
        reminded = re.findall(r"event='reminded by a clock that is off' clock=\"(.+?)\"", log.read_text())
        await set_up.driver.clear(fault)
        await set_up.driver.until(lambda: is_well(set_up))
    assert len(reminded) == len(players.SESSIONS)
    assert [each for each in reminded if not BEHIND.fullmatch(each)] == []
    told = re.findall(r"event='(clock is \w+)", log.read_text())
    assert told == ["clock is off", "clock is right"]


async def test_moving_the_demos_clock_is_no_clock_that_is_off(staged: Staged, tmp_path: Path) -> None:
    async with staged() as set_up:

        async def move() -> None:
            for _ in range(20):
                await set_up.driver.forward(3600)
                await asyncio.sleep(0.02)

        moving = asyncio.create_task(move())
        seen = []
        while not moving.done() or len(seen) < 12:
            seen += await asyncio.gather(*(readyz(set_up) for _ in range(4)))
        await moving
    assert [problems for _, problems in seen if "clock" in problems] == []
    assert "clock is off" not in (tmp_path / "bot.log").read_text()


async def test_a_stale_request_that_slack_signed_is_logged_with_the_clock(
    staged: Staged, tmp_path: Path
) -> None:
    async with staged(transport="http") as set_up:
        team = json.loads((tmp_path / "workspace.json").read_text())["team"]
        async with aiohttp.ClientSession(f"http://127.0.0.1:{set_up.bot.environ['PORT']}") as http:
            slack = Slack(http, set_up.secrets.signing, team)
            long_ago = str(int(time.time()) - 600)
            assert await slack.send(slack.event(), at=long_ago) == 401
            assert await slack.send(slack.event(), at=long_ago, secret="wrong-secret") == 401
            await move_slacks_date(set_up)
            assert await slack.send(slack.event(), at=long_ago) == 401
    log = (tmp_path / "bot.log").read_text()
    told = re.findall(r"event='stale request refused' clock=['\"](.+)['\"]$", log, re.MULTILINE)
    assert (told[0], len(told), BEHIND.fullmatch(told[1]) is not None) == ("not known to be off", 2, True)
