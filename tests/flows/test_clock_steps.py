"""The bot's clock an hour off, forth and back, while Slack's goes on: nothing waits, nothing doubles."""

import json

from bot.demo import players
from bot.demo.bot import step_file
from bot.demo.stage import Stage
from bot.sandbox.driver import Json
from tests.flows.conftest import Staged

PERSON = players.rapporteur("2.2")


def step(set_up: Stage, seconds: float) -> None:
    step_file(set_up.bot.clock_file).write(seconds=seconds)


async def said(set_up: Stage, beginning: str) -> list[Json]:
    messages = await set_up.driver.history(PERSON)
    return [each for each in messages if each.get("bot_id") and str(each["text"]).startswith(beginning)]


async def reviewed(set_up: Stage) -> bool:
    """Whether a review stands in the DM: it has a button to submit."""
    return "report.submit" in json.dumps(await set_up.driver.history(PERSON))


async def test_a_post_of_a_bot_whose_clock_is_ahead_is_found_again(staged: Staged) -> None:
    async with staged() as set_up:
        driver = set_up.driver
        step(set_up, 3600)
        lost = await driver.plant("lost_answer", method="chat.postMessage")
        await driver.say(PERSON, "help")
        await driver.until(lambda: driver.struck(lost))
        await driver.say(PERSON, "submit")  # is answered after the first was looked for
        await driver.until(lambda: reviewed(set_up))
        assert len(await said(set_up, "Write;")) == 1


async def test_what_waits_when_the_clock_is_put_back_goes_out(staged: Staged) -> None:
    async with staged() as set_up:
        driver = set_up.driver
        note = await driver.say(PERSON, "heard wrong")
        for _ in range(2):
            await driver.say(PERSON, "submit")
        await driver.until(lambda: said(set_up, "2.2 is submitted"))
        await driver.edit(PERSON, note, "heard right")
        await driver.settled()
        before = len(await driver.history(PERSON))
        step(set_up, -3600)

        async def told() -> bool:
            return len(await driver.history(PERSON)) > before

        await driver.until(told)
