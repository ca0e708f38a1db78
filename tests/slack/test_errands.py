"""Errands against the local Slack: what is away is waited for, what is refused is said, each is done once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.dropped import Dropped, FileId, Unread
from bot.domain.errands import Admit, Errand, Fetch
from bot.domain.event import ChannelId, PersonId, WorkspaceId
from bot.domain.moves import Said, Shared
from bot.domain.words import Words
from bot.services import intake, organising
from bot.slack.errands import GIVES_UP_AFTER, Errands
from storage import Storage
from tests.builders import THURSDAY, a_programme, an_event, ts
from tests.sandbox.local import ONE, TWO, Local, local_slack

TEAM = WorkspaceId("TTEAM")
ORGANISER = PersonId(ONE)


class Runner:
    """The local Slack, a database, and the errands that run between them."""

    def __init__(self, storage: Storage, slack: Local) -> None:
        self.storage, self.slack, self.now = storage, slack, THURSDAY
        self.errands = Errands(storage, slack.bot, TEAM, lambda: self.now, rest=0.0)

    async def drop(self, body: bytes = b"event: x", at: float = 1) -> FileId:
        """The organiser sends a file, and the bot hears of it."""
        await self.slack.driver.share_file(ONE, "event.yaml", body=body)
        file = FileId((await self.slack.driver.history(ONE))[-1]["files"][0]["id"])
        await self.take(at, files=(Shared(id=file, name="event.yaml"),), has_file=True)
        return file

    async def take(self, at: float, text: str = "", person: str = ONE, **more: object) -> None:
        said = Said(
            receipts=(f"{at}/{person}",), workspace=TEAM, person=PersonId(person), channel=ChannelId("D1"),
            ts=ts(at), as_of=ts(at), words=Words(text), **more,  # type: ignore[arg-type]
        )  # fmt: skip
        await self.storage.write(lambda tx: intake.take_said(tx, said, self.now))

    async def kept(self) -> list[Dropped]:
        return list(await self.storage.read(lambda tx: tx.dropped.of(TEAM, ORGANISER)))

    async def due(self) -> list[Errand]:
        return [each for each, _ in await self.storage.read(lambda tx: tx.errands.due(TEAM, self.now))]

    async def waiting(self) -> list[str]:
        return [each.kind for each in await self.storage.read(lambda tx: tx.operators.listing())]


@pytest.fixture
async def runner(storage: Storage, tmp_path: Path) -> AsyncIterator[Runner]:
    programme = a_programme(event=an_event(workspace=TEAM), organisers=[ORGANISER])
    await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
    async with local_slack(tmp_path) as slack:
        yield Runner(storage, slack)


async def test_a_file_is_fetched_and_answered(runner: Runner) -> None:
    await runner.drop()
    await runner.errands.do()
    assert [(each.body, each.unread) for each in await runner.kept()] == [(b"event: x", None)]
    assert (await runner.due(), await runner.waiting()) == ([], ["Checked"])


@pytest.mark.parametrize(
    ("fault", "count"),
    [("server_error", 1), ("ratelimit", 1), ("lost_answer", 2)],  # aiohttp itself asks twice when cut off
)
async def test_a_file_that_slack_does_not_give_now_comes_later(
    runner: Runner, fault: str, count: int
) -> None:
    await runner.drop()
    await runner.slack.driver.plant(fault, method="files.download", count=count)
    await runner.errands.do()
    assert (await runner.due(), await runner.waiting()) == ([], ["FileWaits"])
    runner.now += timedelta(seconds=5)
    await runner.errands.do()
    assert [each.body for each in await runner.kept()] == [b"event: x"]


async def test_after_ten_minutes_it_is_said_that_slack_gave_nothing(runner: Runner) -> None:
    await runner.drop()
    await runner.slack.driver.plant("server_error", method="files.info", count=None)
    tries = 0
    while (
        runner.now < THURSDAY + GIVES_UP_AFTER + timedelta(minutes=3) and not (await runner.kept())[0].unread
    ):
        tries += len(await runner.due())
        await runner.errands.do()
        runner.now += timedelta(seconds=5)
    assert [each.unread for each in await runner.kept()] == [Unread.BUSY]
    assert 5 < tries < 15
    assert await runner.waiting() == ["FileWaits", "Checked"]


async def test_a_file_that_may_not_be_read_is_refused_at_once(runner: Runner) -> None:
    await runner.drop()
    runner.slack.granted.remove("files:read")
    await runner.errands.do()
    assert [each.unread for each in await runner.kept()] == [Unread.NOT_ALLOWED]
    runner.slack.granted.append("files:read")


async def test_the_id_of_somebody_elses_file_gives_nothing(runner: Runner) -> None:
    await runner.slack.driver.say(TWO, "hello")
    await runner.slack.driver.share_file(TWO, "event.yaml", body=b"secret")
    theirs = (await runner.slack.driver.history(TWO))[-1]["files"][0]["id"]
    runner.slack.state.files[theirs].channels = ["GHIDDEN"]
    for at, file in enumerate((theirs, "FNOBODYS"), 1):
        await runner.take(at, files=(Shared(id=FileId(file), name="event.yaml"),), has_file=True)
    await runner.errands.do()
    assert [(each.body, each.unread) for each in await runner.kept()] == [(None, Unread.GONE)] * 2


async def test_two_processes_answer_once(runner: Runner) -> None:
    await runner.drop()
    other = Errands(runner.storage, runner.slack.bot, TEAM, lambda: runner.now, rest=0.0)
    (errand,) = await runner.due()
    await runner.errands.do()
    await other._do(errand, runner.now)  # it had read the list before the first one was done
    assert await runner.waiting() == ["Checked"]


async def test_a_bot_that_was_killed_goes_on(runner: Runner) -> None:
    file = await runner.drop()
    again = Errands(runner.storage, runner.slack.bot, TEAM, lambda: runner.now, rest=0.0)
    assert await runner.due() == [Errand(person=ORGANISER, task=Fetch(ts(1), file))]
    await again.do()
    assert [each.body for each in await runner.kept()] == [b"event: x"]


@pytest.mark.parametrize(("is_admin", "greeted"), [(True, "AskEvent"), (False, "Say")])
async def test_slack_says_who_administers_the_workspace(
    storage: Storage, tmp_path: Path, is_admin: bool, greeted: str
) -> None:
    async with local_slack(tmp_path) as slack:
        runner = Runner(storage, slack)
        await slack.driver.join(ONE, "One", "organiser", is_admin=is_admin)
        await runner.take(1, "new event")
        assert await runner.due() == [Errand(person=ORGANISER, task=Admit(ts(1)))]
        await slack.driver.plant("api_error", code="internal_error", method="users.info")
        await runner.errands.do()
        assert await runner.waiting() == []
        runner.now += timedelta(seconds=5)
        await runner.errands.do()
        assert (await runner.waiting(), await runner.due()) == ([greeted], [])
        assert await storage.read(lambda tx: tx.errands.is_admitted(TEAM, ORGANISER)) is is_admin


async def test_who_is_unknown_to_slack_does_not_administer(storage: Storage, tmp_path: Path) -> None:
    async with local_slack(tmp_path) as slack:
        runner = Runner(storage, slack)
        await runner.take(1, "new event", person="UNOBODY")
        await runner.errands.do()
        assert (await runner.waiting(), await runner.due()) == (["Say"], [])
