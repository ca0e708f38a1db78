"""The door by itself: who hears of a request that only our clock refuses."""

import time
from typing import Any

import aiohttp

from bot.sandbox.deliveries import signature
from bot.slack.connection import Door, serving
from bot.slack.ids import EVENTS_PATH

SECRET = "secret-of-a-test"


async def test_a_request_that_only_our_clock_refuses_counts_as_a_failure_of_intake() -> None:
    told: list[str] = []
    door = Door(SECRET)
    app: Any = None  # a refused request never gets so far
    door.open(app, lambda: told.append("stale"))
    long_ago = str(int(time.time()) - 3600)
    async with serving("127.0.0.1", 0, [door.route]) as port, aiohttp.ClientSession() as http:
        for secret in ("another", SECRET):
            signed = {
                "X-Slack-Request-Timestamp": long_ago,
                "X-Slack-Signature": signature(secret, long_ago, "{}"),
            }
            url = f"http://127.0.0.1:{port}{EVENTS_PATH}"
            async with http.post(url, data="{}", headers=signed) as answered:
                assert answered.status == 401
    assert told == ["stale"]
