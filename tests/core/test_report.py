"""Reports and the digest's documents: what is in, what is open, and in which words."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.answers import Chosen, Number
from bot.domain.dialogue import Deed
from bot.domain.digest import header_document, parent_document, reply_document, report_document
from bot.domain.document import Bullet, Document, Heading
from bot.domain.event import Level
from bot.domain.fold import walk
from bot.domain.moment import Ts
from bot.domain.report import Report, Written, report_of
from bot.domain.turns import Move
from bot.domain.walks import Mark, Walk
from bot.domain.words import Words
from tests.builders import (
    a_dialogue,
    a_session,
    a_template,
    a_template_of_kinds,
    an_assignment,
    an_event,
    an_outline,
    press,
    ts,
    version,
)

THREE = a_template(("One", "Two", "Three"))


def report(*moves: Move, as_submitted: bool = False) -> Report:
    """The report of these moves; each note reads as its second."""
    stand = walk(an_outline(3), a_dialogue(*moves))
    notes = {note: Document((Bullet(Words(f"note of {note[-9:-7]}")),)) for note in stand.notes}
    return report_of(
        an_assignment(name="Some Body"), THREE, [Written(walk=stand, notes=notes)], as_submitted=as_submitted
    )


def read(document: Document) -> list[str]:
    return [
        f"{'#' * block.level} {block.words.typed}" if isinstance(block, Heading) else block.words.typed
        for block in document.blocks
    ]


WHOLE = (
    version(1, "before anything"),
    version(2, "next"),
    version(3, "a note"),
    version(4, "next"),
    version(5, "nothing raised"),
    press(6, Deed.SUBMIT, 2),
    version(7, "too late"),
)


def test_what_was_typed_after_the_submit_is_apart() -> None:
    own, readers = report(*WHOLE), report(*WHOLE, as_submitted=True)
    assert (own.note_count, readers.note_count, own.apart) == (3, 2, 1)


def test_nothing_raised_is_an_answer_that_notes_outweigh() -> None:
    with_notes = report(version(1, "1"), version(2, "nothing raised"), version(3, "1"), version(4, "a note"))
    assert (with_notes.answers[0].nothing_raised, len(with_notes.answers[0].entries)) == (True, 1)
    assert with_notes.open_sections == (1, 2)


def test_a_note_without_words_is_no_entry() -> None:
    stand = walk(an_outline(3), a_dialogue(version(1, "1"), version(2, "a note")))
    nothing = Written(walk=stand, notes={ts(2): Document()})
    empty = report_of(an_assignment(), THREE, [nothing], as_submitted=False)
    assert (empty.note_count, empty.open_sections) == (0, (0, 1, 2))


def test_a_reply_tells_open_nothing_and_unsorted_apart_and_names_nobody() -> None:
    document = reply_document(report(*WHOLE, as_submitted=True))
    assert read(document) == [
        "# 2.2 Session 2.2",
        "Thu 6 Dec · Chatham House Rule",
        "## 1. One in full",
        "note of 03",
        "## 2. Two in full",
        "Nothing was raised",
        "## 3. Three in full",
        "Not answered",
        "## Also noted",
        "note of 01",
    ]


def test_the_parent_says_who_is_in_and_who_is_not_by_code() -> None:
    sessions = tuple(map(a_session, ("1.1", "2.2", "3.1")))
    document = parent_document(an_event(), sessions, (report(*WHOLE, as_submitted=True),))
    assert read(document) == [
        "# Marrakesh 2018: session reports",
        "1 of 3 are in, for the closing session on Fri 7 Dec, 15:30 in Marrakesh. "
        "Held under the Chatham House Rule.",
        "2.2 note of 03",
        "Not in yet: 1.1, 3.1",
    ]


def contents(report: Report) -> tuple[list[list[str]], list[str]]:
    """The notes of each section, and the unsorted ones."""
    sections = [[read(each.document)[0] for each in answer.entries] for answer in report.answers]
    return sections, [read(each.document)[0] for each in report.unsorted]


def test_notes_stand_in_the_order_in_which_they_were_sent() -> None:
    late = report(version(1, "1"), version(5, "a note"), version(3, "another"), version(2, "a third"))
    assert contents(late) == ([["note of 02", "note of 03", "note of 05"], [], []], [])


def test_readers_of_a_report_that_was_never_submitted_get_nothing() -> None:
    moves = (version(1, "early"), version(2, "1"), version(3, "a note"), version(4, "nothing raised"))
    assert contents(report(*moves, as_submitted=True)) == ([[], [], []], [])
    assert report(*moves, as_submitted=True).open_sections == (0, 1, 2)


def test_a_second_submit_takes_in_what_was_apart() -> None:
    before, after = (report(*WHOLE, *more, as_submitted=True) for more in ((), (press(8, Deed.SUBMIT, 2),)))
    assert contents(before) == ([["note of 03"], [], []], ["note of 01"])
    assert contents(after) == ([["note of 03"], [], ["note of 07"]], ["note of 01"])
    assert (before.apart, after.apart) == (1, 0)


def test_nothing_raised_said_after_the_submit_is_not_in_it_yet() -> None:
    moves = (version(1, "1"), press(2, Deed.SUBMIT, 2), version(3, "nothing raised"))
    own, readers = report(*moves), report(*moves, as_submitted=True)
    assert (own.open_sections, readers.open_sections) == ((1, 2), (0, 1, 2))


def test_a_deletion_after_the_submit_counts() -> None:
    readers = report(*WHOLE, version(3, None, as_of=9), as_submitted=True)
    assert contents(readers) == ([[], [], []], ["note of 01"])
    assert readers.open_sections == (0, 2)


def test_deleted_notes_are_not_apart() -> None:
    assert report(*WHOLE, version(7, None, as_of=9)).apart == 0


def several(*people: tuple[Move, ...], until: float | None = None, as_submitted: bool = False) -> Report:
    """One report that several write; the first handed it over `until`."""
    written = []
    for at, moves in enumerate(people):
        outline = an_outline(3, until=until if at == 0 else None, submits=at == len(people) - 1)
        stand = walk(outline, a_dialogue(*moves))
        notes = {note: Document((Bullet(Words(f"note of {note[-9:-7]}")),)) for note in stand.notes}
        written.append(Written(walk=stand, notes=notes))
    return report_of(an_assignment(), THREE, written, as_submitted=as_submitted)


CO = (
    version(1, "1"),
    version(3, "a note"),
    version(5, "2"),
    version(6, "nothing raised"),
    version(12, "late"),
)
LEAD = (
    version(2, "1"),
    version(4, "a note"),
    version(7, "2"),
    version(8, "a note"),
    press(10, Deed.SUBMIT, 2),
)


def test_a_report_holds_what_all_wrote_in_the_order_in_which_it_was_sent() -> None:
    assert contents(several(CO, LEAD)) == ([["note of 03", "note of 04"], ["note of 08"], ["note of 12"]], [])


def test_what_one_noted_outweighs_that_another_found_nothing() -> None:
    report = several(CO, LEAD)
    assert (report.answers[1].nothing_raised, report.answers[1].is_answered) == (True, True)
    assert report.open_sections == ()


def test_the_leads_submit_is_of_the_whole_report() -> None:
    own, readers = several(CO, LEAD), several(CO, LEAD, as_submitted=True)
    assert contents(readers) == ([["note of 03", "note of 04"], ["note of 08"], []], [])
    assert (own.submitted_at, own.apart) == (ts(10), 1)


def test_of_who_handed_it_over_nothing_later_is_in() -> None:
    assert contents(several(CO, (version(20, "3"),), until=9))[0] == [["note of 03"], [], []]


KINDS = a_template_of_kinds()


def filled(*moves: tuple[str, str]) -> Report:
    """The report of the form of kinds, of texts in sections (by key)."""
    at = {section.key: index for index, section in enumerate(KINDS.sections)}
    notes: dict[Ts, int | None] = {ts(n): at[key] for n, (key, _) in enumerate(moves, 1)}
    texts = {ts(n): Document((Bullet(Words(text)),)) for n, (_, text) in enumerate(moves, 1)}
    written = Written(walk=Walk(notes=notes, submitted_at=ts(50)), notes=texts)
    return report_of(an_assignment(name="Some Body"), KINDS, [written], as_submitted=True)


def test_the_newest_valid_answer_counts_and_is_stored_typed() -> None:
    report = filled(
        ("people", "40"), ("people", "1,200"), ("people", "many"), ("where", "2"), ("goals", "2 and 1")
    )
    values = [answer.value for answer in report.answers]
    assert values[2:5] == [Number(Decimal(1200)), Chosen(("B",)), Chosen(("1", "2"))]
    assert [read(entry.document) for entry in report.answers[2].entries] == [["many"]]


def test_what_is_optional_or_never_asked_is_not_open() -> None:
    assert [KINDS.sections[index].key for index in filled().open_sections] == [
        "people",
        "where",
        "goals",
        "more",
        "own",
    ]
    assert (filled().answered, len(filled().asked)) == (0, 6)
    assert filled(("people", "forty")).open_sections == filled().open_sections
    assert filled(("people", "40")).answered == 1


def test_nothing_raised_does_not_answer_a_section_that_is_required() -> None:
    walked = Walk(marks=(Mark(section=2, ts=ts(1)), Mark(section=3, ts=ts(1))))
    report = report_of(an_assignment(), KINDS, [Written(walk=walked, notes={})], as_submitted=False)
    assert [answer.is_answered for answer in report.answers[2:4]] == [False, True]


def test_the_digest_uses_of_each_section_what_the_form_says() -> None:
    report = filled(
        ("people", "1200"), ("people", "many"), ("goals", "1, 3"), ("more", "one\ntwo"), ("more", "three"),
        ("own", "for us"),
    )  # fmt: skip
    assert read(reply_document(report))[2:] == [
        "## 1. About",
        "2.2 Session 2.2",
        "## 2. How it is used",
        "Read aloud.",
        "## 3. People reached",
        "1200",
        "many",
        "## 4. Where",
        "Not answered",
        "## 5. Goals",
        "1. No poverty",
        "3. Good health and well-being",
        "## 7. More",
        "one",
    ]
    own = read(report_document(report))
    assert own[1] == "2.2 Session 2.2 · Some Body"
    assert own[-2:] == ["## 8. Ours", "for us"]
    assert header_document(report) == Document()


@pytest.mark.parametrize("level", [Level.CONSENT, Level.OFF_THE_RECORD])
def test_of_a_closed_session_readers_learn_only_that_it_took_place(level: Level) -> None:
    open_ = report(*WHOLE, as_submitted=True)
    session = replace(open_.assignment.session, level=level)
    closed = replace(open_, assignment=replace(open_.assignment, session=session))
    held = level.value[0].upper() + level.value[1:]
    assert read(reply_document(closed)) == [
        "# 2.2 Session 2.2",
        f"Thu 6 Dec · {held}",
        "This session took place.",
    ]
    assert read(parent_document(an_event(), (session,), (closed,)))[1:3] == [
        "1 of 1 are in, for the closing session on Fri 7 Dec, 15:30 in Marrakesh. "
        "How openly each session was held stands with its report.",
        f"2.2 This session took place. {held}.",
    ]
    assert "note of 03" in read(report_document(closed))  # its rapporteur sees it


def test_a_session_on_the_record_says_so() -> None:
    open_ = report(*WHOLE, as_submitted=True)
    session = replace(open_.assignment.session, level=Level.ON_THE_RECORD)
    shown = read(reply_document(replace(open_, assignment=replace(open_.assignment, session=session))))
    assert shown[1] == "Thu 6 Dec · On the record"
    assert "note of 03" in shown
