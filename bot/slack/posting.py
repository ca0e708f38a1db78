"""The calls to Slack that delivery makes: one HTTP session, no automatic retry, every post with its key."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, TypeVar

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from yarl import URL

from bot.domain.event import ChannelId, PersonId
from bot.domain.moment import Ts, ts_of
from bot.metrics import Metrics
from bot.slack.calls import (
    Doubles,
    Look,
    Post,
    Update,
    Upload,
)
from bot.slack.files import files_origin
from bot.slack.ids import DELIVERY
from bot.slack.kit import escaped
from bot.slack.refusals import Kind, Refusal, refusal_of
from storage import Slot

T = TypeVar("T")

_SKEW = timedelta(days=1)  # how far Slack's clock may be behind ours when we look for a post


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Messages in Slack's own JSON, the next page's cursor, and the answer's Date, if it had one."""

    messages: tuple[dict[str, Any], ...]
    next: str | None
    at: datetime | None


class Posting:
    """Slack's Web API for delivery. What Slack does not do raises Refusal, and nothing else."""

    def __init__(self, client: AsyncWebClient, metrics: Metrics | None = None) -> None:
        self._client = client
        self._metrics = metrics or Metrics()
        self._closed_until: dict[str, float] = {}  # method -> time.monotonic(), after a 429

    async def greet(self) -> None:
        """Ask Slack who we are."""
        await self._call("auth.test", self._client.auth_test)

    async def post(self, channel: str, call: Post, key: str) -> Ts:
        """Post a message and give its ts; the key goes along in its metadata."""
        answer = await self._call(
            "chat.postMessage",
            lambda: self._client.chat_postMessage(
                channel=channel,
                text=call.screen.text,
                blocks=call.screen.as_json(),
                thread_ts=call.thread,
                metadata={"event_type": DELIVERY, "event_payload": {"key": key}},
                unfurl_links=False,
                unfurl_media=False,
                parse="none",
            ),
        )
        return Ts(str(answer["ts"]))

    async def upload(self, call: Upload) -> str:
        """Bring a file's bytes to Slack; nobody sees it before it is shared. Gives the file's id."""
        announced = await self._call(
            "files.getUploadURLExternal",
            lambda: self._client.files_getUploadURLExternal(filename=call.name, length=len(call.body)),
        )
        address = URL(str(announced["upload_url"]))
        if address.origin() != files_origin(self._client.base_url):
            raise Refusal(Kind.OURS, "upload address elsewhere")
        await self._call("files.upload", lambda: self._send_bytes(address, call.body))
        return str(announced["file_id"])

    async def share(self, channel: str, file: str, call: Upload, key: str) -> None:
        """Show a file in a channel, in one message; the answer does not say where it stands."""
        files: list[dict[str, str | None]] = [{"id": file, "title": f"{call.title} · {tag_of(key)}"}]
        await self._call(
            "files.completeUploadExternal",
            lambda: self._client.files_completeUploadExternal(
                files=files, channel_id=channel, initial_comment=escaped(call.comment),
                thread_ts=call.thread,
            ),
        )  # fmt: skip

    async def _send_bytes(self, address: URL, body: bytes) -> None:
        assert self._client.session is not None  # noqa: S101 - web_client gave it one
        async with self._client.session.post(address, data=body, allow_redirects=False) as answer:
            if answer.status != 200:
                raise aiohttp.ClientPayloadError

    async def update(self, channel: str, call: Update) -> None:
        """Replace a message of ours; `parse` is sent because leaving it out resets it."""
        await self._call(
            "chat.update",
            lambda: self._client.chat_update(
                channel=channel,
                ts=call.ts,
                text=call.screen.text,
                blocks=call.screen.as_json(),
                parse="none",
            ),
        )

    async def delete(self, channel: str, ts: Ts) -> None:
        """Take a message of ours away; fine if it is gone already."""
        try:
            await self._call("chat.delete", lambda: self._client.chat_delete(channel=channel, ts=ts))
        except Refusal as refusal:
            if refusal.code != "message_not_found":
                raise

    async def react(self, channel: str, ts: Ts, name: str) -> None:
        """Put a reaction on a message; fine if it is there already."""
        try:
            await self._call(
                "reactions.add",
                lambda: self._client.reactions_add(channel=channel, timestamp=ts, name=name),
            )
        except Refusal as refusal:
            if refusal.code != "already_reacted":
                raise

    async def open_dm(self, person: PersonId) -> ChannelId:
        """The channel of the DM with somebody."""
        answer = await self._call("conversations.open", lambda: self._client.conversations_open(users=person))
        return ChannelId(str(answer["channel"]["id"]))

    async def find(self, channel: str, thread: Ts | None, key: str, since: datetime) -> Ts | None:
        """The ts of a message of ours that carries a key, posted since a moment."""
        async for ts in self._carrying(channel, thread, key, since):
            return ts
        return None

    async def take_doubles_away(self, channel: str, doubles: Doubles) -> int:
        """Delete what carries a key beside the one that should; gives how many that were."""
        found = [
            ts
            async for ts in self._carrying(channel, doubles.thread, doubles.key, doubles.since)
            if ts != doubles.ts
        ]
        for ts in found:
            await self.delete(channel, ts)
        return len(found)

    async def _carrying(
        self, channel: str, thread: Ts | None, key: str, since: datetime
    ) -> AsyncIterator[Ts]:
        async for page in self.pages(channel, thread, ts_of(since - _SKEW)):
            for message in page.messages:
                if _carries(message, key):
                    yield Ts(str(message["ts"]))

    async def missing(self, channel: str, look: Look) -> tuple[Slot, ...]:
        """The digest messages that somebody deleted by hand."""
        try:
            there = {
                str(message.get("ts"))
                async for page in self.pages(channel, look.parent, None)
                for message in page.messages
                if message.get("subtype") != "tombstone"
            }
        except Refusal as refusal:
            if refusal.code != "thread_not_found":
                raise
            there = set()
        return tuple(slot for slot in look.slots if slot.ts not in there)

    async def pages(self, channel: str, thread: Ts | None, oldest: Ts | None) -> AsyncIterator["Page"]:
        """History of a channel, or replies of a thread with its parent, page by page."""
        cursor: str | None = None
        while True:
            page = await self.page(channel, thread, oldest, cursor)
            yield page
            cursor = page.next
            if not cursor:
                return

    async def page(self, channel: str, thread: Ts | None, oldest: Ts | None, cursor: str | None) -> "Page":
        """The page of a history or a thread that a cursor stands for; the first one without."""
        about: dict[str, Any] = {
            "channel": channel,
            "oldest": oldest,
            "include_all_metadata": True,
            "limit": 200,
            "cursor": cursor,
        }
        if thread is None:
            history = partial(self._client.conversations_history, **about)
            answer = await self._call("conversations.history", history)
        else:
            replies = partial(self._client.conversations_replies, ts=thread, **about)
            answer = await self._call("conversations.replies", replies)
        return Page(
            messages=tuple(answer.get("messages") or ()),
            next=(answer.get("response_metadata") or {}).get("next_cursor") or None,
            at=_date_of(answer),
        )

    async def _call(self, method: str, call: Callable[[], Awaitable[T]]) -> T:
        closed_for = self._closed_until.get(method, 0.0) - time.monotonic()
        if closed_for > 0:
            raise Refusal(Kind.WAIT, "ratelimited", closed_for)
        began = time.monotonic()
        try:
            answer = await call()
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            self._count(method, refusal.kind.value, began)
            if refusal.kind is Kind.WAIT:
                self._closed_until[method] = time.monotonic() + refusal.wait
            raise refusal from None  # Slack's own error holds the whole answer
        self._count(method, "done", began)
        return answer

    def _count(self, method: str, outcome: str, began: float) -> None:
        self._metrics.calls.labels(method, outcome).inc()
        self._metrics.call.labels(method).observe(time.monotonic() - began)


def tag_of(key: str) -> str:
    """By what a file's title is known: a message that shares a file bears no metadata of ours."""
    return key[:8].upper()


def _carries(message: dict[str, Any], key: str) -> bool:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") == DELIVERY and metadata.get("event_payload", {}).get("key") == key:
        return True
    titles = [str(each.get("title")) for each in message.get("files") or () if message.get("bot_id")]
    return any(title.endswith(f" · {tag_of(key)}") for title in titles)


def _date_of(answer: AsyncSlackResponse) -> datetime | None:
    try:
        return parsedate_to_datetime(str(answer.headers.get("Date")))
    except ValueError:
        return None
