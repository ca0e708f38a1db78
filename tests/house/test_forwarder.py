"""The soak's network: it can be cut, fall silent, come back, and goes past a bot that is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from bench.soak.forwarder import Forwarder
from bot.demo.stage import free_port


@asynccontextmanager
async def echo() -> AsyncIterator[int]:
    """A server that says again what it hears; gives its port."""

    serving: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while heard := await reader.read(100):
                writer.write(heard)
        writer.transport.abort()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    yield int(server.sockets[0].getsockname()[1])
    server.close()
    await asyncio.gather(*serving)


async def said(forwarder: Forwarder, text: bytes = b"hello") -> bytes:
    """What comes back through the forwarder, on a connection of its own; b"" when it is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", forwarder.port)
    writer.write(text)
    try:
        return await reader.read(100)
    finally:
        writer.close()


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the connection is closed, gently or not."""
    try:
        return await reader.read(100) == b""
    except ConnectionError:
        return True


async def test_what_is_sent_goes_there_and_back() -> None:
    async with echo() as port, Forwarder(lambda: [port]) as forwarder:
        assert await said(forwarder) == b"hello"


async def test_a_target_that_is_away_is_left_out() -> None:
    async with echo() as port, Forwarder(lambda: [free_port(), port]) as forwarder:
        assert [await said(forwarder) for _ in range(3)] == [b"hello"] * 3


async def test_when_it_is_cut_connections_end_and_new_ones_are_refused_until_it_is_restored() -> None:
    async with echo() as port, Forwarder(lambda: [port]) as forwarder:
        reader, writer = await asyncio.open_connection("127.0.0.1", forwarder.port)
        writer.write(b"hello")
        assert await reader.read(100) == b"hello"
        await forwarder.cut()
        assert await ended(reader)
        with pytest.raises(ConnectionRefusedError):
            await said(forwarder)
        assert forwarder.struck > 0
        await forwarder.restore()
        assert await said(forwarder) == b"hello"
        writer.close()


async def test_while_it_is_stalled_nothing_comes_and_nobody_is_told_and_then_all_of_it() -> None:
    async with echo() as port, Forwarder(lambda: [port]) as forwarder:
        forwarder.stall()
        waiting = asyncio.create_task(said(forwarder))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), 0.2)
        assert forwarder.struck == 1
        forwarder.flow()
        assert await waiting == b"hello"
