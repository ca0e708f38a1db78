"""One line of Socket Mode: a connection, from its handshake to its end (slack.md, 2)."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType
from slack_sdk.socket_mode.response import SocketModeResponse

Json = dict[str, Any]
Take = Callable[["Line", Json], None]

WENT_SILENT = "went_silent"  # pings stay unanswered: nobody is at the other end
WAS_CLOSED = "was_closed"


class Left(Exception):
    """A line that must not be used: Slack's reason, or how it ended."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Line:
    """Reads what Slack sends. `hello` is done when Slack said so, and raises Left if it never did.

    `leaving` gives why another line must take this one's place; it may go on bringing envelopes meanwhile.
    """

    def __init__(self, connection: ClientWebSocketResponse, take: Take) -> None:
        loop = asyncio.get_running_loop()
        self._connection, self._take = connection, take
        self.hello: asyncio.Future[None] = loop.create_future()
        self.leaving: asyncio.Future[str] = loop.create_future()
        self.reading = loop.create_task(self._read())

    @property
    def stands(self) -> bool:
        """Whether envelopes come by it."""
        return self.hello.done() and not self.reading.done()

    async def acknowledge(self, response: SocketModeResponse) -> None:
        """Tell Slack that an envelope need not come again; ConnectionError when the line is gone."""
        await self._connection.send_str(json.dumps(response.to_dict()))

    async def close(self) -> None:
        """End it, with a goodbye if somebody listens."""
        with suppress(ConnectionError):
            await self._connection.close()
        self.reading.cancel()
        await asyncio.wait({self.reading})

    async def _read(self) -> None:
        try:
            async for message in self._connection:
                if message.type is WSMsgType.TEXT:
                    self._heard(message.data)
        finally:
            is_silent = isinstance(self._connection.exception(), TimeoutError)
            self._leave(WENT_SILENT if is_silent else WAS_CLOSED)

    def _heard(self, text: str) -> None:
        match _read_json(text):
            case {"type": "hello"} if not self.leaving.done() and not self.hello.done():
                self.hello.set_result(None)
            case {"type": "disconnect", **told}:
                self._leave(str(told.get("reason")))
            case {"envelope_id": str()} as envelope:
                self._take(self, envelope)

    def _leave(self, reason: str) -> None:
        if not self.leaving.done():
            self.leaving.set_result(reason)
        if not self.hello.done():
            self.hello.set_exception(Left(reason))
            self.hello.exception()  # looked at: nobody may be waiting for it any more


def _read_json(text: str) -> Json:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
