"""What Slack said of people who have a part: their own clock, and the name by which colleagues know them."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, or_, select
from sqlalchemy.dialects.postgresql import insert

from bot.domain.event import PersonId, WorkspaceId
from storage.parameters import of_workspace
from storage.tables import members

_insert = insert(members)
_keep = _insert.on_conflict_do_update(
    index_elements=[members.c.workspace, members.c.person],
    set_={"zone": _insert.excluded.zone, "name": _insert.excluded.name},
    where=or_(
        members.c.zone.is_distinct_from(_insert.excluded.zone),
        members.c.name.is_distinct_from(_insert.excluded.name),
    ),
)
_zone = select(members.c.zone).where(
    members.c.workspace == of_workspace, members.c.person == bindparam("of_person")
)
_known = select(members.c.person, members.c.zone, members.c.name).where(
    members.c.workspace == of_workspace, members.c.person.in_(bindparam("people", expanding=True))
)


class Members:
    """Keeping and reading what is known of members."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(
        self, workspace: WorkspaceId, person: PersonId, *, zone: str | None, name: str | None = None
    ) -> bool:
        """Keep what Slack said; whether their own clock is another one than was known."""
        key = {"of_workspace": workspace, "of_person": person}
        before = self._connection.execute(_zone, key).scalar_one_or_none()
        row = {"workspace": workspace, "person": person, "zone": zone, "name": name}
        self._connection.execute(_keep, row)
        return before != zone

    def zones(self, workspace: WorkspaceId, people: Iterable[PersonId]) -> dict[PersonId, str]:
        """The zones of those whose own clock is known."""
        return {
            PersonId(person): zone for person, zone, _ in self._rows(workspace, people) if zone is not None
        }

    def names(self, workspace: WorkspaceId, people: Iterable[PersonId]) -> dict[PersonId, str]:
        """The names by which colleagues know them."""
        return {PersonId(person): name for person, _, name in self._rows(workspace, people) if name}

    def _rows(
        self, workspace: WorkspaceId, people: Iterable[PersonId]
    ) -> list[tuple[str, str | None, str | None]]:
        rows = self._connection.execute(_known, {"of_workspace": workspace, "people": [*people, ""]})
        return [(person, zone, name) for person, zone, name in rows]
