"""Each planted fault strikes as it is described, where and as often as it is told."""

import asyncio
import time
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.faults import CALLS, EVENTS, Fault, Faults
from tests.sandbox.local import CLOSED, ONE, OPEN, TWO, Local, Receiver, local_slack, receiving

# calls


async def test_a_rate_limit_says_how_long_and_nothing_is_done(slack: Local) -> None:
    await slack.driver.plant("ratelimit", method="chat.postMessage", seconds=7)
    with pytest.raises(SlackApiError) as refused:
        await slack.bot.chat_postMessage(channel=OPEN, text="Hello")
    answer = refused.value.response
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    assert answer.headers["Retry-After"] == "7"
    assert await slack.driver.history(OPEN) == []


async def test_a_server_error_does_nothing(slack: Local) -> None:
    await slack.driver.plant("server_error")
    async with slack.http.post(f"{slack.url}/api/chat.postMessage") as answer:
        assert answer.status == 500
    assert await slack.driver.history(OPEN) == []


async def test_an_api_error_has_the_code_that_was_asked_for(slack: Local) -> None:
    await slack.driver.plant("api_error", code="account_inactive")
    assert await slack.error("chat.postMessage", channel=OPEN, text="x") == "account_inactive"
    assert await slack.driver.history(OPEN) == []


@pytest.mark.parametrize(("kind", "stands_meanwhile"), [("slow_before", 0), ("slow_after", 1), ("hold", 1)])
async def test_slow_is_slow_before_or_after_the_deed(slack: Local, kind: str, stands_meanwhile: int) -> None:
    await slack.driver.plant(kind, method="chat.postMessage", seconds=0.3)
    began = time.monotonic()
    posting = asyncio.create_task(slack.post())
    await asyncio.sleep(0.1)
    assert len(await slack.driver.history(OPEN)) == stands_meanwhile
    ts = await posting
    assert time.monotonic() - began >= 0.3
    assert [each["ts"] for each in await slack.driver.history(OPEN)] == [ts]


async def test_a_date_is_off_by_what_was_asked_for_and_the_deed_is_done(slack: Local) -> None:
    await slack.driver.plant("date_off", method="chat.postMessage", seconds=-600)
    dates = []
    for _ in range(2):
        answer = await slack.bot.chat_postMessage(channel=OPEN, text="Hello")
        dates.append(parsedate_to_datetime(answer.headers["Date"]) - slack.clock.now())
    assert [round(each.total_seconds(), -1) for each in dates] == [-600, 0]
    assert len(await slack.driver.history(OPEN)) == 2


async def test_who_does_not_wait_for_a_slow_answer_is_served_all_the_same(slack: Local) -> None:
    await slack.driver.plant("slow_before", method="chat.postMessage", seconds=0.3)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(slack.post(), 0.1)
    await slack.driver.until(lambda: slack.driver.history(OPEN))


async def test_a_lost_answer_is_a_cut_connection_after_the_deed(slack: Local) -> None:
    await slack.driver.plant("lost_answer", method="chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await slack.post()
    assert len(await slack.driver.history(OPEN)) == 1


async def test_a_doubled_post_stands_twice_and_answers_once(slack: Local) -> None:
    await slack.driver.plant("post_doubled")
    about = {"channel": OPEN, "ts": await slack.post(), "text": "Changed"}
    assert len(await slack.driver.history(OPEN)) == 2
    assert (await slack.call("chat.update", **about))["ok"]


async def test_a_lost_post_is_answered_and_does_not_stand(slack: Local) -> None:
    await slack.driver.plant("post_lost")
    assert (await slack.call("auth.test"))["ok"]  # it strikes posts only
    body = await slack.call("chat.postMessage", channel=OPEN, text="Hello")
    assert (body["ok"], body["channel"], len(body["ts"])) == (True, OPEN, 17)
    assert await slack.driver.history(OPEN) == []


async def test_a_fault_strikes_where_and_as_often_as_told(slack: Local) -> None:
    fault = await slack.driver.plant("api_error", method="chat.postMessage", channel=OPEN, nth=2, count=2)

    async def outcomes() -> list[bool]:
        return [
            (await slack.call(method, channel=channel, text="x"))["ok"]
            for method, channel in (
                ("chat.postMessage", OPEN),
                ("chat.postMessage", CLOSED),
                ("conversations.history", OPEN),
            )
        ]

    assert [await outcomes() for _ in range(4)] == [
        [True, True, True],
        [False, True, True],
        [False, True, True],
        [True, True, True],
    ]
    assert await slack.driver.struck(fault) == 2


async def test_a_fault_that_is_taken_away_strikes_no_more(slack: Local) -> None:
    fault = await slack.driver.plant("server_error", count=99)
    await slack.driver.clear(fault)
    assert (await slack.call("auth.test"))["ok"]


def test_a_fault_of_no_kind_cannot_be_planted() -> None:
    with pytest.raises(ValueError, match="earthquake"):
        Faults().plant(Fault(kind="earthquake"))


def test_calls_and_events_are_struck_by_their_own_kinds() -> None:
    for kind in (*CALLS, *EVENTS):
        faults = Faults()
        faults.plant(Fault(kind=kind, count=2))
        struck = (faults.on_call("chat.postMessage", OPEN), faults.on_event("", OPEN))
        assert [fault is not None for fault in struck] == [kind in CALLS, kind in EVENTS]


# events


@pytest.fixture
async def bot() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def heard(tmp_path: Path, bot: Receiver) -> AsyncIterator[Local]:
    async with local_slack(tmp_path, events_url=bot.url) as served:
        yield served


def texts(bot: Receiver) -> list[str]:
    return [event["text"] for event in bot.events]


async def test_a_doubled_event_comes_twice_as_the_same(heard: Local, bot: Receiver) -> None:
    await heard.driver.plant("event_doubled")
    await heard.driver.say(ONE, "twice")
    await heard.driver.settled()
    assert len({request.payload["event_id"] for request in bot.requests}) == 1
    assert texts(bot) == ["twice", "twice"]


async def test_a_delayed_event_comes_later_and_is_waited_for(heard: Local, bot: Receiver) -> None:
    await heard.driver.plant("event_delayed", seconds=0.3)
    for text in ("late", "in time"):
        await heard.driver.say(ONE, text)
    await heard.driver.settled()
    assert texts(bot) == ["in time", "late"]


async def test_a_reordered_event_comes_after_what_the_next_second_brings(heard: Local, bot: Receiver) -> None:
    await heard.driver.plant("event_reordered")
    await heard.driver.say(ONE, "first")
    await asyncio.sleep(0.5)
    await heard.driver.say(ONE, "second")
    await heard.driver.settled()
    assert texts(bot) == ["second", "first"]
    assert bot.events[0]["event_ts"] > bot.events[1]["event_ts"]


async def test_a_lost_event_never_comes_though_slack_believes_it_did(heard: Local, bot: Receiver) -> None:
    await heard.driver.plant("event_lost")
    for text in ("lost", "heard"):
        await heard.driver.say(ONE, text)
    await heard.driver.settled()
    assert texts(bot) == ["heard"]
    assert [each["acknowledged"] for each in await heard.driver.deliveries()] == [True, True]
    assert [each["text"] for each in await heard.driver.history(ONE)] == ["lost", "heard"]
    channel = await heard.driver.channel(ONE)
    told = await heard.call("conversations.history", channel=channel)
    assert [each["text"] for each in told["messages"]] == ["heard"]  # nor does the bot find it when it looks


@pytest.mark.parametrize(
    ("filters", "lost"),
    [
        ({"subtype": ""}, ["new one"]),
        ({"subtype": "message_changed"}, ["edit one"]),
        ({"channel": "DTWO"}, ["new two"]),
        ({"nth": 3}, ["new two"]),
        ({"count": 2}, ["new one", "edit one"]),
    ],
)
async def test_a_fault_of_events_strikes_by_subtype_channel_and_number(
    heard: Local, bot: Receiver, filters: dict[str, object], lost: list[str]
) -> None:
    await heard.driver.plant("event_lost", **filters)
    ts = await heard.driver.say(ONE, "new one")
    await heard.driver.edit(ONE, ts, "edit one")
    await heard.driver.say(TWO, "new two")
    await heard.driver.settled()
    heard_of = [(event.get("message") or event)["text"] for event in bot.events]
    assert [text for text in ("new one", "edit one", "new two") if text not in heard_of] == lost


async def test_the_bots_own_messages_are_struck_by_no_fault_of_events(heard: Local, bot: Receiver) -> None:
    fault = await heard.driver.plant("event_lost", count=99)
    ts = await heard.post(ONE, "Hello")
    await heard.call("chat.update", channel="DONE", ts=ts, text="Changed")
    await heard.call("chat.delete", channel="DONE", ts=ts)
    await heard.driver.settled()
    assert (len(bot.requests), await heard.driver.struck(fault)) == (3, 0)


async def test_the_checker_reads_undisturbed(slack: Local) -> None:
    fault = await slack.driver.plant("api_error", code="account_inactive", count=None)
    assert await slack.driver.history(OPEN) == []
    assert await slack.driver.struck(fault) == 0


async def test_a_fault_without_a_number_strikes_until_it_is_taken_away(slack: Local) -> None:
    fault = await slack.driver.plant("server_error", method="auth.test", count=None)
    for _ in range(5):
        async with slack.http.post(f"{slack.url}/api/auth.test") as answer:
            assert answer.status == 500
    async with slack.http.get(f"{slack.url}/control/faults") as answer:
        assert [(each["kind"], each["struck"]) for each in await answer.json()] == [("server_error", 5)]
    await slack.driver.clear(fault)
    assert (await slack.call("auth.test"))["ok"]


async def test_a_lost_post_is_chosen_by_its_metadata(slack: Local) -> None:
    await slack.driver.plant("post_lost", metadata={"key": "b"})
    for key in "abc":
        metadata = {"event_type": "plenary_delivery", "event_payload": {"key": key}}
        assert await slack.post(text=key, metadata=metadata)
    assert [each["text"] for each in await slack.driver.history(OPEN)] == ["a", "c"]


async def test_cut_sockets_count_as_a_fault_that_struck(slack: Local) -> None:
    assert await slack.driver.struck(await slack.driver.plant("socket_cut")) == 1


async def test_a_reordered_event_waits_for_two_others_and_no_longer(heard: Local, bot: Receiver) -> None:
    await heard.driver.plant("event_reordered")
    began = time.monotonic()
    for text in ("first", "second", "third"):
        await heard.driver.say(ONE, text)
    await heard.driver.settled()
    assert time.monotonic() - began < 0.9
    assert (texts(bot)[-1], set(texts(bot))) == ("first", {"first", "second", "third"})


async def test_a_call_that_is_held_is_seen_as_not_answered(slack: Local) -> None:
    fault = await slack.driver.plant("hold", method="chat.postMessage", seconds=0.3)
    posting = asyncio.create_task(slack.post())
    await slack.driver.until(lambda: slack.driver.struck(fault))
    assert await slack.driver.pending() == (0, 1)
    await posting
    assert await slack.driver.pending() == (0, 0)
