"""Reminders: once, to whom it concerns, from the database's truth."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.event import PersonId, SessionCode
from bot.domain.nudges import Reminder
from bot.domain.people import Answer
from bot.domain.replies import manner_of
from bot.errors import EventRefused
from bot.services import organising, planning, reminding, seeking
from storage import Storage
from tests.builders import RAPPORTEUR, THURSDAY, WORKSPACE, a_programme, an_assignment, an_event
from tests.support.nudges import clock, outbox, ring, submit, wrote
from tests.support.statements import counted_statements

OTHER = PersonId("UOTHER")
LADDER = ["16:35", "20:30", "08:30", "11:30", "13:30", "14:15", "14:35"]  # in Marrakesh, of one report
LAST_HOUR = datetime(2018, 12, 7, 12, 30, tzinfo=UTC)  # 13:30 in Marrakesh
END = an_event().closing_ends_at


@pytest.fixture
async def event(storage: Storage) -> Storage:
    programme = a_programme({"2.2": RAPPORTEUR, "1.2": OTHER})
    await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
    return storage


async def rings(storage: Storage, *, after: datetime = THURSDAY, until: datetime = END) -> list[str]:
    """Let the alarm ring whenever it should; gives the wall times at which somebody was reminded."""
    told = []
    while (due := await storage.read(lambda tx: tx.reminders.next_due(WORKSPACE))) and due <= until:
        at = max(due, after)
        told += [clock(at)] * len(await ring(storage, at))
    return told


async def test_a_day_has_the_whole_ladder_for_everybody(event: Storage) -> None:
    assert await rings(event) == [each for each in LADDER for _ in range(2)]


async def test_nobody_is_reminded_a_second_before(event: Storage) -> None:
    assert await ring(event, THURSDAY + timedelta(hours=2, minutes=35, seconds=-1)) == []
    assert await ring(event, THURSDAY + timedelta(hours=2, minutes=35)) == [OTHER, RAPPORTEUR]


async def test_it_comes_once(event: Storage) -> None:
    first = await ring(event, LAST_HOUR)
    assert first == [OTHER, RAPPORTEUR]
    assert await ring(event, LAST_HOUR) == []
    assert await ring(event, LAST_HOUR + timedelta(minutes=1)) == []


async def test_two_reports_of_one_person_are_one_message(storage: Storage) -> None:
    programme = a_programme({"2.2": RAPPORTEUR, "1.2": OTHER})
    await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
    await storage.write(lambda tx: tx.programmes.assign(an_assignment("2.2", OTHER, programme.event)))
    await storage.write(lambda tx: planning.replan(tx, programme.event, THURSDAY))
    await ring(storage, LAST_HOUR)
    said = [each.rungs for address, each in await outbox(storage, Reminder) if address == OTHER]
    assert [[each.session for each in rungs] for rungs in said] == [["1.2", "2.2"]]


async def test_it_does_not_come_to_whom_has_submitted(event: Storage) -> None:
    await submit(event, RAPPORTEUR, LAST_HOUR - timedelta(hours=2))
    assert await ring(event, LAST_HOUR) == [OTHER]


async def test_who_wrote_a_moment_ago_is_left_in_peace(event: Storage) -> None:
    await wrote(event, OTHER, LAST_HOUR - timedelta(minutes=14))
    await wrote(event, RAPPORTEUR, LAST_HOUR - timedelta(minutes=16))
    assert await ring(event, LAST_HOUR) == [RAPPORTEUR]


async def test_it_comes_late_after_a_downtime_and_only_the_most_urgent(event: Storage) -> None:
    late = LAST_HOUR + timedelta(minutes=20)
    assert await ring(event, late) == [OTHER, RAPPORTEUR]
    said = [each.rungs for address, each in await outbox(event, Reminder) if address == OTHER]
    assert [[(each.says, each.missed_at) for each in rungs] for rungs in said] == [
        [("one hour left", LAST_HOUR)]
    ]


async def test_nothing_comes_after_the_closing_session(event: Storage) -> None:
    assert await ring(event, END + timedelta(seconds=1)) == []
    assert await event.read(lambda tx: tx.reminders.next_due(WORKSPACE)) is None


async def test_applying_an_event_again_plans_nothing_twice(event: Storage) -> None:
    programme = a_programme({"2.2": RAPPORTEUR, "1.2": OTHER})
    await ring(event, LAST_HOUR)
    await event.write(lambda tx: organising.apply_event(tx, programme, LAST_HOUR))
    assert await ring(event, LAST_HOUR) == []
    assert await rings(event, after=LAST_HOUR) == ["14:15", "14:15", "14:35", "14:35"]


async def test_a_plan_made_anew_in_a_downtime_keeps_when_it_should_have_come(event: Storage) -> None:
    late = LAST_HOUR + timedelta(minutes=20)
    await event.write(lambda tx: planning.replan(tx, an_event(), late))
    await ring(event, late)
    said = [each.rungs[0].missed_at for address, each in await outbox(event, Reminder) if address == OTHER]
    assert said == [LAST_HOUR]


async def test_an_event_whose_closing_session_is_over_is_refused_and_the_option_named(
    storage: Storage,
) -> None:
    late = an_event().closing_at
    with pytest.raises(EventRefused, match="--closing"):
        await storage.write(lambda tx: organising.apply_event(tx, a_programme(), late))


async def test_it_comes_once_though_the_clock_stepped_forth_and_back(event: Storage) -> None:
    early = LAST_HOUR - timedelta(minutes=30)
    await ring(event, early)
    assert await ring(event, early + timedelta(hours=1)) == [OTHER, RAPPORTEUR]
    for at in (early, LAST_HOUR, LAST_HOUR + timedelta(minutes=30)):
        assert await ring(event, at) == []


async def test_the_quiet_hours_are_those_of_the_persons_own_clock_once_slack_tells_of_it(
    storage: Storage,
) -> None:
    """On Tuesday evening in Marrakesh it is the night in Tokyo; from the eve on the event's clock counts."""
    programme = a_programme({"2.2": RAPPORTEUR})
    early = THURSDAY - timedelta(days=4)
    await storage.write(lambda tx: organising.apply_event(tx, programme, early))

    async def wakes(at: datetime) -> datetime:
        return await storage.read(lambda tx: planning.waking(tx, programme.event, RAPPORTEUR, at))

    evening = datetime(2018, 12, 2, 18, 0, tzinfo=UTC)
    assert await wakes(evening) == evening
    (sought,) = programme.sought
    answers = {sought.key: Answer(person=RAPPORTEUR, zone="Asia/Tokyo")}
    await storage.write(lambda tx: seeking.take_answers(tx, WORKSPACE, programme.event.key, answers, early))
    assert await wakes(evening) == datetime(2018, 12, 2, 22, 30, tzinfo=UTC)  # 07:30 in Tokyo
    assert await wakes(THURSDAY) == THURSDAY


async def test_what_quiet_hours_hold_is_looked_at_once_slack_tells_of_another_clock(event: Storage) -> None:
    async def claimed() -> list[str]:
        rows = await event.write(
            lambda tx: tx.outbox.claim(
                WORKSPACE, now=THURSDAY, real_now=THURSDAY, lease=timedelta(minutes=1), at_most=9
            )
        )
        morning = THURSDAY + timedelta(hours=9)
        for row in rows:
            await event.write(lambda tx, row=row: tx.outbox.postpone(row, morning, THURSDAY, in_peace=True))
        return [row.address for row in rows]

    programme = a_programme({"2.2": RAPPORTEUR, "1.2": OTHER})
    told = Reminder(at=THURSDAY)
    manner = manner_of(told, person=OTHER, session="")
    await event.write(lambda tx: tx.outbox.put(WORKSPACE, OTHER, told, manner, THURSDAY))
    assert OTHER in await claimed()
    assert await claimed() == []
    for zone, looks in (("Asia/Tokyo", True), ("Asia/Tokyo", False)):
        answers = {programme.sought[1].key: Answer(person=OTHER, zone=zone)}
        await event.write(
            lambda tx, answers=answers: seeking.take_answers(
                tx, WORKSPACE, programme.event.key, answers, THURSDAY
            )
        )
        assert (OTHER in await claimed()) is looks


@pytest.mark.parametrize("count", [1, 40])
async def test_planning_and_sending_cost_as_many_statements_for_one_as_for_many(
    storage: Storage, count: int
) -> None:
    programme = a_programme({f"2.{number}": PersonId(f"U{number}") for number in range(count)})
    await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
    with counted_statements() as executed:
        await storage.write(lambda tx: planning.replan(tx, programme.event, THURSDAY))
        planned = len(executed)
        await storage.write(lambda tx: reminding.remind(tx, WORKSPACE, LAST_HOUR))
    assert planned <= 14
    assert len(executed) - planned <= 19


async def test_a_report_that_came_in_by_another_hand_changes_the_older_reminder(event: Storage) -> None:
    await ring(event, LAST_HOUR)
    await event.write(
        lambda tx: reminding.report_changed(
            tx, an_event(), SessionCode("2.2"), LAST_HOUR + timedelta(minutes=1)
        )
    )
    listing = await event.read(lambda tx: tx.operators.listing())
    assert [(each.address, each.kind) for each in listing][-1] == (RAPPORTEUR, "Rewritten")
