"""The digest's documents, whole: what readers get section by section, the post above them, and the header."""

from dataclasses import replace

import pytest

from bot.demo.names import RAPPORTEURS
from bot.domain.digest import (
    header_document,
    parent_document,
    read_out,
    reply_document,
    report_document,
)
from bot.domain.document import Bullet, Document, Heading, Paragraph
from bot.domain.event import Level
from bot.domain.report import Answer, Entry, Report
from bot.domain.words import Words
from tests.builders import a_session, a_template, an_assignment, an_event, ts

NAME = RAPPORTEURS[0]
SILENT, NOTHING = Answer(entries=(), nothing_raised=False), Answer(entries=(), nothing_raised=True)


def entry(*lines: str) -> Entry:
    """A note; the lines after the first stand below it."""
    return Entry(
        ts=ts(1), document=Document(tuple(bullet(line, min(at, 1)) for at, line in enumerate(lines)))
    )


def bullet(text: str, depth: int = 0) -> Bullet:
    return Bullet(Words(text), depth)


def section(text: str) -> Heading:
    return Heading(Words(text), 2)


def answered(*entries: Entry, nothing_raised: bool = False) -> Answer:
    return Answer(entries=entries, nothing_raised=nothing_raised)


def a_report(
    *answers: Answer, code: str = "2.2", unsorted: tuple[Entry, ...] = (), line: Entry | None = None
) -> Report:
    """A report over three sections; what is not said of is silent."""
    return Report(
        assignment=an_assignment(code, name=NAME),
        template=a_template(("One", "Two", "Three")),
        answers=(*answers, *[SILENT] * (3 - len(answers))),
        unsorted=unsorted,
        line=line,
        submitted_at=ts(9),
        apart=0,
        held=0,
    )


def off_the_record(report: Report) -> Report:
    session = replace(report.assignment.session, level=Level.OFF_THE_RECORD)
    return replace(report, assignment=replace(report.assignment, session=session))


def test_sections_stand_in_order_with_their_notes_as_nested_and_also_noted_last() -> None:
    report = a_report(answered(entry("lead", "below"), entry("second")), NOTHING, unsorted=(entry("early"),))
    assert report_document(report) == Document(
        (
            section("1. One in full"),
            bullet("lead"),
            bullet("below", 1),
            bullet("second"),
            section("2. Two in full"),
            Paragraph(Words("Nothing was raised")),
            section("3. Three in full"),
            Paragraph(Words("Not answered")),
            section("Also noted"),
            bullet("early"),
        )
    )


@pytest.mark.parametrize(
    ("answer", "reads"),
    [
        (SILENT, (Paragraph(Words("Not answered")),)),
        (NOTHING, (Paragraph(Words("Nothing was raised")),)),
        (answered(entry("a note")), (bullet("a note"),)),
        (answered(entry("a note"), nothing_raised=True), (bullet("a note"),)),
    ],
    ids=["silent", "nothing raised", "a note", "a note outweighs nothing raised"],
)
def test_a_section_is_silent_or_empty_or_its_notes(answer: Answer, reads: tuple[Bullet, ...]) -> None:
    headings = [
        section(f"{number}. {title} in full") for number, title in enumerate(("One", "Two", "Three"), 1)
    ]
    whole = tuple(block for heading in headings for block in (heading, *reads))
    assert report_document(a_report(answer, answer, answer)) == Document(whole)


def test_a_reply_is_headed_by_its_session_and_names_no_rapporteur() -> None:
    report = a_report(answered(entry("a note")))
    document = reply_document(report)
    assert document == Document(
        (Heading(Words("2.2 Session 2.2")), Paragraph(Words("Thu 6 Dec · Chatham House Rule")))
    ) + report_document(report)
    assert NAME not in " ".join(block.words.typed for block in document.blocks)


def test_the_header_says_what_the_programme_knows_in_the_order_of_the_form() -> None:
    report = a_report()
    here = replace(report.assignment, affiliation="An office")
    assert header_document(replace(report, assignment=here)) == Document(
        (
            Paragraph(
                Words(f"Marrakesh 2018 · Marrakesh · Thu 6 Dec 2018 · 2.2 Session 2.2 · {NAME} · An office")
            ),
        )
    )


def test_the_header_leaves_out_what_is_not_known_or_not_in_the_form() -> None:
    report = a_report()
    form = replace(report.template, header=("affiliation", "place"))
    assert header_document(replace(report, template=form)) == Document((Paragraph(Words("Marrakesh")),))
    assert header_document(replace(report, template=replace(form, header=()))) == Document()


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (a_report(answered(entry("lead", "below")), answered(entry("other"))), "lead"),
        (a_report(SILENT, answered(entry("of section 2")), unsorted=(entry("early"),)), "of section 2"),
        (a_report(NOTHING, unsorted=(entry("early"),)), "early"),
        (a_report(NOTHING, NOTHING, NOTHING), "Nothing was raised."),
        (a_report(answered(entry("lead")), line=entry("read", "out")), "read\nout"),
        (off_the_record(a_report(line=entry("read out"))), "This session took place. Off the record."),
    ],
    ids=[
        "section 1",
        "the first that has a note",
        "unsorted",
        "nothing raised at all",
        "the closing line",
        "off the record",
    ],
)
def test_a_session_s_line_is_the_rapporteur_s_own_first_line(report: Report, line: str) -> None:
    assert read_out(report) == line


def test_the_line_of_a_report_that_answers_nothing_does_not_say_that_nothing_was_raised() -> None:
    assert read_out(a_report()) != "Nothing was raised."


def test_the_closing_line_stands_before_the_sections_under_its_own_heading() -> None:
    report = a_report(answered(entry("a note")), line=entry("read out", "below"))
    shown = reply_document(report).blocks
    assert shown[2:5] == (section("Closing line"), bullet("read out"), bullet("below", 1))
    assert shown[5:] == report_document(replace(report, line=None)).blocks
    assert report_document(report).blocks[0] == section("Closing line: this is read out")


def test_a_report_of_the_closing_line_alone_answers_nothing_else() -> None:
    report = a_report(line=entry("read out"))
    texts = [block.words.typed for block in reply_document(report).blocks]
    assert texts.count("Not answered") == 3
    assert (report.note_count, report.answered) == (0, 0)


def test_off_the_record_a_closing_line_is_read_by_nobody_and_is_not_said_to_be() -> None:
    report = off_the_record(a_report(line=entry("a marker")))
    post = parent_document(an_event(), (report.assignment.session,), (report,))
    assert "a marker" not in reply_document(report).text + post.text
    assert report_document(report).blocks[:2] == (section("Closing line"), bullet("a marker"))


@pytest.mark.parametrize(
    ("codes", "opening", "last"),
    [
        ((), "0 of 2 are in", "Not in yet: 1.1, 2.2"),
        (("2.2",), "1 of 2 are in", "Not in yet: 1.1"),
        (("2.2", "1.1"), "2 of 2 are in", "All reports are in."),
    ],
)
def test_the_parent_has_a_line_a_session_in_the_order_of_the_programme(
    codes: tuple[str, ...], opening: str, last: str
) -> None:
    reports = tuple(a_report(answered(entry(f"line of {code}")), code=code) for code in codes)
    assert parent_document(an_event(), (a_session("1.1"), a_session("2.2")), reports) == Document(
        (
            Heading(Words("Marrakesh 2018: session reports")),
            Paragraph(
                Words(
                    f"{opening}, for the closing session on Fri 7 Dec, 15:30 in Marrakesh. "
                    "Held under the Chatham House Rule."
                )
            ),
            *(bullet(f"{code} line of {code}") for code in sorted(codes)),
            Paragraph(Words(last)),
        )
    )
