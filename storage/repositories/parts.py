"""What becomes of an assignment once it was made: first contact, stopped or not, more time."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from bot.domain.event import Event, EventKey, PersonId, SessionCode, Stopped, WorkspaceId
from bot.domain.wall import written
from storage.parameters import at_now, of_event, of_part, of_person, of_session, of_workspace
from storage.tables import assignments, events, sessions

_one = (
    assignments.c.workspace == of_workspace,
    assignments.c.event == of_event,
    assignments.c.session == of_session,
    assignments.c.person == of_person,
    assignments.c.until.is_(None),
)
_uncontacted = (
    select(assignments.c.event, assignments.c.person, assignments.c.session)
    .join(
        sessions,
        (sessions.c.workspace == assignments.c.workspace)
        & (sessions.c.event == assignments.c.event)
        & (sessions.c.session == assignments.c.session),
    )
    .join(events, (events.c.workspace == assignments.c.workspace) & (events.c.event == assignments.c.event))
    .where(
        assignments.c.workspace == of_workspace,
        assignments.c.contacted_at.is_(None),
        assignments.c.stopped.is_(None),
        assignments.c.until.is_(None),
        sessions.c.is_cancelled.is_not(True),
        events.c.closing_ends_at > at_now,
    )
    .order_by(assignments.c.event, assignments.c.person, sessions.c.position)
)
_contacted = update(assignments).where(*_one).values(contacted_at=bindparam("at"))
_is_contacted = select(assignments.c.contacted_at).where(*_one)
_stopped = select(assignments.c.stopped).where(*_one)
_stop = update(assignments).where(*_one, assignments.c.stopped.is_(None)).values(stopped=bindparam("why"))
_go_on = update(assignments).where(*_one, assignments.c.stopped.is_not(None)).values(stopped=None)
_give_time = (
    update(sessions)
    .where(
        sessions.c.workspace == of_workspace,
        sessions.c.event == of_event,
        sessions.c.session == of_session,
    )
    .values(given_at=bindparam("new_due"), given_wall=bindparam("on_the_wall"))
)


class Parts:
    """Reading and noting what becomes of assignments."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def uncontacted(
        self, workspace: WorkspaceId, now: datetime
    ) -> dict[EventKey, list[tuple[PersonId, SessionCode]]]:
        """Who was not told yet that a session is theirs, in events that are not over."""
        found: dict[EventKey, list[tuple[PersonId, SessionCode]]] = {}
        rows = self._connection.execute(_uncontacted, {"of_workspace": workspace, "now": now})
        for event, person, session in rows:
            found.setdefault(EventKey(event), []).append((PersonId(person), SessionCode(session)))
        return found

    def note_contacted(
        self,
        workspace: WorkspaceId,
        event: EventKey,
        who: Iterable[tuple[PersonId, SessionCode]],
        at: datetime,
    ) -> None:
        """They know of their session from now on."""
        rows = [{**of_part(workspace, event, session, person), "at": at} for person, session in who]
        if rows:
            self._connection.execute(_contacted, rows)

    def is_contacted(
        self, workspace: WorkspaceId, event: EventKey, session: SessionCode, person: PersonId
    ) -> bool:
        """Whether somebody was told by us that a session is theirs."""
        found = self._connection.execute(_is_contacted, of_part(workspace, event, session, person))
        return found.scalar_one_or_none() is not None

    def stopped(
        self, workspace: WorkspaceId, event: EventKey, session: SessionCode, person: PersonId
    ) -> Stopped | None:
        """Why nothing is asked of them; None while something is."""
        found = self._connection.execute(_stopped, of_part(workspace, event, session, person))
        why = found.scalar_one_or_none()
        return None if why is None else Stopped(why)

    def stop(
        self, workspace: WorkspaceId, event: EventKey, session: SessionCode, person: PersonId, why: Stopped
    ) -> bool:
        """Ask nothing of them any more; False when that was so already, or the session is not theirs."""
        key = of_part(workspace, event, session, person)
        return self._connection.execute(_stop, {**key, "why": why.value}).rowcount == 1

    def go_on(self, workspace: WorkspaceId, event: EventKey, session: SessionCode, person: PersonId) -> bool:
        """Take that back; False when there is nothing to take back."""
        return self._connection.execute(_go_on, of_part(workspace, event, session, person)).rowcount == 1

    def give_time(self, event: Event, session: SessionCode, until: datetime) -> None:
        """The report of this session is due then, later than the event's file says."""
        of = {"of_workspace": event.workspace, "of_event": event.key, "of_session": session}
        given = {"new_due": until, "on_the_wall": written(until, event.zone)}
        self._connection.execute(_give_time, {**of, **given})
