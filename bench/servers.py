"""The processes of a benchmark, each by its first argument: ours, noop (Bolt alone), stub (a fast Slack).

Each listens on $PORT and prints a line when it is ready.
"""

import asyncio
import os
import sys
import time
from collections import Counter
from itertools import count

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot import app
from bot.config import Settings
from bot.slack.connection import Door, serving
from bot.slack.delivery import Pace
from bot.watch import configure_logs

SECRET = "bench-signing-secret"
TOKEN = "xoxb-bench"
TEAM = "TBENCH"
BOT_USER = "UBENCHBOT"
PACE = Pace(rest=0.0)  # one second in `plenary run`: Slack's limit, which hides what a post costs


def ours() -> None:
    """`plenary run` but for its pace."""
    settings = Settings.load(os.environ)
    configure_logs(settings.log_level, settings.log_format)
    asyncio.run(app.run(settings, pace=PACE))


def noop() -> None:
    """Bolt that acknowledges after a listener which does nothing, behind the bot's own door."""
    known = AuthorizeResult(
        enterprise_id=None, team_id=TEAM, bot_user_id=BOT_USER, bot_id="BBENCH", bot_token=TOKEN
    )

    async def authorize() -> AuthorizeResult:
        return known

    bolt = AsyncApp(authorize=authorize, process_before_response=True, request_verification_enabled=False)

    @bolt.event("message")
    async def message() -> None:
        return None

    door = Door(SECRET)
    door.open(bolt)
    configure_logs("INFO")
    asyncio.run(_serve([door.route]))


def stub() -> None:
    """A Slack that answers at once. GET /told: how often each method was called, when a post came last."""
    calls: Counter[str] = Counter()
    posted_at, numbers = [0.0], count(1)

    async def api(request: web.Request) -> web.Response:
        await request.read()
        method = request.match_info["method"]
        calls[method] += 1
        if method == "chat.postMessage":
            posted_at[0] = time.monotonic()
        return web.json_response(_answer(method, next(numbers)))

    async def told(_: web.Request) -> web.Response:
        return web.json_response({"calls": calls, "posted_at": posted_at[0]})

    asyncio.run(
        _serve([web.post("/api/{method}", api), web.get("/api/{method}", api), web.get("/told", told)])
    )


def _answer(method: str, number: int) -> dict[str, object]:
    match method:
        case "auth.test":
            return {"ok": True, "team_id": TEAM, "user_id": BOT_USER, "bot_id": "BBENCH"}
        case "conversations.open":
            return {"ok": True, "channel": {"id": f"D{number}"}}
        case _:
            return {"ok": True, "ts": f"1544100000.{number:06d}", "messages": []}


async def _serve(routes: list[web.RouteDef]) -> None:
    async with serving("127.0.0.1", int(os.environ["PORT"]), routes):
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    {"ours": ours, "noop": noop, "stub": stub}[sys.argv[1]]()
