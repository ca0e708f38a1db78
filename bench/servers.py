"""The processes of a benchmark, each by its first argument: ours, noop (Bolt alone), stub (a fast Slack)."""

import asyncio
import os
import sys
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
TEAM = "TBENCH"


def ours() -> None:
    """The bot as `plenary run` has it, but for the rest of a second between two posts in a channel."""
    configure_logs("WARNING")
    asyncio.run(app.run(Settings.load(os.environ), pace=Pace(rest=0.0)))


def noop() -> None:
    """Bolt that acknowledges after a listener which does nothing, behind the same door."""

    async def main() -> None:
        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=None, team_id=TEAM, bot_user_id="UB", bot_id="B", bot_token="xoxb-b"
            )

        bolt = AsyncApp(authorize=authorize, process_before_response=True, request_verification_enabled=False)

        @bolt.event("message")
        async def message() -> None:
            return None

        door = Door(SECRET)
        door.open(bolt)
        async with serving("127.0.0.1", int(os.environ["PORT"]), [door.route]):
            print("ready", flush=True)
            await asyncio.Event().wait()

    configure_logs("WARNING")
    asyncio.run(main())


def stub() -> None:
    """A Slack that answers at once and counts."""
    posted, number = [0], count(1)

    async def api(request: web.Request) -> web.Response:
        await request.read()
        method = request.match_info["method"]
        if method == "auth.test":
            return web.json_response({"ok": True, "team_id": TEAM, "user_id": "UB", "bot_id": "B"})
        posted[0] += method in ("chat.postMessage", "reactions.add")
        return web.json_response({"ok": True, "ts": f"1544100000.{next(number):06d}", "messages": []})

    async def counted(_: web.Request) -> web.Response:
        return web.Response(text=str(posted[0]))

    async def main() -> None:
        routes = [web.post("/api/{method}", api), web.get("/api/{method}", api), web.get("/posted", counted)]
        async with serving("127.0.0.1", int(os.environ["PORT"]), routes):
            print("ready", flush=True)
            await asyncio.Event().wait()

    asyncio.run(main())


if __name__ == "__main__":
    {"ours": ours, "noop": noop, "stub": stub}[sys.argv[1]]()
