"""Any order of arrival, with any duplicates, gives the same reports."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.commands import Command
from bot.domain.dialogue import FACTS, Deed, Dialogue
from bot.domain.fold import walks
from bot.domain.template import Fill
from bot.domain.turns import Move, advance
from bot.domain.walks import Outline, Walk, Walks
from tests.builders import an_outline, missing, press, version

WORDS = (
    "a note",
    "another note",
    "next",
    "back",
    "3",
    "go 2",
    "nothing raised",
    "submit",
    "submit",
    "report",
    "closing line",
    " ",
)
SEVERAL = (*WORDS, "switch", "1.2", "2.2", "2", "45")
DEEDS = tuple(deed for deed in Deed if deed not in FACTS)
KINDS = (Fill.TEXT, Fill.NUMBER, Fill.CHOICES, Fill.STATIC)

ONE = (an_outline(3),)
TWO = (an_outline(KINDS, "1.2", runs=(0, 4)), an_outline(3, "2.2", runs=(3, 9)))
A_TAKEOVER = (
    an_outline(KINDS, "1.2", runs=(0, 4), until=6),  # handed over
    an_outline(3, "2.2", runs=(3, 9), submits=False),
    an_outline(3, "3.1", runs=(20, 30), since=5),  # taken over
)
PEOPLE = {"one report": ONE, "two reports": TWO, "a take-over": A_TAKEOVER}


@st.composite
def days(draw: st.DrawFn, outlines: Sequence[Outline]) -> list[Move]:
    """What one person did, in the order of Slack's ts: messages, later edits and deletions, presses."""
    moves: list[Move] = []
    words = WORDS if len(outlines) == 1 else SEVERAL
    codes = [each.session for each in outlines]
    for at in range(draw(st.integers(1, 12))):
        if draw(st.integers(0, 4)) == 0:
            deed, session = draw(st.sampled_from(DEEDS)), draw(st.sampled_from(codes))
            moves.append(press(at, deed, draw(st.integers(0, 2)), session))
            continue
        moves.append(version(at, draw(st.sampled_from(words)), codes=codes))
        for change in range(draw(st.integers(0, 2))):
            as_of = at + draw(st.integers(1, 6)) + (change + 1) / 10
            if draw(st.integers(0, 4)) == 0:
                moves.append(missing(at, as_of))
            else:
                moves.append(version(at, draw(st.sampled_from((*words, None))), as_of=as_of, codes=codes))
    return moves


@st.composite
def arrivals(draw: st.DrawFn, outlines: Sequence[Outline]) -> tuple[list[Move], list[Move]]:
    """A day, and the same day in another order with duplicates."""
    day = draw(days(outlines))
    doubled = [move for move in day for _ in range(draw(st.integers(1, 2)))]
    return day, draw(st.permutations(doubled))


def arrived(outlines: Sequence[Outline], moves: Sequence[Move]) -> Dialogue:
    dialogue = Dialogue()
    for move in moves:
        dialogue = advance(outlines, dialogue, move).dialogue
    return dialogue


@pytest.mark.parametrize("outlines", PEOPLE.values(), ids=PEOPLE)
@given(st.data())
@settings(max_examples=250, deadline=None)
def test_order_and_duplicates_do_not_change_the_walks(
    outlines: Sequence[Outline], data: st.DataObject
) -> None:
    in_order, as_arrived = data.draw(arrivals(outlines))
    expected = walks(outlines, arrived(outlines, in_order))
    assert walks(outlines, arrived(outlines, as_arrived)) == expected


@pytest.mark.parametrize("outlines", PEOPLE.values(), ids=PEOPLE)
@given(st.data())
@settings(max_examples=150, deadline=None)
def test_every_new_note_is_answered_and_nothing_is_answered_twice(
    outlines: Sequence[Outline], data: st.DataObject
) -> None:
    dialogue = Dialogue()
    for move in data.draw(arrivals(outlines))[1]:
        turn = advance(outlines, dialogue, move)
        if turn.dialogue == dialogue:
            assert turn.replies == ()
        elif move.ts in notes(turn.walks) and move.ts not in notes(turn.before):
            assert turn.replies
        dialogue = turn.dialogue


@pytest.mark.parametrize("outlines", PEOPLE.values(), ids=PEOPLE)
@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_note_is_in_one_place_whatever_is_moved(outlines: Sequence[Outline], data: st.DataObject) -> None:
    stands = walks(outlines, arrived(outlines, data.draw(arrivals(outlines))[1]))
    placed = [ts for walk in stands.reports.values() for ts in all_of(walk)]
    everywhere = [*placed, *stands.unplaced]
    assert len(everywhere) == len(set(everywhere))
    for session, walk in stands.reports.items():
        assert {stands.homes[ts] for ts in all_of(walk)} <= {session}


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_session_that_moves_later_re_files_nothing_that_was_kept(data: st.DataObject) -> None:
    dialogue = arrived(TWO, data.draw(arrivals(TWO))[1])
    moved = (an_outline(KINDS, "1.2", runs=(50, 60)), an_outline(3, "2.2", runs=(0, 2)))
    assert walks(moved, dialogue) == walks(TWO, dialogue)


@pytest.mark.parametrize("outlines", PEOPLE.values(), ids=PEOPLE)
@given(st.data())
@settings(max_examples=150, deadline=None)
def test_each_line_was_asked_for_by_one_opening_of_its_own(
    outlines: Sequence[Outline], data: st.DataObject
) -> None:
    dialogue = arrived(outlines, data.draw(arrivals(outlines))[1])
    stands = walks(outlines, dialogue)
    asked = {each.ts for each in dialogue.presses if each.deed is Deed.LINE}
    asked |= {ts for ts, command in stands.commands.items() if command is Command.LINE}
    for walk in stands.reports.values():
        for at, ts in enumerate(sorted(walk.lines)):
            assert len([each for each in asked if each < ts]) > at


def all_of(walk: Walk) -> tuple[str, ...]:
    """Each note once, held back or not, and the closing lines that are there."""
    return (*walk.notes, *walk.held, *_lines(walk))


def notes(stands: Walks) -> set[str]:
    placed = (ts for walk in stands.reports.values() for ts in (*walk.notes, *_lines(walk)))
    return {*stands.unplaced, *placed}


def _lines(walk: Walk) -> list[str]:
    """Without those that were emptied or deleted, which keep their place."""
    return [ts for ts, is_there in walk.lines.items() if is_there]
