"""A TCP forwarder: the network between Slack and the bot, which can be cut, or fall silent without a word."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType

_CHUNK = 65536


class Forwarder:
    """Listens on loopback and goes on to the targets in turn; a target that refuses is left out that time."""

    def __init__(self, targets: Callable[[], Sequence[int]]) -> None:
        self.port = 0
        self.struck = 0  # connections that were cut, bytes that were held back
        self._targets, self._turn = targets, 0
        self._server: asyncio.Server | None = None
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Forwarder":
        await self.restore()
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        await self.cut()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # aborted transports close in the loop's next turn

    async def cut(self) -> None:
        """Close every connection at once, and refuse new ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            self.struck += 1
            writer.transport.abort()

    async def restore(self) -> None:
        """Take connections again, on the port of before."""
        while self._server is None:
            try:
                self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
            except OSError:  # somebody's outgoing connection has the port for a moment
                await asyncio.sleep(0.2)
        self.port = int(self._server.sockets[0].getsockname()[1])

    def stall(self) -> None:
        """Hold every byte back; nobody is told."""
        self._flowing.clear()

    def flow(self) -> None:
        """Let the bytes go on."""
        self._flowing.set()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, to = await self._connected()
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, to}
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, to))
                group.create_task(self._pump(there, writer))
        finally:
            self._writers -= {writer, to}
            for each in (writer, to):
                each.transport.abort()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        targets = self._targets()
        self._turn += 1
        for number in range(len(targets)):
            with suppress(OSError):
                return await asyncio.open_connection(
                    "127.0.0.1", targets[(self._turn + number) % len(targets)]
                )
        raise ConnectionRefusedError

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                if not self._flowing.is_set():
                    self.struck += 1
                    await self._flowing.wait()
                writer.write(chunk)
                await writer.drain()
        with suppress(OSError):
            writer.close()
