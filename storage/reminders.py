"""Reminders: planned with the event, claimed when due, settled once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.domain.duties import Outcome
from bot.domain.event import EventKey, PersonId, SessionCode, WorkspaceId
from bot.domain.plans import Planned
from storage.parameters import of_event, of_workspace
from storage.tables import reminders


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A claimed reminder."""

    event: EventKey
    session: SessionCode
    person: PersonId
    rung: str
    due_at: datetime


_unplan = delete(reminders).where(
    reminders.c.workspace == of_workspace,
    reminders.c.event == of_event,
    reminders.c.settled_at.is_(None),
)
_plan = insert(reminders).on_conflict_do_nothing()
_due = (
    select(reminders.c.event, reminders.c.session, reminders.c.person, reminders.c.rung, reminders.c.due_at)
    .where(
        reminders.c.workspace == of_workspace,
        reminders.c.settled_at.is_(None),
        reminders.c.due_at <= bindparam("now"),
    )
    .order_by(reminders.c.due_at, reminders.c.session)
    .limit(500)
    .with_for_update(skip_locked=True)
)
_settle = (
    update(reminders)
    .where(
        reminders.c.workspace == of_workspace,
        reminders.c.event == of_event,
        reminders.c.session == bindparam("of_session"),
        reminders.c.person == bindparam("of_person"),
        reminders.c.rung == bindparam("of_rung"),
    )
    .values(settled_at=bindparam("now"), outcome=bindparam("became"))
)
_next = select(func.min(reminders.c.due_at)).where(
    reminders.c.workspace == of_workspace, reminders.c.settled_at.is_(None)
)


class Reminders:
    """Planning, claiming and settling reminders."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def plan(self, workspace: WorkspaceId, event: EventKey, planned: tuple[Planned, ...]) -> None:
        """Put a plan in the place of what is not settled yet; what was settled stays settled."""
        self._connection.execute(_unplan, {"of_workspace": workspace, "of_event": event})
        rows = [
            {
                "workspace": workspace,
                "event": event,
                "session": each.session,
                "person": each.person,
                "rung": each.rung,
                "due_at": each.due_at,
            }
            for each in planned
        ]
        if rows:
            self._connection.execute(_plan, rows)

    def due(self, workspace: WorkspaceId, now: datetime) -> tuple[Due, ...]:
        """Lock what is due; rows that another process holds are left out."""
        return tuple(
            Due(
                event=EventKey(event),
                session=SessionCode(session),
                person=PersonId(person),
                rung=rung,
                due_at=due_at,
            )
            for event, session, person, rung, due_at in self._connection.execute(
                _due, {"of_workspace": workspace, "now": now}
            )
        )

    def settle(self, workspace: WorkspaceId, due: Due, outcome: Outcome, now: datetime) -> None:
        """End a reminder."""
        self._connection.execute(
            _settle,
            {
                "of_workspace": workspace,
                "of_event": due.event,
                "of_session": due.session,
                "of_person": due.person,
                "of_rung": due.rung,
                "now": now,
                "became": outcome.value,
            },
        )

    def next_due(self, workspace: WorkspaceId) -> datetime | None:
        """When the alarm must ring next."""
        found: datetime | None = self._connection.execute(_next, {"of_workspace": workspace}).scalar_one()
        return found
