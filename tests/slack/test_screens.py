"""Every screen against its golden JSON, and within Slack's limits whatever is typed.

UPDATE_GOLDENS=1 writes the goldens anew; read their difference like prose.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.digest import parent_document, reply_document
from bot.domain.document import Bullet, Document
from bot.domain.event import Level, Part
from bot.domain.gate import People, clear_for_readers
from bot.domain.replies import (
    Apology,
    Card,
    Corrected,
    Held,
    LineKept,
    Moved,
    NotesMoved,
    NoValue,
    Removed,
    Say,
    Saying,
    Submitted,
    TakenOff,
    Which,
)
from bot.domain.report import Answer, Entry, Report
from bot.domain.template import Fill, Need, Option, Section
from bot.domain.words import Words
from bot.notes import plain
from bot.sandbox import blocks as slack_limits
from bot.services import reporting
from bot.services.reporting import review
from bot.slack import closing_words
from bot.slack.ids import Detail, Place
from bot.slack.kit import Screen
from bot.slack.screens import digest, organisers, programme, walk
from tests.builders import THURSDAY, a_session, a_template, an_assignment, an_event, ts

GOLDENS = Path(__file__).parent / "goldens"
MARKER = "zanzibarquux"
NOBODY = People(())


def a_report(
    *notes: str,
    submitted: bool = False,
    unsorted: tuple[str, ...] = (),
    apart: int = 0,
    held: int = 0,
    line: str | None = None,
) -> Report:
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
        line=None if line is None else Entry(ts=ts(5), document=plain.document_of(line)),
        submitted_at=ts(9) if submitted else None,
        apart=apart,
        held=held,
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
        "held": walk.held(a_report("kept", held=1)),
        "held_several": walk.held(a_report("kept", held=2)),
        "removed": walk.removed(report, Removed(None)),
        "uninvited": organisers.uninvited(report.assignment.event),
        "apology": walk.apology(Apology("7F3A")),
        "card_of_several": walk.card(replace(report, is_one_of_several=True), Card(section=1, left=0)),
        "switched": walk.switched(report, 1, replace(report, assignment=an_assignment("1.2"))),
        "which": walk.which([report.assignment, an_assignment("1.2")], 1, Which()),
        "which_of_a_command": walk.which(
            [report.assignment, an_assignment("1.2")], 0, Which(of_command=True)
        ),
        "strayed": walk.strayed(report.assignment, ("1.2",), 3),
        "moved": walk.moved(report, NotesMoved(3)),
        "review_of_a_co_rapporteur": reviewed(of_a_co(report))[-1],
        **{f"say_{saying.name.lower()}": walk.say(Say(saying), 6) for saying in Saying},
    }


def line_screens(report: Report) -> dict[str, Screen]:
    """Of a report that has a closing line."""
    line = reporting.line(report)
    assert line is not None
    bare = replace(report, line=None)
    closed = replace(report.assignment.session, level=Level.OFF_THE_RECORD)
    return {
        "ask_line": walk.ask_line(bare),
        "ask_line_again": walk.ask_line(replace(report, submitted_at=ts(9))),
        "ask_line_off_the_record": walk.ask_line(
            replace(bare, assignment=replace(report.assignment, session=closed))
        ),
        "line_kept": walk.line_kept(report, LineKept(), line),
        "line_kept_instead": walk.line_kept(
            replace(report, submitted_at=ts(9)), LineKept(instead=True), line
        ),
        "line_kept_of_a_co_rapporteur": walk.line_kept(of_a_co(report), LineKept(), line),
        "review_with_a_line": reviewed(report)[-1],
        "submitted_with_a_line": walk.submitted(report, Submitted(ts(9)), THURSDAY),
        "corrected_line": walk.corrected(report, Corrected(None, is_line=True)),
        "removed_line": walk.removed(report, Removed(None, in_digest=True, is_line=True)),
    }


def of_a_co(report: Report) -> Report:
    return replace(report, assignment=replace(report.assignment, part=Part.CO))


def of_values(typed: str = "about forty") -> Report:
    """A form of a number and of long lists of options; nothing is answered, and one note is no number."""
    many = tuple(Option(code=str(at), title=f"Objective {at} " + "of many words " * 5) for at in range(1, 41))
    sections = (
        Section(
            key="n",
            title="People reached",
            short="People",
            help="How many?",
            fill=Fill.NUMBER,
            need=Need.REQUIRED,
            lowest=0,
            highest=10,
        ),
        Section(key="c", title="Objectives", short="Aims", help="Which?", fill=Fill.CHOICES, options=many),
        Section(
            key="one",
            title="Where",
            short="Where",
            help="Where?",
            fill=Fill.CHOICE,
            options=(Option(code="A", title="Ports"), Option(code="B", title="Border towns")),
        ),
    )
    note = Entry(ts=ts(1), document=Document((Bullet(Words(typed)),)))
    answers = tuple(
        Answer(entries=(note,) if at != 1 else (), nothing_raised=False, takes_value=True) for at in range(3)
    )
    return replace(
        a_report(), template=replace(a_template(), sections=sections), answers=answers, unsorted=()
    )  # fmt: skip


def value_screens(report: Report) -> dict[str, Screen]:
    return {
        "card_of_a_number": walk.card(report, Card(section=0, left=None)),
        "card_of_options": walk.card(report, Card(section=1, left=0)),
        "card_of_letters": walk.card(report, Card(section=2, left=1)),
        "no_number": walk.no_value(report, NoValue(section=0, ts=ts(1))),
        "no_option": walk.no_value(report, NoValue(section=2, ts=ts(1))),
    }


REPORT = a_report("Papers, not people", "R&D <budget>", submitted=True, unsorted=("early",), apart=2)
LINE = replace(
    a_report(line="Papers, not people,\nare what borders slow down"),
    answers=(Answer(entries=(), nothing_raised=False),) * 6,
)
LONG = a_report("first " * 400, "second " * 400, submitted=True, unsorted=("early " * 400,))
SILENT = replace(REPORT, answers=(Answer(entries=(), nothing_raised=False),) * 6, unsorted=(), apart=0)
EMPTY = replace(SILENT, answers=(Answer(entries=(), nothing_raised=True),) * 6)
ROOMY = replace(an_assignment(), session=replace(a_session(), room="Roseraie"))
AT = Held(starts="2018-12-06T14:00", ends="2018-12-06T16:30", room="Roseraie")
YESTERDAY = THURSDAY - timedelta(days=1)

SCREENS = {
    **dm_screens(REPORT),
    **value_screens(of_values("border twons")),
    **line_screens(LINE),
    "review_first_of_several": reviewed(LONG)[0],
    "review_last_of_several": reviewed(LONG)[-1],
    "review_before_the_submit": reviewed(a_report("Papers, not people"))[0],
    "moved_today": programme.moved(ROOMY, Moved(to=AT, due_too=False), THURSDAY),
    "moved_with_its_due_time": programme.moved(ROOMY, Moved(to=AT, due_too=True), YESTERDAY),
    "takes_place_after_all": programme.moved(ROOMY, Moved(to=AT, due_too=False, after_all=True), YESTERDAY),
    "cancelled": programme.cancelled(ROOMY, 0),
    "cancelled_with_notes": programme.cancelled(ROOMY, 2),
    "cancelled_with_a_line": programme.cancelled(ROOMY, 0, has_line=True),
    "handed_over": programme.taken_off(ROOMY.session.code, TakenOff(wrote=True)),
    "taken_off": programme.taken_off(ROOMY.session.code, TakenOff(wrote=False)),
    "digest_parent": parent(REPORT),
    "digest_parent_of_none": parent(),
    "digest_parent_with_a_line": parent(LINE),
    "digest_reply_with_a_line": read_out(LINE)[0],
    "digest_reply": read_out(REPORT)[0],
    "digest_reply_not_answered": read_out(SILENT)[0],
    "digest_reply_nothing_raised": read_out(EMPTY)[0],
    "digest_reply_continued": read_out(LONG)[1],
}


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
    """What a machine can see of a screen (conversation.md 9.5); Slack's numbers stand here once more."""
    blocks = screen.as_json()
    slack_limits.check(blocks)
    assert 0 < len(screen.text) <= 4000
    assert 0 < len(blocks) <= 50
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(set(ids)) == len(ids)
    for block in blocks:
        match block["type"]:
            case "header":
                assert 0 < len(block["text"]["text"]) <= 150
            case "section":
                assert 0 < len(block["text"]["text"]) <= 3000
            case "context":
                assert [len(each["text"]) <= 3000 for each in block["elements"]] == [True]
    found = list(elements(blocks))
    buttons = [each for each in found if each.get("type") == "button"]
    assert [each for each in buttons if not 0 < len(each["text"]["text"]) <= 75] == []
    assert [each for each in buttons if not 0 < len(each["accessibility_label"]) <= 75] == []
    assert [each for each in buttons if not (Place.read(each["value"]) or Detail.read(each["value"]))] == []
    for block in blocks:  # Slack wants those of one block to differ
        ids_in_block = [each["action_id"] for each in elements(block) if each.get("type") == "button"]
        assert len(set(ids_in_block)) == len(ids_in_block)
    assert len([each for each in buttons if each.get("style") == "primary"]) <= 1
    assert [each for each in found if each.get("type") == "mrkdwn"] == []
    in_rich_text = [each for block in blocks if block["type"] == "rich_text" for each in elements(block)]
    literal = {"rich_text", "rich_text_section", "rich_text_list", "rich_text_preformatted", "text"}
    assert {each["type"] for each in in_rich_text if "type" in each} <= {*literal, "channel"}
    named = {each["channel_id"] for each in in_rich_text if each.get("type") == "channel"}
    assert named <= {an_event().channel}  # never one that was typed
    assert [each for each in in_rich_text if each.get("type") == "text" and not each["text"]] == []
    assert [part for part in ("<!", "<@", "<#", "<http") if part in screen.text] == []


@pytest.mark.parametrize("name", SCREENS)
def test_screens_keep_within_slacks_limits(name: str) -> None:
    check(SCREENS[name])


typed = st.text(min_size=1, max_size=60) | st.sampled_from(
    ["@channel <!here> <@U1> " * 40, "&" * 6000, "a b " * 9000]
)


@given(st.lists(typed, min_size=1, max_size=6), st.booleans())
@settings(deadline=None)
def test_whatever_is_typed_screens_keep_within_slacks_limits(notes: list[str], submitted: bool) -> None:
    report = a_report(*(f"x{note}" for note in notes), submitted=submitted, line=f"x{notes[-1]}")
    drawn = {**dm_screens(report), **line_screens(report)}
    for screen in (*drawn.values(), *reviewed(report), parent(report), *read_out(report)):
        check(screen)


def test_no_notification_of_a_dm_holds_a_typed_word_and_typed_words_are_rich_text_only() -> None:
    report = a_report(MARKER, submitted=True, unsorted=(MARKER,), apart=1, line=MARKER)
    screens = {**dm_screens(report), **line_screens(report), **value_screens(of_values(MARKER))}
    for name, screen in screens.items():
        assert MARKER not in screen.text, name
    for screen in (*screens.values(), parent(report), *read_out(report)):
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
            held=0,
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


def shown(screen: Screen) -> str:
    """The one line of a session in the digest's parent."""
    (listed,) = [block for block in screen.as_json() if block["type"] == "rich_text"]
    (only,) = [each["text"] for each in elements(listed) if each.get("type") == "text"]
    return str(only)


@pytest.mark.parametrize(
    ("line", "reads"),
    [
        ("word " * 50, "2.2 " + ("word " * 50).strip()),
        ("First\nSecond " * 300, "2.2 First … goes on in the thread"),
        ("word " * 800, "2.2 " + ("word " * 59).strip() + " … goes on in the thread"),
    ],
    ids=["whole", "a pasted form", "one long line"],
)
def test_a_closing_line_is_read_out_whole_or_says_that_it_goes_on(line: str, reads: str) -> None:
    assert shown(parent(a_report("A note", line=line.strip()))) == reads
    whole = " ".join(page.text for page in read_out(a_report("A note", line=line.strip())))
    assert whole.split().count(line.split()[-1]) == line.split().count(line.split()[-1])


@pytest.mark.parametrize(("line", "goes_on"), [("word " * 50, False), ("word " * 1500, True)])
def test_a_line_that_is_shown_back_in_part_says_so(line: str, goes_on: bool) -> None:
    screen = line_screens(a_report(line=line))["line_kept"]
    assert (closing_words.GOES_ON in json.dumps(screen.as_json())) is goes_on


def test_a_closing_line_is_masked_wherever_readers_see_it() -> None:
    report, people = a_report(line="Said by Some Body of it"), People(("Some Body",))
    post = digest.parent(clear_for_readers(parent_document(an_event(), (a_session(),), (report,)), people))
    replies = digest.reply_pages(clear_for_readers(reply_document(report), people))
    for screen in (post, *replies):
        assert "Said by a participant of it" in screen.text
        assert "Body" not in json.dumps(screen.as_json())


lines = st.text(min_size=1, max_size=300).map(lambda text: f"x{text}"[:300]) | st.sampled_from(
    [
        "&" * 300,
        "<!channel> " * 27,
        "@here & <@U1> " * 21,
        "W" * 300,
        "\u0633\u0644\u0627\u0645 " * 60,
        "👍🏽" * 150,
    ]
)


@given(st.lists(lines, min_size=6, max_size=6), st.integers(0, 6), st.booleans())
@settings(deadline=None)
def test_whatever_the_programme_is_called_screens_keep_within_slacks_limits(
    called: list[str], notes: int, submitted: bool
) -> None:
    name, place, title, section, short, help_text = called
    one = Section(key="k", title=section, short=short[:40], help=help_text)
    event = an_event(name=name, place=place)
    assignment = replace(
        an_assignment(name=name, event=event),
        session=replace(a_session("2" * 12), title=title),
        affiliation=place,
    )
    report = replace(
        a_report(*(["word & word " * 150] * notes), submitted=submitted),
        assignment=assignment,
        template=replace(a_template(), sections=(one,) * 6),
    )
    sessions = (assignment.session, *(a_session(f"{number:0>12}") for number in range(400)))
    cleared = clear_for_readers(parent_document(event, sessions, (report,)), NOBODY)
    for screen in (
        *dm_screens(report).values(),
        *reviewed(report),
        digest.parent(cleared),
        *read_out(report),
    ):
        check(screen)


def test_a_note_of_forty_thousand_characters_is_there_in_full_and_in_order() -> None:
    words = [f"w{number:05}" for number in range(5715)]
    report = a_report(" ".join(words), submitted=True)
    for pages in (read_out(report), reviewed(report)):
        for page in pages:
            check(page)
        shown = " ".join(
            each["text"]
            for page in pages
            for each in elements(page.as_json())
            if "style" not in each and each.get("type") == "text"
        )
        assert [word for word in shown.split() if word[:1] == "w" and word[1:].isdigit()] == words


@pytest.mark.parametrize("report", [REPORT, LONG], ids=["one page", "several"])
def test_what_has_no_section_stands_last(report: Report) -> None:
    text = "\n".join(page.text for page in read_out(report))
    heading = text.index("Also noted")
    assert heading > text.index("6. Quotes in full")
    assert text[heading:].split()[2] == "early"


def test_silence_and_nothing_raised_read_differently_in_every_section() -> None:
    silent, empty = read_out(SILENT)[0].text, read_out(EMPTY)[0].text
    assert (silent.count("Not answered"), silent.count("Nothing was raised")) == (6, 0)
    assert (empty.count("Not answered"), empty.count("Nothing was raised")) == (0, 6)


def test_the_first_answer_says_when_this_report_is_due_not_the_event() -> None:
    given = an_event().due_at + timedelta(minutes=20)
    assignment = replace(an_assignment(), session=replace(a_session(), given_at=given))
    assert "Due tomorrow, Fri 7 Dec, 14:50 in Marrakesh." in str(walk.welcome(assignment, THURSDAY).as_json())


@pytest.mark.parametrize("level", list(Level))
def test_a_note_without_a_section_is_last_in_the_digest_unless_that_only_says_it_took_place(
    level: Level,
) -> None:
    assignment = replace(an_assignment(), session=replace(a_session(), level=level))
    shown = reviewed(replace(a_report("kept", unsorted=("early",)), assignment=assignment))[-1]
    holder = "report" if level.is_closed else "digest"
    assert f"1 note without a section; the {holder} has it last." in str(shown.as_json())


@pytest.mark.parametrize("level", list(Level))
def test_the_digest_follows_what_is_changed_unless_it_only_says_that_the_session_took_place(
    level: Level,
) -> None:
    assignment = replace(an_assignment(), session=replace(a_session(), level=level))
    report = replace(a_report("noted", submitted=True), assignment=assignment)
    screens = (walk.corrected(report, Corrected(0)), walk.removed(report, Removed(0, in_digest=True)))
    assert ["The digest follows" in screen.text for screen in screens] == [not level.is_closed] * 2


@pytest.mark.parametrize("level", list(Level))
def test_who_reports_a_closed_session_is_not_told_that_readers_see_the_report(level: Level) -> None:
    assignment = replace(an_assignment(), session=replace(a_session(), level=level))
    report = replace(a_report("noted", submitted=True), assignment=assignment)
    screens = (walk.welcome(assignment, THURSDAY), walk.submitted(report, Submitted(ts(9)), THURSDAY))
    said = [json.dumps(screen.as_json()) for screen in screens]
    assert ["took place" in text for text in said] == [level.is_closed] * 2
    assert ["sees your report" in said[0], "It appears" in said[1]] == [not level.is_closed] * 2
