"""A message of ours that reads otherwise later: in its place, with what it may lose and what it must keep."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.event import SessionCode
from bot.domain.nudges import Reminder
from bot.domain.replies import KeptApart, Reply, Rewritten, Say, Saying, manner_of
from bot.services import organising
from bot.slack.delivery import Delivery, Pace
from bot.slack.outage import Outage
from bot.slack.posting import Posting
from storage import Storage
from tests.builders import THURSDAY, WORKSPACE, a_programme, an_event
from tests.sandbox.local import ONE, Json, Local, local_slack

REMINDER = Reminder(planned_at=THURSDAY)
NOW = THURSDAY + timedelta(seconds=10)


class Desk:
    """A delivery over a real database and the local Slack; what is put goes to one person's DM."""

    def __init__(self, storage: Storage, slack: Local) -> None:
        self.storage, self.slack, self.now = storage, slack, NOW
        self.run(Pace(lease=5.0, timeout=1.0, rest=0.0))

    def run(self, pace: Pace) -> None:
        self.delivery = Delivery(
            storage=self.storage,
            posting=Posting(self.slack.bot),
            workspace=WORKSPACE,
            now=lambda: self.now,
            pace=pace,
            outage=Outage(lambda: None),
        )

    async def put(self, reply: Reply) -> str:
        manner = replace(manner_of(reply, person=ONE, session="2.2"), delay=timedelta())
        return await self.storage.write(
            lambda tx: tx.outbox.put(
                WORKSPACE, ONE, reply, manner, self.now, event=an_event().key, session=SessionCode("2.2")
            )
        )

    async def deliver(self) -> None:
        while rows := await self.delivery._claim():
            for row in rows:
                await self.delivery._deliver(row)

    async def messages(self) -> list[Json]:
        return await self.slack.driver.history(ONE)

    async def listed(self) -> list[str]:
        rows = await self.storage.read(lambda tx: tx.operators.listing())
        return [f"{row.state}: {row.kind}" for row in rows]


@pytest.fixture
async def desk(storage: Storage, tmp_path: Path) -> AsyncIterator[Desk]:
    programme = a_programme({"2.2": ONE})  # type: ignore[dict-item]
    await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
    async with local_slack(tmp_path, at=NOW) as slack:
        yield Desk(storage, slack)


def kinds(message: Json) -> list[str]:
    return [block["type"] for block in message["blocks"]]


async def test_a_message_reads_as_another_reply_in_its_place_with_new_block_ids(desk: Desk) -> None:
    await desk.put(Rewritten(of=await desk.put(REMINDER), into=KeptApart()))
    rows = await desk.delivery._claim()
    await desk.delivery._deliver(rows[0])
    (before,) = await desk.messages()
    await desk.deliver()
    (after,) = await desk.messages()
    assert (after["ts"], "is submitted" in after["text"]) == (before["ts"], True)
    assert {each["block_id"] for each in before["blocks"]} & {
        each["block_id"] for each in after["blocks"]
    } == set()


async def test_a_message_is_named_by_its_ts_as_well(desk: Desk) -> None:
    await desk.put(REMINDER)
    await desk.deliver()
    (before,) = await desk.messages()
    await desk.put(Rewritten(of=before["ts"], into=KeptApart()))
    await desk.deliver()
    assert [kinds(each) for each in await desk.messages()] == [["section", "actions"]]


async def test_buttons_are_taken_off_and_every_word_stays(desk: Desk) -> None:
    key = await desk.put(REMINDER)
    await desk.deliver()
    (before,) = await desk.messages()
    await desk.put(Rewritten(of=key, into=REMINDER, bare=True))
    await desk.deliver()
    (after,) = await desk.messages()
    assert kinds(before) == [*kinds(after), "actions"]
    assert after["text"] == before["text"]


async def test_a_reminder_that_came_late_still_says_so_without_its_buttons(desk: Desk) -> None:
    key = await desk.put(REMINDER)
    desk.now += timedelta(minutes=20)
    await desk.slack.driver.forward(20 * 60)
    await desk.deliver()
    (before,) = await desk.messages()
    assert "This should have come" in str(before)
    await desk.put(Rewritten(of=key, into=REMINDER, bare=True))
    await desk.deliver()
    (after,) = await desk.messages()
    assert (kinds(before), after["text"]) == ([*kinds(after), "actions"], before["text"])


async def test_how_late_is_late_is_told_by_whoever_runs_a_faster_clock(desk: Desk) -> None:
    desk.run(Pace(lease=5.0, timeout=1.0, rest=0.0, late=600.0))
    for minutes, says_so in ((9, False), (11, True)):
        key = await desk.put(replace(REMINDER, planned_at=desk.now))
        desk.now += timedelta(minutes=minutes)
        await desk.slack.driver.forward(minutes * 60)
        await desk.deliver()
        *_, stands = await desk.messages()
        await desk.put(Rewritten(of=key, into=REMINDER, bare=True))
        await desk.deliver()
        *_, afterwards = await desk.messages()
        for each in (stands, afterwards):
            assert ("This should have come" in str(each)) is says_so


async def test_the_newest_wins_whatever_its_kind(desk: Desk) -> None:
    key = await desk.put(REMINDER)
    await desk.deliver()
    await desk.put(Rewritten(of=key, into=REMINDER, bare=True))
    await desk.put(Rewritten(of=key, into=KeptApart()))
    await desk.deliver()
    assert [kinds(each) for each in await desk.messages()] == [["section", "actions"]]


async def test_taking_buttons_off_too_late_is_left_out_and_a_change_of_words_is_not(desk: Desk) -> None:
    first, second = await desk.put(REMINDER), await desk.put(REMINDER)
    await desk.deliver()
    await desk.put(Rewritten(of=first, into=REMINDER, bare=True))
    await desk.put(Rewritten(of=second, into=KeptApart()))
    desk.now += timedelta(minutes=4)
    await desk.deliver()
    assert [kinds(each)[-1] for each in await desk.messages()] == ["actions", "actions"]
    assert "is submitted" in (await desk.messages())[1]["text"]


async def test_what_is_to_be_rewritten_is_waited_for_and_holds_nothing_up(desk: Desk) -> None:
    ratelimited = await desk.slack.driver.plant("ratelimit", method="chat.postMessage", seconds=60)
    key = await desk.put(REMINDER)
    await desk.deliver()
    await desk.put(Rewritten(of=key, into=REMINDER, bare=True))
    await desk.deliver()
    assert await desk.listed() == ["waiting: Reminder", "waiting: Rewritten"]
    await desk.slack.driver.clear(ratelimited)
    await desk.storage.write(lambda tx: tx.outbox.due_now(WORKSPACE, ONE, reasons=["wait: ratelimited"]))
    desk.delivery._posting._closed_until.clear()
    await desk.deliver()
    desk.now += timedelta(seconds=31)
    await desk.deliver()
    assert [kinds(each)[-1] for each in await desk.messages()] == ["section"]


async def test_the_rewriting_of_what_is_gone_is_dropped(desk: Desk) -> None:
    key = await desk.put(REMINDER)
    await desk.deliver()
    (message,) = await desk.messages()
    await desk.slack.call("chat.delete", channel=await desk.slack.driver.channel(ONE), ts=message["ts"])
    for reply in (Rewritten(of=key, into=KeptApart()), Rewritten(of="no such row", into=REMINDER)):
        await desk.put(reply)
    await desk.deliver()
    assert (await desk.messages(), await desk.listed()) == ([], [])


async def test_only_the_rows_own_workspace_is_looked_at(desk: Desk) -> None:
    key = await desk.put(REMINDER)
    await desk.deliver()
    other = await desk.storage.read(lambda tx: tx.outbox.stands("TOTHER", key))  # type: ignore[arg-type]
    own = await desk.storage.read(lambda tx: tx.outbox.stands(WORKSPACE, key))
    assert (other, own) == (None, (await desk.messages())[0]["ts"])


async def test_a_change_that_slack_lets_wait_is_made_later(desk: Desk) -> None:
    key = await desk.put(Say(Saying.PUT_BACK))
    await desk.deliver()
    fault = await desk.slack.driver.plant("api_error", code="internal_error", method="chat.update")
    await desk.put(Rewritten(of=key, into=KeptApart()))
    await desk.deliver()
    assert await desk.listed() == ["waiting: Rewritten"]
    await desk.slack.driver.clear(fault)
    await desk.storage.write(
        lambda tx: tx.outbox.due_now(WORKSPACE, ONE, reasons=["look first: internal_error"])
    )
    await desk.deliver()
    assert ["is submitted" in each["text"] for each in await desk.messages()] == [True]
