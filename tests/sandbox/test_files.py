"""Files of the local Slack: sent by people, uploaded by the bot, fetched by those who may."""

from pathlib import Path
from typing import Any

import pytest

from bot.domain.dropped import FileId, Unread
from bot.domain.event import WorkspaceId
from bot.sandbox.files import new_file
from bot.sandbox.state import State
from bot.slack.calls import Upload
from bot.slack.files import Files
from bot.slack.posting import Posting
from bot.slack.refusals import Refusal
from tests.builders import THURSDAY
from tests.sandbox.local import BOT, CLOSED, ONE, OUTSIDER, TWO, WORKSPACE, Json, Local, local_slack

CALL = Upload(name="event.yaml", title="The event file", body=b"event: <x>", comment="Fill <it> in.")
KEY = "abcdef01-2345"


async def shared(slack: Local, **about: Any) -> Json:
    await slack.driver.share_files(ONE, {"event.yaml": b"event: x"}, **about)
    return dict((await slack.driver.history(ONE))[-1])


def fetcher(slack: Local) -> Files:
    return Files(slack.bot, WorkspaceId("TTEAM"))


async def test_a_file_that_a_person_sends_comes_to_the_bot_as_it_is(slack: Local) -> None:
    message = await shared(slack, text="here")
    (file,) = message["files"]
    assert (message["subtype"], message["text"], file["size"]) == ("file_share", "here", 8)
    assert await fetcher(slack).fetch(FileId(file["id"]), 100) == b"event: x"


async def test_without_the_scope_slack_shows_the_bot_a_page_to_sign_in(tmp_path: Path) -> None:
    async with local_slack(tmp_path) as slack:
        (file,) = (await shared(slack))["files"]
        slack.granted.remove("files:read")
        assert await fetcher(slack).fetch(FileId(file["id"]), 100) is Unread.NOT_ALLOWED
        async with slack.http.get(file["url_private_download"]) as answer:
            assert (answer.status, "Sign in" in await answer.text()) == (200, True)


async def test_a_file_of_elsewhere_is_not_to_be_had(slack: Local) -> None:
    (file,) = (await shared(slack))["files"]
    slack.state.files[file["id"]].channels = ["GHIDDEN"]
    assert await fetcher(slack).fetch(FileId(file["id"]), 100) is Unread.GONE
    assert await fetcher(slack).fetch(FileId("FNOBODYS"), 100) is Unread.GONE


async def test_people_download_what_was_shared_where_they_are(slack: Local) -> None:
    (file,) = (await shared(slack))["files"]
    assert await slack.driver.download(ONE, file["id"]) == b"event: x"
    for stranger in (TWO, OUTSIDER, "UNOBODY"):
        with pytest.raises(LookupError):
            await slack.driver.download(stranger, file["id"])


async def test_an_upload_stands_in_one_message_with_literal_words_and_its_tag(slack: Local) -> None:
    posting, channel = Posting(slack.bot), await slack.driver.channel(ONE)
    await posting.share(channel, await posting.upload(CALL), CALL, KEY)
    (message,) = await slack.driver.history(ONE)
    (file,) = message["files"]
    assert (message["user"], message["text"]) == (BOT, "Fill &lt;it&gt; in.")
    assert (file["name"], file["title"]) == ("event.yaml", "The event file · ABCDEF01")
    assert await slack.driver.download(ONE, file["id"]) == b"event: <x>"
    assert await posting.find(channel, None, KEY, THURSDAY) == message["ts"]
    assert await posting.find(channel, None, "abcdef02", THURSDAY) is None


async def test_what_a_person_sends_under_the_same_title_is_not_taken_for_ours(slack: Local) -> None:
    await slack.driver.share_file(ONE, "The event file · ABCDEF01")
    channel = await slack.driver.channel(ONE)
    assert await Posting(slack.bot).find(channel, None, KEY, THURSDAY) is None


async def test_nobody_sees_what_was_uploaded_and_not_shared(slack: Local) -> None:
    await Posting(slack.bot).upload(CALL)
    assert await slack.driver.history(ONE) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"filename": "x", "length": "0"}, "missing_argument"),
        ({"filename": "", "length": "3"}, "missing_argument"),
        ({"filename": "x", "length": "many"}, "missing_argument"),
    ],
)
async def test_an_upload_has_a_name_and_a_length(slack: Local, arguments: Json, code: str) -> None:
    assert await slack.error("files.getUploadURLExternal", **arguments) == code


async def test_only_what_came_whole_can_be_shared_and_only_where_the_bot_is(slack: Local) -> None:
    announced = await slack.call("files.getUploadURLExternal", filename="x", length="3")
    share = {"files": f'[{{"id": "{announced["file_id"]}"}}]', "channel_id": CLOSED}
    assert await slack.error("files.completeUploadExternal", **share) == "file_not_found"
    for body, status in ((b"four", 400), (b"abc", 200), (b"abc", 400)):
        async with slack.http.post(announced["upload_url"], data=body) as answer:
            assert answer.status == status
    assert (
        await slack.error("files.completeUploadExternal", **share | {"files": "[{}]"}) == "invalid_arguments"
    )
    elsewhere = share | {"channel_id": "GHIDDEN"}
    assert await slack.error("files.completeUploadExternal", **elsewhere) == "channel_not_found"
    assert (await slack.call("files.completeUploadExternal", **share))["ok"] is True


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.upload"])
async def test_an_upload_that_fails_is_a_refusal(slack: Local, method: str) -> None:
    await slack.driver.plant("server_error", method=method)
    with pytest.raises(Refusal):
        await Posting(slack.bot).upload(CALL)


def test_files_outlive_the_process(tmp_path: Path) -> None:
    def state() -> State:
        return State(WORKSPACE, lambda: THURSDAY, tmp_path / "slack.json")

    before = state()
    made = new_file(before, ONE, "event.yaml", b"\x00\xff", [])
    before.save()
    assert state().files == {made.id: made}
