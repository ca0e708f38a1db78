"""A zone whose rules change after planning: the clock on the wall stays, the instant moves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, text

from bot.doctor import database
from bot.doctor.events import _retimed
from bot.domain import wall, zones
from bot.domain.event import Session
from bot.services import organising, retiming
from storage import Storage
from storage.engine import address_of
from tests.builders import RAPPORTEUR, THURSDAY, WORKSPACE, a_programme, a_session, an_event

EVENT = an_event()
HOUR = timedelta(hours=1)


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Zones that have the rules of others while this lasts."""
    changed: dict[str, str] = {}
    real = zones.zone_of

    def zone_of(name: str) -> ZoneInfo:
        return real(changed.get(name, name))

    monkeypatch.setattr(wall, "zone_of", zone_of)
    return changed


async def retimed(storage: Storage) -> list[tuple[str | None, str, timedelta]]:
    moved = await storage.write(lambda tx: retiming.retime(tx, WORKSPACE, THURSDAY))
    return [(each.time.session, each.time.name, each.by) for each in moved]


FIRST_RUNG = a_session().ends_at + timedelta(minutes=5)


async def test_while_no_rule_changes_nothing_moves(storage: Storage) -> None:
    await storage.write(lambda tx: organising.apply_event(tx, a_programme(), THURSDAY))
    assert await retimed(storage) == []


async def test_each_instant_follows_its_wall_time_and_reminders_with_it(
    storage: Storage, rules: dict[str, str]
) -> None:
    session: Session = replace(a_session(), due_at=EVENT.due_at - HOUR)
    programme = replace(a_programme({"2.2": RAPPORTEUR}), sessions=(session,))
    await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
    before = await storage.read(lambda tx: tx.reminders.next_due(WORKSPACE))
    rules[EVENT.zone] = "Africa/Abidjan"  # an hour behind, so that the same wall time comes an hour later
    seen = await storage.read(lambda tx: retiming.to_retime(tx, WORKSPACE, THURSDAY))
    assert await retimed(storage) == [
        *((None, name, HOUR) for name in ("closing", "closing_ends", "due", "freeze")),
        *(("2.2", name, HOUR) for name in ("starts", "ends", "due")),
    ]
    assert len(seen) == 7
    event = await storage.read(lambda tx: tx.events.one(WORKSPACE, EVENT.key))
    assert event == replace(
        EVENT,
        closing_at=EVENT.closing_at + HOUR,
        closing_ends_at=EVENT.closing_ends_at + HOUR,
        due_at=EVENT.due_at + HOUR,
        freeze_at=EVENT.freeze_at + HOUR,
    )
    after = await storage.read(lambda tx: tx.reminders.next_due(WORKSPACE))
    assert (before, after) == (FIRST_RUNG, FIRST_RUNG + HOUR)
    assert await retimed(storage) == []


async def test_an_event_of_an_earlier_version_keeps_its_due_time_s_distance_to_the_closing(
    database_url: str, storage: Storage, rules: dict[str, str]
) -> None:
    await storage.write(lambda tx: organising.apply_event(tx, a_programme(), THURSDAY))
    engine = create_engine(address_of(database_url))
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE events SET due_wall = NULL, freeze_wall = NULL, freeze_at = NULL"),
            execution_options={"crosses_workspaces": "migration"},
        )
    engine.dispose()
    rules[EVENT.zone] = "Africa/Abidjan"
    assert (None, "due", HOUR) in await retimed(storage)


async def test_an_unknown_zone_and_an_event_that_is_over_move_nothing(
    storage: Storage, rules: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await storage.write(lambda tx: organising.apply_event(tx, a_programme(), THURSDAY))
    rules[EVENT.zone] = "Africa/Abidjan"
    over = EVENT.closing_ends_at + timedelta(seconds=1)
    assert await storage.write(lambda tx: retiming.retime(tx, WORKSPACE, over)) == ()
    monkeypatch.setattr(zones, "is_zone", lambda _: False)
    assert await retimed(storage) == []


async def test_doctor_names_what_moves(database_url: str, storage: Storage, rules: dict[str, str]) -> None:
    await storage.write(lambda tx: organising.apply_event(tx, a_programme(), THURSDAY))
    rules[EVENT.zone] = "Africa/Abidjan"
    (stored,) = database.look(database_url, WORKSPACE, THURSDAY).events
    assert [_retimed(each).sentence for each in stored.retimed][-1] == (
        "marrakesh-2018, 2.2: the rules of Africa/Casablanca changed; ends comes 60 min later, by the clock "
        "on the wall as before."
    )


@pytest.mark.parametrize(
    ("zone", "on_wall", "instant"),
    [
        ("Africa/Casablanca", (2018, 12, 7, 15, 30), (2018, 12, 7, 14, 30)),
        ("Africa/Casablanca", (2017, 12, 7, 15, 30), (2017, 12, 7, 15, 30)),
        ("Africa/Casablanca", (2019, 5, 20, 15, 30), (2019, 5, 20, 15, 30)),  # Ramadan
        ("Africa/Casablanca", (2019, 6, 20, 15, 30), (2019, 6, 20, 14, 30)),
        ("America/New_York", (2024, 3, 9, 12, 0), (2024, 3, 9, 17, 0)),
        ("America/New_York", (2024, 3, 10, 12, 0), (2024, 3, 10, 16, 0)),
        ("Australia/Lord_Howe", (2024, 4, 6, 12, 0), (2024, 4, 6, 1, 0)),
        ("Australia/Lord_Howe", (2024, 4, 8, 12, 0), (2024, 4, 8, 1, 30)),
    ],
)
def test_instants_are_right_whatever_the_machine_s_own_zone_data_says(
    zone: str, on_wall: tuple[int, ...], instant: tuple[int, ...]
) -> None:
    naive = datetime(*on_wall)  # type: ignore[arg-type] # noqa: DTZ001 - a wall time
    assert wall.instant_of(naive, zone) == datetime(*instant, tzinfo=UTC)  # type: ignore[misc,arg-type]
