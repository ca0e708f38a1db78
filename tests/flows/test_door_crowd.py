"""Many, slow, long and half closed: whoever stands at the HTTP door, Slack's event is answered meanwhile."""

import asyncio
import json
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.slack import connection, crowd
from bot.slack.connection import Door, serving
from bot.slack.ids import EVENTS_PATH
from tests.flows.conftest import Staged
from tests.flows.test_door import R22, TS, Slack

HEAD = f"POST {EVENTS_PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
Raw = tuple[asyncio.StreamReader, asyncio.StreamWriter]
USUAL = 512  # open files that the bot is given: fewer than come


@pytest.fixture
def few_files() -> Iterator[None]:
    """A bot started now has a low soft limit, as most systems give it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (USUAL, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
async def door(few_files: None, staged: Staged, tmp_path: Path) -> AsyncIterator[tuple[Slack, int]]:
    async with staged(transport="http") as set_up:
        crowd.make_room()
        team = json.loads((tmp_path / "workspace.json").read_text())["team"]
        port = int(set_up.bot.environ["PORT"])
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
            yield Slack(http, set_up.secrets.signing, team), port


@asynccontextmanager
async def raw(port: int) -> AsyncIterator[Raw]:
    """A connection of no client's making."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def status(reader: asyncio.StreamReader) -> int:
    """The status of an answer; 0 when there is none before the end."""
    line = await asyncio.wait_for(reader.readline(), 30)
    return int(line.split()[1]) if line else 0


async def test_a_thousand_who_say_nothing_do_not_stop_slack(door: tuple[Slack, int]) -> None:
    slack, port = door
    async with AsyncExitStack() as stack:
        for _ in range(1000):
            await stack.enter_async_context(raw(port))
        assert await slack.send(slack.event()) == 200


async def test_the_longest_idle_of_too_many_are_shown_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "make_room", lambda: 3)
    slow = Door("secret")
    async with serving("127.0.0.1", 0, [slow.route]) as port, AsyncExitStack() as stack:
        asking, writer = await stack.enter_async_context(raw(port))
        writer.write(f"{HEAD}Content-Length: 2\r\n\r\n".encode())  # its request is under way
        idle = [await stack.enter_async_context(raw(port)) for _ in range(6)]
        ended = [asyncio.create_task(reader.read()) for reader, _ in idle]
        await asyncio.wait_for(asyncio.wait(ended[:4]), 30)
        assert [task.done() for task in ended] == [True] * 4 + [False] * 2
        writer.write(b"{}")
        assert await status(asking) == 401
        for task in ended:
            task.cancel()


async def test_a_slow_body_does_not_stop_slack(door: tuple[Slack, int]) -> None:
    slack, port = door
    async with AsyncExitStack() as stack:
        for _ in range(20):
            _, writer = await stack.enter_async_context(raw(port))
            writer.write(f"{HEAD}Content-Length: 1000\r\n\r\n{{".encode())
            await writer.drain()
        assert await slack.send(slack.event()) == 200


async def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BODY_WITHIN", 0.3)
    async with serving("127.0.0.1", 0, [Door("secret").route]) as port, raw(port) as (reader, writer):
        writer.write(f"{HEAD}Content-Length: 1000\r\n\r\n".encode())
        answered = asyncio.create_task(status(reader))
        while not answered.done():
            writer.write(b" ")
            await asyncio.sleep(0.05)
        assert answered.result() == 408


async def test_ten_megabytes_are_refused_before_they_are_sent(door: tuple[Slack, int]) -> None:
    slack, port = door
    async with raw(port) as (reader, writer):
        writer.write(f"{HEAD}Content-Length: {10 * 2**20}\r\n\r\n".encode())
        assert await status(reader) == 413
        assert await slack.send(slack.event()) == 200


async def test_ten_megabytes_of_unknown_length_are_refused_on_the_way(door: tuple[Slack, int]) -> None:
    slack, port = door
    async with raw(port) as (reader, writer):
        writer.write(f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode())
        answered = asyncio.create_task(status(reader))
        sent = 0
        while not answered.done() and sent < 10 * 2**20:
            writer.write(b"10000\r\n" + b" " * 2**16 + b"\r\n")
            await writer.drain()
            sent += 2**16
            await asyncio.sleep(0)
        assert await answered == 413
        assert await slack.send(slack.event()) == 200


async def test_the_edit_of_a_message_as_long_as_slack_allows_comes_in(door: tuple[Slack, int]) -> None:
    slack, _ = door
    text = "\N{PARTY POPPER}" * 40_000
    block = {"type": "rich_text", "elements": [{"type": "text", "text": text}]}
    version = {"user": R22, "text": text, "ts": TS, "blocks": [block]}
    body = slack.event(subtype="message_changed", message=version, previous_message=version)
    assert len(body) > 2**20
    assert await slack.send(body) == 200


async def test_who_closes_half_is_ended_and_stops_nobody(door: tuple[Slack, int]) -> None:
    slack, port = door
    async with raw(port) as (kept, writer), raw(port) as (cut, cut_writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await status(kept) == 200
        writer.write_eof()  # between two requests
        cut_writer.write(f"{HEAD}Content-Length: 1000\r\n\r\n{{".encode())
        await cut_writer.drain()
        cut_writer.write_eof()  # in the middle of one
        assert await slack.send(slack.event()) == 200
        await asyncio.wait_for(asyncio.gather(kept.read(), cut.read()), 30)
