"""Whom event files name, and what is known of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.domain.event import EventKey, Part, PersonId, SessionCode, WorkspaceId
from bot.domain.people import How, Problem, Role, Sought
from storage.parameters import at_now, of_event, of_workspace
from storage.tables import events, sought

_ROW = (
    sought.c.event, sought.c.role, sought.c.session, sought.c.how, sought.c.whom, sought.c.name,
    sought.c.affiliation, sought.c.person, sought.c.problem, sought.c.told, sought.c.served_since,
    sought.c.checked_at, sought.c.part,
)  # fmt: skip
_of_event = (
    select(*_ROW)
    .where(sought.c.workspace == of_workspace, sought.c.event == of_event)
    .order_by(sought.c.position)
)
_of_running = (
    select(*_ROW)
    .join(events, (events.c.workspace == sought.c.workspace) & (events.c.event == sought.c.event))
    .where(sought.c.workspace == of_workspace, events.c.closing_ends_at >= at_now)
    .order_by(sought.c.event, sought.c.position)
)
_lock = (
    select(events.c.event)
    .where(events.c.workspace == of_workspace, events.c.event == of_event)
    .with_for_update()
)
_clear = delete(sought).where(sought.c.workspace == of_workspace, sought.c.event == of_event)
_insert = insert(sought)
_one = update(sought).where(
    sought.c.workspace == of_workspace, sought.c.event == of_event, sought.c.key == bindparam("of_key")
)
_ask_again = _one.values(checked_at=None)
_note = _one.values(
    person=bindparam("to_person"),
    problem=bindparam("to_problem"),
    told=bindparam("to_told"),
    served_since=bindparam("since"),
    checked_at=bindparam("checked"),
)


class SoughtPeople:
    """Reading, replacing and noting whom event files name."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock(self, workspace: WorkspaceId, event: EventKey) -> None:
        """Have what is known of an event's people to ourselves until the transaction ends."""
        self._connection.execute(_lock, {"of_workspace": workspace, "of_event": event}).first()

    def of_event(self, workspace: WorkspaceId, event: EventKey) -> tuple[Sought, ...]:
        """Everybody of an event, in the order of its file."""
        rows = self._connection.execute(_of_event, {"of_workspace": workspace, "of_event": event})
        return tuple(_sought(row) for row in rows)

    def of_running(self, workspace: WorkspaceId, now: datetime) -> tuple[Sought, ...]:
        """Everybody of all events whose closing session is not over."""
        rows = self._connection.execute(_of_running, {"of_workspace": workspace, "now": now})
        return tuple(_sought(row) for row in rows)

    def replace(self, workspace: WorkspaceId, event: EventKey, people: Iterable[Sought]) -> None:
        """Put everybody of a file in the place of what stood there."""
        self._connection.execute(_clear, {"of_workspace": workspace, "of_event": event})
        rows = [_as_row(workspace, each, position) for position, each in enumerate(people)]
        if rows:
            self._connection.execute(_insert, rows)

    def ask_again(self, workspace: WorkspaceId, each: Sought) -> None:
        """Have Slack asked about somebody as soon as can be."""
        self._connection.execute(
            _ask_again, {"of_workspace": workspace, "of_event": each.event, "of_key": each.key}
        )

    def note(self, workspace: WorkspaceId, each: Sought) -> None:
        """Note what is known of somebody now."""
        self._connection.execute(
            _note,
            {
                "of_workspace": workspace,
                "of_event": each.event,
                "of_key": each.key,
                "to_person": each.person,
                "to_problem": each.problem,
                "to_told": each.told,
                "since": each.served_since,
                "checked": each.checked_at,
            },
        )


def _as_row(workspace: WorkspaceId, each: Sought, position: int) -> dict[str, object]:
    return {
        "workspace": workspace,
        "event": each.event,
        "key": each.key,
        "position": position,
        "role": each.role.value,
        "session": each.session,
        "how": each.how.value,
        "whom": each.whom,
        "name": each.name,
        "affiliation": each.affiliation,
        "person": each.person,
        "problem": each.problem,
        "told": each.told,
        "served_since": each.served_since,
        "checked_at": each.checked_at,
        "part": each.part.value,
    }


def _sought(row: Sequence[Any]) -> Sought:
    (
        event, role, session, how, whom, name, affiliation, person, problem, told, served_since, checked_at,
        part,
    ) = row  # fmt: skip
    return Sought(
        event=EventKey(event),
        role=Role(role),
        session=None if session is None else SessionCode(session),
        how=How(how),
        whom=whom,
        name=name,
        affiliation=affiliation,
        person=None if person is None else PersonId(person),
        problem=None if problem is None else Problem(problem),
        told=None if told is None else Problem(told),
        served_since=served_since,
        checked_at=checked_at,
        part=Part(part or Part.LEAD),
    )
