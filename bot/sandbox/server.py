"""The local Slack as a server: /api, /link, files, /control and the page."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from email.utils import format_datetime

from aiohttp import web

from bot.sandbox import control, file_routes, page
from bot.sandbox.ahead import Ahead
from bot.sandbox.deliveries import Deliveries
from bot.sandbox.demo_clock import DemoClock
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.keys import (
    AHEAD,
    CALLS,
    CLOCK,
    DELIVERIES,
    FAULTS,
    MANIFEST,
    MEMBERS,
    ONLOOKERS,
    PEOPLE,
    STATE,
)
from bot.sandbox.members import Members
from bot.sandbox.onlookers import Onlookers
from bot.sandbox.people import People
from bot.sandbox.refused import Refused
from bot.sandbox.state import Json, State
from bot.sandbox.web_api import Caller, Slack, answered

SAVE_EVERY = 0.5  # seconds
_DATE_OFF = web.RequestKey("date_off", float)
_AS_JSON = {"blocks", "metadata"}
BY_BOT = web.RequestKey("by bot", bool)  # whether a request bears the bot's token


def make_server(
    *,
    state: State,
    clock: DemoClock,
    manifest: Json,
    events_url: str | None = None,
    retry_scale: float = 1.0,
    zone: str = "UTC",
) -> web.Application:
    """The server, not yet listening. Without an events URL events go to sockets."""
    faults = Faults()
    subscribed = frozenset(manifest["settings"]["event_subscriptions"]["bot_events"])
    deliveries = Deliveries(state, faults, events_url, retry_scale, subscribed)
    server = web.Application(client_max_size=2**22, middlewares=[_network])
    server.on_response_prepare.append(_dated)
    server[STATE], server[FAULTS], server[DELIVERIES] = state, faults, deliveries
    server[CLOCK], server[MANIFEST], server[AHEAD] = clock, manifest, Ahead(zone)
    server[PEOPLE], server[CALLS] = People(state, deliveries), set()
    server[ONLOOKERS] = Onlookers()
    server[MEMBERS] = Members(state, deliveries, tuple(manifest["oauth_config"]["scopes"]["bot"]))
    server.router.add_route("*", "/api/{method}", api)
    server.router.add_get("/link", deliveries.sockets.serve)
    control.add_routes(server.router)
    file_routes.add_routes(server.router)
    page.add_routes(server.router)
    server.cleanup_ctx.append(_running)
    return server


async def _running(server: web.Application) -> AsyncIterator[None]:
    await server[DELIVERIES].start()
    saver = asyncio.create_task(_save(server[STATE]))
    yield
    saver.cancel()
    await server[DELIVERIES].sockets.cut()
    await server[DELIVERIES].stop()
    server[STATE].save()


async def _save(state: State) -> None:
    saved = -1
    while True:
        if state.version != saved:
            saved = state.version
            state.save()
        await asyncio.sleep(SAVE_EVERY)


async def _dated(request: web.Request, answer: web.StreamResponse) -> None:
    """The Date header follows the demo's clock, unless a fault has it; answers to the bot name its scopes."""
    moment = request.app[CLOCK].now() + timedelta(seconds=request.get(_DATE_OFF, 0.0))
    answer.headers["Date"] = format_datetime(moment, usegmt=True)
    if request.get(BY_BOT):
        answer.headers["X-OAuth-Scopes"] = ",".join(request.app[MANIFEST]["oauth_config"]["scopes"]["bot"])


@web.middleware
async def _network(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Drops what is Slack's while the network is planted to be gone; drivers and the checker go on."""
    is_checker = _token(request, {}) == request.app[STATE].identity.checker_token
    is_slacks = request.path.startswith(("/api/", "/link", "/files-pri/", "/upload/")) and not is_checker
    if is_slacks and request.app[FAULTS].is_network_gone:
        assert request.transport is not None  # noqa: S101 - it has just asked
        request.transport.abort()
        raise web.HTTPServiceUnavailable
    return await handler(request)


async def api(request: web.Request) -> web.Response:
    """One call. Faults strike the bot's, which are counted while they last; the checker reads undisturbed."""
    method = request.match_info["method"]
    try:
        arguments = await _arguments(request)
    except Refused as refused:
        return web.json_response(refused.body)
    request[BY_BOT] = _token(request, arguments) == request.app[STATE].identity.bot_token
    if _token(request, arguments) == request.app[STATE].identity.checker_token:
        return web.json_response(call(request, method, arguments))
    if method == "apps.connections.open":
        request.app[DELIVERIES].sockets.asked += 1
    mark = object()
    request.app[CALLS].add(mark)
    try:
        return await _struck(request, method, arguments)
    finally:
        request.app[CALLS].discard(mark)


async def _struck(request: web.Request, method: str, arguments: Json) -> web.Response:
    """A call with the fault that strikes it, if one does."""
    fault = request.app[FAULTS].on_call(method, str(arguments.get("channel", "")), arguments.get("metadata"))
    kind = fault.kind if fault else ""
    if fault and (refused := _refused_by(fault)):
        return refused
    if fault and kind == "date_off":
        request[_DATE_OFF] = fault.seconds
    if fault and kind == "slow_before":
        await asyncio.sleep(fault.seconds)
    if kind == "post_lost":
        lost = {"ts": request.app[STATE].next_ts(), "channel": arguments.get("channel")}
        return web.json_response({"ok": True, **lost})
    body = call(request, method, arguments)
    if kind == "post_doubled":
        call(request, method, arguments)
    if fault and kind in ("slow_after", "hold"):
        await asyncio.sleep(fault.seconds)
    if kind == "lost_answer" and request.transport is not None:
        request.transport.abort()
    return web.json_response(body)


def call(request: web.Request, method: str, arguments: Json) -> Json:
    """What Slack answers, with ok."""
    state = request.app[STATE]
    granted = request.app[MANIFEST]["oauth_config"]["scopes"]["bot"]
    slack = Slack(state, request.app[DELIVERIES], f"ws://{request.host}", tuple(granted))
    try:
        return {"ok": True, **answered(slack, _caller(state, request, arguments), method, arguments, granted)}
    except Refused as refused:
        return refused.body


def _refused_by(fault: Fault) -> web.Response | None:
    match fault.kind:
        case "ratelimit":
            headers = {"Retry-After": str(max(1, round(fault.seconds)))}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        case "server_error":
            return web.Response(status=500, text="upstream connect error")
        case "api_error":
            return web.json_response({"ok": False, "error": fault.code})
        case _:
            return None


def _caller(state: State, request: web.Request, arguments: Json) -> Caller:
    token, identity = _token(request, arguments), state.identity
    if not token:
        raise Refused("not_authed")
    kinds = {identity.bot_token: "bot", identity.app_token: "app", identity.checker_token: "checker"}
    if token not in kinds:
        raise Refused("invalid_auth")
    return Caller(kinds[token])


def _token(request: web.Request, arguments: Json) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ") or str(arguments.get("token", ""))


async def _arguments(request: web.Request) -> Json:
    """From the query, a JSON body, or a form in which blocks and metadata are JSON."""
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            given = await request.json()
        except ValueError:
            raise Refused("invalid_json") from None
        if not isinstance(given, dict):
            raise Refused("json_not_object")
        return arguments | given
    if request.method == "POST":
        arguments |= await request.post()
        for key in _AS_JSON & set(arguments):
            try:
                arguments[key] = json.loads(str(arguments[key]))
            except ValueError:
                raise Refused(f"invalid_{key}_format") from None
    return arguments


@asynccontextmanager
async def serving(server: web.Application, port: int) -> AsyncIterator[str]:
    """Serve on loopback; gives the address."""
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port, reuse_address=True)
        await site.start()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        if STATE in server:
            server[STATE].base = address
        yield address
    finally:
        await runner.cleanup()
