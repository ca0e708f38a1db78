"""Golden conversations (dialogues/*.md): each is played and compared whole, bot, ticks and digest.

A file is its head, then moves with a blank line between them, in their order of arrival; the time is Slack's
(6 December 2018 in Marrakesh), so a move that comes late shows by its time:

    14:05 rapporteur: a note          14:07 rapporteur deletes 14:05
    14:06 rapporteur edits 14:05: x   14:08 rapporteur presses [Next]
    14:09 rapporteur misses 14:05     (it is no longer in Slack's history, and nobody said why)

Below a move stands what it brings about. UPDATE_GOLDENS=1 writes that anew; read the difference like prose.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.dialogue import Dialogue, Version
from bot.domain.digest import reply_document
from bot.domain.gate import People, clear_for_readers
from bot.domain.moment import Ts, moment_of
from bot.domain.replies import (
    Card,
    Corrected,
    HeldBack,
    KeptApart,
    Removed,
    Reply,
    Review,
    Say,
    Submitted,
    Tick,
    Welcome,
)
from bot.domain.report import Report
from bot.domain.turns import Move, advance
from bot.programme.yaml import load_template
from bot.services.reporting import assemble, review
from bot.slack.ids import DEEDS, Action, Place
from bot.slack.kit import Screen
from bot.slack.screens import digest, walk
from storage import Wording
from tests.builders import THURSDAY, an_assignment, missing, press, ts, version

DIALOGUES = sorted((Path(__file__).parent / "dialogues").glob("*.md"))
SHIPPED = load_template("marrakesh-2018")
TEMPLATE = replace(SHIPPED, sections=SHIPPED.sections[:3])  # short, so that a conversation reads well
SECTIONS = len(TEMPLATE.sections)
ASSIGNMENT = an_assignment()

MOVE = re.compile(
    r"(?P<at>\d\d:\d\d) rapporteur(?: (?P<deed>edits|deletes|misses|presses) (?P<what>\[.+?\]|\d\d:\d\d))?"
    r"(?:: (?P<text>.*(?:\n  .*)*))?"
)


@dataclass
class Chat:
    """One conversation while it is played."""

    dialogue: Dialogue = field(default_factory=Dialogue)
    texts: dict[Ts, list[tuple[Ts, str | None]]] = field(default_factory=dict)
    buttons: dict[str, tuple[Action, Place]] = field(default_factory=dict)  # newest of each label

    def play(self, written: str) -> str:
        """A move as it is written, with what it brings about below it."""
        move = re.match(MOVE, written)
        assert move is not None, f"not a move: {written!r}"
        turn = advance(SECTIONS, self.dialogue, self._move(move))
        self.dialogue = turn.dialogue
        moments = [version.as_of for version in turn.dialogue.versions]
        now = moment_of(max(moments + [press.ts for press in turn.dialogue.presses]))
        answers = [self._answer(reply, now) for reply in turn.replies] or ["bot says nothing"]
        if turn.touches_digest:
            answers.append(self._digest())
        return "\n".join([move[0], *answers])

    def _move(self, move: re.Match[str]) -> Move:
        at, text = seconds(move["at"]), "\n".join((move["text"] or "").split("\n  "))
        match move["deed"]:
            case "presses":
                action, place = self.buttons[move["what"]]
                return press(at, DEEDS[action], place.section)
            case "edits":
                return self._version(seconds(move["what"]), text, at)
            case "misses":
                return missing(seconds(move["what"]), at)
            case "deletes":
                return self._version(seconds(move["what"]), None, at)
            case _:
                return self._version(at, text, at)

    def _version(self, at: float, text: str | None, as_of: float) -> Version:
        self.texts.setdefault(ts(at), []).append((ts(as_of), text))
        return version(at, text, as_of=as_of, sections=SECTIONS)

    def _report(self, *, as_submitted: bool) -> Report:
        newest = {message: max(versions)[1] for message, versions in self.texts.items()}
        wordings = {message: Wording(text=text) for message, text in newest.items() if text is not None}
        return assemble(ASSIGNMENT, TEMPLATE, self.dialogue, wordings, as_submitted=as_submitted)

    def _answer(self, reply: Reply, now: datetime) -> str:
        if isinstance(reply, Tick):
            return f"bot ticks {wall(reply.ts)}"
        screen = drawn(reply, self._report(as_submitted=False), now)
        for block in screen.as_json():
            for button in block["elements"] if block["type"] == "actions" else ():
                place = Place.read(button["value"])
                assert place is not None
                self.buttons[f"[{button['text']['text']}]"] = (Action(button["action_id"]), place)
        return told("bot", screen)

    def _digest(self) -> str:
        report = self._report(as_submitted=True)
        if report.submitted_at is None:
            return "digest: 2.2 is taken out"
        pages = digest.reply_pages(clear_for_readers(reply_document(report), People(())))
        return "\n".join(told("digest", page) for page in pages)


def drawn(reply: Reply, report: Report, now: datetime) -> Screen:
    """The screen of a reply, as delivery draws it; the reports here fit one page."""
    match reply:
        case Welcome():
            return walk.welcome(report.assignment, now)
        case Card():
            return walk.card(report, reply)
        case Review():
            (page,) = walk.review_pages(review(report))
            return walk.review_page(report, page, 0, is_last=True)
        case Submitted():
            return walk.submitted(report, reply, now)
        case KeptApart():
            return walk.kept_apart(report)
        case Corrected():
            return walk.corrected(report, reply)
        case Removed():
            return walk.removed(report, reply)
        case HeldBack():
            return walk.held(report)
        case Say():
            return walk.say(reply, SECTIONS)
        case _:
            raise AssertionError(f"no move brings about {reply!r}")


def told(who: str, screen: Screen) -> str:
    """A screen as one reads it: (small), # large, - bullets, [buttons]."""
    lines = [line for block in screen.as_json() for line in read(block)]
    return "\n".join([f"{who}:", *(f"  {line}".rstrip() for line in lines)])


def read(block: dict[str, Any]) -> Iterator[str]:
    match block["type"]:
        case "header":
            yield f"# {block['text']['text']}"
        case "section":
            yield from block["text"]["text"].splitlines()
        case "context":
            yield from (f"({element['text']})" for element in block["elements"])
        case "actions":
            yield " ".join(f"[{element['text']['text']}]" for element in block["elements"])
        case "rich_text":
            for element in block["elements"]:
                yield from rich(element)


def rich(element: dict[str, Any]) -> Iterator[str]:
    if element["type"] == "rich_text_list":
        for line in element["elements"]:
            yield "  " * element["indent"] + "- " + line["elements"][0]["text"]
    else:
        (run,) = element["elements"]
        yield ("## " if run.get("style") else "") + run["text"].rstrip("\n")


def seconds(clock: str) -> float:
    """'14:05' in Marrakesh, in seconds after session 2.2 began."""
    hours, minutes = map(int, clock.split(":"))
    return (hours - 14) * 3600 + minutes * 60


def wall(moment: Ts) -> str:
    """The other way round."""
    return f"{moment_of(moment) + timedelta(hours=1):%H:%M}"


def played(conversation: str) -> str:
    """A conversation with the bot's part as it is today."""
    head, *moves = re.split(r"\n\n(?=\d\d:\d\d )", conversation.strip())
    chat = Chat()
    return "\n\n".join([head, *map(chat.play, moves)]) + "\n"


@pytest.mark.parametrize("file", DIALOGUES, ids=lambda file: file.stem)
def test_the_conversation_is_as_it_was_agreed(file: Path) -> None:
    agreed = file.read_text()
    today = played(agreed)
    if os.environ.get("UPDATE_GOLDENS"):
        file.write_text(today)
    assert today == agreed


def test_the_clock_of_the_conversations_is_marrakesh() -> None:
    assert (wall(ts(0)), moment_of(ts(seconds("14:00")))) == ("14:00", THURSDAY)
