"""What people read of a session that changed: once, as things stand, and never in quiet hours."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from bot.domain.event import EventSettings, PersonId
from bot.domain.programme import Programme
from bot.domain.rungs import QuietHours
from bot.services import organising
from bot.slack.calls import Call, Nothing, NotYet, Post
from bot.slack.drawing import draw
from storage import State, Storage
from tests.builders import RAPPORTEUR, THURSDAY, WORKSPACE, a_programme
from tests.services.test_organising import apply, named, note, with_session

THIRD = PersonId("UTHIRD")
HOUR = timedelta(hours=1)
ZONE = "Africa/Casablanca"  # an hour ahead of UTC that December
NIGHT = THURSDAY + timedelta(hours=8, minutes=30)  # 22:30
MORNING = THURSDAY + timedelta(hours=17, minutes=30)  # 07:30 of Friday
PROGRAMME = a_programme()
LATER = with_session(PROGRAMME, "2.2", starts_at=THURSDAY + HOUR, ends_at=THURSDAY + 3 * HOUR)


@pytest.fixture
async def event(storage: Storage) -> Storage:
    await apply(storage, PROGRAMME)
    return storage


async def calls(storage: Storage, now: datetime = THURSDAY) -> list[Call]:
    """What each waiting message comes to now, as delivery would see to it."""
    found: list[Call] = []
    while rows := await storage.write(lambda tx: tx.outbox.claim(
        WORKSPACE, now=now, real_now=now, lease=timedelta(minutes=1), at_most=9
    )):  # fmt: skip
        for row in rows:
            call = (await storage.read(lambda tx, row=row: draw(tx, row, now))).call
            if isinstance(call, NotYet):
                await storage.write(
                    lambda tx, row=row, call=call: tx.outbox.postpone(
                        row, call.until, now, in_peace=call.in_peace
                    )
                )
            else:
                await storage.write(lambda tx, row=row: tx.outbox.settle(row, State.SETTLED, now))
            found.append(call)
    return found


async def texts(storage: Storage, now: datetime = THURSDAY) -> list[str]:
    return [each.screen.text for each in await calls(storage, now) if isinstance(each, Post)]


async def test_a_move_reads_as_the_session_stands(event: Storage) -> None:
    await apply(event, LATER)
    assert await texts(event) == ["2.2 is now at 15:00 in Marrakesh. The report is due as before."]


async def test_a_move_to_tomorrow_reads_as_people_say_it(event: Storage) -> None:
    tomorrow = with_session(PROGRAMME, "2.2", starts_at=THURSDAY + 20 * HOUR, ends_at=THURSDAY + 21 * HOUR)
    await apply(event, tomorrow)
    (told,) = await texts(event)
    assert told.startswith("2.2 is now tomorrow, Fri 7 Dec, 10:00 in Marrakesh.")


async def test_of_a_move_that_was_moved_again_only_the_last_is_told(event: Storage) -> None:
    again = with_session(LATER, "2.2", room="Roseraie")
    for programme in (LATER, again):
        await apply(event, programme)
    assert await texts(event) == [
        "2.2 is now at 15:00 in Marrakesh, room Roseraie. The report is due as before."
    ]
    await apply(event, LATER)
    await apply(event, with_session(LATER, "2.2", is_cancelled=True))
    assert await texts(event) == ["2.2 was cancelled. Nothing is due."]


async def test_in_quiet_hours_it_waits_for_their_end(event: Storage) -> None:
    await apply(event, LATER)
    assert await calls(event, NIGHT) == [NotYet(until=MORNING, in_peace=True)]
    for now in (NIGHT + timedelta(minutes=3), NIGHT + 5 * HOUR, MORNING - timedelta(seconds=1)):
        assert await calls(event, now) == []
    assert len(await texts(event, MORNING)) == 1


async def test_quiet_hours_that_become_others_hold_until_their_own_end(event: Storage) -> None:
    await apply(event, LATER)
    await calls(event, NIGHT)
    early = EventSettings(quiet=QuietHours(ends=time(6)))
    await apply(event, replace(LATER, event=replace(PROGRAMME.event, settings=early)))
    assert NotYet(until=MORNING - HOUR - HOUR / 2, in_peace=True) in await calls(event, NIGHT + HOUR)


DUE_EARLIER = PROGRAMME.event.due_at - HOUR
ELSEWHERE = with_session(LATER, "2.2", room="Roseraie", due_at=DUE_EARLIER)
OFF = with_session(PROGRAMME, "2.2", is_cancelled=True)
DUE_TOO = "2.2 is now on Thu 6 Dec, 15:00 in Marrakesh. The report is due 13:30 in Marrakesh."
FROM_THREE = "2.2 is now on Thu 6 Dec, 15:00 in Marrakesh. The report is due as before."


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ((LATER, PROGRAMME), []),
        ((LATER, PROGRAMME, LATER), [FROM_THREE]),
        ((LATER, OFF, PROGRAMME), []),
        ((OFF, PROGRAMME), []),
        ((OFF, LATER), [FROM_THREE]),
        ((LATER, OFF), ["2.2 was cancelled. Nothing is due."]),
        ((OFF, PROGRAMME, OFF), ["2.2 was cancelled. Nothing is due."]),
        ((LATER, ELSEWHERE, LATER), [FROM_THREE]),
        ((LATER, with_session(LATER, "2.2", due_at=DUE_EARLIER)), [DUE_TOO]),
    ],
    ids=[
        "back",
        "there again",
        "off and back",
        "on again",
        "on elsewhere",
        "off",
        "off again",
        "due back",
        "due moves while it waits",
    ],
)
async def test_of_what_changes_back_in_the_night_nobody_is_told(
    event: Storage, changes: tuple[Programme, ...], told: list[str]
) -> None:
    for programme in changes:
        await apply(event, programme)
        assert await texts(event, NIGHT) == []
    assert await texts(event, MORNING) == told


async def test_what_was_told_is_taken_back_in_words(event: Storage) -> None:
    await apply(event, LATER)
    await texts(event)
    await apply(event, PROGRAMME)
    assert await texts(event) == ["2.2 is now at 14:00 in Marrakesh. The report is due as before."]


async def test_what_is_being_sent_at_that_moment_counts_as_told(event: Storage) -> None:
    await apply(event, LATER)
    now, lease = THURSDAY, timedelta(minutes=1)
    claimed = await event.write(
        lambda tx: tx.outbox.claim(WORKSPACE, now=now, real_now=now, lease=lease, at_most=9)
    )
    assert len(claimed) == 1
    await apply(event, PROGRAMME)
    kinds = [row.kind for row in await event.read(lambda tx: tx.operators.listing())]
    assert kinds == ["Moved", "Moved"]


async def test_each_event_has_its_own_quiet_hours(event: Storage) -> None:
    quiet = QuietHours(starts=time(12), ends=time(18))
    its = replace(PROGRAMME.event, settings=EventSettings(quiet=quiet))
    await apply(event, replace(LATER, event=its))
    assert await texts(event) == []
    assert len(await texts(event, NIGHT)) == 1


async def test_a_cancelled_session_says_what_is_kept(event: Storage) -> None:
    await note(event, 1)
    await note(event, 2)
    off = with_session(PROGRAMME, "2.2", is_cancelled=True)
    await apply(event, off)
    assert "2.2 was cancelled. Nothing is due. Your 2 notes are kept." in await texts(event, THURSDAY + HOUR)


async def test_who_handed_over_is_told_unless_it_is_theirs_again(event: Storage) -> None:
    await note(event, 1)
    first = replace(PROGRAMME.sought[0], whom=THIRD, person=THIRD)
    await apply(event, named(PROGRAMME, first))
    told = await texts(event, THURSDAY + HOUR)
    assert [text for text in told if text.startswith("2.2 is handed over.")] == [
        "2.2 is handed over. Reminders to you have stopped. "
        "Changes to your old messages no longer reach the report."
    ]
    for programme in (PROGRAMME, named(PROGRAMME, first), PROGRAMME):
        await apply(event, programme)
    assert await calls(event, THURSDAY + HOUR) == [Nothing(why="it is theirs again")]


async def test_nobody_is_told_of_an_event_that_is_new(storage: Storage) -> None:
    await storage.write(lambda tx: organising.apply_event(tx, PROGRAMME, THURSDAY))
    assert await calls(storage) == []
    assert RAPPORTEUR in {each.person for each in PROGRAMME.assignments}
