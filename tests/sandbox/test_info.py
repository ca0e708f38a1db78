"""What the local Slack tells of channels, people and scopes, and how the bot is invited."""

from copy import deepcopy
from pathlib import Path

import pytest

from bot.sandbox.state import State
from tests.sandbox.local import (
    BOT,
    CLOSED,
    FOREIGN,
    HIDDEN,
    MANIFEST,
    ONE,
    OPEN,
    OUTSIDER,
    TWO,
    WORKSPACE,
    Local,
    local_slack,
    receiving,
)

EVENTS = ("message.im", "member_joined_channel")


@pytest.mark.parametrize(
    ("channel", "is_private", "is_member"),
    [(OPEN, False, True), (FOREIGN, False, False), (CLOSED, True, True)],
)
async def test_a_channel_says_whether_the_bot_is_in_it(
    slack: Local, channel: str, is_private: bool, is_member: bool
) -> None:
    seen = (await slack.call("conversations.info", channel=channel))["channel"]
    assert (seen["is_private"], seen["is_member"], seen["is_archived"]) == (is_private, is_member, False)


async def test_a_private_channel_without_the_bot_is_said_not_to_exist(slack: Local) -> None:
    assert await slack.error("conversations.info", channel=HIDDEN) == "channel_not_found"
    assert await slack.error("conversations.info", channel="CNOWHERE") == "channel_not_found"


async def test_an_archived_channel_is_read_and_not_written(tmp_path: Path) -> None:
    workspace = deepcopy(WORKSPACE)
    workspace["channels"][0]["archived"] = True
    async with local_slack(tmp_path, workspace=workspace) as slack:
        assert (await slack.call("conversations.info", channel=OPEN))["channel"]["is_archived"] is True
        assert await slack.error("chat.postMessage", channel=OPEN, text="Hello") == "is_archived"
        assert (await slack.call("conversations.history", channel=OPEN))["ok"] is True


async def test_a_person_is_there_deactivated_or_a_bot(tmp_path: Path) -> None:
    workspace = deepcopy(WORKSPACE)
    workspace["people"][1]["deactivated"] = workspace["people"][2]["is_bot"] = True
    async with local_slack(tmp_path, workspace=workspace) as slack:
        seen = [(await slack.call("users.info", user=each))["user"] for each in (ONE, TWO, OUTSIDER)]
        assert [(each["deleted"], each["is_bot"]) for each in seen] == [
            (False, False),
            (True, False),
            (False, True),
        ]
        assert await slack.error("users.info", user="UNOBODY") == "user_not_found"


@pytest.mark.parametrize(
    ("scope", "method", "arguments"),
    [
        ("channels:read", "conversations.info", {"channel": OPEN}),
        ("groups:read", "conversations.info", {"channel": CLOSED}),
        ("users:read", "users.info", {"user": ONE}),
    ],
)
async def test_looking_needs_its_scope(
    tmp_path: Path, scope: str, method: str, arguments: dict[str, str]
) -> None:
    async with local_slack(tmp_path, without=[scope]) as slack:
        body = await slack.call(method, **arguments)
        assert (body["error"], body["needed"]) == ("missing_scope", scope)


async def test_the_scopes_are_named_to_the_bot_and_to_nobody_else(slack: Local) -> None:
    answer = await slack.bot.auth_test()
    assert answer.headers["x-oauth-scopes"].split(",") == MANIFEST["oauth_config"]["scopes"]["bot"]
    async with slack.http.post(f"{slack.url}/api/auth.test") as unknown:
        assert "x-oauth-scopes" not in unknown.headers


@pytest.mark.parametrize(("channel", "kind"), [(FOREIGN, "C"), (HIDDEN, "G")])
async def test_an_invited_bot_hears_that_it_joined_and_may_post(
    tmp_path: Path, channel: str, kind: str
) -> None:
    async with (
        receiving() as receiver,
        local_slack(tmp_path, events_url=receiver.url, events=EVENTS) as slack,
    ):
        await slack.driver.invite(ONE, channel)
        await slack.driver.settled()
        (event,) = receiver.events
        told = {name: event[name] for name in ("type", "user", "channel", "channel_type", "inviter")}
        assert told == {
            "type": "member_joined_channel", "user": BOT, "channel": channel, "channel_type": kind,
            "inviter": ONE,
        }  # fmt: skip
        assert await slack.post(channel)
        with pytest.raises(LookupError):
            await slack.driver.invite(OUTSIDER, channel)  # not in it, so cannot invite


async def test_an_app_that_did_not_ask_for_it_does_not_hear_of_the_invitation(tmp_path: Path) -> None:
    async with receiving() as receiver, local_slack(tmp_path, events_url=receiver.url) as slack:
        await slack.driver.invite(ONE, FOREIGN)
        await slack.driver.settled()
        assert receiver.events == []


async def test_an_invitation_outlives_the_process(tmp_path: Path) -> None:
    async with local_slack(tmp_path) as slack:
        await slack.driver.invite(ONE, FOREIGN)
        kept = State(WORKSPACE, slack.clock.now, tmp_path / "slack.json")
        kept.channels[FOREIGN].members = set(slack.state.channels[FOREIGN].members)
        kept.save()
    again = State(WORKSPACE, kept.now, tmp_path / "slack.json")
    assert BOT in again.channels[FOREIGN].members
