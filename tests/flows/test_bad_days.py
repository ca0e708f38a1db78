"""Slack's bad days, one at a time: what stands at the end is what was typed, once and in order."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.demo import players
from bot.demo.play import Play
from bot.demo.record import Record, titles_of
from bot.demo.stage import Stage
from bot.programme.yaml import load_template
from tests.flows.conftest import Staged
from tests.flows.test_day import answer, submitted

FAULTS: dict[str, dict[str, Any]] = {
    "ratelimit": {"method": "chat.postMessage", "seconds": 1, "count": 3},
    "server_error": {"method": "chat.postMessage", "count": 2},
    "slow_before": {"method": "chat.postMessage", "seconds": 1.2, "count": 3},
    "slow_after": {"method": "chat.postMessage", "seconds": 2.0, "count": 2},
    "lost_answer": {"method": "chat.postMessage", "count": 4},
    "api_error": {"method": "chat.postMessage", "code": "internal_error", "count": 2},
    "event_doubled": {"count": 50},
    "event_delayed": {"seconds": 0.5, "nth": 3, "count": 3},
    "event_reordered": {"count": 4},
    "socket_cut": {},
}


def playing(set_up: Stage) -> Play:
    titles = titles_of(load_template("marrakesh-2018"))
    return Play(set_up, Record(players.DIGEST, titles, list(players.SESSIONS), listed=[], control=""))


@pytest.mark.parametrize("kind", FAULTS)
async def test_what_stands_at_the_end_is_what_was_typed(staged: Staged, kind: str) -> None:
    async with staged(retry_scale=0.05) as set_up:
        play = playing(set_up)
        await set_up.driver.plant(kind, **FAULTS[kind])
        await play.say("2.2", "next")
        for number in range(4):
            ts, kept = await play.note("2.2", 0, f"note{number} of the first section")
        await play.edit("2.2", ts, kept, "note3 corrected")
        await play.say("2.2", "next")
        await play.note("2.2", 1, "note4 of the second section")
        await set_up.driver.settled()
        if kind == "socket_cut":
            await set_up.driver.plant(kind)
            await play.note("2.2", 1, "note5 typed while no socket was open")
            await set_up.driver.settled()
        await play.submit("2.2")
        await play.stands("2.2", "2.2 is submitted")
        await play.calm()
        code, said = await play.check()
    assert code == 0, said


async def test_when_the_installation_is_gone_nothing_is_lost_and_it_says_so(staged: Staged) -> None:
    async with staged() as set_up:
        gone = await set_up.driver.plant("api_error", code="account_inactive", count=10_000)
        await set_up.driver.say(players.rapporteur("2.2"), "next")
        await set_up.driver.settled()
        url = f"http://127.0.0.1:{set_up.bot.environ['PORT']}/readyz"

        async def red() -> bool:
            async with aiohttp.ClientSession() as http, http.get(url) as answered:
                return answered.status == 503

        await set_up.driver.until(red)
        await set_up.driver.clear(gone)
        await set_up.bot.stop()
        await set_up.bot.start()
        await answer(set_up, players.rapporteur("2.2"), "1. Main points")


async def test_a_reminder_after_a_downtime_is_late_says_so_and_comes_once(staged: Staged) -> None:
    async with staged() as set_up:
        await submitted(set_up, "In time")
        await set_up.bot.kill()
        await set_up.driver.forward(24 * 3600 - 10 * 60)  # Thursday 14:00 to Friday 13:50
        await set_up.bot.start()
        late = players.rapporteur("1.1")
        await answer(set_up, late, "This should have come at 13:30 in Marrakesh; I could not write then.")
        await set_up.bot.stop()
        await set_up.bot.start()
        await asyncio.sleep(1)
        reminded = {
            person: len(
                [each for each in await set_up.driver.history(person) if "is due at 14:30" in str(each)]
            )
            for person in (late, players.rapporteur("2.2"))
        }
    assert reminded == {late: 1, players.rapporteur("2.2"): 0}


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_no_word_and_no_secret_is_in_the_log_at_debug(
    staged: Staged, transport: str, tmp_path: Path
) -> None:
    marker = "zanzibarquux"
    async with staged(transport=transport, environ={"LOG_LEVEL": "DEBUG"}) as set_up:
        first, second = await submitted(set_up, f"{marker} one", f"{marker} two")
        await set_up.driver.plant("server_error", method="chat.update", count=1)
        await set_up.driver.edit(players.rapporteur("2.2"), first, f"{marker} edited")
        await set_up.driver.delete(players.rapporteur("2.2"), second)
        await set_up.driver.say(players.VISITOR, f"{marker} of a visitor")
        await set_up.driver.settled()
        await set_up.driver.forward(70)
        await asyncio.sleep(1)
        secrets = [set_up.secrets.bot, set_up.secrets.app, set_up.secrets.signing]
    log = (tmp_path / "bot.log").read_text()
    assert "delivered" in log  # something is logged at all
    assert "said something" in log  # the libraries' debug lines come through, in brief
    assert [word for word in (marker, *secrets) if word in log] == []
