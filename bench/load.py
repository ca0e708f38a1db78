"""Signed message.im events of many people, so many at once, and how long each took to be acknowledged.

Every person has the same short conversation, so that dialogues are of one length however many events there
are. Requests are signed before the clock starts, and sent by hand: an HTTP client would cost as much as the
server that is measured.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Sequence
from itertools import count

from bench.servers import BOT_USER, SECRET, TEAM
from bot.slack.ids import EVENTS_PATH

CONVERSATION = (*(["note", "note", "note", "next"] * 6), "note")
_NOTE = "Speaker after speaker came back to the funding gap; number {} asked who pays for the second year."
_BEGAN_AT = int(time.time())  # ts count up from here, a microsecond a message
_numbers = count(1)


def people(first: int, events: int) -> tuple[str, ...]:
    """Slack ids, as many as so many events need, numbered from `first` on."""
    return tuple(f"UBENCH{number}" for number in range(first, first + -(-events // len(CONVERSATION))))


def requests(persons: Sequence[str], events: int) -> list[bytes]:
    """So many events as bytes on the wire: everybody's first message, then everybody's second, and so on."""
    turns = ((person, text) for text in CONVERSATION for person in persons)
    return [_request(person, text) for (person, text), _ in zip(turns, range(events), strict=False)]


async def send(port: int, events: Sequence[bytes], at_once: int) -> list[float]:
    """Milliseconds that each acknowledgement took, sorted. Anything but a 200 is an error."""
    took: list[float] = []
    waiting = iter(events)
    await asyncio.gather(*(_sender(port, waiting, took) for _ in range(min(at_once, len(events)))))
    return sorted(took)


async def _sender(port: int, waiting: Iterator[bytes], took: list[float]) -> None:
    """One kept-alive connection that sends the next request when the last one is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for request in waiting:
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            took.append((time.perf_counter() - began) * 1000)
            status, _, headers = head.partition(b"\r\n")
            if b" 200 " not in status:
                raise RuntimeError(f"the server answered {status.decode()}")
            await reader.readexactly(_length(headers))
    finally:
        writer.close()


def _length(headers: bytes) -> int:
    for line in headers.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def _request(person: str, text: str) -> bytes:
    number = next(_numbers)
    body = json.dumps(_envelope(person, text if text == "next" else _NOTE.format(number), number)).encode()
    timestamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), b"v0:%b:%b" % (timestamp.encode(), body), hashlib.sha256)
    head = (
        f"POST {EVENTS_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Slack-Request-Timestamp: {timestamp}\r\nX-Slack-Signature: v0={signature.hexdigest()}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _envelope(person: str, text: str, number: int) -> dict[str, object]:
    """An event as Slack sends it for a line typed in the DM."""
    ts = f"{_BEGAN_AT + number // 1_000_000:010d}.{number % 1_000_000:06d}"
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    message = {
        "type": "message", "channel_type": "im", "channel": f"D{person[1:]}", "user": person, "team": TEAM,
        "text": text, "blocks": [{"type": "rich_text", "block_id": f"b{number}", "elements": [section]}],
        "ts": ts, "event_ts": ts, "client_msg_id": f"00000000-0000-4000-8000-{number:012d}",
    }  # fmt: skip
    return {
        "token": "unused", "team_id": TEAM, "context_team_id": TEAM, "context_enterprise_id": None,
        "api_app_id": "ABENCH", "type": "event_callback", "event": message, "event_id": f"Ev{number:08d}",
        "event_time": _BEGAN_AT, "is_ext_shared_channel": False, "event_context": f"4-{number}",
        "authorizations": [
            {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True,
             "is_enterprise_install": False}
        ],
    }  # fmt: skip
