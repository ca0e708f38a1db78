"""What organisers and operators read of people who cannot be served."""

import re
from dataclasses import replace
from itertools import product

import pytest

from bot.domain.event import PersonId
from bot.domain.people import Answer, How, Problem, Sought
from bot.sandbox import blocks
from bot.services import organising
from bot.slack.calls import Nothing, Post
from bot.slack.drawing import draw
from bot.slack.remedies import problem_line
from bot.slack.screens.organisers import people_problems
from storage import Storage
from tests.builders import (
    THURSDAY,
    WORKSPACE,
    an_event,
    sought_organiser,
    sought_rapporteur,
)
from tests.services.test_seeking import NOT_FOUND, naming

ORGANISER = PersonId("UORGANISER")
BY_EMAIL = sought_rapporteur("2.2", "name@office.example", How.EMAIL)


def troubled(code: str, how: How = How.HANDLE, problem: Problem = Problem.NOT_FOUND) -> Sought:
    return replace(sought_rapporteur(code, f"whom-{code}", how), problem=problem)


@pytest.mark.parametrize(("how", "problem"), list(product(How, Problem)))
def test_each_problem_is_said_in_short_sentences_with_what_to_do(how: How, problem: Problem) -> None:
    line = problem_line(replace(troubled("2.2", how, problem), person=None))
    assert line.startswith("2.2, rapporteur whom-2.2: ")
    sentences = re.split(r"(?<=[.?])\s", line)
    assert len(sentences) > 1
    assert [each for each in sentences if "!" in each or len(each.split()) > 24] == []
    assert sentences[-1].endswith(("apply it again.", "asks again by itself."))


def test_the_scope_that_is_missing_is_named() -> None:
    assert "users:read.email" in problem_line(troubled("2.2", How.EMAIL, Problem.MAY_NOT_LOOK))
    assert "scope users:read." in problem_line(troubled("2.2", How.HANDLE, Problem.MAY_NOT_LOOK))


def test_the_notification_names_nobody_and_the_message_only_what_the_file_says() -> None:
    people = (replace(BY_EMAIL, problem=Problem.NOT_FOUND, name="Some One"),)
    screen = people_problems(an_event(), people)
    assert screen.text == "One person of Marrakesh 2018 cannot be served yet."
    shown = str(screen.as_json())
    assert "name@office.example" in shown
    assert "Some One" not in shown


def test_however_many_there_are_it_is_one_message_that_slack_takes() -> None:
    people = tuple(troubled(f"{number}.1") for number in range(400))
    people = tuple(replace(each, whom="x" * 400) for each in people)
    screen = people_problems(an_event(), people)
    blocks.check(screen.as_json())
    assert "And 380 more" in str(screen.as_json())
    assert screen.text.startswith("400 people")


async def drawn(storage: Storage) -> Post | Nothing:
    """What the waiting message for the organiser comes to now."""
    rows = await storage.write(
        lambda tx: tx.outbox.claim(
            WORKSPACE, now=THURSDAY, real_now=THURSDAY, lease=-THURSDAY.resolution, at_most=1
        )
    )
    call = (await storage.read(lambda tx: draw(tx, rows[0], THURSDAY))).call
    assert isinstance(call, Post | Nothing)
    return call


async def test_what_is_solved_meanwhile_is_not_told(storage: Storage) -> None:
    programme = naming(BY_EMAIL, sought_organiser(ORGANISER))
    answers = {BY_EMAIL.key: NOT_FOUND}
    await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY, answers))
    assert isinstance(await drawn(storage), Post)
    solved = {BY_EMAIL.key: Answer(person=PersonId("UFOUND"))}
    await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY, solved))
    assert await drawn(storage) == Nothing(why="it is solved")


async def test_who_is_no_organiser_any_more_is_told_nothing(storage: Storage) -> None:
    programme = naming(BY_EMAIL, sought_organiser(ORGANISER))
    answers = {BY_EMAIL.key: NOT_FOUND}
    await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY, answers))
    await storage.write(lambda tx: organising.apply_event(tx, naming(BY_EMAIL), THURSDAY))
    assert await drawn(storage) == Nothing(why="the event is no longer this person's")
