"""What `plenary doctor` asks Slack. Nothing is changed, but for the one message that it is told to send."""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.event import ChannelId, PersonId
from bot.slack import kit, words
from bot.slack.connection import Identity, identity_of
from bot.slack.ids import EVENTS_PATH
from bot.slack.refusals import Refusal, patiently, refusal_of

_TRIES = 4  # for a call that Slack answers with "not so fast"


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What auth.test came to: who we are or why not, the scopes, how far our clock is ahead of Slack's."""

    identity: Identity | None = None
    refusal: Refusal | None = None
    scopes: frozenset[str] | None = None  # None: Slack did not say
    ahead: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenChannel:
    """A channel as conversations.info shows it to the bot."""

    is_private: bool
    is_archived: bool
    is_member: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPerson:
    """Somebody as users.info shows them."""

    is_deactivated: bool
    is_bot: bool


class Examining:
    """Slack's Web API for doctor. What Slack does not do raises Refusal; a 429 is waited for."""

    def __init__(self, client: AsyncWebClient, now: Callable[[], datetime]) -> None:
        self._client, self._now = client, now

    async def greet(self) -> Greeting:
        """Ask Slack who we are; raises nothing of Slack's."""
        try:
            answer = await self._client.auth_test()
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            headers = error.response.headers if isinstance(error, SlackApiError) else {}
            return Greeting(refusal=refusal, ahead=self._ahead(headers))
        scopes = answer.headers.get("X-OAuth-Scopes")
        return Greeting(
            identity=identity_of(answer),
            scopes=None if scopes is None else frozenset(filter(None, map(str.strip, scopes.split(",")))),
            ahead=self._ahead(answer.headers),
        )

    async def ticket(self, app_token: str) -> None:
        """Ask for the address of a socket, and open none."""
        await _called(lambda: self._client.apps_connections_open(app_token=app_token))

    async def channel(self, channel: ChannelId) -> SeenChannel:
        """Look at a channel."""
        answer = await _called(lambda: self._client.conversations_info(channel=channel))
        seen: Mapping[str, Any] = answer.get("channel") or {}
        return SeenChannel(
            is_private=bool(seen.get("is_private")),
            is_archived=bool(seen.get("is_archived")),
            is_member=bool(seen.get("is_member")),
        )

    async def person(self, person: PersonId) -> SeenPerson:
        """Look at somebody."""
        answer = await _called(lambda: self._client.users_info(user=person))
        seen: Mapping[str, Any] = answer.get("user") or {}
        return SeenPerson(is_deactivated=bool(seen.get("deleted")), is_bot=bool(seen.get("is_bot")))

    async def send(self, person: PersonId) -> None:
        """Send one message to somebody's DM, as delivery would."""
        opened = await _called(lambda: self._client.conversations_open(users=person))
        screen = kit.message(words.EXAMINED, kit.paragraph(words.EXAMINED))
        channel = str(opened["channel"]["id"])
        await _called(
            lambda: self._client.chat_postMessage(channel=channel, text=screen.text, blocks=screen.as_json())
        )

    def _ahead(self, headers: Mapping[str, str]) -> timedelta | None:
        """Slack's header has whole seconds, so less than one is nothing."""
        try:
            ahead = self._now() - parsedate_to_datetime(headers["Date"])
        except (KeyError, TypeError, ValueError):
            return None
        return ahead if abs(ahead) >= timedelta(seconds=1) else timedelta()


async def _called(call: Callable[[], Awaitable[AsyncSlackResponse]]) -> AsyncSlackResponse:
    return await patiently(call, tries=_TRIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How a public address answered: HTTP status or None for no answer, and whether it knows the secret."""

    ready: int | None
    signed: int | None
    echoes: bool = False


async def reach(url: str, signing_secret: str, seconds: float) -> Reached:
    """Call an address as Slack does when it verifies it: a signed challenge, which must come back."""
    base = url.rstrip("/") + "/"
    challenge = f"doctor-{time.time_ns()}"
    body = json.dumps({"type": "url_verification", "challenge": challenge, "token": ""})
    headers = {"Content-Type": "application/json", **_signed(body, signing_secret)}
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds)) as session:
        ready, _ = await _answer(session.get(urljoin(base, "readyz")))
        target = urljoin(base, EVENTS_PATH.lstrip("/"))
        signed, text = await _answer(session.post(target, data=body.encode(), headers=headers))
    return Reached(ready=ready, signed=signed, echoes=challenge in text)


async def ready_at(url: str, seconds: float) -> tuple[int | None, str]:
    """The status and body of a bot's /readyz; None when nothing answers there."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds)) as session:
        return await _answer(session.get(urljoin(url.rstrip("/") + "/", "readyz")))


async def _answer(asked: Any) -> tuple[int | None, str]:
    try:
        async with asked as answer:
            return answer.status, await answer.text()
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None, ""


def _signed(body: str, secret: str) -> dict[str, str]:
    timestamp = str(int(time.time()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": str(signature)}
