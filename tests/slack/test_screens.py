"""Every screen against its golden JSON, and within Slack's limits whatever is typed.

UPDATE_GOLDENS=1 writes the goldens anew; read their difference like prose.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.digest import parent_document, reply_document
from bot.domain.document import Bullet, Document
from bot.domain.gate import People, clear_for_readers
from bot.domain.moment import moment_of
from bot.domain.replies import Apology, Card, Corrected, Reminder, Removed, Say, Saying, Submitted
from bot.domain.report import Answer, Entry, Report
from bot.domain.words import Words
from bot.sandbox import blocks as slack_limits
from bot.services.reporting import review
from bot.slack.kit import Screen
from bot.slack.screens import digest, walk
from tests.builders import THURSDAY, a_session, a_template, an_assignment, an_event, ts

GOLDENS = Path(__file__).parent / "goldens"
MARKER = "zanzibarquux"
NOBODY = People(())


def a_report(*notes: str, submitted: bool = False, unsorted: tuple[str, ...] = (), apart: int = 0) -> Report:
    """Notes in section 1, nothing raised in section 2, the rest open."""
    entries = [Entry(ts=ts(at), document=Document((Bullet(Words(text)),))) for at, text in enumerate(notes)]
    answers = [Answer(entries=tuple(entries), nothing_raised=False), Answer(entries=(), nothing_raised=True)]
    return Report(
        assignment=an_assignment(),
        template=a_template(),
        answers=(*answers, *[Answer(entries=(), nothing_raised=False)] * 4),
        unsorted=tuple(
            Entry(ts=ts(at), document=Document((Bullet(Words(text)),))) for at, text in enumerate(unsorted)
        ),
        submitted_at=ts(9) if submitted else None,
        apart=apart,
    )


def reviewed(report: Report) -> list[Screen]:
    pages = walk.review_pages(review(report))
    last = len(pages) - 1
    return [walk.review_page(report, page, at, is_last=at == last) for at, page in enumerate(pages)]


def read_out(report: Report) -> list[Screen]:
    return digest.reply_pages(clear_for_readers(reply_document(report), NOBODY))


def parent(*reports: Report) -> Screen:
    sessions = (a_session("1.2"), a_session("2.2"))
    return digest.parent(clear_for_readers(parent_document(an_event(), sessions, reports), NOBODY))


def dm_screens(report: Report) -> dict[str, Screen]:
    planned = an_event().due_at
    return {
        "welcome": walk.welcome(report.assignment, THURSDAY),
        "card": walk.card(report, Card(section=1, left=0)),
        "card_opened": walk.card(report, Card(section=0, left=None)),
        "card_after_nothing": walk.card(report, Card(section=2, left=1)),
        "card_after_a_gap": walk.card(report, Card(section=3, left=2)),
        "review": reviewed(report)[-1],
        "submitted": walk.submitted(report, Submitted(ts(9)), THURSDAY),
        "kept_apart": walk.kept_apart(report),
        "corrected": walk.corrected(report, Corrected(0)),
        "removed": walk.removed(report, Removed(None)),
        "reminder": walk.reminder(report, Reminder(planned), moment_of(ts(0)), is_late=False),
        "reminder_late": walk.reminder(report, Reminder(planned), planned, is_late=True),
        "apology": walk.apology(Apology("7F3A")),
        **{f"say_{saying.name.lower()}": walk.say(Say(saying), 6) for saying in Saying},
    }


REPORT = a_report("Papers, not people", "R&D <budget>", submitted=True, unsorted=("early",), apart=2)
SCREENS = {**dm_screens(REPORT), "digest_parent": parent(REPORT), "digest_reply": read_out(REPORT)[0]}


@pytest.mark.parametrize("name", SCREENS)
def test_screens_are_as_they_were_agreed(name: str) -> None:
    screen = SCREENS[name]
    drawn = json.dumps({"text": screen.text, "blocks": screen.as_json()}, indent=1, ensure_ascii=False) + "\n"
    file = GOLDENS / f"{name}.json"
    if os.environ.get("UPDATE_GOLDENS"):
        file.write_text(drawn)
    assert drawn == file.read_text()


def test_no_golden_is_left_over() -> None:
    assert {file.stem for file in GOLDENS.glob("*.json")} == set(SCREENS)


def elements(node: Any) -> Iterator[dict[str, Any]]:
    """Every object in a screen's JSON."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from elements(value)
    elif isinstance(node, list):
        for value in node:
            yield from elements(value)


def check(screen: Screen) -> None:
    """What a machine can see of a screen (conversation.md 9.5)."""
    blocks = screen.as_json()
    slack_limits.check(blocks)
    assert 0 < len(screen.text) <= slack_limits.UPDATE_TEXT
    found = list(elements(blocks))
    buttons = [each for each in found if each.get("type") == "button"]
    assert [each for each in found if each.get("type") == "mrkdwn"] == []
    assert [each for each in buttons if not each.get("accessibility_label")] == []
    assert len([each for each in buttons if each.get("style") == "primary"]) <= 1
    live = ("user", "usergroup", "broadcast", "channel", "link")
    assert [each for each in found if each.get("type") in live] == []


@pytest.mark.parametrize("name", SCREENS)
def test_screens_keep_within_slacks_limits(name: str) -> None:
    check(SCREENS[name])


typed = st.text(min_size=1, max_size=60) | st.sampled_from(
    ["@channel <!here> <@U1> " * 40, "&" * 6000, "a b " * 9000]
)


@given(st.lists(typed, min_size=1, max_size=6), st.booleans())
def test_whatever_is_typed_screens_keep_within_slacks_limits(notes: list[str], submitted: bool) -> None:
    report = a_report(*(f"x{note}" for note in notes), submitted=submitted)
    for screen in (*dm_screens(report).values(), *reviewed(report), parent(report), *read_out(report)):
        check(screen)


def test_no_notification_of_a_dm_holds_a_typed_word_and_typed_words_are_rich_text_only() -> None:
    report = a_report(MARKER, submitted=True, unsorted=(MARKER,), apart=1)
    for name, screen in dm_screens(report).items():
        assert MARKER not in screen.text, name
    for screen in (*dm_screens(report).values(), parent(report), *read_out(report)):
        others = [block for block in screen.as_json() if block["type"] != "rich_text"]
        assert MARKER not in json.dumps(others)
    assert MARKER in json.dumps(read_out(report)[0].as_json())  # the marker is there to be found


def test_many_sessions_fit_one_parent_and_say_how_many_more_there_are() -> None:
    sessions = tuple(a_session(str(number)) for number in range(400))
    reports = tuple(
        Report(
            assignment=an_assignment(str(number)),
            template=a_template(),
            answers=(Answer(entries=(Entry(ts=ts(0), document=Document((Bullet(Words("w " * 99)),))),),
                            nothing_raised=False),),
            unsorted=(),
            submitted_at=ts(1),
            apart=0,
        )
        for number in range(400)
    )  # fmt: skip
    screen = digest.parent(clear_for_readers(parent_document(an_event(), sessions, reports), NOBODY))
    check(screen)
    assert "more in the thread" in screen.text


def test_a_line_of_the_parent_is_shortened_after_the_gate() -> None:
    name = "Some Body"
    report = a_report("w " * 62 + name)
    cleared = clear_for_readers(parent_document(an_event(), (a_session(),), (report,)), People((name,)))
    assert "Some" not in digest.parent(cleared).text
