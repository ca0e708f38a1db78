"""Events and buttons on their way to the bot: signed HTTP or sockets, with Slack's retries."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp

from bot.sandbox.faults import Faults
from bot.sandbox.sockets import ANSWER_WITHIN, Sockets
from bot.sandbox.state import Json, State

NO_RETRY = "no_retry"  # instead of a reason: the bot asked not to be sent it again
OVERTAKEN_BY = 2  # deliveries that an event out of order waits for,
OVERTAKEN_WITHIN = 1.0  # at most so many seconds
RETRIES = (0.0, 60.0, 300.0)  # seconds before each retry, as Slack; scaled by a factor that is printed


@dataclass(slots=True, kw_only=True)
class Delivery:
    """One event or button, and what became of it; to be counted from outside."""

    id: str
    kind: str  # events_api or interactive
    subtype: str
    channel: str
    ts: str
    attempts: int = 0
    again_at: str = ""  # by the demo's clock, ISO: when the next attempt begins, while one is to come
    acknowledged: bool = False
    acknowledged_at: str = ""  # by the demo's clock, ISO
    given_up: bool = False


class Deliveries:
    """Sends to the bot, concurrently, by one way in; of events only those that it is subscribed to."""

    def __init__(
        self,
        state: State,
        faults: Faults,
        events_url: str | None,
        retry_scale: float,
        subscribed: frozenset[str],
    ) -> None:
        self.record: list[Delivery] = []
        self._state, self._faults = state, faults
        self._url, self._scale, self._subscribed = events_url, retry_scale, subscribed
        self._http: aiohttp.ClientSession | None = None
        self.sockets = Sockets(state.identity.app_id, faults)
        self._tasks: set[asyncio.Task[None]] = set()
        self._delivered = 0
        self._one_more = asyncio.Condition()

    async def start(self) -> None:
        """To be called in the running loop."""
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN))

    async def stop(self) -> None:
        """Drop what is on its way."""
        for task in self._tasks:
            task.cancel()
        if self._http is not None:
            await self._http.close()

    def event(self, event: Json) -> None:
        """Send an event, unless it is of no interest or a planted fault has it otherwise."""
        is_message = event["type"] == "message"
        if (_SUBSCRIPTIONS[event["channel_type"]] if is_message else event["type"]) not in self._subscribed:
            return
        identity = self._state.identity
        payload: Json = {
            "token": "sandbox",
            "team_id": identity.team,
            "api_app_id": identity.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{uuid4().hex[:10].upper()}",
            "event_time": int(float(event["event_ts"])),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": identity.team,
                    "user_id": identity.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
        }
        delivery = Delivery(
            id=payload["event_id"],
            kind="events_api",
            subtype=event.get("subtype", "") if is_message else event["type"],
            channel=event.get("channel", ""),
            ts=event["event_ts"],
        )
        fault = None if _is_of_bot(event) else self._faults.on_event(delivery.subtype, delivery.channel)
        match fault.kind if fault else "":
            case "event_lost":
                self._acknowledge(delivery)  # so everybody believes
                self._state.unheard.add(event["ts"])
                self.record.append(delivery)
                return
            case "event_doubled":
                self._start(delivery, payload, RETRIES)
                self._start(delivery, payload, RETRIES, again=True)
            case "event_delayed":
                self._start(
                    delivery, payload, RETRIES, wait=partial(asyncio.sleep, fault.seconds if fault else 0)
                )
            case "event_reordered":
                self._start(delivery, payload, RETRIES, wait=self._overtaken)
            case _:
                self._start(delivery, payload, RETRIES)

    def button(self, payload: Json) -> None:
        """Send a button; Slack does not send it again."""
        action = payload["actions"][0]
        self._start(
            Delivery(
                id=payload["trigger_id"],
                kind="interactive",
                subtype=action["action_id"],
                channel=payload["channel"]["id"],
                ts=action["action_ts"],
            ),
            payload,
            (),
        )

    @property
    def bot_user(self) -> str:
        """Who hears of what is sent."""
        return self._state.identity.bot_user

    @property
    def pending(self) -> int:
        """How many are on their way: neither acknowledged nor given up."""
        return len(self._tasks)

    def _start(
        self,
        delivery: Delivery,
        payload: Json,
        retries: tuple[float, ...],
        *,
        wait: Callable[[], Awaitable[None]] | None = None,
        again: bool = False,
    ) -> None:
        if not again:
            self.record.append(delivery)
        task = asyncio.create_task(self._deliver(delivery, payload, retries, wait))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(
        self,
        delivery: Delivery,
        payload: Json,
        retries: tuple[float, ...],
        wait: Callable[[], Awaitable[None]] | None,
    ) -> None:
        if wait is not None:
            await wait()
        reason = ""
        for number, pause in enumerate((None, *retries)):
            if pause is not None:
                await self._pause(delivery, pause * self._scale)
            delivery.attempts += 1
            reason = await self._attempt(delivery.kind, payload, number, reason)
            if not reason:
                self._acknowledge(delivery)
                async with self._one_more:
                    self._delivered += 1
                    self._one_more.notify_all()
                return
            if reason == NO_RETRY:
                break
        delivery.given_up = not delivery.acknowledged

    async def _pause(self, delivery: Delivery, seconds: float) -> None:
        """Slack's wait before another attempt."""
        delivery.again_at = (self._state.now() + timedelta(seconds=seconds)).isoformat()
        await asyncio.sleep(seconds)
        delivery.again_at = ""

    def _acknowledge(self, delivery: Delivery) -> None:
        delivery.acknowledged = True
        delivery.acknowledged_at = delivery.acknowledged_at or self._state.now().isoformat()

    async def _overtaken(self) -> None:
        """Until others were delivered, or long enough."""
        goal = self._delivered + OVERTAKEN_BY
        with suppress(TimeoutError):
            async with asyncio.timeout(OVERTAKEN_WITHIN), self._one_more:
                await self._one_more.wait_for(lambda: self._delivered >= goal)

    async def _attempt(self, kind: str, payload: Json, number: int, before: str) -> str:
        """Empty when acknowledged, else why not in Slack's words."""
        if self._faults.is_network_gone:
            return "connection_failed"
        if self._url is None:
            return await self.sockets.send(kind, payload, number, before)
        if kind == "events_api":
            body, content_type = json.dumps(payload), "application/json"
        else:
            body, content_type = (
                urlencode({"payload": json.dumps(payload)}),
                "application/x-www-form-urlencoded",
            )
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._state.identity.signing_secret, timestamp, body),
            **({"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": before} if number else {}),
        }
        assert self._http is not None  # noqa: S101 - started
        try:
            async with self._http.post(self._url, data=body.encode(), headers=headers) as answer:
                if 200 <= answer.status < 300:
                    return ""
                return NO_RETRY if answer.headers.get("X-Slack-No-Retry") == "1" else "http_error"
        except TimeoutError:
            return "http_timeout"
        except aiohttp.ClientError:
            return "connection_failed"


_SUBSCRIPTIONS = {"im": "message.im", "channel": "message.channels", "group": "message.groups"}


def _is_of_bot(event: Json) -> bool:
    """Whether a bot's message is new, changed or gone; planted faults leave those events alone."""
    return any(
        (part or {}).get("bot_id") for part in (event, event.get("message"), event.get("previous_message"))
    )


def signature(secret: str, timestamp: str, body: str) -> str:
    """Slack's v0 signature of a request."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
