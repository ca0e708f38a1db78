"""The bot against the local Slack, as people meet it."""

import asyncio
import json
import os
import sys
from datetime import timedelta
from typing import Any
from urllib.request import urlopen

import pytest

from bot.demo import players
from bot.demo.stage import Stage
from tests.flows.conftest import Staged

R22 = players.rapporteur("2.2")
READY = {"ready": True, "problems": {}, "notes": {}}


def words(message: dict[str, Any]) -> str:
    """Everything that a message shows."""
    return json.dumps([message.get("text"), message.get("blocks")], ensure_ascii=False)


async def answers(set_up: Stage, person: str) -> list[dict[str, Any]]:
    return [each for each in await set_up.driver.history(person) if each.get("bot_id")]


async def answer(set_up: Stage, person: str, part: str, times: int = 1) -> dict[str, Any]:
    """Wait for an answer that shows something, and give the newest."""

    async def look() -> list[dict[str, Any]]:
        found = [each for each in await answers(set_up, person) if part in words(each)]
        return found if len(found) >= times else []

    found: list[dict[str, Any]] = await set_up.driver.until(look)
    return found[-1]


async def digest(set_up: Stage) -> list[dict[str, Any]]:
    """The parent and its replies."""
    posts = [each for each in await set_up.driver.history(players.DIGEST) if each.get("bot_id")]
    return await set_up.driver.replies(players.DIGEST, posts[0]["ts"]) if posts else []


async def digest_shows(set_up: Stage, part: str, *, shows: bool = True) -> None:
    async def look() -> bool:
        messages = await digest(set_up)  # the parent shows some of it before its reply is posted
        return len(messages) > shows and any(part in words(each) for each in messages) is shows

    await set_up.driver.until(look)


async def submitted(set_up: Stage, *notes: str, person: str = R22) -> list[str]:
    """A report of these notes in section 1, submitted and in the digest; gives their ts."""
    found = await submitted_without_digest(set_up, *notes, person=person)
    await digest_shows(set_up, notes[0])
    return found


async def submitted_without_digest(set_up: Stage, *notes: str, person: str = R22) -> list[str]:
    """The same, whatever becomes of the digest."""
    await set_up.driver.say(person, "next")
    found = [await set_up.driver.say(person, each) for each in notes]
    await set_up.driver.settled()
    await set_up.driver.say(person, "submit")
    review = await answer(set_up, person, "report.submit")
    await set_up.driver.press(person, review["ts"], "report.submit")
    await answer(set_up, person, "is submitted")
    return found


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_the_walk_by_buttons_and_words(staged: Staged, transport: str, database_url: str) -> None:
    async with staged(transport=transport, database_url=database_url) as set_up:
        driver = set_up.driver
        await driver.say(R22, "A note before anything")
        welcome = await answer(set_up, R22, "is yours to report")
        await driver.press(R22, welcome["ts"], "walk.open")
        first = await answer(set_up, R22, "1. Main points")
        await driver.press(R22, first["ts"], "walk.nothing")
        second = await answer(set_up, R22, "1. Main points: nothing was raised. That is an answer.")
        await driver.press(R22, second["ts"], "walk.next")
        await answer(set_up, R22, "2. Challenges: not answered yet")
        await driver.say(R22, "6")
        await driver.say(R22, "A quote")
        await driver.say(R22, "next")
        await answer(set_up, R22, "Your report of Roundtable 2.2: 2 notes, 2 of 6 sections answered.")
        await driver.say(R22, "help")
        await answer(set_up, R22, "nothing raised says that")
        await driver.say(R22, "report")
        await answer(set_up, R22, "report.submit", times=2)


async def test_a_note_is_ticked_once_and_the_last_of_a_burst_only(staged: Staged) -> None:
    async with staged() as set_up:
        stamps = [await set_up.driver.say(R22, f"note {number}") for number in range(3)]

        async def ticked() -> list[str]:
            history = await set_up.driver.history(R22)
            return [each["ts"] for each in history if each.get("reactions")]

        await set_up.driver.settled()
        await set_up.driver.forward(6)
        assert await set_up.driver.until(ticked) == [stamps[-1]]


async def test_edits_and_deletions_after_the_submit_reach_the_digest_once_a_minute(staged: Staged) -> None:
    async with staged() as set_up:
        first, second = await submitted(set_up, "As heard at first", "To be struck")
        await set_up.driver.edit(R22, first, "As it was in the end")
        await set_up.driver.delete(R22, second)
        await set_up.driver.settled()
        await set_up.driver.forward(58)
        await asyncio.sleep(1)
        assert any("As heard at first" in words(each) for each in await digest(set_up))
        await set_up.driver.forward(10)
        await digest_shows(set_up, "As it was in the end")
        await digest_shows(set_up, "To be struck", shows=False)
        await digest_shows(set_up, "As heard at first", shows=False)
        assert len([each for each in await set_up.driver.history(players.DIGEST) if each.get("bot_id")]) == 1


async def test_a_note_after_the_submit_waits_until_it_is_submitted_again(staged: Staged) -> None:
    async with staged() as set_up:
        await submitted(set_up, "In time")
        await set_up.driver.say(R22, "Too late")
        await answer(set_up, R22, "what you typed since is not in it")
        await set_up.driver.say(R22, "2")
        await set_up.driver.say(R22, "submit")
        review = await answer(set_up, R22, "report.submit", times=2)
        await set_up.driver.press(R22, review["ts"], "report.submit")
        await answer(set_up, R22, "is submitted, ", times=2)
        await set_up.driver.forward(65)
        await digest_shows(set_up, "Too late")


async def test_a_long_report_grows_over_several_replies_and_shrinks_again(staged: Staged) -> None:
    async with staged() as set_up:
        long = " ".join(f"word{number}" for number in range(4_500))  # about 40,000 characters
        _, big = await submitted(set_up, "Short", long)

        async def pages() -> int:
            return len(await digest(set_up)) - 1

        await set_up.driver.until(lambda: _is(pages(), lambda count: count > 10))
        await set_up.driver.edit(R22, big, "Short now")
        await set_up.driver.settled()
        await set_up.driver.forward(65)
        await set_up.driver.until(lambda: _is(pages(), lambda count: count == 1))
        await digest_shows(set_up, "Short now")


async def _is(value: Any, holds: Any) -> bool:
    return bool(holds(await value))


async def test_strangers_organisers_and_files_are_answered_kindly(staged: Staged) -> None:
    async with staged() as set_up:
        await set_up.driver.say(players.VISITOR, "Here are my notes")
        await set_up.driver.say(players.VISITOR, "And more")
        await answer(set_up, players.VISITOR, "I have not kept")
        await set_up.driver.say(players.ORGANISER, "hello")
        await answer(set_up, players.ORGANISER, "You organise")
        await set_up.driver.share_file(R22, "report.docx")
        await answer(set_up, R22, "I cannot read files yet. Please type or paste the words.")
        await set_up.driver.settled()
        assert len(await answers(set_up, players.VISITOR)) == 1


async def test_a_deletion_of_a_note_with_replies_counts(staged: Staged) -> None:
    async with staged() as set_up:
        await set_up.driver.say(R22, "next")
        ts = await set_up.driver.say(R22, "A parent to be deleted")
        await set_up.driver.say(R22, "A reply in its thread", thread=ts)
        await set_up.driver.settled()
        await set_up.driver.delete(R22, ts)
        await set_up.driver.settled()
        await set_up.driver.say(R22, "report")
        review = await answer(set_up, R22, "report.submit")
        assert ("A parent" in words(review), "A reply in its thread" in words(review)) == (False, True)


async def test_a_digest_deleted_by_hand_is_noticed_listed_and_not_posted_anew(
    staged: Staged, sqlite_url: str
) -> None:
    async with staged() as set_up:
        await submitted(set_up, "A note")
        parent, *_ = await digest(set_up)
        await set_up.driver.remove(players.DIGEST, parent["ts"])
        await set_up.driver.forward(timedelta(minutes=11).total_seconds())

        async def listed() -> bool:
            shown = await _plenary("outbox", DATABASE_URL=sqlite_url)
            return "deleted by hand: marrakesh-2018 parent" in shown

        await set_up.driver.until(listed)
        await submitted_again(set_up)
        assert [each for each in await set_up.driver.history(players.DIGEST) if each.get("bot_id")] == []
        await set_up.driver.until(lambda: _given_up(sqlite_url))


async def submitted_again(set_up: Stage) -> None:
    await set_up.driver.say(R22, "2")
    await set_up.driver.say(R22, "submit")
    await answer(set_up, R22, "report.submit", times=2)
    await set_up.driver.say(R22, "submit")
    await answer(set_up, R22, "is submitted, ", times=2)
    await set_up.driver.forward(65)


async def _given_up(url: str) -> bool:
    return "given up  DigestParent" in await _plenary("outbox", DATABASE_URL=url)


async def _plenary(*arguments: str, **environ: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env={**os.environ, **environ},
    )  # fmt: skip
    said, _ = await process.communicate()
    return said.decode()


async def test_an_event_applied_to_an_empty_database_is_ready_to_be_reported(staged: Staged) -> None:
    async with staged() as set_up:  # the stage itself applies the shipped event through `event apply`
        url = f"http://127.0.0.1:{set_up.bot.environ['PORT']}"
        assert json.loads(await asyncio.to_thread(_get, f"{url}/healthz")) == {"alive": True}
        assert json.loads(await asyncio.to_thread(_get, f"{url}/readyz")) == READY


def _get(url: str) -> bytes:
    with urlopen(url) as answered:  # noqa: S310 - loopback
        read: bytes = answered.read()
    return read


async def test_sigterm_takes_nothing_more_in_and_the_rest_waits_in_the_outbox(
    staged: Staged, sqlite_url: str
) -> None:
    async with staged() as set_up:
        slow = await set_up.driver.plant("slow_before", method="chat.postMessage", seconds=0.5, count=99)
        for number in range(1, 7):
            await set_up.driver.say(R22, str(number))
        await set_up.driver.settled()
        await set_up.bot.stop()
        assert set_up.bot.process is not None
        assert set_up.bot.process.returncode == 0
        waiting = await _plenary("outbox", DATABASE_URL=sqlite_url)
        assert "Card" in waiting
        await set_up.driver.clear(slow)
        await set_up.bot.start()
        await answer(set_up, R22, "6. Quotes")
        first, *cards = [each["text"].split(".")[0] for each in await answers(set_up, R22)]
        assert (first, cards) == ("Roundtable 2", ["1", "2", "3", "4", "5", "6"])
