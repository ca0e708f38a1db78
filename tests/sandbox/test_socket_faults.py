"""What befalls sockets on a bad day, seen from the other end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.sandbox import sockets
from bot.sandbox.faults import SOCKETS
from tests.sandbox.local import APP_TOKEN, ONE, Json, Local

REASONS = ["warning", "refresh_requested", "link_disabled", "too_many_websockets", "never_heard_of"]
Socket = aiohttp.ClientWebSocketResponse


@asynccontextmanager
async def opened(slack: Local) -> AsyncIterator[tuple[Socket, Json]]:
    """A socket, and what it was told first."""
    url = str((await slack.call("apps.connections.open", APP_TOKEN))["url"])
    async with slack.http.ws_connect(url, autoping=False) as socket:
        yield socket, await socket.receive_json()


async def is_quiet(socket: Socket, seconds: float = 0.3) -> bool:
    try:
        await socket.receive(seconds)
    except TimeoutError:
        return True
    return False


def test_all_that_befalls_sockets_is_tried_here_or_with_slacks_own_client() -> None:
    tried = {f"disconnect_{reason}" for reason in REASONS}
    tried |= {"socket_cut", "socket_dropped", "socket_silent", "pong_missing", "handshake_refused"}
    assert tried | {"ticket_stale", "network_gone"} == set(SOCKETS)


@pytest.mark.parametrize("reason", REASONS)
async def test_a_socket_is_told_to_leave_and_closed_later(slack: Local, reason: str) -> None:
    async with opened(slack) as (socket, _):
        await slack.driver.plant(f"disconnect_{reason}", seconds=0.1)
        told = [await socket.receive_json()]
        while (message := await socket.receive()).type is aiohttp.WSMsgType.TEXT:
            told.append(message.json())
    once_more = ["refresh_requested"] if reason == "warning" else []
    assert [each["reason"] for each in told] == [reason, *once_more]
    assert message.type is aiohttp.WSMsgType.CLOSE


@pytest.mark.parametrize("reason", ["link_disabled", "too_many_websockets"])
async def test_new_sockets_are_told_so_instead_of_hello_until_it_is_over(slack: Local, reason: str) -> None:
    await slack.driver.plant(
        f"disconnect_{reason}", count=2
    )  # the open ones, of which there are none, and one
    async with opened(slack) as (_, told):
        assert told["reason"] == reason
    async with opened(slack) as (_, told):
        assert told["type"] == "hello"


async def test_a_silent_socket_neither_hears_nor_says_anything(
    slack: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "ANSWER_WITHIN", 0.1)
    async with opened(slack) as (socket, _):
        await slack.driver.plant("socket_silent")
        await socket.ping()
        await slack.driver.say(ONE, "A note")
        assert await is_quiet(socket)
        async with opened(slack) as (another, told):  # new ones are well
            await another.ping()
            assert (told["type"], (await another.receive()).type) == ("hello", aiohttp.WSMsgType.PONG)


async def test_a_ping_stays_unanswered_and_events_still_come(slack: Local) -> None:
    async with opened(slack) as (socket, _):
        await slack.driver.plant("pong_missing")
        await socket.ping()
        await slack.driver.say(ONE, "A note")
        assert (await socket.receive_json())["payload"]["event"]["text"] == "A note"
        await socket.ping()
        assert (await socket.receive()).type is aiohttp.WSMsgType.PONG


async def test_a_dropped_socket_ends_without_a_goodbye(slack: Local) -> None:
    async with opened(slack) as (socket, _):
        await slack.driver.plant("socket_dropped")
        await socket.receive()
        assert socket.close_code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE


@pytest.mark.parametrize(("kind", "status"), [("handshake_refused", 503), ("ticket_stale", 401)])
async def test_a_handshake_is_refused_and_its_ticket_spent(slack: Local, kind: str, status: int) -> None:
    await slack.driver.plant(kind)
    url = str((await slack.call("apps.connections.open", APP_TOKEN))["url"])
    for expected in (status, 401):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await slack.http.ws_connect(url)
        assert refused.value.status == expected
    async with opened(slack) as (_, told):
        assert told["type"] == "hello"


async def test_without_a_network_nothing_comes_through_until_it_is_back(slack: Local) -> None:
    async with opened(slack) as (socket, _):
        gone = await slack.driver.plant("network_gone", seconds=3600)
        with pytest.raises(aiohttp.ClientError):
            await slack.call("auth.test")
        await slack.driver.say(ONE, "A note")  # the driver goes on
        assert await is_quiet(socket)
        await slack.driver.history(ONE)  # and so does the checker
        await slack.driver.clear(gone)
        await socket.ping()
        assert await is_quiet(socket)  # its sockets are dead
        async with opened(slack) as (_, told):
            assert told["type"] == "hello"
        again = await slack.driver.plant("network_gone", seconds=0.1)
        await asyncio.sleep(0.2)
        assert (await slack.call("auth.test"))["ok"]
        assert await slack.driver.struck(again) == 1
