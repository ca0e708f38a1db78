"""First contact: once, in waking hours, to whoever has a session; and nothing that says the same twice."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.moments import Moment, courses_of, is_at_work, next_moment
from bot.domain.event import PersonId
from bot.domain.people import Answer, How
from bot.services import organising, seeking
from storage import Storage
from tests.builders import THURSDAY, WORKSPACE, a_programme, an_event, sought_rapporteur
from tests.sandbox.local import WORKSPACE as SLACK
from tests.sandbox.local import local_slack
from tests.support.chat import Chats

ONE, BOSS = PersonId("UONE"), PersonId("UBOSS")
PEOPLE = [{"id": each, "name": each, "role": ""} for each in (ONE, BOSS)]
YOURS = "Roundtable 2.2 is yours to report."
WEDNESDAY_NIGHT = datetime(2018, 12, 5, 22, 30, tzinfo=UTC)  # 23:30 in Marrakesh
WEDNESDAY = datetime(2018, 12, 5, 12, 0, tzinfo=UTC)


@pytest.fixture
async def chats(storage: Storage, tmp_path: Path) -> AsyncIterator[Chats]:
    workspace = {**SLACK, "people": PEOPLE, "channels": []}
    async with local_slack(tmp_path, workspace=workspace, at=WEDNESDAY) as slack:
        yield Chats(storage, slack, WEDNESDAY)


async def applied(chats: Chats, at: datetime) -> None:
    programme = a_programme({"2.2": ONE}, organisers=(BOSS,))
    await chats.storage.write(lambda tx: organising.apply_event(tx, programme, at))
    await chats.at(at)


async def test_it_comes_once_also_when_the_event_is_applied_again(chats: Chats) -> None:
    await applied(chats, WEDNESDAY)
    await applied(chats, WEDNESDAY + timedelta(hours=1))
    assert await chats.reads(ONE) == [YOURS]
    assert await chats.labels(ONE) == ["Start", "Not me", "Help"]


async def test_at_night_it_waits_for_the_morning_and_the_alarm_knows_when(chats: Chats) -> None:
    await applied(chats, WEDNESDAY_NIGHT)
    assert await chats.reads(ONE) == []
    morning = datetime(2018, 12, 6, 6, 30, tzinfo=UTC)  # 07:30 in Marrakesh
    assert await chats.rounds() == morning
    await chats.at(morning)
    assert await chats.reads(ONE) == [YOURS]


async def test_what_waits_for_the_morning_is_a_moment_that_matters_until_it_is_said(chats: Chats) -> None:
    await applied(chats, WEDNESDAY_NIGHT)
    morning = datetime(2018, 12, 6, 6, 30, tzinfo=UTC)  # 07:30 in Marrakesh
    courses = await chats.storage.read(lambda tx: courses_of(tx, WORKSPACE, WEDNESDAY_NIGHT))
    assert next_moment(courses, WEDNESDAY_NIGHT) == Moment(
        at=morning, says="Thu 6 Dec, 07:30 in Marrakesh: 1 person is told what is theirs"
    )
    assert not await chats.storage.read(lambda tx: is_at_work(tx, WORKSPACE, WEDNESDAY_NIGHT))
    assert await chats.storage.read(lambda tx: is_at_work(tx, WORKSPACE, morning))
    await chats.at(morning)
    assert not await chats.storage.read(lambda tx: is_at_work(tx, WORKSPACE, morning))
    courses = await chats.storage.read(lambda tx: courses_of(tx, WORKSPACE, morning))
    following = next_moment(courses, morning)
    assert following is not None
    assert following.says.endswith("2.2 begins")


async def test_who_is_found_later_is_contacted_then(chats: Chats) -> None:
    by_handle = sought_rapporteur("2.2", "@name", How.HANDLE)
    programme = a_programme({"2.2": ONE}).__class__(
        event=an_event(),
        templates=a_programme().templates,
        sessions=a_programme().sessions,
        sought=(by_handle,),
        listed=(),
    )
    await chats.storage.write(lambda tx: organising.apply_event(tx, programme, WEDNESDAY))
    await chats.at(WEDNESDAY)
    assert await chats.reads(ONE) == []
    found = {by_handle.key: Answer(person=ONE)}
    key = an_event().key
    await chats.storage.write(lambda tx: seeking.take_answers(tx, WORKSPACE, key, found, WEDNESDAY))
    await chats.at(WEDNESDAY + timedelta(minutes=1))
    assert await chats.reads(ONE) == [YOURS]


async def test_who_was_contacted_is_not_welcomed_once_more_at_the_first_note(chats: Chats) -> None:
    await applied(chats, WEDNESDAY)
    await chats.types(ONE, "A first note")
    assert [each for each in await chats.reads(ONE) if each == YOURS] == [YOURS]


async def test_who_wrote_first_is_welcomed_and_not_contacted(chats: Chats) -> None:
    programme = a_programme({"2.2": ONE})
    await chats.storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
    chats.now = THURSDAY
    await chats.types(ONE, "A first note")
    await chats.at(THURSDAY + timedelta(minutes=1))
    assert [each for each in await chats.reads(ONE) if each == YOURS] == [YOURS]


async def test_a_note_for_another_session_is_no_word_of_this_one(chats: Chats) -> None:
    one, both = a_programme({"2.2": ONE}), a_programme({"2.2": ONE, "1.2": ONE})
    chats.now = THURSDAY
    await chats.storage.write(lambda tx: organising.apply_event(tx, one, THURSDAY))
    await chats.types(ONE, "A first note")
    chats.now += timedelta(minutes=1)
    await chats.storage.write(lambda tx: organising.apply_event(tx, both, chats.now))
    await chats.types(ONE, "2.2")
    await chats.types(ONE, "A note for the one that was theirs")
    await chats.at(chats.now + timedelta(minutes=20))
    assert "Roundtable 1.2 is yours to report." in await chats.reads(ONE)


async def test_not_me_stops_everything_and_the_organisers_are_told_and_it_is_undone(chats: Chats) -> None:
    await applied(chats, WEDNESDAY)
    await chats.press(ONE, "Not me")
    assert await chats.reads(ONE) == ["Thank you. The organisers are told; nothing is asked of you for 2.2."]
    assert await chats.reads(BOSS) == ["2.2: the person named says that it is not theirs."]
    assert await chats.rounds() == an_event().due_at - timedelta(hours=1)  # organisers: it is not in
    await chats.press(ONE, "Undo")
    assert await chats.reads(ONE) == ["Good. 2.2 is yours again, and the organisers are told."]


async def test_help_is_answered(chats: Chats) -> None:
    await applied(chats, WEDNESDAY)
    await chats.press(ONE, "Help")
    assert (await chats.reads(ONE))[-1].startswith("Write; I keep it")
