"""Reminders: once, to whom it concerns, from the database's truth."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.event import PersonId, SessionCode
from bot.errors import EventRefused
from bot.services import organising, reminding
from storage import Storage
from tests.builders import RAPPORTEUR, THURSDAY, WORKSPACE, a_programme, an_event, ts

RUNG = datetime(2018, 12, 7, 12, 30, tzinfo=UTC)  # 13:30 in Marrakesh
OTHER = PersonId("UOTHER")


@pytest.fixture
async def event(storage: Storage) -> Storage:
    programme = a_programme({"2.2": RAPPORTEUR, "1.2": OTHER})
    await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
    return storage


async def reminded(storage: Storage, at: datetime) -> list[str]:
    await storage.write(lambda tx: reminding.remind(tx, WORKSPACE, at))
    return [row.address for row in await storage.read(lambda tx: tx.operators.listing())]


async def test_it_rings_an_hour_before_the_reports_are_due(event: Storage) -> None:
    assert await event.read(lambda tx: tx.reminders.next_due(WORKSPACE)) == RUNG
    assert await reminded(event, RUNG - timedelta(seconds=1)) == []
    assert await reminded(event, RUNG) == [OTHER, RAPPORTEUR]


async def test_it_comes_once(event: Storage) -> None:
    await reminded(event, RUNG)
    assert await reminded(event, RUNG + timedelta(minutes=1)) == [OTHER, RAPPORTEUR]
    assert await event.read(lambda tx: tx.reminders.next_due(WORKSPACE)) is None


async def test_it_does_not_come_to_whom_has_submitted(event: Storage) -> None:
    key = (WORKSPACE, an_event().key, RAPPORTEUR)
    await event.write(lambda tx: tx.dialogues.submit(*key, SessionCode("2.2"), ts(1)))
    assert await reminded(event, RUNG) == [OTHER]


async def test_it_comes_late_after_a_downtime_but_not_after_the_closing_session(event: Storage) -> None:
    closing_ends_at = an_event().closing_ends_at
    assert await reminded(event, closing_ends_at + timedelta(seconds=1)) == []


async def test_applying_an_event_again_plans_nothing_twice(event: Storage) -> None:
    programme = a_programme({"2.2": RAPPORTEUR, "1.2": OTHER})
    await reminded(event, RUNG)
    await event.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
    assert await reminded(event, RUNG) == [OTHER, RAPPORTEUR]


async def test_an_event_whose_closing_session_is_over_is_refused_and_the_option_named(
    storage: Storage,
) -> None:
    late = an_event().closing_at
    with pytest.raises(EventRefused, match="--closing"):
        await storage.write(lambda tx: organising.apply_event(tx, a_programme(), late))


async def test_it_comes_once_though_the_clock_stepped_forth_and_back(event: Storage) -> None:
    early = RUNG - timedelta(minutes=30)
    assert await reminded(event, early + timedelta(hours=1)) == [OTHER, RAPPORTEUR]
    for at in (early, RUNG, RUNG + timedelta(hours=1)):
        assert await reminded(event, at) == [OTHER, RAPPORTEUR]
