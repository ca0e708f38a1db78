"""The local Slack in this process, with callers of its Web API, and the bot's side of its events."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web
from ruamel.yaml import YAML
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.demo_clock import DemoClock
from bot.sandbox.driver import Driver
from bot.sandbox.keys import DELIVERIES
from bot.sandbox.server import make_server, serving
from bot.sandbox.sockets import Sockets
from bot.sandbox.state import State

Json = dict[str, Any]

ONE, TWO, OUTSIDER = "UONE", "UTWO", "UOUTSIDER"
BOT, BOT_ID = "UBOT", "BBOT"
OPEN, CLOSED, FOREIGN, HIDDEN = "COPEN", "GCLOSED", "CFOREIGN", "GHIDDEN"
BOT_TOKEN, APP_TOKEN, CHECKER, SECRET = "xoxb-test", "xapp-test", "xoxp-test", "signing-test"

WORKSPACE: Json = {
    "team": "TTEAM",
    "bot_user": BOT,
    "bot_id": BOT_ID,
    "app_id": "AAPP",
    "bot_token": BOT_TOKEN,
    "app_token": APP_TOKEN,
    "signing_secret": SECRET,
    "checker_token": CHECKER,
    "people": [
        {"id": ONE, "name": "One", "role": "rapporteur"},
        {"id": TWO, "name": "Two", "role": "reader"},
        {"id": OUTSIDER, "name": "Outsider", "role": "visitor"},
    ],
    "channels": [
        {"id": OPEN, "name": "open", "private": False, "members": [BOT, ONE, TWO]},
        {"id": CLOSED, "name": "closed", "private": True, "members": [BOT, ONE]},
        {"id": FOREIGN, "name": "foreign", "private": False, "members": [ONE]},
        {"id": HIDDEN, "name": "hidden", "private": True, "members": [ONE]},
    ],
}
MANIFEST: Json = YAML(typ="safe", pure=True).load(Path(__file__).parents[2] / "app.yaml")


@dataclass
class Local:
    """A local Slack that serves."""

    url: str
    state: State
    clock: DemoClock
    driver: Driver
    bot: AsyncWebClient
    http: aiohttp.ClientSession
    granted: list[str]  # the scopes of the app; changed in place
    sockets: Sockets

    async def call(self, method: str, token: str | None = BOT_TOKEN, **arguments: Any) -> Json:
        """Call a method as slack_sdk does, with a JSON body; what came back, errors included."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.http.post(f"{self.url}/api/{method}", json=arguments, headers=headers) as answer:
            return dict(await answer.json())

    async def error(self, method: str, token: str | None = BOT_TOKEN, **arguments: Any) -> str:
        """The error of a call that is refused."""
        body = await self.call(method, token, **arguments)
        assert body["ok"] is False, body
        return str(body["error"])

    async def post(self, channel: str = OPEN, text: str = "Hello", **arguments: Any) -> str:
        """Post as the bot; gives the ts."""
        body = await self.call("chat.postMessage", channel=channel, text=text, **arguments)
        assert body["ok"], body
        return str(body["ts"])


@asynccontextmanager
async def local_slack(
    folder: Path,
    *,
    events_url: str | None = None,
    retry_scale: float = 0.001,
    without: Iterable[str] = (),
    events: Iterable[str] = ("message.im",),
    workspace: Json = WORKSPACE,
    at: datetime | None = None,
) -> AsyncIterator[Local]:
    """Serve one, its app subscribed to `events` and `without` some of the scopes of app.yaml.

    Its clock stands `at` a moment to begin with, or at the real time.
    """
    if at is not None:
        offset = (at - datetime.now(UTC)).total_seconds()
        (folder / "clock.json").write_text(json.dumps({"offset": offset}))
    manifest = deepcopy(MANIFEST)
    manifest["settings"]["event_subscriptions"]["bot_events"] = list(events)
    scopes = manifest["oauth_config"]["scopes"]
    scopes["bot"] = [scope for scope in scopes["bot"] if scope not in without]
    clock = DemoClock(folder / "clock.json")
    state = State(workspace, clock.now, None)
    server = make_server(
        state=state, clock=clock, manifest=manifest, events_url=events_url, retry_scale=retry_scale
    )
    async with (
        serving(server, 0) as url,
        aiohttp.ClientSession() as http,
        Driver(url, checker_token=workspace["checker_token"]) as driver,
    ):
        bot = AsyncWebClient(
            token=workspace["bot_token"], base_url=f"{url}/api/", session=http, retry_handlers=[]
        )
        yield Local(url, state, clock, driver, bot, http, scopes["bot"], server[DELIVERIES].sockets)


@dataclass
class Received:
    """One request of Slack's."""

    headers: dict[str, str]
    body: str
    at: float

    @property
    def payload(self) -> Json:
        """The event's envelope, or a button's payload."""
        text = self.body if self.body.startswith("{") else parse_qs(self.body)["payload"][0]
        return dict(json.loads(text))


@dataclass
class Receiver:
    """The bot's side of signed HTTP: keeps what comes, answers `answers` in turn, and then 200.

    A number of an answer below 100 is how many seconds it hesitates.
    """

    url: str = ""
    answers: list[float] = field(default_factory=list)
    requests: list[Received] = field(default_factory=list)

    @property
    def events(self) -> list[Json]:
        """The events received, in order."""
        return [each.payload["event"] for each in self.requests]

    async def take(self, request: web.Request) -> web.Response:
        """Take one request."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append(Received(headers, await request.text(), time.monotonic()))
        answer = self.answers.pop(0) if self.answers else 200
        if answer < 100:
            await asyncio.sleep(answer)
            answer = 200
        return web.Response(status=int(answer))


@asynccontextmanager
async def receiving(*answers: float) -> AsyncIterator[Receiver]:
    """A receiver that serves."""
    receiver, server = Receiver(answers=list(answers)), web.Application()
    server.router.add_post("/slack/events", receiver.take)
    async with serving(server, 0) as url:
        receiver.url = f"{url}/slack/events"
        yield receiver
