"""Slack's payloads become moves; what is not for us becomes nothing, and nothing raises."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dialogue import Deed
from bot.domain.event import WorkspaceId
from bot.domain.moves import Pressed, Said
from bot.notes import rich_text
from bot.slack import inbound
from bot.slack.ids import MENU, PICK, Place, option_value

TEAM = WorkspaceId("T1")
TS, LATER = "1544100000.000100", "1544100009.000200"


def body(**event: Any) -> dict[str, Any]:
    plain = {"type": "message", "channel": "D1", "channel_type": "im", "ts": TS, "event_ts": TS}
    return {"team_id": TEAM, "event_id": "Ev1", "event": {**plain, **event}}


def told(said: Said | None) -> tuple[Any, ...] | None:
    if said is None:
        return None
    return (said.person, said.ts, said.as_of, None if said.words is None else said.words.typed)


def changed(message: dict[str, Any], previous: dict[str, Any] | None = None) -> dict[str, Any]:
    return body(
        subtype="message_changed", ts=LATER, event_ts=LATER, message=message, previous_message=previous
    )


EDITED = {"user": "U1", "text": "new", "ts": TS, "edited": {"user": "U1", "ts": "1544100009.000000"}}
DELETED = {"subtype": "message_deleted", "deleted_ts": TS, "ts": LATER, "event_ts": LATER}
TOMBSTONE = {"subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted.", "ts": TS}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (body(user="U1", text="a note"), ("U1", TS, TS, "a note")),
        (body(user="U1", text="in a thread", thread_ts="1544000000.000001"), ("U1", TS, TS, "in a thread")),
        (body(user="U1", text=None, files=[{"id": "F1"}], subtype="file_share"), ("U1", TS, TS, "")),
        (body(user="U1", text="shrugs", subtype="me_message"), ("U1", TS, TS, "shrugs")),
        (changed(EDITED), ("U1", TS, LATER, "new")),
        (changed({"user": "U1", "text": "unfurled", "ts": TS}), None),
        (changed(TOMBSTONE, {"user": "U1", "ts": TS}), ("U1", TS, LATER, None)),
        (body(**DELETED, previous_message={"user": "U1", "ts": TS}), ("U1", TS, LATER, None)),
        (body(**DELETED), ("", TS, LATER, None)),
        (body(**DELETED, previous_message={"bot_id": "B1", "user": "UB", "ts": TS}), None),
        (body(user="UB", bot_id="B1", text="our own"), None),
        (body(user="USLACKBOT", text="a reminder of Slack's"), None),
        (body(user="U1", text="joined", subtype="channel_join"), None),
        (body(user="U1", text="in a channel", channel_type="channel"), None),
        ({**body(user="U1", text="elsewhere"), "team_id": "T2"}, None),
        # Slack's own way of telling what happened to a message
        (changed({**EDITED, "text": "a link", "attachments": [{}]}, EDITED), ("U1", TS, LATER, "a link")),
        (changed({**EDITED, "attachments": [{"title": "unfurled"}]}, {**EDITED}), None),
        (changed({**EDITED, "bot_id": "B1"}), None),
        (changed({**EDITED, "user": "USLACKBOT"}), None),
        (changed(TOMBSTONE), ("", TS, LATER, None)),
        (changed(TOMBSTONE, {"user": "UB", "bot_id": "B1", "ts": TS}), None),
        (changed({}), None),
        (body(subtype="message_changed"), None),
        (body(user="U1", text="shown to all", subtype="thread_broadcast"), ("U1", TS, TS, "shown to all")),
        (body(user="U1", files=[{"id": "F1"}], subtype="file_share"), ("U1", TS, TS, "")),
        (body(user="U1", text="", blocks=[]), ("U1", TS, TS, "")),
        (body(user="U1", text="x", client_msg_id="c", team="T1", parent_user_id="U2"), ("U1", TS, TS, "x")),
        (body(user="U1", text="unknown", subtype="never_seen"), None),
        (body(user="U1", text="a group's", channel_type="mpim"), None),
        (body(user="U1", text="at a number", ts=1544100000.0001), None),
        (body(user="U1", text="too precise", ts="1544100000.0001000"), None),
        (body(user="U1", text="of no event time", event_ts=None), None),
        (body(**(DELETED | {"deleted_ts": None})), None),
        ({**body(user="U1", text="without an id"), "event_id": None}, None),
        ({"team_id": TEAM, "event_id": "Ev1"}, None),
        ({}, None),
        (body(text="by nobody"), None),
        (body(user="U1", text="at no time", ts="soon"), None),
    ],
)
def test_messages(payload: dict[str, Any], expected: tuple[Any, ...] | None) -> None:
    assert told(inbound.said(payload, TEAM)) == expected


@pytest.mark.parametrize(
    ("wire", "typed", "original"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c", None),
        ("&amp;lt;", "&lt;", None),
        ("سلام 👍🏽 a\u00a0b", "سلام 👍🏽 a\u00a0b", None),
        ("x" * 40_000, "x" * 40_000, None),
        ("a\0b\ud800", "a\ufffdb\ufffd", '"a\\u0000b\\ud800"'),
    ],
    ids=["escaped", "escaped twice", "other scripts", "40,000 characters", "not storable"],
)
def test_text_stays_as_typed(wire: str, typed: str, original: str | None) -> None:
    said = inbound.said(body(user="U1", text=wire), TEAM)
    assert said is not None
    assert said.words is not None
    assert (said.words.typed, said.original.typed if said.original else None) == (typed, original)


def test_what_comes_in_twice_is_known_by_its_event_and_by_its_message() -> None:
    said = inbound.said(body(user="U1", text="a note"), TEAM)
    assert said is not None
    assert said.receipts == ("event/Ev1", f"message/D1/{TS}/{TS}")


def pressing(**changes: Any) -> dict[str, Any]:
    action = {
        "action_id": "walk.next", "type": "button", "action_ts": TS,
        "value": Place(event="e", session="2.2", section=3).value(),  # type: ignore[arg-type]
    }  # fmt: skip
    payload = {
        "team": {"id": TEAM}, "user": {"id": "U1"}, "channel": {"id": "D1"}, "trigger_id": "1.2",
        "actions": [{**action, **changes.pop("action", {})}],
    }  # fmt: skip
    return payload | changes


def test_a_button_says_what_it_stood_under() -> None:
    pressed = inbound.pressed(pressing(), TEAM)
    assert pressed is not None
    assert (pressed.person, pressed.ts, pressed.deed, pressed.event, pressed.session, pressed.section) == (
        "U1", TS, Deed.NEXT, "e", "2.2", 3,
    )  # fmt: skip


PLACE = Place(event="e", session="2.2", section=3)  # type: ignore[arg-type]


def chosen(menu: str, value: object) -> dict[str, Any]:
    option = {"text": {"type": "plain_text", "text": "Show my report"}, "value": value}
    return pressing(action={"action_id": menu, "value": None, "selected_option": option})


@pytest.mark.parametrize("menu", [MENU, PICK])
def test_a_line_of_a_menu_does_what_its_button_would(menu: str) -> None:
    button = inbound.pressed(pressing(action={"action_id": "report.show"}), TEAM)
    assert inbound.pressed(chosen(menu, option_value("report.show", PLACE.value())), TEAM) == button
    assert button is not None


@pytest.mark.parametrize("value", ["report.show", PLACE.value(), "walk.gone 1|e|2.2|3", "", None, 3])
def test_a_line_that_this_version_did_not_write_is_nothing(value: object) -> None:
    assert inbound.pressed(chosen(MENU, value), TEAM) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"action": {"value": "0|e|2.2|3"}},
        {"action": {"value": "1|e|2.2|three"}},
        {"action": {"value": None}},
        {"action": {"action_id": "walk.gone"}},
        {"action": {"action_ts": "now"}},
        {"team": {"id": "T2"}},
        {"team": None},
        {"user": None},
        {"channel": {}},
        {"actions": []},
        {"actions": None},
    ],
)
def test_an_old_or_foreign_button_is_nothing(changes: dict[str, Any]) -> None:
    assert inbound.pressed(pressing(**changes), TEAM) is None


names = st.sampled_from(
    [*body(user="U1")["event"], *pressing(), *pressing()["actions"][0], "event", "event_id", "team_id",
     "user", "text", "subtype", "message", "previous_message", "edited", "deleted_ts", "blocks",
     "files", "bot_id", "elements", "id"]
)  # fmt: skip
known = st.sampled_from(
    [TEAM, "im", "U1", "D1", TS, LATER, "message_changed", "message_deleted", "tombstone", "file_share",
     "walk.next", "report.submit", "rich_text", "rich_text_section", "1|e|2.2|3", "1|e|2.2|" + "9" * 5000]
)  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | known,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(names | st.text(max_size=9), inner, max_size=6)
    ),
    max_leaves=20,
)
anybody = st.dictionaries(names, anything, max_size=8)


@given(anybody, anything)
def test_any_payload_whatever_is_something_said_or_nothing(changes: dict[str, Any], junk: Any) -> None:
    whole = body(user="U1", text="a note")
    for payload in (
        changes,
        whole | changes,
        body(**(whole["event"] | changes)),
        changed(changes, changes),
        changed(EDITED | changes, changes),
        changed(TOMBSTONE | changes, changes),
        body(**DELETED, previous_message=junk),
        body(user="U1", text=junk, blocks=junk, files=junk),
        {"team_id": TEAM, "event": junk},
    ):
        found = inbound.said(payload, TEAM)
        assert found is None or isinstance(found, Said)
        if found is not None and found.rich_text is not None:
            rich_text.document_of(found.rich_text.typed, "")  # what was kept can be read


@given(anybody, anything)
def test_any_payload_whatever_is_a_press_or_nothing(changes: dict[str, Any], junk: Any) -> None:
    whole = pressing()
    for payload in (
        changes,
        whole | changes,
        pressing(action=changes),
        *({**whole, key: junk} for key in whole),
        *(pressing(action={key: junk}) for key in whole["actions"][0]),
    ):
        found = inbound.pressed(payload, TEAM)
        assert found is None or isinstance(found, Pressed)


@given(st.text())
def test_what_slack_escapes_comes_back_as_typed(typed: str) -> None:
    wire = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    found = inbound.said(body(user="U1", text=wire), TEAM)
    assert found is not None
    assert found.words is not None
    assert found.words.typed == typed.replace("\0", "\ufffd")
    assert (found.original is None) == ("\0" not in typed)


def test_two_presses_without_a_trigger_are_two() -> None:
    first, second = (
        inbound.pressed(pressing(trigger_id=None, action={"action_ts": at}), TEAM) for at in (TS, LATER)
    )
    assert first is not None
    assert second is not None
    assert set(first.receipts) & set(second.receipts) == set()


def test_blocks_are_kept_as_they_came_in_ascii() -> None:
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": []}], "x": "é\0"}]
    said = inbound.said(body(user="U1", text="next", blocks=blocks), TEAM)
    assert said is not None
    assert said.rich_text is not None
    assert (json.loads(said.rich_text.typed), said.rich_text.typed.isascii(), said.is_plain) == (
        blocks,
        True,
        False,
    )
