"""Whom a file names, against whom Slack knows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.event import PersonId
from bot.domain.people import Answer, How, Member, Problem, Sought, answer_of, answered, asked_afresh
from tests.builders import THURSDAY, sought_organiser, sought_rapporteur

MEMBER = Member(
    id=PersonId("U1"),
    handles=("some.name", "Display Name"),
    email="name@office.example",
    is_deactivated=False,
    is_bot=False,
)
OTHER = replace(MEMBER, id=PersonId("U2"))
GONE, APP = replace(MEMBER, is_deactivated=True), replace(MEMBER, is_bot=True)
FOUND = replace(
    sought_rapporteur("2.2", "some.name", How.HANDLE), person=PersonId("U1"), served_since=THURSDAY
)
LATER = THURSDAY + timedelta(hours=1)


@pytest.mark.parametrize(
    ("how", "whom", "fits"),
    [
        (How.EMAIL, "NAME@Office.example", True),
        (How.EMAIL, "name@office", False),
        (How.HANDLE, "@Some.Name", True),
        (How.HANDLE, "display name", True),
        (How.HANDLE, "some", False),
        (How.ID, "U1", True),
        (How.ID, "u1", False),
    ],
)
def test_case_does_not_matter_but_for_a_member_id(how: How, whom: str, fits: bool) -> None:
    assert sought_rapporteur("2.2", whom, how).fits(MEMBER) is fits


def test_accents_typed_in_two_ways_are_the_same() -> None:
    composed, apart = "Andr\u00e9", "Andre\u0301"
    assert sought_rapporteur("2.2", apart, How.HANDLE).fits(replace(MEMBER, handles=(composed,)))


def test_who_was_found_is_known_by_member_id_whatever_their_name_is_now() -> None:
    assert FOUND.fits(replace(MEMBER, handles=("another.name",)))
    assert not FOUND.fits(OTHER)


@pytest.mark.parametrize(
    ("members", "answer"),
    [
        ([], Answer(problem=Problem.NOT_FOUND)),
        ([MEMBER], Answer(person=MEMBER.id)),
        ([MEMBER, OTHER], Answer(problem=Problem.FOUND_TWICE)),
        ([GONE, OTHER], Answer(person=OTHER.id)),
        ([GONE], Answer(problem=Problem.DEACTIVATED)),
        ([APP], Answer(problem=Problem.IS_BOT)),
        ([APP, OTHER], Answer(person=OTHER.id)),
        ([APP, GONE], Answer(problem=Problem.DEACTIVATED)),
    ],
)
def test_one_active_person_is_found_and_anything_else_is_a_problem(
    members: list[Member], answer: Answer
) -> None:
    assert answer_of(members) == answer


@pytest.mark.parametrize("problem", [Problem.AWAY, Problem.MAY_NOT_LOOK])
def test_who_was_found_stays_served_when_slack_does_not_tell(problem: Problem) -> None:
    assert answered(FOUND, Answer(problem=problem), LATER) == replace(FOUND, checked_at=LATER)


def test_a_known_problem_is_not_forgotten_while_slack_is_away() -> None:
    sought = replace(sought_rapporteur("2.2", "@nobody", How.HANDLE), problem=Problem.NOT_FOUND)
    assert answered(sought, Answer(problem=Problem.AWAY), LATER).problem is Problem.NOT_FOUND
    assert answered(sought, Answer(problem=Problem.MAY_NOT_LOOK), LATER).problem is Problem.MAY_NOT_LOOK


def test_who_comes_back_is_served_since_then_and_would_be_told_of_again() -> None:
    gone = replace(FOUND, problem=Problem.DEACTIVATED, told=Problem.DEACTIVATED)
    back = answered(gone, Answer(person=MEMBER.id), LATER)
    assert (back.problem, back.told, back.served_since) == (None, None, LATER)
    again = answered(back, Answer(person=MEMBER.id), LATER + timedelta(hours=1))
    assert again.served_since == LATER


def test_who_has_a_problem_is_sought_again_by_the_files_words() -> None:
    assert asked_afresh(FOUND) == FOUND
    assert asked_afresh(replace(FOUND, problem=Problem.DEACTIVATED)).person is None
    by_id = replace(sought_rapporteur("2.2", "U1"), problem=Problem.NOT_FOUND)
    assert asked_afresh(by_id) == by_id


def test_a_key_is_of_the_words_and_shows_nothing_of_them() -> None:
    def key(sought: Sought) -> str:
        return sought.key

    by_email = sought_rapporteur("2.2", "name@office.example", How.EMAIL)
    assert key(by_email) == key(replace(by_email, whom="Name@office.example", person=PersonId("U1")))
    others = [
        sought_rapporteur("1.2", "name@office.example", How.EMAIL),
        sought_rapporteur("2.2", "name@office.example", How.HANDLE),
        sought_organiser("name@office.example", How.EMAIL),
    ]
    assert len({key(each) for each in (by_email, *others)}) == 4
    assert "name" not in key(by_email)
