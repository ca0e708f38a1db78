"""Talks: what organisers type to set up an event. Kept for a week; nobody else's words come here."""

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from bot.domain.event import PersonId, WorkspaceId
from bot.domain.moment import Ts
from bot.domain.people import Role
from storage.parameters import of_person, of_workspace
from storage.tables import organisers, sought, talks

_add = insert(talks).on_conflict_do_nothing()
_of_person = (
    select(talks.c.ts, talks.c.text)
    .where(talks.c.workspace == of_workspace, talks.c.person == of_person)
    .order_by(talks.c.ts, talks.c.as_of)
)
_forget = delete(talks).where(
    talks.c.workspace == of_workspace, talks.c.person == of_person, talks.c.ts == bindparam("of_ts")
)
_sweep = delete(talks).where(talks.c.workspace == of_workspace, talks.c.ts < bindparam("before"))
_organised = (
    select(organisers.c.workspace)
    .where(organisers.c.workspace == of_workspace)
    .union_all(
        select(sought.c.workspace).where(
            sought.c.workspace == of_workspace, sought.c.role == Role.ORGANISER.value
        )
    )
    .limit(1)
)


class Talks:
    """Reading and keeping talks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, workspace: WorkspaceId, person: PersonId, ts: Ts, as_of: Ts, text: str | None) -> None:
        """Keep a version of a message; None for one that is gone."""
        row = {"workspace": workspace, "person": person, "ts": ts, "as_of": as_of, "text": text}
        self._connection.execute(_add, row)

    def of(self, workspace: WorkspaceId, person: PersonId) -> dict[Ts, str | None]:
        """What somebody typed, in the order of the messages, each in its newest version."""
        rows = self._connection.execute(_of_person, {"of_workspace": workspace, "of_person": person})
        return {Ts(ts): text for ts, text in rows}

    def forget(self, workspace: WorkspaceId, person: PersonId, ts: Ts) -> None:
        """Keep a message no longer."""
        key = {"of_workspace": workspace, "of_person": person, "of_ts": ts}
        self._connection.execute(_forget, key)

    def sweep(self, workspace: WorkspaceId, before: Ts) -> None:
        """Forget what was typed before a moment."""
        self._connection.execute(_sweep, {"of_workspace": workspace, "before": before})

    def is_organised(self, workspace: WorkspaceId) -> bool:
        """Whether anybody organises anything here, or is sought for it."""
        return self._connection.execute(_organised, {"of_workspace": workspace}).first() is not None
