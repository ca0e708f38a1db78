"""What people answer to reminders, and what comes of it: in their DM, in the plan, with the organisers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.event import PersonId
from bot.services import intake, organising
from bot.services.taken import Taken
from storage import Storage
from tests.builders import THURSDAY, WORKSPACE, a_programme, an_event
from tests.sandbox.local import WORKSPACE as SLACK
from tests.sandbox.local import local_slack
from tests.support.chat import Chats
from tests.support.nudges import clock, said

ONE, OTHER, BOSS, SECOND = (PersonId(each) for each in ("UONE", "UTWO", "UBOSS", "USECOND"))
PEOPLE = [{"id": each, "name": each, "role": ""} for each in (ONE, OTHER, BOSS, SECOND)]
DUE = an_event().due_at
FRIDAY = datetime(2018, 12, 7, 7, 0, tzinfo=UTC)  # 08:00 in Marrakesh


@pytest.fixture
async def chats(storage: Storage, tmp_path: Path) -> AsyncIterator[Chats]:
    """Friday morning, first contact long over; two organisers."""
    programme = a_programme({"2.2": ONE, "1.2": OTHER}, organisers=(BOSS, SECOND))
    await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
    workspace = {**SLACK, "people": PEOPLE, "channels": []}
    async with local_slack(tmp_path, workspace=workspace, at=THURSDAY) as slack:
        opened = Chats(storage, slack, THURSDAY)
        await opened.at(FRIDAY)
        yield opened


async def to_come(chats: Chats, person: str = ONE) -> list[str]:
    """The wall times at which somebody is to be reminded, as it is planned now."""
    event = an_event().key
    owed = await chats.storage.read(lambda tx: tx.owed.of(WORKSPACE, event, [PersonId(person)]))
    return sorted(clock(at) for at in owed[PersonId(person)].facts.standing.values())


async def test_put_off_a_reminder_comes_again_and_the_button_is_undone(chats: Chats) -> None:
    await chats.at(DUE - timedelta(hours=3))
    assert await chats.press(ONE, "In 1 hour") is Taken.KEPT
    assert (await chats.reads(ONE))[-1] == "I write again at 12:30 in Marrakesh."
    assert await to_come(chats) == ["12:30", "13:30", "14:15", "14:35"]
    assert await chats.press(ONE, "Undo") is Taken.KEPT
    assert (await chats.reads(ONE))[-1] == "2.2 is due at 14:30 in Marrakesh, in three hours."
    assert await to_come(chats) == ["13:30", "14:15", "14:35"]


async def test_put_off_it_does_come_again_at_that_time(chats: Chats) -> None:
    await chats.at(DUE - timedelta(hours=3))
    await chats.press(ONE, "In 1 hour")
    await chats.at(DUE - timedelta(hours=2))
    assert (await chats.reads(ONE))[-1] == "2.2 is due at 14:30 in Marrakesh, in two hours."


@pytest.mark.parametrize("sign", ["a press", "an away line"])
async def test_a_press_and_an_away_line_are_signs_of_life_as_a_note_is(chats: Chats, sign: str) -> None:
    await chats.at(DUE - timedelta(minutes=74))
    if sign == "a press":
        await chats.press(ONE, "In 1 hour")
        await chats.press(ONE, "Undo")
    else:
        await chats.types(ONE, "away 16:00-17:00")
    before = await chats.reads(ONE)
    await chats.at(DUE - timedelta(hours=1))
    assert await chats.reads(ONE) == before


async def test_put_off_by_a_quarter_it_comes_though_slack_s_clock_is_ahead_of_ours(chats: Chats) -> None:
    await chats.at(DUE - timedelta(hours=1))
    message, action = await chats.find(ONE, "In 15 minutes")
    await chats.press_again(ONE, message, action, ahead=timedelta(seconds=2))
    await chats.at(DUE - timedelta(minutes=45))
    assert (await chats.reads(ONE))[-1] == "2.2 is due at 14:30 in Marrakesh."


async def test_a_press_too_late_to_be_kept_changes_nothing_and_says_so(chats: Chats) -> None:
    await chats.at(DUE - timedelta(hours=3))
    message, action = await chats.find(ONE, "In 1 hour")
    chats.now = DUE - timedelta(minutes=30)
    assert await chats.press_again(ONE, message, action) is Taken.KEPT
    await chats.deliver()
    assert (await chats.reads(ONE))[-1] == (
        "I could not keep that: it is too near to the deadline. I write as planned."
    )


async def test_a_day_later_and_by_a_stranger_a_button_does_nothing(chats: Chats) -> None:
    await chats.at(DUE - timedelta(hours=3))
    message, action = await chats.find(ONE, "In 1 hour")
    assert await chats.press_again("USTRANGER", message, action) is Taken.IGNORED
    assert await chats.storage.read(lambda tx: tx.dialogues.heard(WORKSPACE, an_event().key)) == {}
    assert await chats.press_again(OTHER, message, action) is Taken.KEPT  # it puts off what OTHER was sent
    assert await to_come(chats) == ["13:30", "14:15", "14:35"]


async def test_i_cannot_stops_everything_tells_the_organisers_and_is_taken_back(chats: Chats) -> None:
    await chats.at(DUE - timedelta(hours=3))
    assert await chats.press(ONE, "I cannot") is Taken.KEPT
    assert (await chats.reads(ONE))[-1] == "Thank you for saying so. The organisers are told now."
    assert await to_come(chats) == []
    for organiser in (BOSS, SECOND):
        assert (await chats.reads(organiser))[-1] == "2.2: its rapporteur cannot report it."
    assert await chats.press(ONE, "I can after all") is Taken.KEPT
    assert (await chats.reads(ONE))[-1] == "Good. 2.2 is yours again, and the organisers are told."
    assert await to_come(chats) == ["13:30", "14:15", "14:35"]
    said = [each for each in await chats.reads(BOSS) if each.startswith("2.2")]
    assert said == ["2.2: its rapporteur can report it after all."] * 2


async def test_the_same_button_twice_does_its_deed_once(chats: Chats) -> None:
    await chats.at(DUE - timedelta(hours=3))
    message, action = await chats.find(ONE, "I cannot")
    taken = [await chats.press_again(ONE, message, action) for _ in range(2)]
    await chats.deliver()
    assert taken == [Taken.KEPT, Taken.IGNORED]
    assert len([each for each in await chats.reads(BOSS) if each.startswith("2.2")]) == 1


async def test_away_moves_what_would_come_then_before_they_leave_and_organisers_see_it(chats: Chats) -> None:
    assert await chats.types(ONE, "away 11:00-18:00") is Taken.KEPT
    assert (await chats.reads(ONE))[-1] == (
        "You are away Fri 7 Dec, 11:00-18:00 in Marrakesh. The organisers see it; no reminder comes then."
    )
    assert (await chats.reads(BOSS))[-1] == (
        "The rapporteur of 2.2 is away Fri 7 Dec, 11:00-18:00 in Marrakesh."
    )
    assert await to_come(chats) == ["08:30", "10:45"]
    await chats.at(FRIDAY + timedelta(hours=2, minutes=45))
    assert (await chats.reads(ONE))[-1] == "Before you leave: 2.2 is due at 14:30 in Marrakesh."


async def test_an_absence_is_undone_by_its_button_and_the_organisers_read_it(chats: Chats) -> None:
    await chats.types(ONE, "away 11:00-18:00")
    assert await chats.press(ONE, "Undo") is Taken.KEPT
    assert (await chats.reads(ONE))[-1] == "You are not away then. I write as planned."
    assert (await chats.reads(BOSS))[-1] == "The rapporteur of 2.2 is there after all."
    assert await to_come(chats) == ["08:30", "11:30", "13:30", "14:15", "14:35"]


async def test_a_line_that_says_when_somebody_is_away_is_no_note(chats: Chats) -> None:
    await chats.types(ONE, "away 11:00-18:00")
    await chats.types(ONE, "Many are away from home for years")
    event = an_event().key
    kept = await chats.storage.read(lambda tx: tx.dialogues.wordings(WORKSPACE, event, ONE))
    assert [each.text for each in kept.newest().values()] == ["Many are away from home for years"]


async def test_time_is_given_by_the_first_answer_and_both_organisers_and_the_rapporteur_read_it(
    chats: Chats,
) -> None:
    await chats.at(DUE - timedelta(hours=1))
    assert await chats.press(ONE, "Ask for time") is Taken.KEPT
    assert (await chats.reads(ONE))[-1].startswith("The organisers are asked for more time for 2.2.")
    late = await chats.find(SECOND, "No")
    assert await chats.press(BOSS, "Give 30 min") is Taken.KEPT
    assert await chats.press_again(SECOND, *late) is Taken.IGNORED
    await chats.deliver()
    assert (await chats.reads(ONE))[-1] == (
        "You have more time for 2.2: it is due at 15:00 in Marrakesh now."
    )
    for organiser in (BOSS, SECOND):
        assert "Another organiser gave more time for 2.2: it is due at 15:00 in Marrakesh now." in (
            await chats.reads(organiser)
        )
    assert "Give 30 min" not in await chats.labels(SECOND)
    assert await to_come(chats) == ["14:45", "15:05"]
    assert await to_come(chats, OTHER) == ["14:15", "14:35"]


async def test_time_past_the_freeze_is_refused_with_a_sentence_and_is_no_answer(chats: Chats) -> None:
    await chats.at(DUE - timedelta(hours=1))
    await chats.press(ONE, "Ask for time")
    assert {"Give 30 min", "No"} <= set(await chats.labels(BOSS))
    assert "Give 1 h" not in await chats.labels(BOSS)  # it would end after corrections close
    chats.now = DUE + timedelta(minutes=5)
    assert await chats.press(BOSS, "Give 30 min") is Taken.KEPT
    assert (await chats.reads(BOSS))[-1] == (
        "That is after corrections close, 15:00 in Marrakesh. Nothing has changed."
    )
    assert await chats.press(SECOND, "No") is Taken.KEPT
    assert (await chats.reads(ONE))[-1] == (
        "The organisers could not give more time for 2.2. It stays due at 14:30 in Marrakesh."
    )


async def test_who_answers_second_is_not_told_that_the_first_answer_is_after_the_freeze(chats: Chats) -> None:
    await chats.at(DUE - timedelta(hours=1))
    await chats.press(ONE, "Ask for time")
    message, action = await chats.find(SECOND, "Give 30 min")
    await chats.press(BOSS, "Give 30 min")
    assert await chats.press_again(SECOND, message, action) is Taken.IGNORED
    await chats.deliver()
    assert not any("corrections close" in each for each in await chats.reads(SECOND))


async def test_only_organisers_of_the_event_answer(chats: Chats) -> None:
    await chats.at(DUE - timedelta(hours=1))
    await chats.press(ONE, "Ask for time")
    assert await chats.press(BOSS, "Give 30 min", by=OTHER) is Taken.IGNORED
    assert await to_come(chats) == ["14:15", "14:35"]


async def test_who_waits_for_an_answer_is_not_offered_to_ask_again(chats: Chats) -> None:
    await chats.at(DUE - timedelta(hours=1))
    message, action = await chats.find(ONE, "Ask for time")
    await chats.press(ONE, "Ask for time")
    assert "Ask for time" not in await chats.labels(ONE)
    assert await chats.press_again(ONE, message, action) is Taken.IGNORED


async def test_organisers_are_told_an_hour_before_and_when_it_is_over_and_one_takes_it(chats: Chats) -> None:
    await chats.types(OTHER, "A note")
    await chats.at(DUE - timedelta(hours=1))
    assert (await chats.reads(BOSS))[-1] == "Two reports are not in, due 14:30 in Marrakesh."
    assert "1.2: 0 of 6, wrote 08:00" in await chats.shows(BOSS)
    assert await chats.press(BOSS, "I take it") is Taken.KEPT
    assert "Another organiser takes it." in await chats.shows(SECOND)
    assert "You take it" in await chats.shows(BOSS)
    await chats.at(DUE + timedelta(minutes=5))
    await chats.at(DUE + timedelta(minutes=6))
    assert await chats.reads(BOSS) == [
        "Two reports are not in, due 14:30 in Marrakesh.",
        "Two reports were due at 14:30 in Marrakesh and are not in.",
    ]


async def test_organisers_read_who_is_not_asked_any_more(chats: Chats) -> None:
    await chats.at(DUE - timedelta(hours=3))
    await chats.press(ONE, "I cannot")
    await chats.at(DUE - timedelta(hours=1))
    shown = await chats.shows(BOSS)
    assert ("2.2: its rapporteur cannot report it." in shown, "1.2: not started" in shown) == (True, True)


async def test_an_event_may_leave_that_out(storage: Storage, tmp_path: Path) -> None:
    event = an_event()
    settings = event.settings.__class__(escalates=False)
    programme = a_programme({"2.2": ONE}, event=an_event(settings=settings), organisers=(BOSS,))
    await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
    workspace = {**SLACK, "people": PEOPLE, "channels": []}
    async with local_slack(tmp_path, workspace=workspace, at=FRIDAY) as slack:
        chats = Chats(storage, slack, FRIDAY)
        await chats.at(DUE - timedelta(hours=1))
        assert await chats.reads(BOSS) == []


async def test_a_line_edited_into_a_sentence_is_no_absence_any_more(chats: Chats) -> None:
    await chats.types(ONE, "away 11:00-18:00")
    typed_at = chats.now
    edited = said(ONE, "Away from home, many say", typed_at, typed_at + timedelta(minutes=1))
    await chats.storage.write(lambda tx: intake.take_said(tx, edited, typed_at))
    await chats.deliver()
    assert await to_come(chats) == ["08:30", "11:30", "13:30", "14:15", "14:35"]
    assert (await chats.reads(BOSS))[-1] == "The rapporteur of 2.2 is there after all."


async def test_who_asked_for_one_of_two_reports_is_still_offered_to_ask_for_the_other(chats: Chats) -> None:
    programme = a_programme({"2.2": ONE, "1.2": ONE}, organisers=(BOSS, SECOND))
    await chats.storage.write(lambda tx: organising.apply_event(tx, programme, FRIDAY))
    await chats.at(DUE - timedelta(hours=3))
    assert await chats.press(ONE, "More time: 1.2") is Taken.KEPT
    assert (await chats.reads(ONE))[-1].startswith("The organisers are asked for more time for 1.2.")
    assert [each for each in await chats.labels(ONE) if "time" in each] == ["More time: 2.2"]
    assert await chats.press(ONE, "More time: 2.2") is Taken.KEPT
    assert (await chats.reads(ONE))[-1].startswith("The organisers are asked for more time for 2.2.")
