"""Signed Slack events from many people, so many at once; how long each took to be acknowledged."""

import asyncio
import hashlib
import hmac
import json
import time
from itertools import count

import aiohttp

from bench.servers import SECRET, TEAM
from bot.slack.ids import EVENTS_PATH

PEOPLE = 60
_numbers = count(1)


def person(number: int) -> str:
    """A Slack id."""
    return f"UBENCH{number % PEOPLE:02d}"


def signed() -> tuple[bytes, dict[str, str]]:
    """A message: every sixth says next, the others are notes."""
    number = next(_numbers)
    ts = f"{1_544_100_000 + number // 1_000_000}.{number % 1_000_000:06d}"
    user = person(number)
    event = {
        "type": "message", "channel_type": "im", "channel": f"D{user[1:]}", "user": user, "team": TEAM,
        "text": "next" if number // PEOPLE % 6 == 0 else f"note {number} of what was said in the room",
        "ts": ts, "event_ts": ts, "client_msg_id": str(number),
    }  # fmt: skip
    body = json.dumps(
        {
            "token": "t", "team_id": TEAM, "api_app_id": "A", "type": "event_callback", "event": event,
            "event_id": f"Ev{number}", "event_time": 1_544_100_000,
            "authorizations": [{"team_id": TEAM, "user_id": "UB", "is_bot": True}],
        }
    ).encode()  # fmt: skip
    timestamp = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return body, {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={digest.hexdigest()}",
    }


async def send(port: int, events: int, at_once: int) -> list[float]:
    """Milliseconds of each acknowledgement, sorted."""
    took: list[float] = []
    waiting = iter(range(events))

    async def sender(http: aiohttp.ClientSession) -> None:
        for _ in waiting:
            body, headers = signed()
            began = time.perf_counter()
            async with http.post(EVENTS_PATH, data=body, headers=headers) as answer:
                assert answer.status == 200, answer.status
            took.append((time.perf_counter() - began) * 1000)

    connector = aiohttp.TCPConnector(limit=at_once)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=connector) as http:
        await asyncio.gather(*(sender(http) for _ in range(at_once)))
    return sorted(took)
