"""What operators see and order in all workspaces of a database: rows that have not ended, and never words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from storage.codec import kind_of_reply
from storage.outbox_rows import State
from storage.parameters import at_now
from storage.tables import digests, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A row that has not ended, as operators see it."""

    number: int
    workspace: str
    key: str  # in the metadata of its message
    address: str
    event: str | None
    session: str | None
    kind: str
    state: State
    put_at: datetime
    not_before: datetime
    retry_at: datetime | None  # real time: the claim of a process, or a wait
    attempts: int
    reason: str | None


_for_operators = {"crosses_workspaces": "outbox for operators"}
_not_ended = outbox.c.state.in_(("waiting", "given up", "set aside"))
_listing = (
    select(
        outbox.c.number, outbox.c.workspace, outbox.c.key, outbox.c.address, outbox.c.event, outbox.c.session,
        outbox.c.reply, outbox.c.state, outbox.c.put_at, outbox.c.not_before, outbox.c.retry_at,
        outbox.c.attempts, outbox.c.reason,
    )
    .where(_not_ended)
    .order_by(outbox.c.number)
    .execution_options(**_for_operators)
)  # fmt: skip
_retry = (
    update(outbox)
    .where(outbox.c.number == bindparam("of_number"), outbox.c.state.in_(("given up", "set aside")))
    .values(state="waiting", retry_at=None, first_tried_at=None, settled_at=None, reason="ordered again")
    .returning(outbox.c.number)
    .execution_options(**_for_operators)
)
_drop = (
    update(outbox)
    .where(outbox.c.number == bindparam("of_number"), _not_ended)
    .values(state="dropped", settled_at=at_now, reason="dropped by an operator")
    .returning(outbox.c.number)
    .execution_options(**_for_operators)
)
_all_gone = (
    select(digests.c.event, digests.c.slot, digests.c.gone_at)
    .where(digests.c.gone_at.is_not(None))
    .order_by(digests.c.gone_at)
    .execution_options(**_for_operators)
)


class Operators:
    """Listing, ordering again and dropping."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def listing(self) -> tuple[Listed, ...]:
        """What waits, was given up or was set aside, oldest first."""
        return tuple(_listed(row) for row in self._connection.execute(_listing))

    def retry(self, number: int) -> bool:
        """Let a row that was given up or set aside wait again, in its place. False when there is none.

        It was tried before, so its key is looked for first.
        """
        return self._connection.execute(_retry, {"of_number": number}).first() is not None

    def drop(self, number: int, now: datetime) -> bool:
        """End a row of the listing unsent; False when there is none."""
        return self._connection.execute(_drop, {"of_number": number, "now": now}).first() is not None

    def digests_gone(self) -> tuple[tuple[str, str, datetime], ...]:
        """(event, slot, noticed at) of digest messages that were deleted by hand."""
        return tuple((event, slot, at) for event, slot, at in self._connection.execute(_all_gone) if at)


def _listed(cells: Sequence[Any]) -> Listed:
    (
        number, workspace, key, address, event, session, reply, state, put_at, not_before, retry_at, attempts,
        reason,
    ) = cells  # fmt: skip
    return Listed(
        number=number,
        workspace=workspace,
        key=key,
        address=address,
        event=event,
        session=session,
        kind=kind_of_reply(reply),
        state=State(state),
        put_at=put_at,
        not_before=not_before,
        retry_at=retry_at,
        attempts=attempts,
        reason=reason,
    )
