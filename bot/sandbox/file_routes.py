"""The addresses of files: where the bot fetches and uploads them, and where a person's browser does."""

import asyncio

from aiohttp import web

from bot.sandbox.files import can_see
from bot.sandbox.keys import FAULTS, MANIFEST, STATE
from bot.sandbox.state import File

DOWNLOAD, UPLOAD = "files.download", "files.upload"  # as faults call them; no methods of Slack's
_LOGIN = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to Sandbox</body></html>"


def add_routes(router: web.UrlDispatcher) -> None:
    """Put the addresses in their place."""
    router.add_get("/files-pri/{file}/{rest:.*}", download)
    router.add_post("/upload/v1/{ticket}", upload)
    router.add_get("/page/file/{file}", for_person)


async def download(request: web.Request) -> web.StreamResponse:
    """To the bot, by its token; without the scope Slack answers 200 and a page to sign in."""
    if struck := await _struck(request, DOWNLOAD):
        return struck
    state = request.app[STATE]
    team, _, id_ = request.match_info["file"].partition("-")
    file = state.files.get(id_)
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    may = "files:read" in request.app[MANIFEST]["oauth_config"]["scopes"]["bot"]
    if token != state.identity.bot_token or not may:
        return web.Response(text=_LOGIN, content_type="text/html")
    if file is None or team != state.identity.team or not can_see(state, state.identity.bot_user, file):
        return web.Response(status=404, text="not found")
    return _bytes(file)


async def upload(request: web.Request) -> web.StreamResponse:
    """The bytes of a file that was announced; its address lets it in once, without a token."""
    if struck := await _struck(request, UPLOAD):
        return struck
    files = request.app[STATE].files.values()
    file = next((each for each in files if each.ticket == request.match_info["ticket"]), None)
    body = await request.read()
    if file is None or file.body or len(body) != file.length:
        return web.Response(status=400, text="invalid upload")
    file.body = body
    request.app[STATE].changed()
    return web.Response(text=f"OK - {len(body)}")


async def for_person(request: web.Request) -> web.StreamResponse:
    """To a person who is where the file was shared."""
    state = request.app[STATE]
    file = state.files.get(request.match_info["file"])
    if file is None or not can_see(state, request.query.get("as", ""), file):
        raise web.HTTPNotFound
    return _bytes(file)


def _bytes(file: File) -> web.Response:
    answer = web.Response(body=file.body, content_type="application/octet-stream")
    name = "".join(each if each.isalnum() or each in ".-_ " else "_" for each in file.name)
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="{name.encode("ascii", "replace").decode()}"'
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


async def _struck(request: web.Request, method: str) -> web.Response | None:
    """What a planted fault answers in the place of the file's address, if one strikes."""
    fault = request.app[FAULTS].on_call(method, "")
    match fault.kind if fault else "":
        case "ratelimit":
            return web.Response(
                status=429, headers={"Retry-After": str(round(fault.seconds if fault else 1))}
            )
        case "server_error":
            return web.Response(status=500, text="upstream connect error")
        case "slow_before" | "hold":
            await asyncio.sleep(fault.seconds if fault else 0)
        case "lost_answer" if request.transport is not None:
            request.transport.abort()
    return None
