"""Whom event files name: kept as typed, and known of those who had a part in the first schema."""

from dataclasses import replace
from datetime import timedelta

from alembic import command
from sqlalchemy import NullPool, create_engine, text

from bot.domain.people import How, Problem, Role
from bot.services import organising
from storage import Storage, open_storage
from storage.engine import address_of
from storage.upgrade import _config, current
from tests.builders import (
    THURSDAY,
    WORKSPACE,
    a_programme,
    an_event,
    sought_organiser,
    sought_rapporteur,
)

EVENT = an_event().key


async def test_what_is_known_of_somebody_comes_back_as_it_was_put(storage: Storage) -> None:
    plain = replace(sought_rapporteur("2.2", "Näme@Office.example", How.EMAIL), name="N", affiliation="A")
    known = replace(
        sought_organiser("@name", How.HANDLE),
        person="U1",
        problem=Problem.DEACTIVATED,
        told=Problem.NOT_FOUND,
        served_since=THURSDAY,
        checked_at=THURSDAY + timedelta(hours=1),
    )
    await storage.write(lambda tx: tx.sought.replace(WORKSPACE, EVENT, [plain, known]))
    assert await storage.read(lambda tx: tx.sought.of_event(WORKSPACE, EVENT)) == (plain, known)
    noted = replace(plain, problem=Problem.FOUND_TWICE, checked_at=THURSDAY)
    await storage.write(lambda tx: tx.sought.note(WORKSPACE, noted))
    assert await storage.read(lambda tx: tx.sought.of_event(WORKSPACE, EVENT)) == (noted, known)


async def test_who_had_a_part_before_is_sought_by_member_id_and_keeps_it(database_url: str) -> None:
    at_the_first_schema(database_url)
    storage = open_storage(database_url, lambda: None)
    try:
        sought = await storage.read(lambda tx: tx.sought.of_event(WORKSPACE, EVENT))
        assert [
            (each.role, each.session, each.how, each.whom, each.person, each.name) for each in sought
        ] == [
            (Role.RAPPORTEUR, "2.2", How.ID, "URAPPORTEUR", "URAPPORTEUR", "Some One"),
            (Role.ORGANISER, None, How.ID, "UORGANISER", "UORGANISER", ""),
        ]
        programme = a_programme(organisers=["UORGANISER"])
        assert [each.key for each in sought] == [each.key for each in programme.sought]
        await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
        assert len(await storage.read(lambda tx: tx.sought.of_event(WORKSPACE, EVENT))) == 2
    finally:
        await storage.close()


def at_the_first_schema(url: str) -> None:
    """A database of revision 0001 with a rapporteur and an organiser."""
    engine = create_engine(address_of(url), poolclass=NullPool)
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        key = {"workspace": WORKSPACE, "event": EVENT}
        connection.execute(
            text(
                "INSERT INTO assignments (workspace, event, session, person, position, name, affiliation) "
                "VALUES (:workspace, :event, '2.2', 'URAPPORTEUR', 0, 'Some One', '')"
            ),
            key,
        )
        connection.execute(
            text(
                "INSERT INTO organisers (workspace, event, person) VALUES (:workspace, :event, 'UORGANISER')"
            ),
            key,
        )
    assert current(url) == "0001"
