"""Socket Mode, with Slack's own client at the other end (slack.md, 2)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import sockets
from tests.sandbox.local import APP_TOKEN, BOT_TOKEN, ONE, Json, Local, local_slack


class Listener:
    """Slack's own client; keeps what comes, acknowledges all but the first few."""

    def __init__(self, slack: Local, silent: int = 0) -> None:
        web = AsyncWebClient(token=APP_TOKEN, base_url=f"{slack.url}/api/", retry_handlers=[])
        self.client = SocketModeClient(APP_TOKEN, web_client=web, auto_reconnect_enabled=False)
        self.client.socket_mode_request_listeners.append(self._take)
        self.requests: list[SocketModeRequest] = []
        self._silent = silent

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.requests.append(request)
        if len(self.requests) > self._silent:
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))


@asynccontextmanager
async def listening(slack: Local, silent: int = 0) -> AsyncIterator[Listener]:
    listener = Listener(slack, silent)
    await listener.client.connect()  # type: ignore[no-untyped-call] # the SDK's
    try:
        yield listener
    finally:
        await listener.client.close()  # type: ignore[no-untyped-call] # the SDK's


async def ticket(slack: Local) -> str:
    return str((await slack.call("apps.connections.open", APP_TOKEN))["url"])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack waits a fifth of a second for an acknowledgement, not three."""
    monkeypatch.setattr(sockets, "ANSWER_WITHIN", 0.2)


async def test_an_event_comes_in_an_envelope_and_is_acknowledged(slack: Local) -> None:
    async with listening(slack) as bot:
        ts = await slack.driver.say(ONE, "A note")
        await slack.driver.settled()
        (delivery,) = await slack.driver.deliveries()
    (request,) = bot.requests
    assert (request.type, request.payload["event"]["ts"]) == ("events_api", ts)
    assert request.payload["event_id"] == delivery["id"]
    assert (request.retry_attempt, request.accepts_response_payload) == (0, False)
    assert (delivery["attempts"], delivery["acknowledged"]) == (1, True)


async def test_a_button_comes_without_a_retry(slack: Local) -> None:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    async with listening(slack) as bot:
        ts = await slack.post(ONE, "Press", blocks=[{"type": "actions", "elements": [button]}])
        await slack.driver.press(ONE, ts, "go")
        await slack.driver.settled()
    (request,) = [each for each in bot.requests if each.type == "interactive"]
    assert (request.payload["actions"][0]["action_id"], request.retry_attempt) == ("go", None)
    assert request.accepts_response_payload is True


@pytest.mark.usefixtures("impatient")
async def test_what_is_not_acknowledged_in_time_comes_again(slack: Local) -> None:
    async with listening(slack, silent=1) as bot:
        await slack.driver.say(ONE, "A note")
        await slack.driver.settled()
    first, again = bot.requests
    assert first.payload == again.payload
    assert first.envelope_id != again.envelope_id
    assert (again.retry_attempt, again.retry_reason) == (1, "timeout")


async def test_an_event_waits_for_a_socket_and_comes_with_the_number_of_its_retry(tmp_path: Path) -> None:
    async with local_slack(tmp_path, retry_scale=0.005) as slack:
        await slack.driver.say(ONE, "Nobody listens yet")
        await asyncio.sleep(0.1)
        async with listening(slack) as bot:
            await slack.driver.settled()
            (delivery,) = await slack.driver.deliveries()
    (request,) = bot.requests
    assert (request.retry_attempt, request.retry_reason) == (2, "connection_failed")
    assert (delivery["attempts"], delivery["acknowledged"]) == (3, True)


async def test_nobody_listening_for_too_long_loses_the_event(slack: Local) -> None:
    await slack.driver.say(ONE, "Nobody listens")
    await slack.driver.settled()
    (delivery,) = await slack.driver.deliveries()
    assert (delivery["attempts"], delivery["acknowledged"], delivery["given_up"]) == (4, False, True)


async def test_a_socket_that_goes_before_it_acknowledges_is_no_acknowledgement(slack: Local) -> None:
    async with listening(slack, silent=99) as first, listening(slack) as second:
        await slack.driver.say(ONE, "to the second")
        await slack.driver.settled()
        await slack.driver.say(ONE, "to the first, which goes")
        await slack.driver.until(lambda: arrived(first))
        await first.client.disconnect()  # type: ignore[no-untyped-call] # the SDK's
        await slack.driver.settled()
    texts = [request.payload["event"]["text"] for request in second.requests]
    assert texts == ["to the second", "to the first, which goes"]
    assert second.requests[-1].retry_reason == "connection_failed"


async def arrived(listener: Listener) -> bool:
    return bool(listener.requests)


async def test_each_envelope_goes_to_one_of_the_sockets(slack: Local) -> None:
    async with listening(slack) as first, listening(slack) as second:
        for number in range(6):
            await slack.driver.say(ONE, f"note {number}")
        await slack.driver.settled()
    assert (len(first.requests), len(second.requests)) == (3, 3)


async def test_cut_sockets_are_all_gone_at_once_and_a_new_one_opens(slack: Local) -> None:
    async with listening(slack), listening(slack):
        assert (await slack.driver.status())["sockets"] == 2
        await slack.driver.plant("socket_cut")
        assert (await slack.driver.status())["sockets"] == 0
        async with listening(slack) as after:
            await slack.driver.say(ONE, "A note")
            await slack.driver.settled()
    assert len(after.requests) == 1


async def test_a_ticket_opens_one_socket_which_says_hello(slack: Local) -> None:
    url = await ticket(slack)
    async with slack.http.ws_connect(url) as socket:
        hello: Json = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["connection_info"] == {"app_id": "AAPP"}
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await slack.http.ws_connect(url)


@pytest.mark.parametrize("text", ["junk", "[]", "{}", '{"envelope_id": []}', '{"envelope_id": "another"}'])
@pytest.mark.usefixtures("impatient")
async def test_junk_is_no_acknowledgement_and_does_no_harm(slack: Local, text: str) -> None:
    async with slack.http.ws_connect(await ticket(slack)) as socket:
        await socket.receive_json()
        await slack.driver.say(ONE, "A note")
        await socket.receive_json()
        await socket.send_str(text)
        retried: dict[str, Any] = await socket.receive_json()
        assert retried["retry_attempt"] == 1
        await socket.send_json({"envelope_id": retried["envelope_id"]})
        await slack.driver.settled()
    assert [each["acknowledged"] for each in await slack.driver.deliveries()] == [True]


async def test_only_the_apps_own_token_opens_sockets(slack: Local) -> None:
    assert await slack.error("apps.connections.open", BOT_TOKEN) == "not_allowed_token_type"
