"""Reminders: planned for a person, due at a moment, settled once. What is settled is never planned again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.domain.duties import Settled
from bot.domain.event import EventKey, PersonId, SessionCode, WorkspaceId
from bot.domain.plans import Planned
from storage.parameters import of_event, of_workspace
from storage.tables import reminders

AT_ONCE = 500  # due ones in a transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A reminder whose moment has come."""

    event: EventKey
    session: SessionCode
    person: PersonId
    rung: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A reminder that came to its end; `planned` and `message` (an outbox row's key) of one that was sent."""

    person: PersonId
    settled: Settled
    planned: Planned | None = None
    message: str | None = None


_of_event = (
    reminders.c.workspace == of_workspace,
    reminders.c.event == of_event,
    reminders.c.settled_at.is_(None),
)
_of_people = (*_of_event, reminders.c.person.in_(bindparam("people", expanding=True)))
_in_order = (reminders.c.session, reminders.c.person, reminders.c.rung)
_hold = select(reminders.c.rung).where(*_of_people).order_by(*_in_order).with_for_update()
_hold_all = select(reminders.c.rung).where(*_of_event).order_by(*_in_order).with_for_update()
_unplan = delete(reminders).where(*_of_people)
_plan = insert(reminders).on_conflict_do_nothing()
_due = (
    select(reminders.c.event, reminders.c.session, reminders.c.person, reminders.c.rung, reminders.c.due_at)
    .where(
        reminders.c.workspace == of_workspace,
        reminders.c.settled_at.is_(None),
        reminders.c.due_at <= bindparam("now"),
    )
    .order_by(reminders.c.due_at)  # alone: by more, all that is due would be sorted for each batch
    .limit(AT_ONCE)
)
_insert = insert(reminders)
_settle = _insert.on_conflict_do_update(
    index_elements=[
        reminders.c.workspace,
        reminders.c.event,
        reminders.c.session,
        reminders.c.person,
        reminders.c.rung,
    ],
    set_={
        name: _insert.excluded[name]
        for name in (
            "settled_at", "outcome", "says", "meant_for", "why", "missed_at", "is_asked", "message",
        )
    },
    where=reminders.c.settled_at.is_(None),
)  # fmt: skip
_end = (
    update(reminders)
    .where(
        reminders.c.workspace == of_workspace,
        reminders.c.event == of_event,
        reminders.c.session == bindparam("of_session"),
        reminders.c.person == bindparam("of_person"),
        reminders.c.rung == bindparam("of_rung"),
        reminders.c.settled_at.is_(None),
    )
    .values(
        settled_at=bindparam("at"),
        outcome=bindparam("became"),
        meant_for=bindparam("meant"),
        is_asked=bindparam("asked"),
    )
)
_next = select(func.min(reminders.c.due_at)).where(
    reminders.c.workspace == of_workspace, reminders.c.settled_at.is_(None)
)
_told = (
    select(reminders.c.session, reminders.c.settled_at)
    .where(
        reminders.c.workspace == of_workspace,
        reminders.c.event == of_event,
        reminders.c.message.is_not(None),
    )
    .order_by(reminders.c.settled_at)
)


class Reminders:
    """Planning, finding and settling reminders."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hold(self, workspace: WorkspaceId, event: EventKey, people: Iterable[PersonId] | None) -> None:
        """Have what stands of people (None: of everybody) to ourselves until the transaction ends.

        Two that plan or send for one person do so one after the other; each reads afterwards.
        """
        asked: dict[str, object] = {"of_workspace": workspace, "of_event": event}
        if people is None:
            self._connection.execute(_hold_all, asked)
        else:
            self._connection.execute(_hold, {**asked, "people": [*sorted(people), ""]})

    def replan(
        self,
        workspace: WorkspaceId,
        event: EventKey,
        people: Iterable[PersonId],
        planned: Iterable[Planned],
    ) -> None:
        """Put a plan in the place of what stands of people; what was settled stays settled."""
        asked = {"of_workspace": workspace, "of_event": event, "people": [*sorted(people), ""]}
        self._connection.execute(_unplan, asked)
        rows = [_row(workspace, event, each) for each in planned]
        if rows:
            self._connection.execute(_plan, rows)

    def due(self, workspace: WorkspaceId, now: datetime) -> tuple[Due, ...]:
        """What is due, the longest waiting first, at most AT_ONCE."""
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

    def settle(self, workspace: WorkspaceId, event: EventKey, ended: Sequence[Ended]) -> None:
        """End reminders, those that came in one message with a due one before they stood included."""
        sent = [_sent_row(workspace, event, each) for each in ended if each.planned is not None]
        others = [_ended_row(workspace, event, each) for each in ended if each.planned is None]
        if sent:
            self._connection.execute(_settle, sent)
        if others:
            self._connection.execute(_end, others)

    def told(self, workspace: WorkspaceId, event: EventKey) -> dict[SessionCode, tuple[datetime, ...]]:
        """When the people of each session were reminded."""
        found: dict[SessionCode, tuple[datetime, ...]] = {}
        for session, at in self._connection.execute(_told, {"of_workspace": workspace, "of_event": event}):
            if at is not None:
                found[SessionCode(session)] = (*found.get(SessionCode(session), ()), at)
        return {session: tuple(dict.fromkeys(each)) for session, each in found.items()}

    def next_due(self, workspace: WorkspaceId) -> datetime | None:
        """When the alarm must ring next."""
        found: datetime | None = self._connection.execute(_next, {"of_workspace": workspace}).scalar_one()
        return found


def _row(workspace: WorkspaceId, event: EventKey, planned: Planned) -> dict[str, object]:
    return {
        "workspace": workspace,
        "event": event,
        "session": planned.session,
        "person": planned.person,
        "rung": planned.rung,
        "due_at": planned.due_at,
        "says": planned.says,
        "meant_for": planned.meant_for,
        "why": planned.why.value,
        "missed_at": planned.missed_at,
        "is_asked": planned.is_asked,
    }


def _sent_row(workspace: WorkspaceId, event: EventKey, ended: Ended) -> dict[str, object]:
    assert ended.planned is not None  # noqa: S101 - of one that was sent
    return {
        **_row(workspace, event, ended.planned),
        "settled_at": ended.settled.at,
        "outcome": ended.settled.outcome.value,
        "message": ended.message,
    }


def _ended_row(workspace: WorkspaceId, event: EventKey, ended: Ended) -> dict[str, object]:
    settled = ended.settled
    return {
        "of_workspace": workspace,
        "of_event": event,
        "of_session": settled.session,
        "of_person": ended.person,
        "of_rung": settled.rung,
        "at": settled.at,
        "became": settled.outcome.value,
        "meant": settled.meant_for,
        "asked": settled.is_asked,
    }
