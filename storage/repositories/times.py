"""The instants of programmes, and the wall times from which they were made."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Update, bindparam, select, update

from bot.domain.event import EventKey, SessionCode, WorkspaceId
from storage.parameters import at_now, of_event, of_session, of_workspace
from storage.tables import events, sessions

OF_EVENT = ("closing", "closing_ends", "due", "freeze")
OF_SESSION = ("starts", "ends", "due", "given")

_of_events = select(
    events.c.event,
    events.c.zone,
    *(events.c[f"{name}_{kind}"] for name in OF_EVENT for kind in ("at", "wall")),
).where(events.c.workspace == of_workspace, events.c.closing_ends_at >= at_now)
_of_sessions = (
    select(
        sessions.c.event,
        events.c.zone,
        sessions.c.session,
        *(sessions.c[f"{name}_{kind}"] for name in OF_SESSION for kind in ("at", "wall")),
    )
    .join(events, (events.c.workspace == sessions.c.workspace) & (events.c.event == sessions.c.event))
    .where(sessions.c.workspace == of_workspace, events.c.closing_ends_at >= at_now)
    .order_by(sessions.c.event, sessions.c.position)
)


def _setting(name: str, *, of_a_session: bool) -> Update:
    table = sessions if of_a_session else events
    moved = update(table).where(table.c.workspace == of_workspace, table.c.event == of_event)
    if of_a_session:
        moved = moved.where(sessions.c.session == of_session)
    return moved.values({f"{name}_at": bindparam("to_instant")})


_set = {
    **{(False, name): _setting(name, of_a_session=False) for name in OF_EVENT},
    **{(True, name): _setting(name, of_a_session=True) for name in OF_SESSION},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WallTime:
    """One moment of an event, or of a session of it; `wall` is 2018-12-07T15:30, in the zone."""

    event: EventKey
    session: SessionCode | None
    name: str  # one of OF_EVENT or OF_SESSION
    zone: str
    at: datetime
    wall: str | None  # None: stored by a version that did not write it down


class Times:
    """Reading and moving the instants of programmes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ahead(self, workspace: WorkspaceId, now: datetime) -> tuple[WallTime, ...]:
        """Every moment of the events whose closing session is not over."""
        of = {"of_workspace": workspace, "now": now}
        found: list[WallTime] = []
        for event, zone, *cells in self._connection.execute(_of_events, of):
            found += _times(EventKey(event), zone, None, OF_EVENT, cells)
        for event, zone, session, *cells in self._connection.execute(_of_sessions, of):
            found += _times(EventKey(event), zone, SessionCode(session), OF_SESSION, cells)
        return tuple(found)

    def move(self, workspace: WorkspaceId, time: WallTime, to: datetime) -> None:
        """Put another instant in the place of one; its wall time stays."""
        of = {"of_workspace": workspace, "of_event": time.event, "to_instant": to}
        statement = _set[time.session is not None, time.name]
        self._connection.execute(
            statement, of if time.session is None else {**of, "of_session": time.session}
        )


def _times(
    event: EventKey, zone: str, session: SessionCode | None, names: tuple[str, ...], cells: list[object]
) -> list[WallTime]:
    pairs = zip(names, cells[::2], cells[1::2], strict=True)
    return [
        WallTime(
            event=event,
            session=session,
            name=name,
            zone=zone,
            at=at,
            wall=wall if isinstance(wall, str) else None,
        )
        for name, at, wall in pairs
        if isinstance(at, datetime)
    ]
