"""Socket Mode: keeps a line standing, and brings what comes by it to Bolt.

In the place of slack_sdk's client, which tries one dead address for ever and lets the old connection go
before it has a new one (docs/decisions/0002). Every attempt asks for a new ticket.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import InstallationRefused
from bot.metrics import Metrics
from bot.slack.connection import Held
from bot.slack.line import Json, Line
from bot.slack.problems import MENDED_BY_SOMEBODY, problem_of, why_left
from bot.slack.tickets import Tickets, Waits

log = structlog.get_logger(__name__)


REAL_WAITS = Waits()
_TOO_OLD = "too_old"


class Keeper:
    """Keeps a line standing; `connected` is called whenever one stands after a while without."""

    def __init__(
        self,
        app: AsyncApp,
        client: AsyncWebClient,
        http: aiohttp.ClientSession,
        connected: Callable[[], None],
        metrics: Metrics,
        waits: Waits,
    ) -> None:
        self._acknowledged = metrics.acknowledged.labels("socket")
        self._app, self._client, self._http = app, client, http
        self._connected, self._waits = connected, waits
        self._tickets = Tickets(waits)
        self._lines: set[Line] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._problem = ""  # why no line stands; kept until one does
        self._has_stood = False
        self.held = Held()

    async def trouble(self) -> str | None:
        """Why nothing comes in, or None while a line stands."""
        return None if self._stands else f"is not connected: {self._problem}"

    async def keep(self, line: Line) -> None:
        """Have a new line in the place of one that leaves, which goes on until the new one stands."""
        while True:
            await asyncio.wait({line.leaving}, timeout=self._waits.life)
            reason = line.leaving.result() if line.leaving.done() else _TOO_OLD
            log.info("socket leaves", reason=reason)
            self._problem = why_left(reason)
            if reason in MENDED_BY_SOMEBODY:
                await line.close()
                await asyncio.sleep(self._waits.refused)
            old, line = line, await self.opened()
            self._start(self._let_go(old))

    async def opened(self) -> Line:
        """A line that stands, however long it takes.

        Raises InstallationRefused for a wrong app-level token, as long as no line has ever stood.
        """
        pause = self._waits.pause
        while True:
            await asyncio.sleep(self._tickets.wait)
            try:
                async with asyncio.timeout(self._waits.attempt):
                    line = await self._dialled()
            except Exception as error:  # noqa: BLE001 - whatever it was, another attempt may do
                await asyncio.sleep(max(pause, self._failed(error)))
                pause = min(2 * pause, self._waits.longest)
            else:
                self._stood(line)
                return line

    async def close(self) -> None:
        """End all lines, and what is still at work on them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*(line.close() for line in self._lines))

    @property
    def _stands(self) -> bool:
        return any(line.stands for line in self._lines)

    async def _dialled(self) -> Line:
        ticket = await self._ticket()
        connection = await self._http.ws_connect(
            ticket,
            heartbeat=self._waits.ping,
            timeout=aiohttp.ClientWSTimeout(ws_close=2.0),
            proxy=self._client.proxy,
            ssl=self._client.ssl or True,
        )
        line = Line(connection, self._take)
        try:
            await line.hello
        except BaseException:
            await line.close()
            raise
        return line

    async def _ticket(self) -> str:
        self._tickets.spend()
        try:
            return str((await self._client.apps_connections_open(app_token=str(self._client.token)))["url"])
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            self._tickets.restore()
            raise

    def _failed(self, error: Exception) -> float:
        """Keep in words why; gives how long to wait at least."""
        problem = problem_of(error)
        if problem.is_of_the_token and not self._has_stood:
            raise InstallationRefused(f"{problem.words}.") from None
        if problem.words != self._problem:
            log.warning("socket not connected", reason=problem.words)
        self._problem = problem.words
        return self._waits.refused if problem.is_for_somebody else problem.wait

    def _stood(self, line: Line) -> None:
        is_gap = not self._stands
        self._lines.add(line)
        self._problem, self._has_stood = "", True
        log.info("socket connected", after_gap=is_gap)
        if is_gap:
            self._connected()

    async def _let_go(self, line: Line) -> None:
        await asyncio.wait({line.reading}, timeout=self._waits.linger)
        await line.close()
        self._lines.discard(line)

    def _take(self, line: Line, envelope: Json) -> None:
        self._start(self._dispatched(line, envelope))

    async def _dispatched(self, line: Line, envelope: Json) -> None:
        """Into Bolt, and acknowledged after the commit by the line that brought it; else it comes again."""
        if self.held.is_closed:
            return
        with self.held, self._acknowledged.time():
            try:
                if request := SocketModeRequest.from_dict(envelope):
                    answer = await run_async_bolt_app(self._app, request)
                    if answer.status == 200:
                        await line.acknowledge(_acknowledgement(request.envelope_id, answer))
            except ConnectionError:
                log.info("not acknowledged", reason="the connection is gone")
            except Exception as error:  # noqa: BLE001 - Bolt stumbled: it is not of Slack's shape
                log.error("intake failed", error=type(error).__name__)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _acknowledgement(envelope_id: str, answer: BoltResponse) -> SocketModeResponse:
    """The envelope's id, with what Bolt answers to a form or a command."""
    is_json = answer.headers.get("content-type", [""])[0].startswith("application/json")
    return SocketModeResponse(
        envelope_id, json.loads(answer.body) if answer.body and is_json else answer.body or None
    )


@asynccontextmanager
async def socket(
    app: AsyncApp,
    app_token: str,
    api_url: str,
    connected: Callable[[], None],
    metrics: Metrics,
    *,
    waits: Waits = REAL_WAITS,
) -> AsyncIterator[Callable[[], Awaitable[str | None]]]:
    """Socket Mode; gives a check of the connection.

    `connected` is called at the first connection and after each gap, and must not raise. Waits while Slack is
    away, raises InstallationRefused for a wrong app-level token, and finishes what is held at the end (10 s).
    """
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=waits.reach)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        client = AsyncWebClient(token=app_token, base_url=api_url, session=http, retry_handlers=[])
        keeper = Keeper(app, client, http, connected, metrics, waits)
        keeping = asyncio.create_task(keeper.keep(await keeper.opened()))
        try:
            yield keeper.trouble
            await keeper.held.close(within=10)
        finally:
            keeping.cancel()
            await asyncio.wait({keeping})
            await keeper.close()
