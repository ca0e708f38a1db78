"""An upload keeps the outbox's promise: it stands once, whatever became of Slack's answers."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.domain.asking_event import BEGINS
from bot.domain.event import PersonId, WorkspaceId
from bot.domain.replies import EventFile, Say, Saying, manner_of
from bot.slack.delivery import Delivery, Pace
from bot.slack.outage import Outage
from bot.slack.posting import Posting
from bot.slack.refusals import NO_UPLOADS
from storage import Storage
from storage.tables import outbox
from tests.builders import THURSDAY, ts
from tests.sandbox.local import ONE, Json, Local, local_slack

TEAM = WorkspaceId("TTEAM")
TYPED = (BEGINS, "Dialogue", "Lisbon", "2031-03-11", "2031-03-12 15:30-17:00", "2", "<#C0123>")


class Desk:
    """A delivery over a real database and the local Slack; each round comes after all waits."""

    def __init__(self, storage: Storage, slack: Local) -> None:
        self.storage, self.slack, self.now = storage, slack, THURSDAY
        self.delivery = Delivery(
            storage=storage,
            posting=Posting(slack.bot),
            workspace=TEAM,
            now=lambda: self.now,
            pace=Pace(lease=3.0, timeout=1.0, rest=0.0),
            outage=Outage(lambda: None),
        )

    async def round(self) -> None:
        """All that waits is tried."""
        over = update(outbox).where(outbox.c.workspace == TEAM).values(retry_at=None)
        await self.storage.write(lambda tx: tx.outbox._connection.execute(over))
        self.delivery._posting._closed_until.clear()
        for row in await self.delivery._claim():
            await self.delivery._deliver(row)

    async def messages(self) -> list[Json]:
        return await self.slack.driver.history(ONE)

    async def waiting(self) -> list[str]:
        rows = await self.storage.read(lambda tx: tx.operators.listing())
        return [f"{row.state}: {row.kind}" for row in rows]


@pytest.fixture
async def desk(storage: Storage, tmp_path: Path) -> AsyncIterator[Desk]:
    async with local_slack(tmp_path) as slack:
        for at, text in enumerate(TYPED):
            await storage.write(
                lambda tx, at=at, text=text: tx.talks.add(TEAM, PersonId(ONE), ts(at), ts(at), text)
            )
        reply = EventFile(ts(0))
        await storage.write(
            lambda tx: tx.outbox.put(TEAM, ONE, reply, manner_of(reply, person=ONE, session=""), THURSDAY)
        )
        yield Desk(storage, slack)


async def test_a_file_comes_with_its_words_and_can_be_fetched(desk: Desk) -> None:
    await desk.round()
    (message,) = await desk.messages()
    assert message["text"].startswith("This is your event file.")
    body = await desk.slack.driver.download(ONE, message["files"][0]["id"])
    assert b'name: "Dialogue"' in body
    assert await desk.waiting() == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lost_answer", "method": "files.completeUploadExternal"},
        {"kind": "lost_answer", "method": "files.getUploadURLExternal"},
        {"kind": "server_error", "method": "files.completeUploadExternal"},
        {"kind": "server_error", "method": "files.upload"},
        {"kind": "lost_answer", "method": "files.upload"},
        {"kind": "ratelimit", "method": "files.getUploadURLExternal"},
    ],
    ids=lambda fault: f"{fault['kind']} {fault['method']}",
)
async def test_whatever_is_lost_on_the_way_it_stands_once(desk: Desk, fault: dict[str, str]) -> None:
    await desk.slack.driver.plant(**fault)  # type: ignore[arg-type]
    await desk.round()
    await desk.round()
    assert len(await desk.messages()) == 1
    assert await desk.waiting() in ([], ["waiting: Recount"])


async def test_a_copy_that_was_shared_late_is_taken_away_by_the_recount(desk: Desk) -> None:
    await desk.slack.driver.plant("lost_answer", method="files.completeUploadExternal")
    await desk.round()
    (first,) = await desk.messages()
    channel = await desk.slack.driver.channel(ONE)
    hidden = desk.slack.state.channels[channel].messages.pop(first["ts"])  # Slack shows it a while later
    await desk.round()
    desk.slack.state.channels[channel].messages[first["ts"]] = hidden
    assert (len(await desk.messages()), await desk.waiting()) == (2, ["waiting: Recount"])
    desk.now += timedelta(seconds=31)
    await desk.round()
    assert [each["ts"] == first["ts"] for each in await desk.messages()] == [False]


@pytest.mark.parametrize("code", NO_UPLOADS)
async def test_who_gets_no_files_is_told_so_and_the_dm_goes_on(desk: Desk, code: str) -> None:
    await desk.slack.driver.plant("api_error", code=code, method="files.getUploadURLExternal")
    reply = Say(Saying.HELP)
    manner = manner_of(reply, person=ONE, session="")
    await desk.storage.write(lambda tx: tx.outbox.put(TEAM, ONE, reply, manner, THURSDAY))
    for _ in range(3):
        await desk.round()
    texts = [each["text"] for each in await desk.messages()]
    assert [text.startswith("Your workspace takes no files") for text in texts] == [False, True]
    assert await desk.waiting() == []


async def test_an_upload_that_would_go_elsewhere_is_a_fault_and_nothing_is_sent(desk: Desk) -> None:
    desk.slack.state.base = "http://127.0.0.1:9"
    await desk.round()
    rows = await desk.storage.read(lambda tx: tx.operators.listing())
    assert [row.reason for row in rows] == ["ours: upload address elsewhere"]
