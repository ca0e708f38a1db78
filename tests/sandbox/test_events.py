"""What the bot hears of, and in which shapes (slack.md, 2 and 4)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.moment import is_ts
from tests.sandbox.local import (
    BOT,
    BOT_ID,
    CLOSED,
    FOREIGN,
    ONE,
    OPEN,
    OUTSIDER,
    Json,
    Local,
    Receiver,
    local_slack,
    receiving,
)

DM = "DONE"


@pytest.fixture
async def bot() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def heard(tmp_path: Path, bot: Receiver) -> AsyncIterator[Local]:
    """A local Slack whose events the bot hears."""
    async with local_slack(tmp_path, events_url=bot.url) as slack:
        yield slack


async def last(slack: Local, bot: Receiver) -> Json:
    """The last event, once all are there."""
    await slack.driver.settled()
    return bot.events[-1]


async def test_an_event_comes_in_slacks_envelope(heard: Local, bot: Receiver) -> None:
    ts = await heard.driver.say(ONE, "A note")
    await heard.driver.settled()
    (request,) = bot.requests
    envelope = request.payload
    event = envelope.pop("event")
    assert envelope.pop("event_id").startswith("Ev")
    assert envelope == {
        "type": "event_callback",
        "token": "sandbox",
        "team_id": "TTEAM",
        "api_app_id": "AAPP",
        "event_time": int(ts.split(".")[0]),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": "TTEAM",
                "user_id": BOT,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
    }
    assert {key: event[key] for key in event if key not in ("blocks", "client_msg_id")} == {
        "type": "message",
        "user": ONE,
        "text": "A note",
        "team": "TTEAM",
        "channel": DM,
        "channel_type": "im",
        "ts": ts,
        "event_ts": ts,
    }


async def test_text_is_escaped_on_the_wire_and_literal_in_rich_text(heard: Local, bot: Receiver) -> None:
    await heard.driver.say(ONE, "a < b & <@UTWO> > c")
    event = await last(heard, bot)
    assert event["text"] == "a &lt; b &amp; <@UTWO> &gt; c"
    assert event["blocks"][0]["elements"] == [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "a < b & "},
                {"type": "user", "user_id": "UTWO"},
                {"type": "text", "text": " > c"},
            ],
        }
    ]


async def test_lines_with_marks_are_composed_as_lists_side_by_side(heard: Local, bot: Receiver) -> None:
    await heard.driver.say(ONE, "Points:\n- one\n  - under one\n- two\n1. first\n-not a list\n- ")
    (block,) = (await last(heard, bot))["blocks"]

    def told(element: Json) -> tuple[object, ...]:
        if element["type"] == "rich_text_list":
            lines = [line["elements"][0]["text"] for line in element["elements"]]
            return (element["style"], element["indent"], *lines)
        return (element["elements"][0]["text"],)

    assert [told(each) for each in block["elements"]] == [
        ("Points:",),
        ("bullet", 0, "one"),
        ("bullet", 1, "under one"),
        ("bullet", 0, "two"),
        ("ordered", 0, "first"),
        ("-not a list\n- ",),
    ]


async def test_an_edit_names_its_author_within_and_has_whole_seconds(heard: Local, bot: Receiver) -> None:
    ts = await heard.driver.say(ONE, "A note")
    await heard.driver.edit(ONE, ts, "A better note")
    event = await last(heard, bot)
    message, before = event["message"], event["previous_message"]
    assert (event["subtype"], event["hidden"], "user" in event) == ("message_changed", True, False)
    assert (message["user"], message["ts"], message["text"]) == (ONE, ts, "A better note")
    assert (before["text"], "edited" in before) == ("A note", False)
    assert message["client_msg_id"] == before["client_msg_id"]
    assert message["edited"] == {"user": ONE, "ts": event["event_ts"].split(".")[0] + ".000000"}
    assert event["ts"] == event["event_ts"] > ts


async def test_a_deletion_carries_what_was_there(heard: Local, bot: Receiver) -> None:
    ts = await heard.driver.say(ONE, "A note")
    await heard.driver.delete(ONE, ts)
    event = await last(heard, bot)
    assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", ts)
    assert (event["previous_message"]["user"], event["previous_message"]["text"]) == (ONE, "A note")
    assert {"message", "user"} & set(event) == set()


async def test_a_deleted_parent_comes_as_a_change_to_a_tombstone_without_an_edit(
    heard: Local, bot: Receiver
) -> None:
    ts = await heard.driver.say(ONE, "A parent")
    reply = await heard.driver.say(ONE, "A reply", thread=ts)
    await heard.driver.delete(ONE, ts)
    event = await last(heard, bot)
    tombstone = event["message"]
    assert (event["subtype"], tombstone["subtype"]) == ("message_changed", "tombstone")
    assert (tombstone["user"], tombstone["ts"], "edited" in tombstone) == ("USLACKBOT", ts, False)
    assert event["previous_message"]["user"] == ONE
    (told,) = [each for each in bot.events if each["ts"] == reply]
    assert told["thread_ts"] == ts


async def test_a_file_comes_with_its_subtype_and_perhaps_no_text(heard: Local, bot: Receiver) -> None:
    await heard.driver.share_file(ONE, "report.docx")
    event = await last(heard, bot)
    assert (event["subtype"], event["user"], event["text"]) == ("file_share", ONE, "")
    assert [file["name"] for file in event["files"]] == ["report.docx"]
    assert "blocks" not in event


async def test_the_bots_own_posts_and_changes_come_back_to_it(heard: Local, bot: Receiver) -> None:
    ts = await heard.post(ONE, "Hello")
    assert ((event := await last(heard, bot))["bot_id"], event["user"]) == (BOT_ID, BOT)
    assert event["bot_profile"]["id"] == BOT_ID
    await heard.call("chat.update", channel=DM, ts=ts, text="Changed")
    assert (await last(heard, bot))["message"]["bot_id"] == BOT_ID
    await heard.call("chat.delete", channel=DM, ts=ts)
    assert (await last(heard, bot))["previous_message"]["bot_id"] == BOT_ID


@pytest.mark.parametrize(
    ("events", "channels"),
    [
        (["message.im"], [(DM, "im")]),
        (["message.channels"], [(OPEN, "channel")]),
        (["message.groups", "message.im"], [(CLOSED, "group"), (DM, "im")]),
    ],
)
async def test_only_events_that_are_subscribed_come_and_only_from_channels_of_the_bot(
    tmp_path: Path, bot: Receiver, events: list[str], channels: list[tuple[str, str]]
) -> None:
    async with local_slack(tmp_path, events_url=bot.url, events=events) as slack:
        for channel in (OPEN, CLOSED, FOREIGN, None):
            await slack.driver.say(ONE, "Hello", channel=channel)
        await slack.driver.settled()
    assert sorted((each["channel"], each["channel_type"]) for each in bot.events) == sorted(channels)


async def test_a_button_comes_as_a_form_with_its_message_and_moment(heard: Local, bot: Receiver) -> None:
    button = {
        "type": "button",
        "action_id": "go",
        "text": {"type": "plain_text", "text": "Go"},
        "value": "here",
    }
    ts = await heard.post(ONE, "Press", blocks=[{"type": "actions", "elements": [button]}])
    pressed_at = await heard.driver.press(ONE, ts, "go")
    await heard.driver.settled()
    request = bot.requests[-1]
    payload = request.payload
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert (payload["type"], payload["user"]["id"], payload["team"]["id"]) == ("block_actions", ONE, "TTEAM")
    assert (payload["container"]["message_ts"], payload["channel"]["id"]) == (ts, DM)
    (action,) = payload["actions"]
    assert (action["action_id"], action["value"]) == ("go", "here")
    assert action["block_id"] == payload["message"]["blocks"][0]["block_id"]
    assert is_ts(action["action_ts"])
    assert action["action_ts"] == pressed_at > ts


def a_menu(kind: str, **more: object) -> dict[str, object]:
    lines = [
        {"text": {"type": "plain_text", "text": each}, "value": each.lower()} for each in ("Later", "No")
    ]
    return {"type": kind, "action_id": kind, "options": lines, **more}


async def test_a_choice_comes_with_the_option_that_was_chosen(heard: Local, bot: Receiver) -> None:
    placeholder = {"type": "plain_text", "text": "When"}
    beside = {"type": "section", "text": placeholder, "accessory": a_menu("overflow")}
    select = a_menu("static_select", placeholder=placeholder)
    ts = await heard.post(ONE, "Choose", blocks=[beside, {"type": "actions", "elements": [select]}])
    await heard.driver.choose(ONE, ts, "No")
    await heard.driver.settled()
    await heard.driver.press(ONE, ts, "static_select", "later")
    await heard.driver.settled()
    first, second = (each.payload["actions"][0] for each in bot.requests[-2:])
    no, later = a_menu("")["options"][1], a_menu("")["options"][0]  # type: ignore[index]
    assert (first["type"], first["selected_option"], "value" in first) == ("overflow", no, False)
    assert (second["selected_option"], second["placeholder"]) == (later, placeholder)
    for absent in (heard.driver.choose(ONE, ts, "Never"), heard.driver.press(ONE, ts, "overflow")):
        with pytest.raises(LookupError):
            await absent


async def test_what_is_not_there_cannot_be_done(slack: Local) -> None:
    mine = await slack.driver.say(ONE, "Mine")
    reply = await slack.driver.say(ONE, "A reply", thread=mine)
    for deed in (
        slack.driver.edit(OUTSIDER, mine, "Yours"),
        slack.driver.delete(ONE, "1544101200.000000"),
        slack.driver.press(ONE, mine, "go"),
        slack.driver.say("UNOBODY", "Hello"),
        slack.driver.say(OUTSIDER, "Hello", channel=OPEN),
        slack.driver.say(ONE, "Hello", thread="1544101200.000000"),
        slack.driver.say(ONE, "Hello", thread=reply),
        slack.driver.say(ONE, "  "),
        slack.driver.edit(ONE, mine, ""),
        slack.driver.remove(OPEN, mine),
        slack.driver.forward(-1),
        slack.driver.plant("earthquake"),
        slack.driver.plant("ratelimit", colour="red"),
    ):
        with pytest.raises(LookupError):
            await deed
    assert [each["text"] for each in await slack.driver.history(ONE)] == ["Mine"]


@pytest.mark.parametrize(
    ("path", "body", "status"), [("say", "{", 400), ("say", "[]", 400), ("fly", "", 404)]
)
async def test_a_senseless_deed_is_refused(slack: Local, path: str, body: str, status: int) -> None:
    async with slack.http.post(f"{slack.url}/control/{path}", data=body) as answer:
        assert answer.status == status


async def test_a_message_may_bring_its_own_blocks_or_none(heard: Local, bot: Receiver) -> None:
    quote = {"type": "rich_text_quote", "elements": [{"type": "text", "text": "heard"}]}
    own: Json = {"type": "rich_text", "elements": [quote]}
    await heard.driver.say(ONE, "&gt; heard", blocks=[own])
    assert (await last(heard, bot))["blocks"] == [own]
    await heard.driver.say(ONE, "plain", blocks=[])
    assert "blocks" not in await last(heard, bot)


async def test_of_two_buttons_with_one_action_the_value_tells_which(heard: Local, bot: Receiver) -> None:
    def row(value: str) -> Json:
        text = {"type": "plain_text", "text": value}
        return {
            "type": "actions",
            "elements": [{"type": "button", "action_id": "go", "text": text, "value": value}],
        }

    ts = await heard.post(ONE, "Press", blocks=[row("left"), row("right")])
    await heard.driver.press(ONE, ts, "go", "right")
    await heard.driver.settled()
    assert bot.requests[-1].payload["actions"][0]["value"] == "right"
    with pytest.raises(LookupError):
        await heard.driver.press(ONE, ts, "go", "middle")


async def test_the_driver_can_ask_who_there_is(slack: Local) -> None:
    async with slack.http.get(f"{slack.url}/control/people") as answer:
        assert [each["id"] for each in await answer.json()] == [ONE, "UTWO", OUTSIDER]
