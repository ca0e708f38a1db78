"""Several reports of one person: which one a note belongs to, and what moves it."""

from dataclasses import replace

import pytest

from bot.domain.dialogue import Deed, Press
from bot.domain.event import SessionCode
from bot.domain.fold import walks
from bot.domain.replies import (
    Card,
    NotesMoved,
    NoValue,
    Reply,
    Review,
    Say,
    Saying,
    Submitted,
    Switched,
    Tick,
    Welcome,
    Which,
)
from bot.domain.template import Fill
from bot.domain.turns import Move, Turn, advance, asks_for_value
from bot.domain.walks import Outline, Walks, strayed
from tests.builders import a_dialogue, a_template_of_kinds, an_outline, missing, press, ts, version

MORNING = an_outline(3, "1.2", runs=(100, 200))
NOON = an_outline(3, "2.2", runs=(300, 400))
BOTH = (MORNING, NOON)
A, B = SessionCode("1.2"), SessionCode("2.2")


def stands(*moves: Move, outlines: tuple[Outline, ...] = BOTH) -> Walks:
    return walks(outlines, a_dialogue(*moves))


def homes(*moves: Move, outlines: tuple[Outline, ...] = BOTH) -> dict[str, str | None]:
    """Each note by its report."""
    found = stands(*moves, outlines=outlines)
    placed = {ts: session for session, walk in found.reports.items() for ts in walk.notes}
    return {**placed, **dict.fromkeys(found.unplaced)}


def turn(*moves: Move, outlines: tuple[Outline, ...] = BOTH) -> Turn:
    """The turn of the last move, after all before it."""
    dialogue = a_dialogue()
    for move in moves[:-1]:
        dialogue = advance(outlines, dialogue, move).dialogue
    return advance(outlines, dialogue, moves[-1])


NOTE = "a note"


def test_a_note_belongs_to_the_report_that_is_open_whatever_runs() -> None:
    assert homes(version(1, "1.2"), version(350, NOTE)) == {ts(350): A}


def test_with_none_open_it_belongs_to_the_only_session_that_runs() -> None:
    assert homes(version(150, NOTE), version(350, NOTE)) == {ts(150): A, ts(350): B}


def test_with_two_running_or_none_it_belongs_to_none_yet() -> None:
    at_once = (MORNING, replace(NOON, starts_at=MORNING.starts_at))
    assert homes(version(250, NOTE)) == {ts(250): None}
    assert homes(version(150, NOTE), outlines=at_once) == {ts(150): None}


def test_a_session_that_has_ended_does_not_run() -> None:
    assert homes(version(199.9, NOTE), version(200, NOTE)) == {ts(199.9): A, ts(200): None}


@pytest.mark.parametrize(
    "says", [press(260, Deed.TAKE, 0, "1.2"), version(260, "1.2")], ids=["press", "code"]
)
def test_saying_which_takes_all_such_notes_and_those_after_it(says: Move) -> None:
    found = stands(version(250, NOTE), version(255, NOTE), says, version(270, NOTE))
    assert found.of(A).notes == {ts(250): None, ts(255): None, ts(270): 0}
    assert (found.unplaced, found.open) == ((), A)


def test_a_note_that_arrives_after_the_answer_is_taken_by_it_too() -> None:
    assert homes(press(260, Deed.TAKE, 0, "2.2"), version(250, NOTE)) == {ts(250): B}


def test_switch_goes_round_in_the_order_of_the_programme_and_takes_nothing() -> None:
    words = [version(at, "switch") for at in (10, 20, 30)]
    assert [stands(*words[:count]).open for count in (1, 2, 3)] == [A, B, A]
    assert homes(version(5, NOTE), words[0]) == {ts(5): None}


def test_a_late_switch_re_files_what_came_after_it() -> None:
    moves = (version(1, "1.2"), version(10, NOTE))
    assert homes(*moves, version(5, "switch")) == {ts(10): B}


def test_switch_and_codes_are_notes_of_who_has_one_report() -> None:
    assert homes(version(1, "switch"), version(2, "2.2"), outlines=(NOON,)) == {ts(1): B, ts(2): B}


def test_sections_are_those_of_the_open_report() -> None:
    found = stands(
        version(1, "1.2"), version(2, "3"), version(3, "2.2"), version(4, "next"), version(5, "1.2")
    )
    assert (found.of(A).section, found.of(B).section) == (2, 1)


def test_a_submit_closes_the_report_so_that_the_running_session_gets_the_next_note() -> None:
    moves = (version(150, NOTE), press(210, Deed.SUBMIT, 2, "1.2"), version(250, NOTE), version(350, NOTE))
    assert homes(*moves) == {ts(150): A, ts(250): None, ts(350): B}


def test_a_button_of_an_earlier_version_is_of_the_first_report() -> None:
    assert stands(press(1, Deed.OPEN, 2)).of(A).section == 2


def test_what_is_typed_before_an_assignment_or_after_it_is_not_of_it() -> None:
    outlines = (replace(MORNING, until=ts(50)), replace(NOON, since=ts(20)))
    assert homes(version(10, NOTE), version(60, NOTE), outlines=outlines) == {ts(10): A, ts(60): B}


def test_changes_after_the_hand_over_do_not_reach_the_report() -> None:
    outlines = (replace(MORNING, until=ts(50)),)
    moves = (version(10, NOTE), version(20, NOTE), version(10, None, as_of=60), version(20, None, as_of=40))
    assert homes(*moves, outlines=outlines) == {ts(10): A}
    assert turn(*moves[:3], outlines=outlines).replies == (Say(Saying.NOT_YOURS),)


STRAYED = (version(1, "1.2"), version(350, NOTE), version(360, NOTE), version(450, NOTE))


def test_notes_typed_during_another_session_have_strayed_and_move_together() -> None:
    assert strayed(stands(*STRAYED), B) == (ts(350), ts(360))
    moved = stands(*STRAYED, press(460, Deed.MOVE, 0, "2.2"))
    assert moved.of(B).notes == {ts(350): None, ts(360): None}
    assert (moved.of(A).notes, strayed(moved, B), moved.open) == ({ts(450): 0}, (), A)


def test_they_stay_when_their_author_says_so() -> None:
    left = stands(*STRAYED, press(460, Deed.LEAVE, 0, "2.2"))
    assert (strayed(left, B), set(left.of(A).notes)) == ((), {ts(350), ts(360), ts(450)})


def test_a_note_that_is_held_back_stays_so_when_it_moves() -> None:
    found = stands(*STRAYED, missing(350, 455), press(460, Deed.MOVE, 0, "2.2"))
    assert (set(found.of(B).notes), set(found.of(B).held)) == ({ts(360)}, {ts(350)})


def test_keeping_what_is_held_back_is_of_one_report() -> None:
    moves = (version(150, NOTE), version(350, NOTE), missing(150, 500), missing(350, 500))
    found = stands(*moves, press(510, Deed.KEEP, 0, "2.2"))
    assert (set(found.of(A).held), set(found.of(B).notes)) == ({ts(150)}, {ts(350)})


def test_a_co_rapporteurs_submit_is_none_also_when_they_lead_later() -> None:
    co = (replace(NOON, submits=False),)
    moves = (version(1, NOTE), version(2, "submit"), version(3, "submit"), press(4, Deed.SUBMIT, 2, "2.2"))
    last = turn(*moves, outlines=co)
    assert last.replies == (Say(Saying.LEAD_SUBMITS),)
    assert walks((NOON,), last.dialogue).of(B).submitted_at is None


def test_what_a_lead_submitted_stays_so_when_they_lead_no_more() -> None:
    dialogue = turn(version(1, NOTE), press(4, Deed.SUBMIT, 2, "2.2"), outlines=(NOON,)).dialogue
    assert walks((replace(NOON, submits=False),), dialogue).of(B).submitted_at == ts(4)


def test_which_session_ran_is_kept_once_beside_each_message_of_who_has_several() -> None:
    assert turn(version(350, NOTE)).facts == (Press(ts(350), Deed.DURING, 0, B),)
    assert turn(version(350, NOTE), version(350, "edited", as_of=360)).facts == ()
    assert turn(version(250, NOTE)).facts == (Press(ts(250), Deed.DURING, 0, None),)
    assert turn(version(350, NOTE), outlines=(NOON,)).facts == ()


@pytest.mark.parametrize(
    ("moves", "session", "replies"),
    [
        ((version(250, NOTE),), None, (Tick(ts(250)), Which())),
        ((version(250, NOTE), version(255, NOTE)), None, (Tick(ts(255)),)),
        ((version(250, NOTE), version(250, "edited", as_of=251)), None, (Tick(ts(250)),)),
        ((version(250, NOTE), version(250, None, as_of=251)), None, ()),
        ((version(250, NOTE), press(260, Deed.TAKE, 0, "1.2")), A, (Card(section=0, left=None),)),
        ((version(250, "next"),), None, (Which(of_command=True),)),
        ((version(250, "2"),), None, (Which(of_command=True),)),
        ((version(250, "report"),), None, (Which(of_command=True),)),
        ((version(250, "submit"),), None, (Which(of_command=True),)),
        ((version(240, NOTE), version(250, "report")), None, (Which(of_command=True),)),
        ((version(250, "help"),), None, (Say(Saying.HELP),)),
        ((version(350, NOTE),), B, (Tick(ts(350)), Welcome())),
        ((version(150, NOTE), version(350, NOTE)), B, (Tick(ts(350)),)),
        ((version(350, "next"),), B, (Card(section=0, left=None),)),
        ((version(1, "switch"),), A, (Switched(None),)),
        ((version(1, "switch"), version(2, "switch")), B, (Switched(A),)),
        ((version(1, "1.2"), version(2, "2.2")), B, (Switched(A),)),
        ((version(1, "1.2"), version(3, "3"), version(2, "switch")), B, (Switched(None),)),
        ((version(1, "1.2"), version(2, "submit"), version(3, "submit")), A, (Submitted(ts(3)),)),
        ((version(1, "1.2"), version(2, "submit"), version(3, "2.2"), version(4, "submit")), B, (Review(),)),
        ((*STRAYED, press(460, Deed.MOVE, 0, "2.2")), B, (NotesMoved(2),)),
        ((*STRAYED, press(460, Deed.LEAVE, 0, "2.2")), B, (Say(Saying.LEFT),)),
    ],
)
def test_the_answer_to_a_move(
    moves: tuple[Move, ...], session: str | None, replies: tuple[Reply, ...]
) -> None:
    last = turn(*moves)
    assert (last.session, last.replies) == (session, replies)


def test_readers_of_both_reports_are_concerned_when_notes_move() -> None:
    submitted = (*STRAYED, press(470, Deed.SUBMIT, 2, "1.2"), press(480, Deed.SUBMIT, 2, "2.2"))
    assert turn(*submitted, press(490, Deed.MOVE, 0, "2.2")).touches == (A, B)


KINDS = a_template_of_kinds()
FILLED = (an_outline([section.fill for section in KINDS.sections]),)


def asked(*moves: Move, text: str) -> NoValue | None:
    move = moves[-1]
    assert not isinstance(move, Press)
    last = turn(*moves, outlines=FILLED)
    return asks_for_value(last, move, lambda _, index: KINDS.sections[index], lambda: text)


def test_a_value_is_asked_for_once_a_section() -> None:
    first, second = version(2, "many"), version(3, "very many")
    assert asked(version(1, "go 3"), first, text="many") == NoValue(section=2, ts=ts(2))
    assert asked(version(1, "go 3"), first, second, text="very many") is None
    assert asked(version(1, "go 3"), version(2, "45"), text="45") is None
    assert asked(version(1, "go 7"), first, text="many") is None


def test_digits_are_the_answer_where_a_value_is_asked_for_and_open_a_section_elsewhere() -> None:
    fills = (Fill.NUMBER, Fill.TEXT, Fill.CHOICES)
    found = stands(
        version(1, "next"), version(2, "2"), version(3, "go 2"), version(4, "3"), version(5, "1"),
        version(6, "back"), version(7, "9"),
        outlines=(an_outline(fills),),
    )  # fmt: skip
    assert found.of(B).notes == {ts(2): 0, ts(5): 2, ts(7): 1}


def test_sections_that_are_not_asked_are_passed_over() -> None:
    fills = (Fill.HEADER, Fill.TEXT, Fill.STATIC, Fill.TEXT, Fill.STATIC)
    outlines = (an_outline(fills),)
    words = ("next", "next", "next", "back", "back", "3", "go 1")
    moves = [version(at, word) for at, word in enumerate(words, 1)]
    sections = [stands(*moves[:count], outlines=outlines).of(B).section for count in range(1, len(words) + 1)]
    assert sections == [1, 3, 3, 1, 1, 3, 1]
    assert turn(*moves[:3], outlines=outlines).replies == (Review(),)


def test_digits_edited_into_a_word_stay_what_they_were_where_they_were_typed() -> None:
    outlines = (an_outline((Fill.NUMBER, Fill.TEXT)),)
    edited = (version(1, "next"), version(2, "2"), version(2, "submit", as_of=3))
    assert homes(*edited, outlines=outlines) == {ts(2): B}
