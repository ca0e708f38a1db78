"""The bot down for longer than Slack's retries, and what it finds in the DMs afterwards."""

import asyncio
import json
from collections.abc import Callable
from urllib.request import urlopen

import pytest

from bot.demo import players
from bot.demo.stage import Stage
from tests.flows.conftest import Staged
from tests.flows.test_day import R22, answer, answers, digest, digest_shows, submitted, words

R12 = players.rapporteur("1.2")
SPENT = 0.001  # Slack's retries end after 0.4 s instead of six minutes
WAYS = [("socket", "sqlite", 20), ("http", "postgres", 120)]


@pytest.fixture
def url_of(request: pytest.FixtureRequest) -> Callable[[str], str]:
    return lambda kind: str(request.getfixturevalue(f"{kind}_url"))


async def outage_begins(set_up: Stage) -> None:
    await set_up.driver.settled()
    await set_up.bot.kill()


async def outage_ends(set_up: Stage, minutes: int) -> None:
    """Everything that Slack sent meanwhile is given up."""
    await set_up.driver.settled()
    lost = [each for each in await set_up.driver.deliveries() if each["given_up"]]
    assert lost
    await set_up.driver.forward(minutes * 60)
    await set_up.bot.start()


@pytest.mark.parametrize(("transport", "database", "minutes"), WAYS)
async def test_what_was_typed_edited_and_deleted_in_a_long_outage_is_found(
    staged: Staged, url_of: Callable[[str], str], transport: str, database: str, minutes: int
) -> None:
    async with staged(transport=transport, database_url=url_of(database), retry_scale=SPENT) as set_up:
        driver = set_up.driver
        await driver.say(R22, "next")
        kept = [await driver.say(R22, each) for each in ("stays as it is", "old wording", "will be deleted")]
        card = await answer(set_up, R22, "walk.next")
        await driver.forward(60)
        await outage_begins(set_up)
        await driver.edit(R22, kept[1], "new wording")
        await driver.delete(R22, kept[2])
        await driver.say(R22, "next")
        passing = await driver.say(R22, "typed and deleted in the outage")
        await driver.say(R22, "typed in the outage")
        hasty = await driver.say(R22, "hasty wording")
        await driver.edit(R22, hasty, "second thoughts")
        await driver.delete(R22, passing)
        await driver.say(R22, "said in a thread", thread=card["ts"])
        await driver.say(R12, "a first word, never heard before")
        await outage_ends(set_up, minutes)
        await answer(set_up, R22, "1 note is no longer in this chat")
        await answer(set_up, R12, "is yours to report")

        for person in (R22, R12):
            await driver.say(person, "submit")
            review = await answer(set_up, person, "report.submit")
            await driver.press(person, review["ts"], "report.submit")
        await digest_shows(set_up, "a first word, never heard before")
        shown = json.dumps([each["blocks"] for each in (await digest(set_up))[1:]])
        for once in (
            "stays as it is",
            "new wording",
            "typed in the outage",
            "second thoughts",
            "in a thread",
        ):
            assert shown.count(once) == 1, once
        for never in ("old wording", "will be deleted", "typed and deleted", "hasty wording"):
            assert never not in shown
        assert shown.index("new wording") < shown.index("typed in the outage")
        told = [words(each) for each in await answers(set_up, R22)]
        assert (
            sum("no longer in this chat" in each and "notes.keep" in each for each in told) == 2
        )  # + review


async def test_what_slack_has_no_more_is_put_back_at_a_button(staged: Staged) -> None:
    async with staged(retry_scale=SPENT) as set_up:
        driver = set_up.driver
        first, _ = await submitted(set_up, "taken away by retention", "stays")
        await digest_shows(set_up, "taken away by retention")
        await driver.forward(120)
        await outage_begins(set_up)
        await driver.delete(R22, first)
        await outage_ends(set_up, 20)
        asked = await answer(set_up, R22, "1 note is no longer in this chat")
        await driver.forward(65)
        await digest_shows(set_up, "taken away by retention", shows=False)
        await driver.press(R22, asked["ts"], "notes.keep")
        await answer(set_up, R22, "is in your report again")
        await driver.forward(65)
        await digest_shows(set_up, "taken away by retention")


async def test_reading_again_changes_nothing(staged: Staged) -> None:
    async with staged(retry_scale=SPENT) as set_up:
        driver = set_up.driver
        notes = await submitted(set_up, "one", "two", "three")
        await driver.edit(R22, notes[1], "two, corrected")
        await driver.delete(R22, notes[2])
        await answer(set_up, R22, "What you deleted is out")
        await answer(set_up, R22, "Corrected in")
        await driver.forward(65)
        await digest_shows(set_up, "two, corrected")
        await digest_shows(set_up, "three", shows=False)
        before = (len(await answers(set_up, R22)), [words(each) for each in await digest(set_up)])
        for _ in range(2):
            await driver.settled()
            await set_up.bot.stop()
            await driver.forward(3600)
            await set_up.bot.start()
            await _caught_up(set_up)
        await driver.forward(3600)  # the hourly reading
        await _caught_up(set_up)
        await asyncio.sleep(1)
        found = (len(await answers(set_up, R22)), [words(each) for each in await digest(set_up)])
        assert found == before


async def _caught_up(set_up: Stage) -> None:
    """Wait for one more line of a reading that found nothing."""
    log = set_up.folder / "bot.log"
    seen = log.read_text().count("caught up")

    async def look() -> bool:
        return log.read_text().count("caught up") > seen or seen > 3

    await set_up.driver.until(look)


async def test_where_slack_lets_us_read_one_dm_a_minute_it_says_so_and_goes_on(staged: Staged) -> None:
    async with staged(retry_scale=SPENT) as set_up:
        driver = set_up.driver
        await driver.say(R22, "before")
        await outage_begins(set_up)
        await driver.say(R22, "in the outage")
        await driver.plant("ratelimit", method="conversations.history", seconds=20)
        await outage_ends(set_up, 20)
        assert "one DM a minute" in await driver.until(lambda: _note(set_up, "catching up"), within=10)
        await driver.until(lambda: _is_clear(set_up), within=40)
        await driver.say(R22, "report")
        await answer(set_up, R22, "in the outage")


async def test_where_slack_refuses_the_history_it_says_so(staged: Staged) -> None:
    async with staged(retry_scale=SPENT) as set_up:
        await set_up.driver.plant("api_error", method="conversations.history", code="missing_scope")
        await set_up.bot.kill()
        await set_up.bot.start()
        told = await set_up.driver.until(lambda: _note(set_up, "catching up"))
        assert told == "what was typed meanwhile may be missing: missing_scope"


async def _note(set_up: Stage, part: str) -> str:
    url = f"http://127.0.0.1:{set_up.bot.environ['PORT']}/readyz"

    def asked() -> str:
        with urlopen(url) as answered:
            return str(json.loads(answered.read())["notes"].get(part, ""))

    return await asyncio.to_thread(asked)


async def _is_clear(set_up: Stage) -> bool:
    return not await _note(set_up, "catching up")
