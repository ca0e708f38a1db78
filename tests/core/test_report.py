"""Reports and the digest's documents: what is in, what is open, and in which words."""

from bot.domain.dialogue import Deed
from bot.domain.digest import parent_document, reply_document
from bot.domain.document import Bullet, Document, Heading
from bot.domain.report import Report, Written, report_of
from bot.domain.turns import Move
from bot.domain.walks import walk
from bot.domain.words import Words
from tests.builders import (
    a_dialogue,
    a_session,
    a_template,
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
