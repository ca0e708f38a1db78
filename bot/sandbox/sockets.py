"""The sockets of the app, and what befalls them on a bad day."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

import aiohttp
from aiohttp import web

from bot.sandbox.faults import Fault, Faults
from bot.sandbox.state import Json

ANSWER_WITHIN = 3.0  # seconds, as Slack
CLOSE_WITHIN = 1.0  # seconds for a socket's other side to say goodbye


@dataclass(slots=True, eq=False)
class Socket:
    """One of them; a silent one neither hears nor says anything any more."""

    response: web.WebSocketResponse
    transport: asyncio.BaseTransport | None
    is_silent: bool = False

    async def send(self, body: Json) -> None:
        """Send something, if it is not silent; ConnectionError when it is gone."""
        if not self.is_silent:
            await self.response.send_str(json.dumps(body))

    def abort(self) -> None:
        """End it without a goodbye, as a network that goes away."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()


@dataclass(slots=True)
class Sockets:
    """Each payload goes to one of them."""

    app_id: str
    faults: Faults
    open: list[Socket] = field(default_factory=list)
    tickets: set[str] = field(default_factory=set)
    asked: int = 0  # how many tickets were asked for
    _waiting: dict[str, tuple[Socket, asyncio.Future[bool]]] = field(default_factory=dict)
    _turn: int = 0
    _endings: set[asyncio.Task[None]] = field(default_factory=set)

    def ticket(self) -> str:
        """A new one, which opens one socket."""
        self.tickets.add(made := uuid4().hex)
        return made

    async def send(self, kind: str, payload: Json, number: int, before: str) -> str:
        """Send an envelope and wait for its acknowledgement; empty, or why not."""
        alive = [each for each in self.open if not each.response.closed]
        if not alive:
            return "connection_failed"
        self._turn += 1
        socket, envelope = alive[self._turn % len(alive)], str(uuid4())
        acknowledged: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[envelope] = (socket, acknowledged)
        body = {
            "envelope_id": envelope,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind == "interactive",
        }
        if kind == "events_api":
            body |= {"retry_attempt": number, "retry_reason": before}
        try:
            await socket.send(body)
            return "" if await asyncio.wait_for(acknowledged, ANSWER_WITHIN) else "connection_failed"
        except TimeoutError:
            return "timeout"
        except ConnectionError:
            return "connection_failed"
        finally:
            self._waiting.pop(envelope, None)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """A socket from its handshake to its end."""
        ticket = request.query.get("ticket", "")
        known = ticket in self.tickets
        self.tickets.discard(ticket)
        if not known or self.faults.on_socket("ticket_stale"):
            raise web.HTTPUnauthorized
        if self.faults.on_socket("handshake_refused"):
            raise web.HTTPServiceUnavailable
        response = web.WebSocketResponse(autoping=False, timeout=CLOSE_WITHIN)
        await response.prepare(request)
        for reason in ("link_disabled", "too_many_websockets"):
            if self.faults.on_socket(f"disconnect_{reason}"):
                await response.send_json(_disconnect(reason))
                await response.close()
                return response
        await self._serve(Socket(response, request.transport))
        return response

    async def strike(self, fault: Fault) -> None:
        """What a fault does to the sockets that are open when it is planted."""
        match fault.kind:
            case "socket_cut":
                await self.cut()
            case "socket_dropped":
                for socket in self.open:
                    socket.abort()
            case "socket_silent" | "network_gone":
                for socket in self.open:
                    socket.is_silent = True
            case kind if kind.startswith("disconnect_"):
                reason = kind.removeprefix("disconnect_")
                for socket in self.open:
                    ending = asyncio.create_task(_told(socket, reason, fault.seconds))
                    self._endings.add(ending)
                    ending.add_done_callback(self._endings.discard)
            case _:
                return
        fault.struck += 1

    async def cut(self) -> None:
        """Close all sockets, at once; what waits for an acknowledgement on them goes by the next one."""
        await asyncio.gather(*(socket.response.close() for socket in self.open), return_exceptions=True)

    async def _serve(self, socket: Socket) -> None:
        hello = {
            "type": "hello",
            "num_connections": len(self.open) + 1,
            "connection_info": {"app_id": self.app_id},
            "debug_info": {"approximate_connection_time": 3600},
        }
        await socket.send(hello)
        self.open.append(socket)
        try:
            async for message in socket.response:
                if not socket.is_silent:
                    await self._heard(socket, message)
        finally:
            self.open.remove(socket)
            for sent_on, acknowledged in self._waiting.values():
                if sent_on is socket and not acknowledged.done():
                    acknowledged.set_result(False)

    async def _heard(self, socket: Socket, message: aiohttp.WSMessage) -> None:
        match message.type:
            case aiohttp.WSMsgType.TEXT:
                self._acknowledge(message.data)
            case aiohttp.WSMsgType.PING if not self.faults.on_socket("pong_missing"):
                with suppress(ConnectionError):
                    await socket.response.pong(message.data)

    def _acknowledge(self, text: str) -> None:
        with suppress(ValueError, AttributeError):
            _, acknowledged = self._waiting.get(str(json.loads(text).get("envelope_id")), (None, None))
            if acknowledged is not None and not acknowledged.done():
                acknowledged.set_result(True)


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}


async def _told(socket: Socket, reason: str, seconds: float) -> None:
    """Told to leave, and closed a while later; Slack says so once more after a warning."""
    with suppress(ConnectionError):
        await socket.send(_disconnect(reason))
        await asyncio.sleep(seconds)
        if reason == "warning":
            await socket.send(_disconnect("refresh_requested"))
        await socket.response.close()
