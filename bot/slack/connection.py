"""From plain strings to a running Slack app, and the door of signed HTTP; Socket Mode is in socket.py."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from hmac import compare_digest
from urllib.parse import parse_qs

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.event import WorkspaceId
from bot.errors import InstallationRefused, in_brief
from bot.metrics import Metrics
from bot.slack.crowd import Crowd, make_room, watched
from bot.slack.ids import EVENTS_PATH
from bot.slack.refusals import Kind, refusal_of

log = structlog.get_logger(__name__)

_WAIT = 5.0  # seconds between two tries to reach Slack at start
BODY_WITHIN = 5.0  # seconds for a body to come; Slack gives up after three
MOST_BYTES = 2**22  # an edit of 40,000 characters comes with both wordings, twice each, as escapes


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are, as auth.test said at start."""

    workspace: WorkspaceId
    bot_user: str
    bot_id: str


@asynccontextmanager
async def web_client(
    token: str, api_url: str, seconds: float, *traces: aiohttp.TraceConfig
) -> AsyncIterator[AsyncWebClient]:
    """A client of Slack's Web API: one HTTP session, no automatic retry (it would post twice)."""
    timeout = aiohttp.ClientTimeout(total=seconds)
    async with aiohttp.ClientSession(timeout=timeout, trace_configs=list(traces)) as session:
        yield AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=[])


async def identify(client: AsyncWebClient, *, waits: bool = True) -> Identity:
    """Ask Slack who we are, for as long as it is away unless told not to wait.

    Raises InstallationRefused for a wrong token, and for a Slack that is away and not waited for.
    """
    while True:
        try:
            answer = await client.auth_test()
        except Exception as error:  # noqa: BLE001 - what is no refusal of Slack's is raised again
            _refuse_or_wait(error, waits=waits)
            await asyncio.sleep(_WAIT)
        else:
            return identity_of(answer)


def identity_of(answer: AsyncSlackResponse) -> Identity:
    """Who we are, from the answer of auth.test."""
    return Identity(
        workspace=WorkspaceId(str(answer["team_id"])),
        bot_user=str(answer["user_id"]),
        bot_id=str(answer.get("bot_id")),
    )


def _refuse_or_wait(error: Exception, *, waits: bool) -> None:
    refusal = refusal_of(error)
    if refusal is None:
        raise error
    if refusal.kind is Kind.INSTALLATION_GONE:
        raise InstallationRefused(
            f"Slack refuses SLACK_BOT_TOKEN ({refusal.code}). Copy it anew from your app's settings."
        ) from None
    if not waits:
        raise InstallationRefused(f"Slack cannot be reached ({refusal.code}); try again.") from None
    log.warning("waiting for Slack", reason=refusal.code)


def make_app(client: AsyncWebClient, identity: Identity, failed: Callable[[], None]) -> AsyncApp:
    """A Bolt app that acknowledges after its listener, and loses nothing to a failing auth.test.

    `failed` is told of each event that could not be taken in.
    """
    known = AuthorizeResult(
        enterprise_id=None,
        team_id=identity.workspace,
        bot_user_id=identity.bot_user,
        bot_id=identity.bot_id,
        bot_token=client.token,
    )

    async def authorize() -> AuthorizeResult:
        return known

    app = AsyncApp(
        client=client,
        authorize=authorize,
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        request_verification_enabled=False,  # our own door does it, and prints no body
        attaching_conversation_kwargs_enabled=False,
    )

    @app.error
    async def refuse(error: Exception) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            return BoltResponse(status=200)
        failed()
        log.error("intake failed", **in_brief(error))
        return BoltResponse(status=500)  # Slack sends it again

    return app


class Held:
    """What came in and is not answered yet, so that it can be finished before the end."""

    def __init__(self) -> None:
        self.is_closed = False
        self._count = 0
        self._none = asyncio.Event()
        self._none.set()

    def __enter__(self) -> None:
        self._count += 1
        self._none.clear()

    def __exit__(self, *_: object) -> None:
        self._count -= 1
        if not self._count:
            self._none.set()

    async def close(self, within: float) -> None:
        """Take nothing more in, and wait so many seconds for what is held."""
        self.is_closed = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none.wait(), within)


class Door:
    """Signed HTTP: 401 for a wrong or stale signature, 400 for junk, 503 while closed, else Bolt's answer.

    A body that is too long is 413, one that does not come 408.
    """

    def __init__(
        self,
        signing_secret: str,
        metrics: Metrics | None = None,
        skew: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._verifier = SignatureVerifier(signing_secret)
        self._metrics = metrics or Metrics()
        self._skew = skew  # how far our clock is off, in words
        self._app: AsyncApp | None = None
        self._stale: Callable[[], None] = lambda: None
        self.held = Held()

    def open(self, app: AsyncApp, stale: Callable[[], None] = lambda: None) -> None:
        """Hand requests to the app from now on; `stale` is told of each that only our clock refuses."""
        self._app, self._stale = app, stale

    @property
    def route(self) -> web.RouteDef:
        """Where Slack posts events and buttons."""
        return web.post(EVENTS_PATH, self._events)

    async def _events(self, request: web.Request) -> web.Response:
        if (request.content_length or 0) > MOST_BYTES:
            return self._refuse(413, "too long")  # nothing of it is read
        try:
            async with asyncio.timeout(BODY_WITHIN):
                body = await request.read()
        except TimeoutError:
            return self._refuse(408, "did not come")
        match _signed(self._verifier, body, request):
            case _Signed.NO:
                return self._refuse(401, "signature")
            case _Signed.LONG_AGO:
                log.warning("stale request refused", clock=self._skew() or "not known to be off")
                self._stale()
                return self._refuse(401, "stale")
        if not _is_payload(body, request.content_type):
            return self._refuse(400, "junk")
        if self._app is None or self.held.is_closed:
            return self._refuse(503, "closed")
        with self.held, self._metrics.acknowledged.labels("http").time():
            try:
                answer = await self._app.async_dispatch(await to_bolt_request(request))
            except (AttributeError, KeyError, TypeError):
                return self._refuse(400, "junk")  # Bolt itself stumbled: not of Slack's shape
            return await to_aiohttp_response(answer)

    def _refuse(self, status: int, reason: str) -> web.Response:
        self._metrics.refused.labels(reason).inc()
        return web.Response(status=status)


class _Signed(Enum):
    """Whether Slack signed it, and when."""

    NO = auto()
    LONG_AGO = auto()  # or so it seems: our clock may be off
    NOW = auto()


def _signed(verifier: SignatureVerifier, body: bytes, request: web.Request) -> _Signed:
    timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return _Signed.NO
    try:
        if verifier.is_valid(body, timestamp, signature):
            return _Signed.NOW
        right = verifier.generate_signature(timestamp=timestamp, body=body) or ""
    except UnicodeDecodeError:
        return _Signed.NO  # Slack's bodies are UTF-8
    # nobody but Slack can have such a one logged: a stranger's is refused in silence
    return _Signed.LONG_AGO if compare_digest(right.encode(), signature.encode()) else _Signed.NO


def _is_payload(body: bytes, content_type: str) -> bool:
    try:
        text = body.decode()
        if content_type == "application/x-www-form-urlencoded":
            (text,) = parse_qs(text, strict_parsing=True)["payload"]
        payload = json.loads(text)
        return isinstance(payload, dict) and isinstance(payload.get("event", {}), dict)
    except (ValueError, KeyError, RecursionError):
        return False


@asynccontextmanager
async def serving(host: str, port: int, routes: list[web.RouteDef]) -> AsyncIterator[int]:
    """Serve HTTP and give the port; at the end takes nothing more in, then ends what it holds (10 s)."""
    crowd = Crowd(make_room())
    server = web.Application(client_max_size=MOST_BYTES, middlewares=[crowd.middleware])
    server.add_routes(routes)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=10, lingering_time=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        async with watched(crowd, lambda: runner.server.connections if runner.server else []):
            yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
