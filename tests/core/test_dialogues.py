"""Golden conversations (dialogues/*.md): each is played and compared whole, bot, ticks and digest.

A file is its head, then moves with a blank line between them, in their order of arrival; the time is Slack's
(6 December 2018 in Marrakesh), so a move that comes late shows by its time:

    14:05 rapporteur: a note          14:07 rapporteur deletes 14:05
    14:06 rapporteur edits 14:05: x   14:08 rapporteur presses [Next]
    14:09 rapporteur misses 14:05     (it is no longer in Slack's history, and nobody said why)
    14:10 former presses [Next]       (who reported the session before it was taken over)
    16:35 clock: the end of 2.2       (what the alarm brings about then)

The head may say otherwise than one report of three sections of the form that ships:

    reports: 1.2 10:00-12:00, 2.2 14:00-16:30       form: kinds       taken over: 15:00

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
from bot.domain.event import Assignment, SessionCode
from bot.domain.fold import walks
from bot.domain.gate import People, clear_for_readers
from bot.domain.moment import Ts, moment_of
from bot.domain.replies import (
    AskLine,
    Card,
    Corrected,
    HeldBack,
    KeptApart,
    LineKept,
    NotesMoved,
    NoValue,
    Removed,
    Reply,
    Review,
    Say,
    Strayed,
    Submitted,
    Switched,
    Tick,
    Welcome,
    Which,
)
from bot.domain.report import Report, report_of
from bot.domain.template import Section, Template
from bot.domain.turns import Move, advance, asks_for_value
from bot.domain.walks import Outline, Walks, strayed
from bot.programme.yaml import load_template
from bot.services.reporting import line, outlines_of, review, written_of
from bot.slack.ids import DEEDS, Action, Place
from bot.slack.kit import Screen
from bot.slack.screens import digest, walk
from storage import Wording, Wordings
from tests.builders import (
    THURSDAY,
    a_session,
    a_template_of_kinds,
    an_assignment,
    an_event,
    missing,
    press,
    ts,
    version,
)

DIALOGUES = sorted((Path(__file__).parent / "dialogues").glob("*.md"))
SHIPPED = load_template("marrakesh-2018")
TEMPLATE = replace(SHIPPED, sections=SHIPPED.sections[:3])  # short, so that a conversation reads well

MOVE = re.compile(
    r"(?P<at>\d\d:\d\d) (?P<who>rapporteur|former)"
    r"(?: (?P<deed>edits|deletes|misses|presses) (?P<what>\[.+?\]|\d\d:\d\d))?"
    r"(?:: (?P<text>.*(?:\n  .*)*))?"
)
HEAD = re.compile(r"^(?P<name>reports|form|taken over): (?P<told>.+)$", re.MULTILINE)
CLOCK = re.compile(r"(?P<at>\d\d:\d\d) clock: the end of (?P<session>\S+)")


@dataclass
class Person:
    """Who reports, or reported once; `texts` are all versions of what they typed."""

    assignments: tuple[Assignment, ...]
    template: Template
    dialogue: Dialogue = field(default_factory=Dialogue)
    texts: dict[Ts, list[tuple[Ts, str | None]]] = field(default_factory=dict)
    buttons: dict[str, tuple[Action, Place]] = field(default_factory=dict)  # newest of each label

    def __post_init__(self) -> None:
        """What every reminder has."""
        place = Place(event=an_event().key, session=self.assignments[-1].session.code, section=0)
        self.buttons["[One line is all I have]"] = (Action.LINE, place)

    @property
    def outlines(self) -> tuple[Outline, ...]:
        return outlines_of(self.assignments, {each.session.code: self.template for each in self.assignments})

    @property
    def walks(self) -> Walks:
        return walks(self.outlines, self.dialogue)

    def section(self, _session: SessionCode, index: int) -> Section:
        return self.template.sections[index]


@dataclass
class Chat:
    """One conversation while it is played."""

    people: dict[str, Person]
    template: Template

    @classmethod
    def of(cls, head: str) -> "Chat":
        """As the head of the file says."""
        told = {found["name"]: found["told"] for found in re.finditer(HEAD, head)}
        assignments = tuple(map(assigned, told.get("reports", "2.2 14:00-16:30").split(", ")))
        template = a_template_of_kinds() if told.get("form") == "kinds" else TEMPLATE
        if over := told.get("taken over"):
            moment = ts(seconds(over))
            former = tuple(replace(each, until=moment) for each in assignments)
            assignments = tuple(replace(each, since=moment) for each in assignments)
            return cls(
                {"rapporteur": Person(assignments, template), "former": Person(former, template)}, template
            )
        return cls({"rapporteur": Person(assignments, template)}, template)

    def play(self, written: str) -> str:
        """A move as it is written, with what it brings about below it."""
        if (rings := re.match(CLOCK, written)) is not None:
            session = SessionCode(rings["session"])
            answer = self._answer(self.people["rapporteur"], session, Strayed(), THURSDAY)
            return f"{rings[0]}\n{answer}"
        move = re.match(MOVE, written)
        assert move is not None, f"not a move: {written!r}"
        person = self.people[move["who"]]
        came = self._move(person, move)
        turn = advance(person.outlines, person.dialogue, came)
        person.dialogue = turn.dialogue
        now = THURSDAY + timedelta(seconds=seconds(move["at"]))
        session = turn.session or person.assignments[0].session.code
        replies = [*turn.replies]
        if isinstance(came, Version) and move["text"]:
            text = move["text"]
            asked = asks_for_value(turn, came, person.section, lambda: text)
            replies += [asked] if asked else []
        answers = [self._answer(person, session, reply, now) for reply in replies] or ["bot says nothing"]
        answers += [self._digest(touched) for touched in turn.touches]
        return "\n".join([move[0], *answers])

    def _move(self, person: Person, move: re.Match[str]) -> Move:
        at, text = seconds(move["at"]), "\n".join((move["text"] or "").split("\n  "))
        match move["deed"]:
            case "presses":
                action, place = person.buttons[move["what"]]
                return press(at, DEEDS[action], place.section, place.session)
            case "edits":
                return self._version(person, seconds(move["what"]), text, at)
            case "misses":
                return missing(seconds(move["what"]), at)
            case "deletes":
                return self._version(person, seconds(move["what"]), None, at)
            case _:
                return self._version(person, at, text, at)

    def _version(self, person: Person, at: float, text: str | None, as_of: float) -> Version:
        person.texts.setdefault(ts(at), []).append((ts(as_of), text))
        codes = [each.session.code for each in person.assignments]
        return version(at, text, as_of=as_of, codes=codes if len(codes) > 1 else ())

    def _report(self, session: SessionCode, *, as_submitted: bool) -> Report:
        written = []
        for person in self.people.values():
            wordings = Wordings(
                {
                    at: [(as_of, Wording(text=text)) for as_of, text in sorted(versions)]
                    for at, versions in person.texts.items()
                }
            )
            (until,) = (each.until for each in person.assignments if each.session.code == session)
            written.append(written_of(person.walks, wordings, session, until))
        own = self.people["rapporteur"].assignments
        return report_of(
            next(each for each in own if each.session.code == session),
            self.template,
            written,
            as_submitted=as_submitted,
            is_one_of_several=len(own) > 1,
        )

    def _answer(self, person: Person, session: SessionCode, reply: Reply, now: datetime) -> str:
        if isinstance(reply, Tick):
            return f"bot ticks {wall(reply.ts)}"
        screen = self._drawn(person, session, reply, now)
        for block in screen.as_json():
            for button in block["elements"] if block["type"] == "actions" else ():
                action, place = Action.read(button["action_id"]), Place.read(button["value"])
                assert action is not None
                assert place is not None
                person.buttons[f"[{button['text']['text']}]"] = (action, place)
        return told("bot", screen)

    def _drawn(self, person: Person, session: SessionCode, reply: Reply, now: datetime) -> Screen:
        """The screen of a reply, as delivery draws it."""
        report = self._report(session, as_submitted=False)
        match reply:
            case Which():
                in_order = sorted(person.assignments, key=lambda each: each.session.ends_at, reverse=True)
                return walk.which(in_order, len(person.walks.unplaced), reply)
            case Strayed():
                notes = strayed(person.walks, session)
                homes = dict.fromkeys(person.walks.homes[each] for each in notes)
                return walk.strayed(report.assignment, tuple(homes), len(notes))
            case Switched(left):
                former = self._report(left, as_submitted=False) if left else None
                return walk.switched(report, person.walks.of(session).section or 0, former)
            case _:
                return drawn(reply, report, now)

    def _digest(self, session: SessionCode) -> str:
        report = self._report(session, as_submitted=True)
        if report.submitted_at is None:
            return f"digest: {session} is taken out"
        pages = digest.reply_pages(clear_for_readers(reply_document(report), People(())))
        return "\n".join(told("digest", page) for page in pages)


def assigned(text: str) -> Assignment:
    """'2.2 14:00-16:30' on the day of the conversations."""
    code, times = text.split()
    starts, ends = (THURSDAY + timedelta(seconds=seconds(each)) for each in times.split("-"))
    return replace(an_assignment(), session=replace(a_session(code), starts_at=starts, ends_at=ends))


def drawn(reply: Reply, report: Report, now: datetime) -> Screen:
    """The screen of a reply about one report; the reports here fit one page."""
    match reply:
        case Welcome():
            return walk.welcome(report.assignment, now)
        case Card():
            return walk.card(report, reply)
        case NoValue():
            return walk.no_value(report, reply)
        case NotesMoved():
            return walk.moved(report, reply)
        case Review():
            (page,) = walk.review_pages(review(report))
            return walk.review_page(report, page, 0, is_last=True)
        case Submitted():
            return walk.submitted(report, reply, now)
        case AskLine():
            return walk.ask_line(report)
        case LineKept():
            shown = line(report)
            assert shown is not None
            return walk.line_kept(report, reply, shown)
        case KeptApart():
            return walk.kept_apart(report)
        case Corrected():
            return walk.corrected(report, reply)
        case Removed():
            return walk.removed(report, reply)
        case HeldBack():
            return walk.held(report)
        case Say():
            return walk.say(reply, len(report.answers), of_several=report.is_one_of_several)
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
    chat = Chat.of(head)
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
