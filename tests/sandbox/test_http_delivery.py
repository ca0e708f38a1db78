"""Signed HTTP, with Slack's retries (slack.md, 2)."""

import socket
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from bot.sandbox.deliveries import RETRIES
from bot.sandbox.server import serving
from tests.sandbox.local import ONE, SECRET, TWO, Receiver, local_slack, receiving


async def told(receiver: Receiver, folder: Path, retry_scale: float = 0.0) -> dict[str, object]:
    """Have one note delivered; what Slack makes of it."""
    async with local_slack(folder, events_url=receiver.url, retry_scale=retry_scale) as slack:
        await slack.driver.say(ONE, "A note with ünïcode 🙂 and half of one: \ud83d")
        await slack.driver.settled()
        (delivery,) = await slack.driver.deliveries()
    return {key: delivery[key] for key in ("attempts", "acknowledged", "given_up")}


async def test_a_request_is_signed_as_slack_signs(tmp_path: Path) -> None:
    async with receiving() as bot:
        assert await told(bot, tmp_path) == {"attempts": 1, "acknowledged": True, "given_up": False}
    (request,) = bot.requests
    timestamp = request.headers["x-slack-request-timestamp"]
    signature = request.headers["x-slack-signature"]
    assert SignatureVerifier(SECRET).is_valid(request.body, timestamp, signature)
    assert not SignatureVerifier("another").is_valid(request.body, timestamp, signature)
    assert "x-slack-retry-num" not in request.headers


async def test_what_is_refused_comes_three_times_more_as_the_same_event(tmp_path: Path) -> None:
    async with receiving(500, 404, 302, 500, 200) as bot:
        assert await told(bot, tmp_path) == {"attempts": 4, "acknowledged": False, "given_up": True}
    assert len({request.body for request in bot.requests}) == 1
    assert [request.headers.get("x-slack-retry-num") for request in bot.requests] == [None, "1", "2", "3"]
    assert {request.headers.get("x-slack-retry-reason") for request in bot.requests[1:]} == {"http_error"}


async def test_a_retry_that_is_taken_is_the_last(tmp_path: Path) -> None:
    async with receiving(500, 200) as bot:
        assert await told(bot, tmp_path) == {"attempts": 2, "acknowledged": True, "given_up": False}
    assert len(bot.requests) == 2


async def test_retries_come_at_once_then_after_one_and_five_minutes_scaled(tmp_path: Path) -> None:
    scale = 0.002
    async with receiving(500, 500, 500, 500) as bot:
        await told(bot, tmp_path, scale)
    at = [request.at for request in bot.requests]
    pauses = [after - before for before, after in pairwise(at)]
    assert RETRIES == (0, 60, 300)
    assert [pause >= each * scale for pause, each in zip(pauses, RETRIES, strict=True)] == [True] * 3
    assert pauses[0] < 60 * scale <= pauses[1] < 300 * scale


async def test_an_answer_after_three_seconds_is_none(tmp_path: Path) -> None:
    async with receiving(3.4) as bot:
        assert await told(bot, tmp_path) == {"attempts": 2, "acknowledged": True, "given_up": False}
    first, retry = bot.requests
    assert retry.headers["x-slack-retry-reason"] == "http_timeout"
    assert retry.at - first.at == pytest.approx(3.0, abs=0.3)


async def test_nobody_there_is_a_reason_too(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        gone = Receiver(url=f"http://127.0.0.1:{probe.getsockname()[1]}/slack/events")
        assert await told(gone, tmp_path) == {"attempts": 4, "acknowledged": False, "given_up": True}


async def test_a_button_is_not_sent_again(tmp_path: Path) -> None:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    async with receiving() as bot, local_slack(tmp_path, events_url=bot.url) as slack:
        ts = await slack.post(ONE, "Press", blocks=[{"type": "actions", "elements": [button]}])
        await slack.driver.settled()
        bot.answers.append(500)
        await slack.driver.press(ONE, ts, "go")
        await slack.driver.settled()
        pressed = (await slack.driver.deliveries())[-1]
    assert (pressed["kind"], pressed["attempts"], pressed["given_up"]) == ("interactive", 1, True)
    assert len(bot.requests) == 2


async def test_what_the_bot_does_not_want_again_does_not_come_again(tmp_path: Path) -> None:
    async def refused(_: web.Request) -> web.Response:
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    server = web.Application()
    server.router.add_post("/slack/events", refused)
    async with serving(server, 0) as url:
        outcome = await told(Receiver(url=f"{url}/slack/events"), tmp_path)
    assert outcome == {"attempts": 1, "acknowledged": False, "given_up": True}


async def test_while_a_retry_is_to_come_it_is_pending_and_says_when(tmp_path: Path) -> None:
    async with (
        receiving(500, 500) as bot,
        local_slack(tmp_path, events_url=bot.url, retry_scale=1.0) as slack,
    ):
        await slack.driver.say(ONE, "A note")

        async def paused() -> object:
            pending = await slack.driver.deliveries(pending=True)
            return [each for each in pending if each["attempts"] == 2 and each["again_at"]]

        (waiting,) = await slack.driver.until(paused)
        ahead = datetime.fromisoformat(waiting["again_at"]) - slack.clock.now()
        assert 30 < ahead.total_seconds() <= 60


async def test_deliveries_can_be_asked_for_by_channel(tmp_path: Path) -> None:
    async with receiving() as bot, local_slack(tmp_path, events_url=bot.url) as slack:
        for person in (ONE, TWO):
            await slack.driver.say(person, "A note")
        await slack.driver.settled()
        (told,) = await slack.driver.deliveries(await slack.driver.channel(TWO))
        assert told["channel"] == f"D{TWO[1:]}"
        assert await slack.driver.deliveries(pending=True) == []


async def test_an_acknowledged_event_says_when(tmp_path: Path) -> None:
    async with receiving() as bot, local_slack(tmp_path, events_url=bot.url) as slack:
        await slack.driver.say(ONE, "A note")
        await slack.driver.settled()
        (delivery,) = await slack.driver.deliveries()
        at = datetime.fromisoformat(delivery["acknowledged_at"])
        assert 0 <= (slack.clock.now() - at).total_seconds() < 5
