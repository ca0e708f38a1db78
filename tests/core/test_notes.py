"""Typed things in: one note is one bullet, its own bullets nested; every word is kept."""

import json

import pytest

from bot.domain.document import Bullet, Document
from bot.notes import plain, rich_text


def lines(document: Document) -> list[tuple[int, str]]:
    return [(block.depth, block.words.typed) for block in document.blocks if isinstance(block, Bullet)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("one line", [(0, "one line")]),
        ("a lead\n- one\n  - deeper\n- two", [(0, "a lead"), (1, "one"), (2, "deeper"), (1, "two")]),
        ("- one\n- two", [(0, "one"), (0, "two")]),
        ("two\nlines", [(0, "two\nlines")]),
        ("a\n- b\nc\n- d", [(0, "a"), (1, "b"), (1, "c"), (2, "d")]),
        ("Registers: • none shared • two desks", [(0, "Registers:"), (1, "none shared"), (1, "two desks")]),
        ("\n\n  spaced  \n\n", [(0, "spaced")]),
        ("6. December is late", [(0, "6. December is late")]),
        ("a\u00a0b – c", [(0, "a\u00a0b – c")]),
        ("\u0633\u0644\u0627\u0645 👍🏽", [(0, "\u0633\u0644\u0627\u0645 👍🏽")]),
        ("   ", []),
    ],
)
def test_plain_text(typed: str, expected: list[tuple[int, str]]) -> None:
    assert lines(plain.document_of(typed)) == expected


def section(*elements: dict[str, object]) -> dict[str, object]:
    return {"type": "rich_text_section", "elements": list(elements)}


def text(words: str, **style: bool) -> dict[str, object]:
    return {"type": "text", "text": words, **({"style": style} if style else {})}


def blocks(*elements: dict[str, object]) -> str:
    return json.dumps([{"type": "rich_text", "block_id": "x", "elements": list(elements)}])


def test_lists_keep_their_nesting_and_other_elements_their_words() -> None:
    typed = blocks(
        section(text("A lead, "), text("bold", bold=True), {"type": "user", "user_id": "U1"}),
        {"type": "rich_text_list", "style": "bullet", "indent": 0, "elements": [section(text("one"))]},
        {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [section(text("two"))]},
        {"type": "rich_text_quote", "elements": [text("quoted")]},
        section({"type": "link", "url": "https://example.org", "text": "a label"}),
        section({"type": "emoji", "name": "wave", "unicode": "1f44b"}, {"type": "emoji", "name": "own"}),
        section({"type": "broadcast", "range": "channel"}),
    )
    assert lines(rich_text.document_of(typed, "")) == [
        (0, "A lead, bold<@U1>"),
        (1, "one"),
        (2, "1. two"),
        (1, "quoted\na label (https://example.org)\n👋:own:\n@channel"),
    ]


def test_blocks_that_say_nothing_leave_the_text() -> None:
    assert lines(rich_text.document_of('[{"type": "image"}]', "words")) == [(0, "words")]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (None, True),
        (blocks(section(text("next"))), True),
        (blocks(section(text("next", bold=True))), False),
        (blocks({"type": "rich_text_quote", "elements": [text("next")]}), False),
        (blocks({"type": "rich_text_list", "elements": [section(text("next"))]}), False),
    ],
)
def test_only_unformatted_text_can_be_a_command(typed: str | None, expected: bool) -> None:
    assert rich_text.is_plain(typed) is expected


def test_what_no_database_stores_is_replaced() -> None:
    assert rich_text.cleaned("a\0b\ud800c\ud83d\ude00") == "a\ufffdb\ufffdc😀"
