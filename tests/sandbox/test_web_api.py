"""The Web API: what each method does, and what it refuses, as Slack does (slack.md, 4)."""

from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.domain.moment import Ts
from tests.sandbox.local import (
    APP_TOKEN,
    BOT,
    BOT_ID,
    CHECKER,
    CLOSED,
    FOREIGN,
    HIDDEN,
    ONE,
    OPEN,
    TWO,
    Json,
    Local,
    local_slack,
)

DM = "DONE"
RICH: Json = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "A line"}]}],
}
SECTION: Json = {"type": "section", "text": {"type": "plain_text", "text": "A line"}}


async def standing(slack: Local, channel: str, ts: str) -> Json:
    """A message as the checker reads it."""
    (found,) = [each for each in await slack.driver.replies(channel, ts) if each["ts"] == ts]
    return found


# tokens and scopes


@pytest.mark.parametrize(
    ("method", "token", "error"),
    [
        ("auth.test", None, "not_authed"),
        ("auth.test", "xoxb-another", "invalid_auth"),
        ("chat.postMessage", APP_TOKEN, "not_allowed_token_type"),
        ("chat.postMessage", CHECKER, "not_allowed_token_type"),
        ("conversations.history", APP_TOKEN, "not_allowed_token_type"),
        ("apps.connections.open", CHECKER, "not_allowed_token_type"),
    ],
)
async def test_each_token_opens_its_own_methods(
    slack: Local, method: str, token: str | None, error: str
) -> None:
    assert await slack.error(method, token, channel=OPEN, text="Hello") == error


async def test_a_method_that_is_not_there_is_unknown(slack: Local) -> None:
    assert await slack.error("chat.unfurl") == "unknown_method"


async def test_the_bot_hears_who_it_is(slack: Local) -> None:
    body = await slack.call("auth.test")
    assert (body["team_id"], body["user_id"], body["bot_id"]) == ("TTEAM", BOT, BOT_ID)


@pytest.mark.parametrize(
    ("scope", "method", "channel"),
    [
        ("chat:write", "chat.postMessage", OPEN),
        ("chat:write", "chat.update", OPEN),
        ("chat:write", "chat.delete", OPEN),
        ("reactions:write", "reactions.add", OPEN),
        ("im:write", "conversations.open", ""),
        ("channels:history", "conversations.history", OPEN),
        ("groups:history", "conversations.history", CLOSED),
        ("im:history", "conversations.replies", DM),
    ],
)
async def test_a_method_needs_its_scope_and_says_which(
    tmp_path: Path, scope: str, method: str, channel: str
) -> None:
    async with local_slack(tmp_path, without=[scope]) as slack:
        slack.state.dm(ONE)
        body = await slack.call(method, channel=channel)
        assert (body["error"], body["needed"]) == ("missing_scope", scope)
        assert scope not in body["provided"].split(",")


async def test_every_answer_is_dated_by_the_demos_clock(slack: Local) -> None:
    await slack.driver.forward(3 * 86_400)
    for path in ("/api/auth.test", "/", "/static/page.css", "/nowhere"):
        async with slack.http.get(slack.url + path) as answer:
            behind = (slack.clock.now() - parsedate_to_datetime(answer.headers["Date"])).total_seconds()
        assert 0 <= behind < 5


# places


@pytest.mark.parametrize(
    ("method", "channel", "error"),
    [
        ("chat.postMessage", "CNOWHERE", "channel_not_found"),
        ("chat.postMessage", FOREIGN, "not_in_channel"),
        ("chat.postMessage", HIDDEN, "channel_not_found"),  # Slack does not say that it is there
        ("conversations.history", FOREIGN, "not_in_channel"),
        ("conversations.replies", HIDDEN, "channel_not_found"),
        ("reactions.add", FOREIGN, "not_in_channel"),
        ("chat.update", ONE, "channel_not_found"),  # only chat.postMessage takes a person for a channel
        ("conversations.history", ONE, "channel_not_found"),
    ],
)
async def test_the_bot_works_where_it_is_a_member(
    slack: Local, method: str, channel: str, error: str
) -> None:
    assert await slack.error(method, channel=channel, text="Hello", ts="1.0") == error


async def test_posting_to_a_person_opens_the_dm_and_names_it(slack: Local) -> None:
    posted = await slack.call("chat.postMessage", channel=ONE, text="Hello")
    opened = await slack.call("conversations.open", users=ONE)
    assert posted["channel"] == opened["channel"]["id"] == DM


async def test_nobody_has_no_dm(slack: Local) -> None:
    assert await slack.error("conversations.open", users="UNOBODY") == "user_not_found"


# posting


async def test_a_post_stands_as_the_bots(slack: Local) -> None:
    posted = await slack.call("chat.postMessage", channel=OPEN, text="Hello", blocks=[SECTION])
    message = await standing(slack, OPEN, posted["ts"])
    assert message == posted["message"]
    assert (message["user"], message["bot_id"], message["text"]) == (BOT, BOT_ID, "Hello")
    assert message["blocks"] == [{**SECTION, "block_id": message["blocks"][0]["block_id"]}]
    assert "thread_ts" not in message


async def test_a_reply_stands_in_its_thread_only(slack: Local) -> None:
    parent = await slack.post()
    reply = await slack.post(thread_ts=parent)
    assert [each["ts"] for each in await slack.driver.history(OPEN)] == [parent]
    assert [each["ts"] for each in await slack.driver.replies(OPEN, parent)] == [parent, reply]


async def test_a_thread_hangs_on_a_message_that_is_there_and_is_no_reply(slack: Local) -> None:
    reply = await slack.post(thread_ts=await slack.post())
    for thread in (reply, "1544101200.000000"):
        assert (
            await slack.error("chat.postMessage", channel=OPEN, text="x", thread_ts=thread)
            == "thread_not_found"
        )


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_text_has_at_most_4000_characters_and_something_is_said(slack: Local, method: str) -> None:
    ts = await slack.post(text="x" * 4000)
    about = {"channel": OPEN, "ts": ts}
    assert await slack.error(method, **about, text="x" * 4001) == "msg_too_long"
    assert await slack.error(method, **about, text="") == "no_text"


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_blocks_that_slack_refuses_are_refused(slack: Local, method: str) -> None:
    about = {"channel": OPEN, "ts": await slack.post(), "text": "x"}
    assert await slack.error(method, **about, blocks="a text") == "invalid_blocks_format"
    refused = await slack.call(method, **about, blocks=[{"type": "carousel"}])
    assert refused["error"] == "invalid_blocks"
    assert refused["response_metadata"]["messages"] == ["unsupported type: carousel [/blocks/0]"]


async def test_a_form_is_read_as_json_is(slack: Local) -> None:
    headers = {"Authorization": "Bearer xoxb-test"}

    async def posted(**form: str) -> Json:
        url = f"{slack.url}/api/chat.postMessage"
        async with slack.http.post(url, data={"channel": OPEN, **form}, headers=headers) as answer:
            return dict(await answer.json())

    assert (await posted(text="x", blocks='[{"type": "divider"}]'))["ok"]
    assert (await posted(text="x", blocks="[{"))["error"] == "invalid_blocks_format"
    assert (await posted(text="x", metadata="{"))["error"] == "invalid_metadata_format"


@pytest.mark.parametrize(("body", "error"), [("{", "invalid_json"), ("[]", "json_not_object")])
async def test_junk_is_refused(slack: Local, body: str, error: str) -> None:
    headers = {"Content-Type": "application/json", "Authorization": "Bearer xoxb-test"}
    async with slack.http.post(f"{slack.url}/api/auth.test", data=body, headers=headers) as answer:
        assert (await answer.json())["error"] == error


# metadata

KEY: Json = {"event_type": "plenary_delivery", "event_payload": {"key": "k"}}


async def test_metadata_is_read_back_only_when_asked_for(slack: Local) -> None:
    ts = await slack.post(metadata=KEY)
    for method in ("conversations.history", "conversations.replies"):
        (silent,) = (await slack.call(method, channel=OPEN, ts=ts))["messages"]
        (told,) = (await slack.call(method, channel=OPEN, ts=ts, include_all_metadata=True))["messages"]
        assert ("metadata" in silent, told["metadata"]) == (False, KEY)


async def test_metadata_of_a_bad_type_is_dropped_with_no_more_than_a_warning(slack: Local) -> None:
    bad = {**KEY, "event_type": "with a space"}
    posted = await slack.call("chat.postMessage", channel=OPEN, text="x", metadata=bad)
    assert posted["ok"]
    assert posted["response_metadata"]["warnings"] == ["invalid_metadata_schema"]
    assert "metadata" not in await standing(slack, OPEN, posted["ts"])


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({**KEY, "event_payload": {"key": "k" * 9_000}}, "metadata_too_large"),
        ({"event_type": "plenary_delivery"}, "invalid_metadata_format"),
        ("a text", "invalid_metadata_format"),
    ],
)
async def test_metadata_has_a_shape_and_a_size(slack: Local, metadata: Any, error: str) -> None:
    assert await slack.error("chat.postMessage", channel=OPEN, text="x", metadata=metadata) == error


async def test_an_update_keeps_metadata_that_it_does_not_mention_and_an_empty_one_takes_it_away(
    slack: Local,
) -> None:
    ts = await slack.post(metadata=KEY)
    await slack.call("chat.update", channel=OPEN, ts=ts, text="changed")
    assert (await standing(slack, OPEN, ts))["metadata"] == KEY
    await slack.call("chat.update", channel=OPEN, ts=ts, text="changed", metadata={})
    assert "metadata" not in await standing(slack, OPEN, ts)


# updating and deleting


async def test_an_update_replaces_and_leaves_its_place(slack: Local) -> None:
    parent = await slack.post()
    reply = await slack.post(thread_ts=parent, blocks=[SECTION])
    new = {"type": "header", "text": {"type": "plain_text", "text": "New"}}
    await slack.call("chat.update", channel=OPEN, ts=reply, text="New", blocks=[new])
    (_, changed) = await slack.driver.replies(OPEN, parent)
    assert (changed["ts"], changed["text"], changed["blocks"][0]["type"]) == (reply, "New", "header")


async def test_an_update_of_text_takes_the_blocks_away_and_bears_a_mark(slack: Local) -> None:
    ts = await slack.post(blocks=[SECTION])
    await slack.call("chat.update", channel=OPEN, ts=ts, text="New", blocks=[SECTION])
    assert "edited" not in await standing(slack, OPEN, ts)
    await slack.call("chat.update", channel=OPEN, ts=ts, text="Newer")
    changed = await standing(slack, OPEN, ts)
    assert (changed["blocks"], changed["edited"]["ts"][-7:]) == ([], ".000000")


@pytest.mark.parametrize("blocks", [[SECTION], []])
async def test_nothing_else_takes_the_place_of_rich_text(slack: Local, blocks: list[Json]) -> None:
    about = {"channel": OPEN, "ts": await slack.post(blocks=[RICH]), "text": "x"}
    assert await slack.error("chat.update", **about, blocks=blocks) == "block_mismatch"
    assert (await slack.call("chat.update", **about, blocks=[RICH, SECTION]))["ok"]


@pytest.mark.parametrize("method", ["chat.update", "chat.delete"])
async def test_only_messages_of_its_own_that_are_there_are_the_bots_to_change(
    slack: Local, method: str
) -> None:
    foreign = await slack.driver.say(ONE, "Mine", channel=OPEN)
    missing = await slack.error(method, channel=OPEN, ts="1544101200.000000", text="x")
    refused = await slack.error(method, channel=OPEN, ts=foreign, text="x")
    assert missing == "message_not_found"
    assert refused == {"chat.update": "cant_update_message", "chat.delete": "cant_delete_message"}[method]


async def test_a_deleted_message_is_gone(slack: Local) -> None:
    ts = await slack.post()
    await slack.call("chat.delete", channel=OPEN, ts=ts)
    assert await slack.driver.history(OPEN) == []
    assert await slack.error("conversations.replies", channel=OPEN, ts=ts) == "thread_not_found"
    assert await slack.error("chat.delete", channel=OPEN, ts=ts) == "message_not_found"


async def test_of_a_deleted_parent_a_tombstone_stays_with_its_replies(slack: Local) -> None:
    parent = await slack.post(metadata=KEY)
    reply = await slack.post(thread_ts=parent)
    await slack.call("chat.delete", channel=OPEN, ts=parent)
    (tombstone, kept) = await slack.driver.replies(OPEN, parent)
    assert (tombstone["subtype"], tombstone["user"], tombstone["ts"]) == ("tombstone", "USLACKBOT", parent)
    assert {"bot_id", "metadata", "edited"} & set(tombstone) == set()
    assert kept["ts"] == reply
    assert await slack.error("chat.update", channel=OPEN, ts=parent, text="x") == "message_not_found"


async def test_a_message_deleted_by_hand_leaves_what_any_deletion_leaves(slack: Local) -> None:
    alone, parent = await slack.post(), await slack.post()
    await slack.post(thread_ts=parent)
    for ts in (alone, parent):
        await slack.driver.remove(OPEN, ts)
    assert [(each["ts"], each["subtype"]) for each in await slack.driver.history(OPEN)] == [
        (parent, "tombstone")
    ]


async def test_a_reaction_stands_once(slack: Local) -> None:
    about = {"channel": OPEN, "timestamp": await slack.post(), "name": "white_check_mark"}
    assert (await slack.call("reactions.add", **about))["ok"]
    assert await slack.error("reactions.add", **about) == "already_reacted"
    assert await slack.error("reactions.add", **{**about, "name": ""}) == "invalid_name"
    assert await slack.error("reactions.add", **{**about, "timestamp": "1.0"}) == "message_not_found"
    (reaction,) = (await standing(slack, OPEN, about["timestamp"]))["reactions"]
    assert reaction == {"name": "white_check_mark", "users": [BOT], "count": 1}


# reading


async def test_history_is_newest_first_and_comes_page_by_page(slack: Local) -> None:
    posted = [await slack.post(text=str(number)) for number in range(5)]
    read: list[str] = []
    cursor = None
    sizes = []
    while cursor != "":
        body = await slack.bot.conversations_history(channel=OPEN, limit=2, cursor=cursor)
        read += [each["ts"] for each in body["messages"]]
        sizes.append((len(body["messages"]), body["has_more"]))
        cursor = body["response_metadata"]["next_cursor"]
    assert read == posted[::-1]
    assert sizes == [(2, True), (2, True), (1, False)]


async def test_what_comes_or_goes_between_two_pages_moves_nothing(slack: Local) -> None:
    posted = [await slack.post(text=str(number)) for number in range(4)]
    first = await slack.call("conversations.history", channel=OPEN, limit=2)
    await slack.post(text="newer")
    await slack.call("chat.delete", channel=OPEN, ts=posted[3])
    cursor = first["response_metadata"]["next_cursor"]
    second = await slack.call("conversations.history", channel=OPEN, limit=2, cursor=cursor)
    assert [each["ts"] for each in second["messages"]] == [posted[1], posted[0]]
    for ts in posted[:3]:
        await slack.call("chat.delete", channel=OPEN, ts=ts)
    last = await slack.call("conversations.history", channel=OPEN, limit=2, cursor=cursor)
    assert last["messages"] == []


async def test_a_thread_is_oldest_first_page_by_page(slack: Local) -> None:
    parent = await slack.post()
    thread = [parent, *[await slack.post(thread_ts=parent) for _ in range(4)]]
    read: list[str] = []
    cursor = ""
    while len(read) < 5:
        body = await slack.call("conversations.replies", channel=OPEN, ts=parent, limit=3, cursor=cursor)
        read += [each["ts"] for each in body["messages"]]
        cursor = body["response_metadata"]["next_cursor"]
    assert (read, cursor) == (thread, "")


async def test_history_lies_between_oldest_and_latest(slack: Local) -> None:
    first, second, third = [await slack.post(text=str(number)) for number in range(3)]

    async def read(**between: Any) -> list[str]:
        body = await slack.call("conversations.history", channel=OPEN, **between)
        return [each["ts"] for each in body["messages"]]

    assert await read(oldest=first) == [third, second]
    assert await read(latest=third, oldest=first) == [second]
    assert await read(latest=third, oldest=first, inclusive=True) == [third, second, first]


async def test_a_parent_is_read_with_its_thread_whatever_the_bounds(slack: Local) -> None:
    parent = await slack.post()
    first, second = [await slack.post(thread_ts=parent) for _ in range(2)]
    body = await slack.call("conversations.replies", channel=OPEN, ts=parent, oldest=first)
    assert [each["ts"] for each in body["messages"]] == [parent, second]


@pytest.mark.parametrize(
    ("bounds", "error"),
    [
        ({"cursor": "2"}, "invalid_cursor"),
        ({"cursor": "bmV4dF90czp4"}, "invalid_cursor"),
        ({"limit": 0.5}, "invalid_limit"),
        ({"limit": 1001}, "invalid_limit"),
    ],
)
async def test_senseless_bounds_are_refused(slack: Local, bounds: Json, error: str) -> None:
    await slack.post()
    assert await slack.error("conversations.history", channel=OPEN, **bounds) == error


async def test_a_channel_without_a_thread_says_so(slack: Local) -> None:
    missing = Ts("1544101200.000000")
    assert await slack.error("conversations.replies", channel=OPEN, ts=missing) == "thread_not_found"


async def test_the_checker_reads_what_the_bot_cannot(slack: Local) -> None:
    ts = await slack.driver.say(ONE, "Among ourselves", channel=HIDDEN)
    assert [each["ts"] for each in await slack.driver.history(HIDDEN)] == [ts]


async def test_slacks_own_client_is_served_and_hears_of_refusals(slack: Local) -> None:
    posted = await slack.bot.chat_postMessage(channel=TWO, text="Hello", blocks=[SECTION], metadata=KEY)
    read = await slack.bot.conversations_history(channel=posted["channel"], include_all_metadata=True)
    assert [each["metadata"] for each in read["messages"]] == [KEY]
    with pytest.raises(SlackApiError) as refused:
        await slack.bot.chat_update(channel=posted["channel"], ts="1.0", text="x")
    assert refused.value.response["error"] == "message_not_found"


async def test_rich_text_may_grow_shorter_as_long_as_some_is_left(slack: Local) -> None:
    about = {"channel": OPEN, "ts": await slack.post(blocks=[RICH, RICH]), "text": "x"}
    assert await slack.error("chat.update", **about, blocks=[RICH, SECTION]) == "block_mismatch"
    assert (await slack.call("chat.update", **about, blocks=[RICH]))["ok"]
