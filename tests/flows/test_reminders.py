"""Reminders as people meet them: the right sentence at the right time on the wall, each exactly once."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

import pytest

from bot.demo import players
from bot.demo.stage import BotProcess, Stage, free_port
from bot.domain import wall
from bot.domain.moment import Ts, moment_of
from tests.flows.conftest import Staged
from tests.flows.test_day import answer, answers

R22 = players.rapporteur("2.2")
ZONE = "Africa/Casablanca"
PEOPLE = [players.rapporteur(each) for each in players.SESSIONS]
LADDER = [
    ("Thu 6 Dec", "14:00", "Roundtable 2.2 is yours to report."),
    ("Thu 6 Dec", "16:35", "Roundtable 2.2 has ended."),
    ("Thu 6 Dec", "20:30", "2.2 is due tomorrow, Fri 7 Dec, 14:30 in Marrakesh."),
    ("Fri 7 Dec", "08:30", "Good morning. 2.2 is due today, 14:30 in Marrakesh."),
    ("Fri 7 Dec", "11:30", "2.2 is due at 14:30 in Marrakesh, in three hours."),
    ("Fri 7 Dec", "13:30", "One hour left: 2.2 is due at 14:30 in Marrakesh."),
    ("Fri 7 Dec", "14:15", "15 minutes left for 2.2."),
    ("Fri 7 Dec", "14:35", "2.2 was due at 14:30 in Marrakesh."),
]
LAST_HOUR = "One hour left: {} is due at 14:30 in Marrakesh."


async def now(set_up: Stage) -> datetime:
    return datetime.fromisoformat((await set_up.driver.status())["now"])


async def go_to(set_up: Stage, day: str, clock: str) -> None:
    """Move the demo's clock to a second after a time on the wall."""
    moment = await now(set_up)
    date = 6 if day.startswith("Thu") else 7
    hour, minute = map(int, clock.split(":"))
    there = wall.instant_of(datetime(2018, 12, date, hour, minute, 1), ZONE)  # noqa: DTZ001 - a wall time
    if there > moment:
        await set_up.driver.forward((there - moment).total_seconds())


async def said(set_up: Stage, person: str) -> list[tuple[str, str, str]]:
    """Day, time on the wall and first sentence of everything that somebody was told."""
    return [
        (wall.day(at, ZONE), wall.clock(at, ZONE), each["text"])
        for each in await answers(set_up, person)
        for at in [moment_of(Ts(each["ts"]))]
    ]


async def test_from_thursday_to_friday_each_rung_comes_at_its_time_on_the_wall(staged: Staged) -> None:
    async with staged() as set_up:
        for day, clock, sentence in LADDER:
            await go_to(set_up, day, clock)
            await answer(set_up, R22, sentence)
            await set_up.driver.until(lambda: _only_the_newest_has_buttons(set_up))
        assert await said(set_up, R22) == LADDER


async def _only_the_newest_has_buttons(set_up: Stage) -> bool:
    _, *rungs = await answers(set_up, R22)
    return [_has_buttons(each) for each in rungs] == [each is rungs[-1] for each in rungs]


def _has_buttons(message: dict[str, object]) -> bool:
    blocks = message["blocks"]
    assert isinstance(blocks, list)
    return any(block["type"] == "actions" for block in blocks)


async def test_the_buttons_of_a_reminder_do_their_deeds(staged: Staged) -> None:
    async with staged() as set_up:
        await answer(set_up, R22, "is yours to report")
        await go_to(set_up, "Fri", "11:30")
        reminder = await answer(set_up, R22, "in three hours")
        await set_up.driver.choose(R22, reminder["ts"], "In 1 hour")
        put_off = await answer(set_up, R22, "I write again at 12:3")
        assert put_off["ts"] == reminder["ts"]
        await set_up.driver.press(R22, reminder["ts"], "reminder.undo")
        await answer(set_up, R22, "in three hours")
        await set_up.driver.choose(R22, reminder["ts"], "I cannot")
        await answer(set_up, R22, "Thank you for saying so.")
        await answer(set_up, players.ORGANISER, "2.2: its rapporteur cannot report it.")


async def each_was_reminded(set_up: Stage) -> Counter[str]:
    """How often each was told that one hour is left; waits until everybody was."""

    async def counted() -> Counter[str] | None:
        found = Counter(
            {
                person: len([text for _, _, text in await said(set_up, person) if text == _last(person)])
                for person in PEOPLE
            }
        )
        return found if all(found[person] for person in PEOPLE) else None

    told: Counter[str] = await set_up.driver.until(counted, 60)
    return told


def _last(person: str) -> str:
    code = next(each for each in players.SESSIONS if players.rapporteur(each) == person)
    return LAST_HOUR.format(code)


ONCE = Counter(dict.fromkeys(PEOPLE, 1))


async def test_each_rung_comes_once_though_the_bot_is_killed_again_and_again(
    staged: Staged, database_url: str
) -> None:
    async with staged(database_url=database_url) as set_up:
        await answer(set_up, R22, "is yours to report")
        await set_up.driver.plant("slow_before", method="chat.postMessage", seconds=0.3, count=20)
        await go_to(set_up, "Fri", "13:30")
        for _ in range(3):
            await asyncio.sleep(1.0)
            await set_up.bot.kill()
            await set_up.bot.start()
        await each_was_reminded(set_up)
        await asyncio.sleep(2)  # a second one would come by now
        assert await each_was_reminded(set_up) == ONCE


async def test_each_rung_comes_once_with_two_processes_on_one_database(
    staged: Staged, postgres_url: str, tmp_path: Path
) -> None:
    async with staged(database_url=postgres_url) as set_up, AsyncExitStack() as stack:
        await answer(set_up, R22, "is yours to report")
        first = set_up.bot
        other = BotProcess(
            {**first.environ, "PORT": str(free_port())}, first.clock_file, tmp_path / "2.log", first.module
        )
        await other.start()
        stack.push_async_callback(other.stop)
        await go_to(set_up, "Fri", "13:30")
        await each_was_reminded(set_up)
        await asyncio.sleep(2)  # a second one would come by now
        assert await each_was_reminded(set_up) == ONCE


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_away_and_more_time_go_both_ways(staged: Staged, transport: str) -> None:
    async with staged(transport=transport) as set_up:
        await answer(set_up, R22, "is yours to report")
        await go_to(set_up, "Fri", "13:30")
        reminder = await answer(set_up, R22, LAST_HOUR.format("2.2"))
        await set_up.driver.choose(R22, reminder["ts"], "Ask for time")
        asked = await answer(set_up, players.ORGANISER, "More time is asked for 2.2")
        await set_up.driver.press(players.ORGANISER, asked["ts"], "time.half")
        await answer(set_up, R22, "You have more time for 2.2: it is due at 15:00 in Marrakesh now.")
        await set_up.driver.say(R22, "away 14:40-16:00")
        await answer(set_up, R22, "You are away Fri 7 Dec, 14:40-16:00 in Marrakesh.")
        await answer(set_up, players.ORGANISER, "The rapporteur of 2.2 is away")


LEADS_TWO = players.rapporteur("3.1")  # and 3.2, in the afternoon


async def test_notes_that_strayed_are_asked_about_at_the_session_s_end_and_moved_by_one_press(
    staged: Staged, database_url: str
) -> None:
    async with staged(company=players.SEVEN, database_url=database_url) as set_up:
        await go_to(set_up, "Thu", "14:10")
        await set_up.driver.say(LEADS_TWO, "3.1")
        for text in ("Queues at the consulate", "Apps replace the queue"):
            await set_up.driver.say(LEADS_TWO, text)
        await set_up.driver.until(lambda: _ticked(set_up, "Apps replace the queue"))
        await set_up.bot.kill()
        await go_to(set_up, "Thu", "16:35")
        await set_up.bot.start()
        asked = await answer(set_up, LEADS_TWO, "2 notes typed during 3.2 went to 3.1.")
        await set_up.driver.press(LEADS_TWO, asked["ts"], "notes.move")
        await answer(set_up, LEADS_TWO, "2 notes are in 3.2 now, without a section.")
        await set_up.driver.press(LEADS_TWO, asked["ts"], "notes.move")
        await answer(set_up, LEADS_TWO, "There is nothing left to move.")
        questions = [text for _, _, text in await said(set_up, LEADS_TWO) if "typed during" in text]
        assert len(questions) == 1


async def _ticked(set_up: Stage, text: str) -> bool:
    history = await set_up.driver.history(LEADS_TWO)
    return any(each["text"] == text and each.get("reactions") for each in history)
