"""When people asked to be left in peace: reminders put off, and whiles in which they are away."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.domain.duties import Snooze
from bot.domain.event import EventKey, PersonId, WorkspaceId
from bot.domain.moment import Ts
from bot.domain.spans import Span
from storage.parameters import of_event, of_person, of_workspace
from storage.tables import aways, snoozes

_snooze = insert(snoozes).on_conflict_do_nothing()
_wake = (
    update(snoozes)
    .where(
        snoozes.c.workspace == of_workspace,
        snoozes.c.event == of_event,
        snoozes.c.person == of_person,
        snoozes.c.asked_at == bindparam("asked"),
        snoozes.c.undone_at.is_(None),
    )
    .values(undone_at=bindparam("at"))
)
_insert_away = insert(aways)
_go_away = _insert_away.on_conflict_do_update(
    index_elements=[aways.c.workspace, aways.c.event, aways.c.person, aways.c.ts],
    set_={
        "starts_at": _insert_away.excluded.starts_at,
        "ends_at": _insert_away.excluded.ends_at,
        "undone_at": None,
    },
    where=(aways.c.starts_at != _insert_away.excluded.starts_at)
    | (aways.c.ends_at != _insert_away.excluded.ends_at),
).returning(aways.c.ts)
_one = (
    aways.c.workspace == of_workspace,
    aways.c.event == of_event,
    aways.c.person == of_person,
    aways.c.ts == bindparam("of_ts"),
)
_come_back = update(aways).where(*_one, aways.c.undone_at.is_(None)).values(undone_at=bindparam("at"))
_away = select(aways.c.starts_at, aways.c.ends_at, aways.c.undone_at).where(*_one)


class Absences:
    """Noting and taking back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def snooze(
        self, workspace: WorkspaceId, event: EventKey, person: PersonId, asked: tuple[Snooze, ...]
    ) -> None:
        """Put reminders off."""
        rows = [
            {
                "workspace": workspace,
                "event": event,
                "session": each.session,
                "person": person,
                "rung": each.rung,
                "asked_at": each.asked_at,
                "until": each.until,
            }
            for each in asked
        ]
        if rows:
            self._connection.execute(_snooze, rows)

    def wake(
        self, workspace: WorkspaceId, event: EventKey, person: PersonId, asked_at: datetime, now: datetime
    ) -> bool:
        """Take back what somebody put off at a moment; False when that was taken back before."""
        key = {**_key(workspace, event, person), "asked": asked_at, "at": now}
        return self._connection.execute(_wake, key).rowcount > 0

    def go_away(self, workspace: WorkspaceId, event: EventKey, person: PersonId, ts: Ts, span: Span) -> bool:
        """Note that somebody is away, by a line of that ts; False when the same is known already."""
        row = {"workspace": workspace, "event": event, "person": person, "ts": ts}
        found = self._connection.execute(
            _go_away, {**row, "starts_at": span.starts_at, "ends_at": span.ends_at}
        )
        return found.first() is not None

    def come_back(
        self, workspace: WorkspaceId, event: EventKey, person: PersonId, ts: Ts, now: datetime
    ) -> bool:
        """Take that back; False when there is nothing to take back."""
        key = {**_key(workspace, event, person), "of_ts": ts, "at": now}
        return self._connection.execute(_come_back, key).rowcount == 1

    def away(
        self, workspace: WorkspaceId, event: EventKey, person: PersonId, ts: Ts
    ) -> tuple[Span, bool] | None:
        """The while of a line, and whether it still counts; None when that line was none."""
        found = self._connection.execute(_away, {**_key(workspace, event, person), "of_ts": ts})
        row = found.one_or_none()
        return None if row is None else (Span(row[0], row[1]), row[2] is None)


def _key(workspace: WorkspaceId, event: EventKey, person: PersonId) -> dict[str, object]:
    return {"of_workspace": workspace, "of_event": event, "of_person": person}
