"""What each move is answered with, as a table."""

import pytest

from bot.domain.dialogue import Deed
from bot.domain.replies import (
    AskLine,
    Card,
    Corrected,
    HeldBack,
    KeptApart,
    LineKept,
    Removed,
    Reply,
    Review,
    Say,
    Saying,
    Submitted,
    Tick,
    Welcome,
)
from bot.domain.turns import Move, Turn, advance
from tests.builders import a_dialogue, an_outline, missing, press, ts, version

NEXT = version(1, "next")
LINE = (press(1, Deed.LINE), version(2, "the line"))
SUBMIT = press(5, Deed.SUBMIT, 5)
SUBMITTED = (NEXT, version(2, "a note"), press(5, Deed.SUBMIT, 5))


def turn(*moves: Move) -> Turn:
    """The turn of the last move, after all before it."""
    return advance((an_outline(),), a_dialogue(*moves[:-1]), moves[-1])


@pytest.mark.parametrize(
    ("moves", "replies"),
    [
        ((version(1, "a note"),), (Tick(ts(1)), Welcome())),
        ((version(1, "a note"), version(2, "another")), (Tick(ts(2)),)),
        ((version(1, "  "),), ()),
        ((NEXT,), (Card(section=0, left=None),)),
        ((NEXT, version(2, "next")), (Card(section=1, left=0),)),
        ((NEXT, version(2, "4")), (Card(section=3, left=0),)),
        ((NEXT, version(2, "4"), version(3, "back")), (Card(section=2, left=None),)),
        ((version(1, "6"), version(2, "next")), (Review(),)),
        ((version(1, "6"), version(2, "6")), (Card(section=5, left=None),)),
        ((version(1, "nothing raised"),), (Say(Saying.NO_SECTION),)),
        ((NEXT, version(2, "nothing raised")), (Card(section=1, left=0),)),
        ((version(1, "6"), version(2, "nothing raised")), (Review(),)),
        ((NEXT, press(2, Deed.NOTHING, 3)), (Card(section=4, left=3),)),
        ((press(1, Deed.NEXT, 5),), (Review(),)),
        ((press(1, Deed.OPEN, 2),), (Card(section=2, left=None),)),
        ((press(1, Deed.REPORT, 0),), (Review(),)),
        ((version(1, "help"),), (Say(Saying.HELP),)),
        ((version(1, "report"),), (Review(),)),
        ((version(1, "submit"),), (Review(),)),
        ((version(1, "submit"), version(2, "submit")), (Submitted(ts(2)),)),
        ((press(1, Deed.SUBMIT, 5),), (Submitted(ts(1)),)),
        ((*SUBMITTED, version(6, "late")), (Tick(ts(6)), KeptApart())),
        ((*SUBMITTED, version(6, "2"), version(7, "after going on")), (Tick(ts(7)),)),
        ((*SUBMITTED, version(2, "edited", as_of=6)), (Tick(ts(2)), Corrected(0))),
        ((NEXT, version(2, "a note"), version(2, "edited", as_of=3)), (Tick(ts(2)),)),
        ((NEXT, version(2, "a note"), version(2, None, as_of=3)), (Removed(0),)),
        ((NEXT, version(1, None, as_of=3)), ()),
        ((NEXT, version(1, "2", as_of=3)), (Card(section=1, left=None),)),
        ((NEXT, version(1, "next: funding", as_of=3)), (Say(Saying.NO_SECTION),)),
        ((version(2, "edited", as_of=3),), (Tick(ts(2)),)),
        ((version(2, None, as_of=3),), ()),
        ((version(1, "submit"), version(3, "submit"), version(2, "between, but late")), (Review(),)),
        ((NEXT, NEXT), ()),
        # what comes late, in either order
        ((*SUBMITTED, version(3, "overtaken")), (Tick(ts(3)),)),
        ((*SUBMITTED, version(6, "2"), version(4, "overtaken")), (Tick(ts(4)),)),
        ((version(2, None, as_of=3), version(2, "a note")), ()),
        ((version(2, "edited", as_of=3), version(2, "a note")), (Tick(ts(2)),)),
        ((NEXT, version(5, "3"), version(3, "2")), (Card(section=2, left=1),)),
        ((version(1, "5"), version(6, "next"), version(3, "nothing raised")), (Review(),)),
        # edits that change what a message is
        ((NEXT, version(2, "a note"), version(2, "submit", as_of=3)), (Tick(ts(2)),)),
        ((NEXT, version(2, "a note"), version(2, "  ", as_of=3)), (Removed(0),)),
        ((NEXT, version(2, "  "), version(2, "a note", as_of=3)), (Tick(ts(2)),)),
        ((NEXT, version(2, "a note"), version(2, None, as_of=3), version(2, "old", as_of=2.5)), ()),
        ((NEXT, version(2, "next"), version(2, "next, funding", as_of=3)), (Card(section=0, left=None),)),
        ((version(1, "early"), version(1, None, as_of=2)), (Removed(None),)),
        # after the submit
        ((*SUBMITTED, version(2, None, as_of=6)), (Removed(0, in_digest=True),)),
        ((*SUBMITTED, version(6, "late"), version(6, "edited", as_of=7)), (Tick(ts(6)),)),
        (
            (version(1, "early"), press(2, Deed.SUBMIT, 5), version(1, "edited", as_of=3)),
            (Tick(ts(1)), Corrected(None)),
        ),
        ((*SUBMITTED, press(6, Deed.OPEN, 1)), (Card(section=1, left=None),)),
        ((*SUBMITTED, press(6, Deed.SUBMIT, 5)), (Submitted(ts(6)),)),
        ((*SUBMITTED, version(6, "submit")), (Review(),)),
        ((*SUBMITTED, version(6, "submit"), version(7, "submit")), (Submitted(ts(7)),)),
        ((version(1, "submit"), version(2, "report"), version(3, "submit")), (Submitted(ts(3)),)),
        # twice
        ((NEXT, press(2, Deed.NEXT, 0), press(2, Deed.NEXT, 0)), ()),
        ((version(2, "x"), version(2, "y", as_of=3), version(2, "y", as_of=3)), ()),
    ],
)
def test_the_answer_to_a_move(moves: tuple[Move, ...], replies: tuple[Reply, ...]) -> None:
    assert turn(*moves).replies == replies


@pytest.mark.parametrize(
    ("moves", "replies"),
    [
        ((press(1, Deed.LINE),), (AskLine(),)),
        (LINE, (Tick(ts(2)), LineKept())),
        ((*reversed(LINE),), (LineKept(),)),
        ((*LINE, version(1.5, "next")), (Card(section=0, left=None),)),
        ((*LINE, press(3, Deed.LINE), version(4, "x")), (Tick(ts(4)), LineKept(instead=True))),
        ((*LINE, version(2, "edited", as_of=3)), (Tick(ts(2)),)),
        ((*LINE, version(2, None, as_of=3)), (Removed(None, is_line=True),)),
        ((*LINE, version(2, " ", as_of=3)), (Removed(None, is_line=True),)),
        ((*LINE, press(3, Deed.LINE), version(4, "x"), version(2, None, as_of=5)), ()),
        ((*LINE, missing(2, 3)), (HeldBack(),)),
        ((*LINE, SUBMIT, version(2, "y", as_of=6)), (Tick(ts(2)), Corrected(None, is_line=True))),
        ((*LINE, SUBMIT, version(2, None, as_of=6)), (Removed(None, in_digest=True, is_line=True),)),
        ((press(1, Deed.LINE), SUBMIT, version(6, "late")), (Tick(ts(6)), KeptApart())),
    ],
)
def test_the_answer_to_a_closing_line(moves: tuple[Move, ...], replies: tuple[Reply, ...]) -> None:
    assert turn(*moves).replies == replies


@pytest.mark.parametrize(
    ("moves", "touches"),
    [
        ((NEXT, version(2, "a note")), False),
        (SUBMITTED, True),
        ((*SUBMITTED, version(6, "late")), False),
        ((*LINE, SUBMIT), True),
        ((*LINE, SUBMIT, version(2, None, as_of=6)), True),
        ((*LINE, SUBMIT, version(1.5, "typed before it, and is the line")), True),
        ((*LINE, SUBMIT, press(6, Deed.LINE), version(7, "another")), False),
        ((*SUBMITTED, version(2, "edited", as_of=6)), True),
        ((*SUBMITTED, version(2, None, as_of=6)), True),
        ((*SUBMITTED, version(3, "overtaken")), True),
        ((*SUBMITTED, version(6, "2")), False),
        ((version(1, "submit"), version(3, "submit"), version(2, "between, but late")), True),
        ((*SUBMITTED, version(6, "late"), version(6, None, as_of=7)), False),
        ((*SUBMITTED, version(6, "late"), press(7, Deed.SUBMIT, 5)), True),
        ((*SUBMITTED, version(1.5, "next")), True),
        ((*SUBMITTED, press(1.5, Deed.NEXT, 2)), True),
        ((*SUBMITTED, press(6, Deed.NOTHING, 2)), False),
    ],
)
def test_readers_are_concerned_by_what_changes_what_was_submitted(
    moves: tuple[Move, ...], touches: bool
) -> None:
    assert turn(*moves).touches_digest is touches
