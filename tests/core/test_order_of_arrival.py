"""Any order of arrival, with any duplicates, gives the same report."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.dialogue import Deed, Dialogue, Press, Version, walk
from bot.domain.turns import Move, advance
from tests.builders import missing, press, version

WORDS = ("a note", "another note", "next", "back", "3", "nothing raised", "submit", "submit", "report", " ")


@st.composite
def days(draw: st.DrawFn) -> list[Move]:
    """What one person did, in the order of Slack's ts: messages, later edits and deletions, presses."""
    moves: list[Move] = []
    for at in range(draw(st.integers(1, 12))):
        if draw(st.integers(0, 4)) == 0:
            moves.append(press(at, draw(st.sampled_from(Deed)), draw(st.integers(0, 2))))
            continue
        moves.append(version(at, draw(st.sampled_from(WORDS)), sections=3))
        for change in range(draw(st.integers(0, 2))):
            as_of = at + draw(st.integers(1, 6)) + (change + 1) / 10
            if draw(st.integers(0, 4)) == 0:
                moves.append(missing(at, as_of))
            else:
                moves.append(version(at, draw(st.sampled_from((*WORDS, None))), as_of=as_of, sections=3))
    return moves


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[Move], list[Move]]:
    """A day, and the same day in another order with duplicates."""
    day = draw(days())
    doubled = [move for move in day for _ in range(draw(st.integers(1, 2)))]
    return day, draw(st.permutations(doubled))


@given(arrivals())
@settings(max_examples=400, deadline=None)
def test_order_and_duplicates_do_not_change_the_walk(both: tuple[list[Move], list[Move]]) -> None:
    in_order, as_arrived = both
    expected = walk(3, Dialogue(versions=_versions(in_order), presses=_presses(in_order)))
    dialogue = Dialogue()
    for move in as_arrived:
        dialogue = advance(3, dialogue, move).dialogue
    assert walk(3, dialogue) == expected


@given(arrivals())
@settings(max_examples=200, deadline=None)
def test_every_new_note_is_answered_and_nothing_is_answered_twice(
    both: tuple[list[Move], list[Move]],
) -> None:
    dialogue = Dialogue()
    for move in both[1]:
        turn = advance(3, dialogue, move)
        if turn.dialogue == dialogue:
            assert turn.replies == ()
        elif move.ts in turn.walk.notes and move.ts not in walk(3, dialogue).notes:
            assert turn.replies
        dialogue = turn.dialogue


def _versions(moves: list[Move]) -> tuple[Version, ...]:
    return tuple(move for move in moves if isinstance(move, Version))


def _presses(moves: list[Move]) -> tuple[Press, ...]:
    return tuple(move for move in moves if isinstance(move, Press))
