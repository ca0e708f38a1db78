"""Delivery: what happens to a row when Slack does not do what it is asked. Posting is the one fake."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.event import ChannelId, PersonId
from bot.domain.moment import Ts
from bot.domain.replies import Say, Saying, Tick, manner_of
from bot.services import organising
from bot.slack.delivery import SET_ASIDE_AFTER, Delivery, Pace
from bot.slack.drawing import Look, Post, Update
from bot.slack.refusals import Kind, Refusal, refusal_of
from storage import Slot, Storage
from tests.builders import RAPPORTEUR, THURSDAY, WORKSPACE, a_programme, an_event, ts


@dataclass
class FailingPosting:
    """A Slack that fails as told: each call takes the next failure, if there is one."""

    failures: list[Refusal] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)  # keys that stand in Slack
    looked: int = 0
    loses_answers: bool = False  # does it, and then fails all the same

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)

    async def greet(self) -> None:
        self._fail()

    async def post(self, channel: str, call: Post, key: str) -> Ts:
        if self.loses_answers:
            self.posted.append(key)
        self._fail()
        if not self.loses_answers:
            self.posted.append(key)
        return ts(len(self.posted))

    async def update(self, channel: str, call: Update) -> None:
        self._fail()

    async def delete(self, channel: str, message: Ts) -> None:
        self._fail()

    async def react(self, channel: str, message: Ts, name: str) -> None:
        self._fail()

    async def open_dm(self, person: PersonId) -> ChannelId:
        return ChannelId("D1")

    async def find(self, channel: str, thread: Ts | None, key: str, since: datetime) -> Ts | None:
        self.looked += 1
        return ts(self.posted.index(key) + 1) if key in self.posted else None

    async def missing(self, channel: str, look: Look) -> tuple[Slot, ...]:
        return ()


@dataclass
class Bench:
    """A database, the fake, and a delivery whose real clock is the lease: rounds are claimed one by one."""

    storage: Storage
    posting: FailingPosting
    delivery: Delivery

    async def put(self, reply: Say | Tick | None = None, address: str = RAPPORTEUR) -> None:
        reply = reply or Say(Saying.HELP)
        manner = manner_of(reply, person=address, session="2.2")
        event = an_event().key
        await self.storage.write(
            lambda tx: tx.outbox.put(
                WORKSPACE,
                address,
                reply,
                manner,
                THURSDAY,
                event=event,
                session="2.2",  # type: ignore[arg-type]
            )
        )

    async def round(self) -> None:
        """Claim what may be claimed and deliver it."""
        for row in await self.delivery._claim():
            await self.delivery._deliver(row)

    async def states(self) -> list[str]:
        """What still is listed: waiting, given up, set aside."""
        return [
            f"{row.state}: {row.reason}" for row in await self.storage.read(lambda tx: tx.outbox.listing())
        ]


@pytest.fixture
async def bench(storage: Storage) -> Callable[..., Awaitable[Bench]]:
    await storage.write(lambda tx: organising.apply_event(tx, a_programme(), THURSDAY))

    async def made(*failures: Refusal, **options: Any) -> Bench:
        posting = FailingPosting(list(failures), **options)
        delivery = Delivery(
            storage=storage,
            posting=posting,  # type: ignore[arg-type] # the one hand-written fake
            workspace=WORKSPACE,
            now=lambda: THURSDAY + timedelta(seconds=10),
            pace=Pace(lease=0.0, timeout=0.0, rest=0.0),
        )
        return Bench(storage, posting, delivery)

    return made


Made = Callable[..., Awaitable[Bench]]
AT_ONCE = 0.0


async def test_a_post_whose_answer_was_lost_is_found_and_not_posted_again(bench: Made) -> None:
    at = await bench(Refusal(Kind.LOOK, "no answer", AT_ONCE), loses_answers=True)
    await at.put()
    await at.round()
    await at.round()
    assert (len(at.posting.posted), at.posting.looked, await at.states()) == (1, 1, [])


async def test_a_post_that_never_arrived_is_posted_after_a_look(bench: Made) -> None:
    at = await bench(Refusal(Kind.LOOK, "no answer", AT_ONCE))
    await at.put()
    await at.round()
    await at.round()
    assert (len(at.posting.posted), at.posting.looked, await at.states()) == (1, 1, [])


@pytest.mark.parametrize("kind", [Kind.WAIT, Kind.AGAIN, Kind.LOOK, Kind.INSTALLATION_GONE, Kind.UNKNOWN])
async def test_a_failure_that_may_pass_keeps_the_order(bench: Made, kind: Kind) -> None:
    at = await bench(Refusal(kind, "x", 3600.0))
    await at.put()
    await at.put()
    await at.round()
    await at.round()
    held_up = 0 if kind is not Kind.INSTALLATION_GONE else len(at.posting.posted)  # its wait is the lease
    assert (len(at.posting.posted), len(await at.states())) == (held_up, 2 - held_up)


async def test_a_target_that_is_gone_gives_the_row_up_with_a_reason_and_the_next_one_goes(
    bench: Made,
) -> None:
    at = await bench(Refusal(Kind.TARGET_GONE, "user_disabled"))
    await at.put()
    await at.put()
    await at.round()
    await at.round()
    assert (len(at.posting.posted), await at.states()) == (1, ["given up: target gone: user_disabled"])


async def test_while_the_installation_is_gone_every_row_is_kept_and_readiness_is_red(bench: Made) -> None:
    at = await bench(*[Refusal(Kind.INSTALLATION_GONE, "token_revoked")] * 4)
    await at.put()
    await at.put()
    await at.round()
    assert (len(at.posting.posted), len(await at.states())) == (0, 2)
    assert await at.delivery.trouble() == "token_revoked"


async def test_an_unknown_error_is_set_aside_after_a_minute_and_holds_nothing_up(
    bench: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.delivery.SET_ASIDE_AFTER", -SET_ASIDE_AFTER)
    at = await bench(Refusal(Kind.UNKNOWN, "brand_new_error"))
    await at.put()
    await at.put()
    await at.round()
    await at.round()
    assert (len(at.posting.posted), await at.states()) == (1, ["set aside: unknown: brand_new_error"])


async def test_a_tick_that_fails_is_dropped(bench: Made) -> None:
    at = await bench(Refusal(Kind.LOOK, "no answer"))
    await at.put(Tick(ts(1)))
    await at.round()
    assert await at.states() == []


def answered(status: int, body: dict[str, Any] | str, **headers: str) -> SlackApiError:
    response = AsyncSlackResponse(
        client=None, http_verb="POST", api_url="x", req_args={}, data=body,  # type: ignore[arg-type]
        headers=headers, status_code=status,
    )  # fmt: skip
    return SlackApiError("x", response)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (answered(429, {"ok": False, "error": "ratelimited"}, **{"Retry-After": "7"}), Kind.WAIT),
        (answered(500, "upstream"), Kind.LOOK),
        (answered(200, {"ok": False, "error": "fatal_error"}), Kind.LOOK),
        (answered(200, {"ok": False, "error": "channel_not_found"}), Kind.TARGET_GONE),
        (answered(200, {"ok": False, "error": "not_in_channel"}), Kind.AGAIN),
        (answered(200, {"ok": False, "error": "account_inactive"}), Kind.INSTALLATION_GONE),
        (answered(200, {"ok": False, "error": "brand_new_error"}), Kind.UNKNOWN),
        (answered(200, "no JSON"), Kind.LOOK),
        (TimeoutError(), Kind.LOOK),
        (aiohttp.ServerDisconnectedError(), Kind.LOOK),
        (aiohttp.ClientConnectorError(None, OSError()), Kind.AGAIN),  # type: ignore[arg-type] # no key
        (ValueError(), None),
    ],
)
def test_the_kind_of_a_failure(error: Exception, kind: Kind | None) -> None:
    refusal = refusal_of(error)
    assert (refusal.kind if refusal else None) == kind


def test_slack_says_how_long_to_wait() -> None:
    refusal = refusal_of(answered(429, {"ok": False, "error": "ratelimited"}, **{"Retry-After": "7"}))
    assert refusal is not None
    assert refusal.wait == 7.0
