"""A plain Bolt bot as the field writes it: Bolt acknowledges, then the handler stores and posts.

The control of the kill test: in the same harness it must lose what it acknowledged.
"""

import asyncio
import os
import sqlite3

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo import players


async def main() -> None:
    """Serve until killed."""
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"])
    database = sqlite3.connect(os.environ["DATABASE_URL"].removeprefix("sqlite:///") + ".plain")
    database.execute("CREATE TABLE IF NOT EXISTS notes (ts TEXT PRIMARY KEY, text TEXT)")

    @app.event("message")
    async def message(event: dict[str, str]) -> None:
        if "text" in event and "subtype" not in event:
            await client.auth_test()  # as Bolt does for each request when it serves several workspaces
            database.execute("INSERT OR IGNORE INTO notes VALUES (?, ?)", (event["ts"], event["text"]))
            database.commit()
            await client.chat_postMessage(channel=players.DIGEST, text=event["text"])

    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.router.add_post("/slack/events", events)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"])).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
