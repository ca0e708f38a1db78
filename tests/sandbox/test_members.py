"""Who is in the workspace: what the Web API tells of them, and the events when that changes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sandbox.local import BOT, ONE, OUTSIDER, TWO, Local, Receiver, local_slack, receiving

OF_MEMBERS = ("message.im", "user_change", "team_join")


@pytest.fixture
async def bot() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def heard(tmp_path: Path, bot: Receiver) -> AsyncIterator[Local]:
    async with local_slack(tmp_path, events_url=bot.url, events=OF_MEMBERS) as slack:
        yield slack


async def test_everybody_is_listed_page_by_page_the_app_and_the_deactivated_too(slack: Local) -> None:
    await slack.driver.deactivate(TWO)
    first = await slack.call("users.list", limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = await slack.call("users.list", limit=3, cursor=cursor)
    assert [each["id"] for each in first["members"]] == [BOT, ONE, TWO]
    assert [each["deleted"] for each in first["members"]] == [False, False, True]
    assert [each["id"] for each in second["members"]] == [OUTSIDER]
    assert second["response_metadata"]["next_cursor"] == ""


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("users.list", {"limit": 1_001}, "invalid_limit"),
        ("users.list", {"cursor": "x"}, "invalid_cursor"),
        ("users.info", {"user": "UNOBODY"}, "user_not_found"),
        ("users.lookupByEmail", {"email": "nobody@office.example"}, "users_not_found"),
        ("users.lookupByEmail", {"email": ""}, "users_not_found"),
    ],
)
async def test_what_is_not_there_is_refused(
    slack: Local, method: str, arguments: dict[str, object], error: str
) -> None:
    assert await slack.error(method, **arguments) == error


@pytest.mark.parametrize("without", ["", "users:read.email"])
async def test_an_e_mail_is_told_with_its_scope_only(tmp_path: Path, bot: Receiver, without: str) -> None:
    async with local_slack(tmp_path, events_url=bot.url, events=OF_MEMBERS, without=[without]) as slack:
        await slack.driver.join("UNEW", "New", "reader", email="new@office.example")
        await slack.driver.settled()
        told = [(await slack.call("users.info", user="UNEW"))["user"], bot.events[-1]["user"]]
    assert ["email" in each["profile"] for each in told] == [not without] * 2


async def test_the_bot_hears_who_joins_changes_leaves_and_comes_back(heard: Local, bot: Receiver) -> None:
    await heard.driver.join("UNEW", "New", "reader", handle="new")
    await heard.driver.settled()
    await heard.driver.join("UNEW", "New", "reader", handle="newer")
    await heard.driver.settled()
    await heard.driver.deactivate("UNEW")
    await heard.driver.settled()
    await heard.driver.reactivate("UNEW")
    await heard.driver.settled()
    assert [(each["type"], each["user"]["name"], each["user"]["deleted"]) for each in bot.events] == [
        ("team_join", "new", False),
        ("user_change", "newer", False),
        ("user_change", "newer", True),
        ("user_change", "newer", False),
    ]


async def test_an_app_that_did_not_subscribe_hears_nothing(tmp_path: Path, bot: Receiver) -> None:
    async with local_slack(tmp_path, events_url=bot.url) as slack:
        await slack.driver.join("UNEW", "New", "reader")
        await slack.driver.settled()
    assert bot.events == []


async def test_who_is_deactivated_types_nothing_and_has_no_dm(slack: Local) -> None:
    await slack.driver.deactivate(ONE)
    with pytest.raises(LookupError):
        await slack.driver.say(ONE, "A note")
    assert await slack.error("conversations.open", users=ONE) == "user_disabled"
    await slack.driver.reactivate(ONE)
    await slack.driver.say(ONE, "A note")


async def test_nobody_can_be_deactivated_who_is_not_there(slack: Local) -> None:
    with pytest.raises(LookupError):
        await slack.driver.deactivate("UNOBODY")
