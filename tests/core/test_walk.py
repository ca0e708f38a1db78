"""The walk: openings, notes, edits and submits, folded by ts."""

import pytest

from bot.domain.commands import Command, Digits, Go, To, command_of
from bot.domain.dialogue import Deed
from bot.domain.fold import walk
from bot.domain.replies import Review
from bot.domain.turns import advance
from bot.domain.walks import Walk
from tests.builders import a_dialogue, an_outline, press, ts, version


def places(*moves: object) -> dict[object, int | None]:
    return dict(walk(an_outline(6), a_dialogue(*moves)).notes)  # type: ignore[arg-type]


def test_a_note_belongs_to_the_last_opening_at_or_before_it() -> None:
    assert places(version(1, "early"), version(2, "2"), version(3, "late")) == {ts(1): None, ts(3): 1}


def test_a_late_next_refiles_the_notes_after_it() -> None:
    first = version(1, "next")
    before = places(first, version(3, "a note"))
    after = places(first, version(3, "a note"), version(2, "next"))
    assert (before, after) == ({ts(3): 0}, {ts(3): 1})


def test_a_relative_move_that_arrives_late_moves_what_follows_it() -> None:
    assert places(version(5, "next"), version(6, "a note"), version(3, "next")) == {ts(6): 1}


def test_the_newest_version_of_a_message_counts() -> None:
    assert places(version(1, "a note"), version(1, None, as_of=4)) == {}
    assert places(version(1, None, as_of=4), version(1, "a note")) == {}
    assert places(version(1, "edited", as_of=3), version(1, None, as_of=2), version(1, "a note")) == {
        ts(1): None
    }


def test_a_note_edited_into_a_command_stays_a_note() -> None:
    stand = walk(
        an_outline(6), a_dialogue(version(1, "a note"), version(1, "submit", as_of=2), version(3, "submit"))
    )
    assert (stand.submitted_at, set(stand.notes)) == (None, {ts(1)})


def test_a_command_edited_into_a_sentence_becomes_a_note_and_its_opening_falls_away() -> None:
    assert places(version(1, "next"), version(1, "next: funding", as_of=5), version(2, "a note")) == {
        ts(1): None,
        ts(2): None,
    }


def test_a_deleted_command_changes_nothing() -> None:
    assert places(version(1, "next"), version(1, None, as_of=2), version(3, "a note")) == {ts(3): 0}


def test_a_command_whose_original_has_not_arrived_is_no_command_yet() -> None:
    edit = version(1, "submit", as_of=2)
    assert walk(an_outline(6), a_dialogue(edit)).submitted_at is None


def test_two_typed_submits_count_when_nothing_lies_between() -> None:
    stand = walk(an_outline(6), a_dialogue(version(1, "a note"), version(2, "submit"), version(3, "submit")))
    assert stand.submitted_at == ts(3)


@pytest.mark.parametrize(
    "between",
    [version(3, "a note"), version(1, "edited", as_of=3), version(1, None, as_of=3), version(3, "next")],
    ids=["note", "edit", "deletion", "opening"],
)
def test_a_second_submit_asks_again_when_something_lies_between(between: object) -> None:
    moves = (version(1, "a note"), version(2, "submit"), between, version(4, "submit"))
    stand = walk(an_outline(6), a_dialogue(*moves))  # type: ignore[arg-type]
    assert (stand.submitted_at, stand.asked_at) == (None, ts(4))


def test_report_and_help_between_two_submits_do_not_matter() -> None:
    moves = (version(2, "submit"), version(3, "report"), version(4, "help"), version(5, "submit"))
    assert walk(an_outline(6), a_dialogue(*moves)).submitted_at == ts(5)


def test_the_button_submits_at_its_own_moment() -> None:
    assert walk(an_outline(6), a_dialogue(press(2, Deed.SUBMIT, 5))).submitted_at == ts(2)


def test_only_a_newer_opening_reopens() -> None:
    submitted = (press(2, Deed.SUBMIT, 5), version(3, "a note"))
    assert not walk(an_outline(6), a_dialogue(*submitted)).is_reopened
    assert walk(an_outline(6), a_dialogue(*submitted, version(4, "2"))).is_reopened


def test_moves_end_at_the_first_and_the_last_section() -> None:
    assert walk(an_outline(3), a_dialogue(version(1, "3"), version(2, "next"))).section == 2
    assert walk(an_outline(3), a_dialogue(version(1, "next"), version(2, "back"))).section == 0


def test_nothing_raised_marks_the_open_section_and_opens_the_next() -> None:
    stand = walk(an_outline(6), a_dialogue(version(1, "2"), version(2, "nothing raised")))
    assert ([mark.section for mark in stand.marks], stand.section) == ([1], 2)


def test_nothing_raised_before_any_opening_marks_nothing() -> None:
    assert walk(an_outline(6), a_dialogue(version(1, "nothing raised"))) == Walk()


def test_a_button_speaks_of_its_own_card_wherever_the_walk_is() -> None:
    stand = walk(
        an_outline(6), a_dialogue(version(1, "5"), press(2, Deed.NOTHING, 1), press(3, Deed.NEXT, 0))
    )
    assert ([mark.section for mark in stand.marks], stand.section) == ([1], 1)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("next", Command.NEXT),
        ("  Next ", Command.NEXT),
        ("NOTHING  raised", Command.NOTHING),
        ("3", Digits(3)),
        ("٢", Digits(2)),
        ("99", Digits(99)),
        ("100", None),
        ("go 2", Go(1)),
        ("Go  ٢", Go(1)),
        ("go 0", None),
        ("go on", None),
        ("switch", Command.SWITCH),
        ("1.2", To("1.2")),  # type: ignore[arg-type]
        ("1.3", None),
        ("0", None),
        ("next?", None),
        ("• next", None),
        ("Next: funding", None),
        ("next\nnext", None),
        ("nothing raised " * 40, None),
        ("", None),
        ("²", None),
    ],
)
def test_a_command_is_the_whole_message(text: str, command: object) -> None:
    assert command_of(text, ("1.2", "2.2")) == command  # type: ignore[arg-type]


def test_an_opening_that_arrives_late_is_answered_by_where_the_walk_stands() -> None:
    dialogue = advance((an_outline(6),), a_dialogue(version(1, "3")), version(4, "next")).dialogue
    turn = advance((an_outline(6),), dialogue, version(2, "6"))
    assert turn.replies == (Review(),)  # 3, 6, next: beyond the last section
