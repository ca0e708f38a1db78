"""The socket dies in every way: /readyz says why, a new line stands soon, and nothing typed is lost."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from bot.demo import players
from bot.demo.bot import WAITS
from bot.demo.stage import Stage
from tests.flows.conftest import Staged
from tests.flows.test_day import answer

R22 = players.rapporteur("2.2")
REFUSED = {"kind": "handshake_refused", "count": None}
OPEN = "apps.connections.open"

# what ends the line, what keeps a new one from standing, and what /readyz says meanwhile
Fault = tuple[dict[str, Any], dict[str, Any], str]
FAULTS: dict[str, list[Fault]] = {
    "is closed and cannot be opened": [
        ({"kind": "socket_cut"}, REFUSED, "http 503"),
        ({"kind": "socket_cut"}, {"kind": "ticket_stale", "count": None}, "http 401"),
        ({"kind": "socket_dropped"}, REFUSED, "http 503"),
    ],
    "gets no ticket": [
        ({"kind": "socket_cut"}, {"kind": "api_error", "method": OPEN, "count": None}, "internal_error"),
        ({"kind": "socket_cut"}, {"kind": "ratelimit", "method": OPEN, "count": None}, "ratelimited"),
        ({"kind": "socket_cut"}, {"kind": "slow_before", "method": OPEN, "seconds": 60}, "no answer"),
        (
            {"kind": "socket_cut"},
            {"kind": "api_error", "method": OPEN, "code": "invalid_auth", "count": None},
            "SLACK_APP_TOKEN",
        ),
    ],
    "goes silent": [
        ({"kind": "socket_silent"}, REFUSED, "http 503"),
        ({"kind": "pong_missing", "count": None}, REFUSED, "http 503"),
        ({"kind": "network_gone", "seconds": 3600}, {}, "cannot be reached"),
    ],
    "is told to leave": [
        ({"kind": "disconnect_warning", "seconds": 0.5}, REFUSED, "http 503"),
        ({"kind": "disconnect_refresh_requested", "seconds": 0.1}, REFUSED, "http 503"),
        ({"kind": "disconnect_link_disabled", "count": None}, {}, "Socket Mode is off"),
        ({"kind": "disconnect_too_many_websockets", "count": None}, {}, "too many connections"),
        ({"kind": "disconnect_never_heard_of"}, REFUSED, "http 503"),
    ],
}


@dataclass
class Watched:
    """What /readyz says of the socket."""

    set_up: Stage
    planted: list[int] = field(default_factory=list)

    async def plant(self, **fault: Any) -> None:
        self.planted.append(await self.set_up.driver.plant(**fault))

    async def clear(self) -> None:
        for each in self.planted:
            await self.set_up.driver.clear(each)

    async def says(self) -> tuple[int, dict[str, str]]:
        url = f"http://127.0.0.1:{self.set_up.bot.environ['PORT']}/readyz"
        async with aiohttp.ClientSession() as http, http.get(url) as answered:
            return answered.status, (await answered.json())["problems"]

    def has(self, words: str) -> Callable[[], Awaitable[bool]]:
        async def look() -> bool:
            status, problems = await self.says()
            return status == 503 and words in problems.get("socket", "")

        return look

    async def is_well(self) -> bool:
        return await self.says() == (200, {})

    async def tickets(self) -> int:
        return int((await self.set_up.driver.status())["tickets"])


@pytest.mark.parametrize("line", FAULTS)
async def test_readyz_says_why_then_a_line_stands_and_nothing_is_lost(staged: Staged, line: str) -> None:
    async with staged(retry_scale=0.03) as set_up:
        driver, watched, began = set_up.driver, Watched(set_up), time.monotonic()
        await driver.say(R22, "next")
        notes = [f"note{number} typed meanwhile" for number in range(len(FAULTS[line]))]
        for note, (ends, keeps, words) in zip(notes, FAULTS[line], strict=True):
            if keeps:
                await watched.plant(**keeps)
            await watched.plant(**ends)
            await driver.until(watched.has(words))
            await driver.say(R22, note)
            await watched.clear()
            await driver.until(watched.is_well)
            await driver.settled()
        assert [each["given_up"] for each in await driver.deliveries() if each["given_up"]] == []
        await driver.say(R22, "report")
        await asyncio.gather(*(answer(set_up, R22, note) for note in notes))
        assert await watched.tickets() <= allowed(began)
        assert (await driver.status())["sockets"] == 1


@pytest.mark.parametrize("kind", ["disconnect_warning", "disconnect_refresh_requested"])
async def test_a_refresh_opens_the_new_line_before_the_old_one_goes(staged: Staged, kind: str) -> None:
    async with staged() as set_up:
        earlier = {each["id"] for each in await set_up.driver.deliveries()}
        await set_up.driver.plant(kind, seconds=2.0)

        async def both_stand() -> bool:
            return (await set_up.driver.status())["sockets"] == 2

        await set_up.driver.until(both_stand)
        for number in range(4):  # by the one and by the other
            await set_up.driver.say(R22, f"note{number}")
        await set_up.driver.settled()
        await set_up.driver.until(Watched(set_up).is_well)
        sent = [each for each in await set_up.driver.deliveries() if each["id"] not in earlier]
        assert [each for each in sent if each["attempts"] > 1] == []
    assert "after_gap=True" not in (set_up.folder / "bot.log").read_text().partition("socket leaves")[2]


async def test_hourly_refreshes_cost_a_ticket_each(staged: Staged) -> None:
    async with staged() as set_up:
        watched = Watched(set_up)
        for number in range(3):
            before = await watched.tickets()
            await set_up.driver.plant("disconnect_refresh_requested", seconds=0.2)

            async def one_stands_again(asked: int = before + 1) -> bool:
                status = await set_up.driver.status()
                return (status["tickets"], status["sockets"]) == (asked, 1)

            await set_up.driver.until(one_stands_again)
            assert await watched.is_well(), number


async def test_slack_that_was_gone_altogether_is_found_again(staged: Staged) -> None:
    async with staged() as set_up:
        watched = Watched(set_up)
        await set_up.sandbox.stop()
        await set_up.driver.until(watched.has("cannot be reached (unreachable)"))
        await set_up.sandbox.start()
        await set_up.driver.until(watched.is_well)
        await set_up.driver.say(R22, "next")
        await answer(set_up, R22, "1. Main points")
        assert await watched.tickets() == 1


def allowed(began: float) -> float:
    """How many tickets Slack lets us ask for since a moment: a burst, then one a while."""
    return WAITS.burst + 1 + (time.monotonic() - began) / WAITS.ticket
