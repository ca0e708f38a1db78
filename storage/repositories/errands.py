"""Errands: what is to be asked of Slack for organisers; each is done once, by whichever process ends it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.domain.errands import Errand
from bot.domain.event import PersonId, WorkspaceId
from storage.codec import task_from_json, task_to_json
from storage.parameters import at_now, of_person, of_workspace
from storage.tables import errands

FURTHEST = timedelta(minutes=10)  # no errand waits longer; a moment further ahead is of a clock put back

_put = insert(errands).on_conflict_do_nothing()
_due = (
    select(errands.c.person, errands.c.task, errands.c.tries, errands.c.put_at)
    .where(
        errands.c.workspace == of_workspace,
        errands.c.ended_at.is_(None),
        or_(errands.c.again_at <= at_now, errands.c.again_at > bindparam("furthest")),
    )
    .order_by(errands.c.put_at, errands.c.key)
    .limit(8)
)
_one = (
    (errands.c.workspace == of_workspace)
    & (errands.c.key == bindparam("of_key"))
    & errands.c.ended_at.is_(None)
)
_again = update(errands).where(_one).values(again_at=bindparam("at"), tries=errands.c.tries + 1)
_end = (
    update(errands)
    .where(_one)
    .values(ended_at=at_now, admitted=bindparam("is_admitted"))
    .returning(errands.c.key)
)
_admitted = (
    select(errands.c.key)
    .where(errands.c.workspace == of_workspace, errands.c.person == of_person, errands.c.admitted)
    .limit(1)
)
_sweep = delete(errands).where(errands.c.workspace == of_workspace, errands.c.put_at < bindparam("before"))


class Errands:
    """Putting, finding and ending errands."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, workspace: WorkspaceId, errand: Errand, now: datetime) -> None:
        """Let an errand be done, unless it is or was on its way already."""
        row = {
            "workspace": workspace, "key": errand.key, "person": errand.person,
            "task": task_to_json(errand.task), "put_at": now, "again_at": now, "tries": 0,
        }  # fmt: skip
        self._connection.execute(_put, row)

    def due(self, workspace: WorkspaceId, now: datetime) -> tuple[tuple[Errand, datetime], ...]:
        """What is to be done now, the oldest first, and since when it is."""
        moments = {"of_workspace": workspace, "now": now, "furthest": now + FURTHEST}
        return tuple(
            (Errand(person=PersonId(person), task=task_from_json(task), tries=tries), put_at)
            for person, task, tries, put_at in self._connection.execute(_due, moments)
        )

    def again(self, workspace: WorkspaceId, errand: Errand, at: datetime) -> None:
        """Try it again at a moment, at most FURTHEST ahead."""
        self._connection.execute(_again, {"of_workspace": workspace, "of_key": errand.key, "at": at})

    def end(
        self, workspace: WorkspaceId, errand: Errand, now: datetime, *, admitted: bool | None = None
    ) -> bool:
        """End it; False when that was done before, so that what follows happens once."""
        key = {"of_workspace": workspace, "of_key": errand.key, "now": now, "is_admitted": admitted}
        return self._connection.execute(_end, key).first() is not None

    def is_admitted(self, workspace: WorkspaceId, person: PersonId) -> bool:
        """Whether somebody turned out to administer the workspace, within the last week."""
        key = {"of_workspace": workspace, "of_person": person}
        return self._connection.execute(_admitted, key).first() is not None

    def sweep(self, workspace: WorkspaceId, before: datetime) -> None:
        """Forget errands of before a moment."""
        self._connection.execute(_sweep, {"of_workspace": workspace, "before": before})
