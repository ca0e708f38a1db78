"""What a DM shows, held against what is kept."""

import json
from datetime import timedelta

import pytest

from bot.domain.event import ChannelId, PersonId
from bot.domain.moment import Ts
from bot.domain.moves import Said
from bot.domain.words import Words
from bot.services import catching_up, intake, organising
from bot.services.catching_up import Reading, Seen
from storage import Storage
from tests.builders import RAPPORTEUR, THURSDAY, WORKSPACE, a_programme, an_event, ts

CHANNEL = ChannelId("D1")
READ_AT = 100


def said(at: float, text: str | None, as_of: float | None = None, blocks: str | None = None) -> Said:
    moment = ts(at if as_of is None else as_of)
    return Said(
        receipts=(f"message/{CHANNEL}/{ts(at)}/{moment}",),
        workspace=WORKSPACE,
        person=RAPPORTEUR,
        channel=CHANNEL,
        ts=ts(at),
        as_of=moment,
        words=None if text is None else Words(text),
        rich_text=None if blocks is None else Words(blocks),
    )


def seen(at: float, text: str | None, edited_at: float | None = None, blocks: str | None = None) -> Seen:
    return Seen(said=said(at, text, blocks=blocks), edited_at=None if edited_at is None else ts(edited_at))


def reading(*messages: Seen, read_at: float = READ_AT, since: Ts = Ts("")) -> Reading:  # noqa: B008 - a string
    return Reading(
        workspace=WORKSPACE,
        person=RAPPORTEUR,
        channel=CHANNEL,
        since=since,
        read_at=ts(read_at),
        seen=messages,
    )


@pytest.fixture
async def begun(storage: Storage) -> Storage:
    await storage.write(lambda tx: organising.apply_event(tx, a_programme(), THURSDAY))
    return storage


async def missed(
    begun: Storage, kept: tuple[Said, ...], found: Reading
) -> tuple[list[tuple[Ts, Ts, str | None, bool]], bool]:
    for each in kept:
        await begun.write(lambda tx, each=each: intake.take_said(tx, each, THURSDAY))  # type: ignore[misc] # mypy
    told = await begun.read(lambda tx: catching_up.missed(tx, found))
    lines = [
        (each.ts, each.as_of, None if each.words is None else each.words.typed, each.is_missing)
        for each in told.said
    ]
    return lines, told.is_too_early


async def test_a_message_that_never_came_is_as_of_its_own_moment(begun: Storage) -> None:
    found = reading(seen(5, "new"), seen(1, "kept"))
    assert await missed(begun, (said(1, "kept"),), found) == ([(ts(5), ts(5), "new", False)], False)


async def test_an_edit_that_never_came_is_as_of_the_read(begun: Storage) -> None:
    found = reading(seen(1, "new words", edited_at=40))
    assert await missed(begun, (said(1, "old words"),), found) == (
        [(ts(1), ts(READ_AT), "new words", False)],
        False,
    )


async def test_an_event_of_a_later_moment_than_the_read_wins(begun: Storage) -> None:
    kept = (said(1, "first"), said(1, "newest", as_of=READ_AT + 1))
    assert await missed(begun, kept, reading(seen(1, "between", edited_at=50))) == ([], False)


async def test_a_history_that_lags_takes_no_edit_back(begun: Storage) -> None:
    kept = (said(1, "first"), said(1, "newest", as_of=50.5))
    assert await missed(begun, kept, reading(seen(1, "first"))) == ([], False)
    assert await missed(begun, (), reading(seen(1, "older edit", edited_at=49))) == ([], False)


async def test_a_history_that_lags_brings_nothing_back_that_was_deleted(begun: Storage) -> None:
    kept = (said(1, "words"), said(1, None, as_of=50))
    assert await missed(begun, kept, reading(seen(1, "words"))) == ([], False)


async def test_what_is_no_longer_there_is_missing_and_only_once(begun: Storage) -> None:
    kept = (said(1, "stays"), said(2, "goes"))
    lines = [(ts(2), ts(READ_AT), None, True)]
    found = reading(seen(1, "stays"))
    assert await missed(begun, kept, found) == (lines, False)
    told = await begun.read(lambda tx: catching_up.missed(tx, found))
    await begun.write(lambda tx: catching_up.take(tx, told.said, THURSDAY))
    assert await missed(begun, (), found) == ([], False)


async def test_a_tombstone_is_a_deletion(begun: Storage) -> None:
    assert await missed(begun, (said(1, "goes"),), reading(seen(1, None))) == (
        [(ts(1), ts(READ_AT), None, False)],
        False,
    )


async def test_what_came_in_just_before_the_read_may_not_stand_in_the_history_yet(begun: Storage) -> None:
    kept = (said(READ_AT - 5, "fresh"),)
    assert await missed(begun, kept, reading()) == ([], True)


async def test_what_is_older_than_ours_is_not_taken_in(begun: Storage) -> None:
    found = reading(seen(1, "before"), seen(10, "after"), since=ts(5))
    assert await missed(begun, (), found) == ([(ts(10), ts(10), "after", False)], False)


async def test_new_ids_of_blocks_are_no_edit(begun: Storage) -> None:
    def blocks(id_: str, style: str = "bullet") -> str:
        return json.dumps([{"type": "rich_text", "block_id": id_, "elements": [{"style": style}]}])

    kept = (said(1, "same", blocks=blocks("a")),)
    assert await missed(begun, kept, reading(seen(1, "same", 40, blocks("b")))) == ([], False)
    lines, _ = await missed(begun, (), reading(seen(1, "same", 40, blocks("b", "ordered"))))
    assert lines == [(ts(1), ts(READ_AT), "same", False)]


async def test_a_late_event_of_what_was_read_changes_nothing(begun: Storage) -> None:
    await begun.write(lambda tx: catching_up.take(tx, (said(1, "once"),), THURSDAY))
    await begun.write(lambda tx: intake.take_said(tx, said(1, "once"), THURSDAY))
    kept = await begun.read(lambda tx: tx.dialogues.of(WORKSPACE, an_event().key, RAPPORTEUR))
    assert len(kept.versions) == 1


async def test_of_many_cards_that_catching_up_brings_about_one_is_posted(begun: Storage) -> None:
    commands = tuple(said(at, word) for at, word in enumerate(("next", "next", "back", "3"), 1))
    await begun.write(lambda tx: catching_up.take(tx, commands, THURSDAY))
    rows = await begun.read(lambda tx: tx.operators.listing())
    assert [row.kind for row in rows] == ["Card"]


async def test_dms_are_read_until_a_day_after_the_closing_session(begun: Storage) -> None:
    event = an_event()

    async def read(after: timedelta) -> tuple[PersonId, ...]:
        moment = event.closing_ends_at + after
        return await begun.read(lambda tx: catching_up.people_to_read(tx, WORKSPACE, moment))

    assert RAPPORTEUR in await read(timedelta(hours=23))
    assert await read(timedelta(hours=25)) == ()


async def test_the_hourly_reading_lasts_from_the_first_session_to_the_end(begun: Storage) -> None:
    event = an_event()

    async def lasts(moment: object) -> bool:
        return await begun.read(lambda tx: catching_up.is_in_session(tx, WORKSPACE, moment))  # type: ignore[arg-type] # a datetime

    assert await lasts(THURSDAY + timedelta(minutes=1))
    assert not await lasts(THURSDAY - timedelta(days=1))
    assert not await lasts(event.closing_ends_at + timedelta(seconds=1))
