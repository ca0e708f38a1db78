"""The local Slack as a server: /api, /link, /control and the page."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from bot.sandbox import control, page
from bot.sandbox.deliveries import Deliveries
from bot.sandbox.demo_clock import DemoClock
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.keys import CLOCK, DELIVERIES, FAULTS, MANIFEST, PEOPLE, STATE, ZONE
from bot.sandbox.people import People
from bot.sandbox.state import Json, State
from bot.sandbox.web_api import METHODS, Caller, Refused, Slack, needed_scopes

SAVE_EVERY = 0.5  # seconds


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
    deliveries = Deliveries(state, faults, events_url, retry_scale)
    server = web.Application(client_max_size=2**22, middlewares=[_dated])
    server[STATE], server[FAULTS], server[DELIVERIES] = state, faults, deliveries
    server[CLOCK], server[MANIFEST], server[ZONE] = clock, manifest, zone
    server[PEOPLE] = People(state, deliveries)
    server.router.add_route("*", "/api/{method}", api)
    server.router.add_get("/link", deliveries.sockets.serve)
    control.add_routes(server.router)
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


@web.middleware
async def _dated(request: web.Request, handler: Any) -> web.StreamResponse:
    """Slack's Date header follows the demo's clock."""
    answer: web.StreamResponse = await handler(request)
    if not answer.prepared:
        answer.headers["Date"] = format_datetime(request.app[CLOCK].now(), usegmt=True)
    return answer


async def api(request: web.Request) -> web.Response:
    """One call, with the fault that strikes it, if one does."""
    method, arguments = request.match_info["method"], await _arguments(request)
    fault = request.app[FAULTS].on_call(method, str(arguments.get("channel", "")))
    kind = fault.kind if fault else ""
    if fault and (refused := _refused_by(fault)):
        return refused
    if fault and kind == "slow_before":
        await asyncio.sleep(fault.seconds)
    if kind == "post_lost":
        return web.json_response({"ok": True, "ts": request.app[STATE].next_ts(), "channel": "C"})
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
    slack = Slack(state, request.app[DELIVERIES], f"ws://{request.host}")
    try:
        caller = _caller(state, request, arguments)
        if method not in METHODS:
            raise Refused("unknown_method")
        if caller.kind == "bot":
            granted = request.app[MANIFEST]["oauth_config"]["scopes"]["bot"]
            for scope in needed_scopes(state, method, arguments):
                if scope not in granted:
                    raise Refused("missing_scope", needed=scope, provided=",".join(granted))
        return {"ok": True, **METHODS[method].function(slack, caller, arguments)}
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
    token = request.headers.get("Authorization", "").removeprefix("Bearer ") or str(
        arguments.get("token", "")
    )
    identity = state.identity
    if not token:
        raise Refused("not_authed")
    if token == identity.bot_token:
        return Caller("bot")
    if token == identity.app_token:
        return Caller("app")
    if token == identity.checker_token:
        return Caller("checker")
    person = token.removeprefix("xoxp-")
    if person in state.people:
        return Caller("person", person)
    raise Refused("invalid_auth")


async def _arguments(request: web.Request) -> Json:
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        with suppress(ValueError):
            arguments |= await request.json()
    elif request.method == "POST":
        for key, value in (await request.post()).items():
            arguments[key] = json.loads(value) if key in ("blocks", "metadata") else value  # type: ignore[arg-type]
    return arguments


@asynccontextmanager
async def serving(server: web.Application, port: int) -> AsyncIterator[str]:
    """Serve on loopback; gives the address."""
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port, reuse_address=True)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
