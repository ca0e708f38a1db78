"""More time that an organiser gave, and the event's file that is applied afterwards."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from bot.domain.change_words import sentences
from bot.domain.programme import Programme
from bot.services import organising, retiming
from storage import Storage, upgrade
from tests.builders import RAPPORTEUR, THURSDAY, WORKSPACE, an_event
from tests.services.test_organising import PROGRAMME, apply, note, with_session
from tests.services.test_retiming import rules
from tests.storage.test_earlier_schemas import at, engine_of

__all__ = ["rules"]  # a fixture

EVENT = an_event()
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
GIVEN = EVENT.due_at + 20 * MINUTE  # 14:50 in Marrakesh; corrections close at 15:00
KEPT = "2.2 keeps its extra time: due Fri 7 Dec 2018, 14:50 in Marrakesh."
GONE = "2.2 has no extra time any more (was due Fri 7 Dec 2018, 14:50): it is due {} in Marrakesh."


@pytest.fixture
async def given(storage: Storage) -> Storage:
    await apply(storage, PROGRAMME)
    await storage.write(lambda tx: tx.parts.give_time(EVENT, PROGRAMME.sessions[0].code, GIVEN))
    return storage


async def due(storage: Storage) -> datetime:
    """When the report of 2.2 is due, as reminders are planned."""
    owed = await storage.read(lambda tx: tx.owed.of(WORKSPACE, EVENT.key, [RAPPORTEUR]))
    (duty,) = owed[RAPPORTEUR].duties
    (assignment,) = await storage.read(lambda tx: tx.events.of_person(WORKSPACE, RAPPORTEUR))
    assert assignment.due_at == duty.due_at
    return duty.due_at


async def said_of(storage: Storage, programme: Programme) -> list[str]:
    """What is said before the programme is applied, as it is now."""
    proposal = await storage.read(lambda tx: organising.propose(tx, programme, THURSDAY))
    told = [*sentences(proposal.changes), *proposal.remarks]
    assert list(await apply(storage, programme)) == list(proposal.changes)
    return [each for each in told if "extra time" in each]


def due_at(moment: datetime, freeze_at: datetime = EVENT.freeze_at) -> Programme:
    return replace(PROGRAMME, event=replace(EVENT, due_at=moment, freeze_at=freeze_at))


FREEZE = EVENT.due_at + 10 * MINUTE


@pytest.mark.parametrize(
    ("wanted", "told", "is_due"),
    [
        (PROGRAMME, [KEPT], GIVEN),
        (with_session(PROGRAMME, "2.2", starts_at=THURSDAY + HOUR), [KEPT], GIVEN),
        (due_at(EVENT.due_at + 5 * MINUTE), [KEPT], GIVEN),
        (due_at(EVENT.due_at - HOUR), [KEPT], GIVEN),
        (due_at(GIVEN), [GONE.format("Fri 7 Dec 2018, 14:50")], GIVEN),
        (
            with_session(PROGRAMME, "2.2", due_at=GIVEN + 5 * MINUTE),
            [GONE.format("Fri 7 Dec 2018, 14:55")],
            GIVEN + 5 * MINUTE,
        ),
        (
            due_at(EVENT.due_at - 16 * HOUR),
            [GONE.format("Thu 6 Dec 2018, 22:30")],
            EVENT.due_at - 16 * HOUR,
        ),
        (
            due_at(EVENT.due_at, FREEZE),
            [
                "2.2 keeps its extra time only until Fri 7 Dec 2018, 14:40 in Marrakesh, when corrections "
                "close (was Fri 7 Dec 2018, 14:50).",
                "2.2 keeps its extra time: due Fri 7 Dec 2018, 14:40 in Marrakesh.",
            ],
            FREEZE,
        ),
    ],
    ids=["the same file", "it moves", "due later", "due earlier", "as much", "more", "another day", "freeze"],
)
async def test_a_file_that_is_applied_again_leaves_what_was_given_or_says_so(
    given: Storage, wanted: Programme, told: list[str], is_due: datetime
) -> None:
    assert await said_of(given, wanted) == told
    assert await due(given) == is_due
    assert [each for each in await said_of(given, wanted) if "only" in each or "any more" in each] == []
    assert await due(given) == is_due


async def test_reminders_are_planned_from_what_was_given_after_the_file_came_again(given: Storage) -> None:
    await apply(given, PROGRAMME)
    owed = await given.read(lambda tx: tx.owed.of(WORKSPACE, EVENT.key, [RAPPORTEUR]))
    assert max(owed[RAPPORTEUR].facts.standing.values()) == GIVEN + 5 * MINUTE


async def test_a_session_that_goes_and_is_kept_as_cancelled_says_nothing_of_it(given: Storage) -> None:
    await note(given, 1)
    assert await said_of(given, with_session(PROGRAMME, "2.2", is_cancelled=True)) == []


async def test_a_zone_s_new_rules_leave_it_on_the_wall(given: Storage, rules: dict[str, str]) -> None:
    rules[EVENT.zone] = "Africa/Abidjan"  # an hour behind
    moved = await given.write(lambda tx: retiming.retime(tx, WORKSPACE, THURSDAY))
    assert [each.by for each in moved if each.time.name == "given"] == [HOUR]
    assert await due(given) == GIVEN + HOUR


async def test_what_was_given_before_there_was_a_column_keeps_its_distance_to_the_closing(
    given: Storage, rules: dict[str, str], database_url: str
) -> None:
    engine = engine_of(database_url)
    with engine.begin() as connection:
        options = {"crosses_workspaces": "migration"}
        connection.execute(text("UPDATE sessions SET given_wall = NULL"), execution_options=options)
    engine.dispose()
    rules[EVENT.zone] = "Africa/Abidjan"
    await given.write(lambda tx: retiming.retime(tx, WORKSPACE, THURSDAY))
    assert await due(given) == GIVEN + HOUR


async def test_a_zone_that_the_file_corrects_leaves_it_on_the_wall(given: Storage) -> None:
    there = replace(PROGRAMME, event=replace(EVENT, zone="Africa/Abidjan"))
    later = {"closing_at", "closing_ends_at", "due_at", "freeze_at"}
    event = replace(there.event, **{name: getattr(EVENT, name) + HOUR for name in later})
    await apply(given, replace(there, event=event))
    assert await due(given) == GIVEN + HOUR


def test_what_was_given_before_there_was_a_column_is_given_still(database_url: str) -> None:
    at(database_url, "0006")
    engine = engine_of(database_url)
    with engine.begin() as connection:
        options = {"crosses_workspaces": "migration"}
        connection.execute(text("UPDATE sessions SET due_wall = NULL"), execution_options=options)
    upgrade(database_url)
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT due_at, given_at FROM sessions"), execution_options=options)
        moments = [tuple(row) for row in rows]
    engine.dispose()
    assert moments
    assert all(before == after for before, after in moments)


def test_the_file_s_own_due_time_is_none_that_was_given(database_url: str) -> None:
    at(database_url, "0006")
    upgrade(database_url)
    engine = engine_of(database_url)
    with engine.begin() as connection:
        options = {"crosses_workspaces": "migration"}
        rows = connection.execute(text("SELECT given_at FROM sessions"), execution_options=options)
        assert {row[0] for row in rows} == {None}
    engine.dispose()
