"""What Slack refuses in the blocks of a message (slack.md, 4)."""

from typing import Any

import pytest

from bot.sandbox.blocks import Invalid, check

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str = "A line") -> Json:
    return {"type": "section", "text": plain(text)}


def header(text: Json) -> Json:
    return {"type": "header", "text": text}


def actions(*buttons: Json) -> Json:
    return {"type": "actions", "elements": list(buttons)}


def button(number: int = 1, **other: Any) -> Json:
    return {"type": "button", "action_id": f"a{number}", "text": plain("Press"), **other}


def options(count: int, label: str = "Line", value: str = "v") -> list[Json]:
    return [{"text": plain(label), "value": f"{value}{number}"} for number in range(count)]


def overflow(count: int = 2, **other: Any) -> Json:
    return {"type": "overflow", "action_id": "more", "options": options(count), **other}


def select(count: int = 1, **other: Any) -> Json:
    return {
        **overflow(count, placeholder=plain("Choose")),
        "type": "static_select",
        "action_id": "which",
        **other,
    }


def context(count: int) -> Json:
    return {"type": "context", "elements": [plain("small")] * count}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def runs(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def bullets(*lines: Json, **other: Any) -> Json:
    return {"type": "rich_text_list", "style": "bullet", "elements": list(lines), **other}


LINE = runs({"type": "text", "text": "A line"})

TAKEN: dict[str, list[Json]] = {
    "nothing": [],
    "50 blocks": [{"type": "divider"}] * 50,
    "a section of 3000 characters": [section("x" * 3000)],
    "a section of mrkdwn": [{"type": "section", "text": {"type": "mrkdwn", "text": "*A line*"}}],
    "a header of 150 characters": [header(plain("x" * 150))],
    "10 elements of context": [context(10)],
    "25 buttons": [actions(*(button(number) for number in range(25)))],
    "a button with all it may have": [
        actions(button(value="v" * 2000, style="primary", accessibility_label="l" * 75))
    ],
    "menus of all sizes": [actions(overflow(2)), actions(overflow(5), select(1)), actions(select(100))],
    "a menu with all it may have": [
        actions(select(1, options=options(1, "l" * 75, "v" * 149), placeholder=plain("p" * 150)))
    ],
    "a menu beside a section": [{**section(), "accessory": overflow()}],
    "a nested list as two lists": [rich(LINE, bullets(LINE), bullets(LINE, indent=8))],
    "mentions, emoji, links": [
        rich(
            runs(
                {"type": "user", "user_id": "U1"},
                {"type": "emoji", "name": "wave"},
                {"type": "link", "url": "https://a.example"},
            )
        )
    ],
    "13,200 characters": [section("x" * 3000)] * 4 + [section("x" * 1200)],
}

REFUSED: dict[str, list[Json]] = {
    "51 blocks": [{"type": "divider"}] * 51,
    "a type that is not there": [{"type": "carousel"}],
    "no type": [{}],
    "a section without text": [{"type": "section"}],
    "a section of nothing": [section("")],
    "a section of 3001 characters": [section("x" * 3001)],
    "a header of 151 characters": [header(plain("x" * 151))],
    "a header of mrkdwn": [header({"type": "mrkdwn", "text": "x"})],
    "context of nothing": [context(0)],
    "11 elements of context": [context(11)],
    "no buttons": [actions()],
    "26 buttons": [actions(*(button(number) for number in range(26)))],
    "two buttons of one id": [actions(button(), button())],
    "a button without an id": [actions(button(action_id=""))],
    "a button with a long id": [actions(button(action_id="i" * 256))],
    "a button with a long value": [actions(button(value="v" * 2001))],
    "a button with a long label": [actions(button(text=plain("x" * 76)))],
    "a button with a label of mrkdwn": [actions(button(text={"type": "mrkdwn", "text": "x"}))],
    "a button that says too much": [actions(button(accessibility_label="l" * 76))],
    "a button of an unknown style": [actions(button(style="loud"))],
    "something else than a button": [actions({**button(), "type": "datepicker"})],
    "a menu of one": [actions(overflow(1))],
    "a menu of six": [actions(overflow(6))],
    "a select of nothing": [actions(select(0))],
    "a select of 101": [actions(select(101))],
    "an option with a long label": [actions(overflow(options=options(2, "l" * 76)))],
    "an option with a long value": [actions(overflow(options=options(2, value="v" * 150)))],
    "an option without a value": [actions(overflow(options=[{"text": plain("x"), "value": ""}] * 2))],
    "two options of one value": [actions(overflow(options=options(1) * 2))],
    "an option of mrkdwn": [
        actions(select(options=[{"text": {"type": "mrkdwn", "text": "x"}, "value": "v"}]))
    ],
    "a menu without an id": [actions(overflow(action_id=""))],
    "a select with a long placeholder": [actions(select(placeholder=plain("p" * 151)))],
    "a wrong menu beside a section": [{**section(), "accessory": overflow(1)}],
    "rich text of nothing": [rich()],
    "rich text of sections of nothing": [rich(runs())],
    "an empty run": [rich(runs({"type": "text", "text": ""}))],
    "an unknown run": [rich(runs({"type": "sparkle"}))],
    "an unknown element": [rich({"type": "rich_text_table", "elements": []})],
    "a list within a list": [rich(bullets(bullets(LINE)))],
    "a list of an unknown style": [rich(bullets(LINE, style="dash"))],
    "a list too deep": [rich(bullets(LINE, indent=9))],
    "a long block id": [{"type": "divider", "block_id": "b" * 256}],
    "two blocks of one id": [{"type": "divider", "block_id": "b"}] * 2,
    "a text where an object should be": [{"type": "actions", "elements": ["x"]}],
}


@pytest.mark.parametrize("blocks", TAKEN.values(), ids=TAKEN)
def test_what_slack_takes_is_taken(blocks: list[Json]) -> None:
    check(blocks)


@pytest.mark.parametrize("blocks", REFUSED.values(), ids=REFUSED)
def test_what_slack_refuses_is_refused_with_a_reason(blocks: list[Json]) -> None:
    with pytest.raises(Invalid) as refused:
        check(blocks)
    assert (refused.value.code, bool(refused.value.details)) == ("invalid_blocks", True)


def test_all_blocks_together_hold_13200_characters() -> None:
    with pytest.raises(Invalid) as refused:
        check([section("x" * 3000)] * 4 + [section("x" * 1201)])
    assert refused.value.code == "msg_blocks_too_long"
