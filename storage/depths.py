"""How much waits in the outbox and since when, for `/metrics`: numbers, no rows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from bot.domain.event import WorkspaceId
from bot.domain.replies import Lane
from storage.outbox_rows import State
from storage.outbox_statements import is_due, moments
from storage.parameters import of_workspace
from storage.tables import outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """The rows of a lane in one state, and since when the oldest of them could go out."""

    lane: Lane
    state: State
    rows: int
    since: datetime


_depths = (
    select(outbox.c.lane, outbox.c.state, func.count(), func.min(outbox.c.not_before))
    .where(
        outbox.c.workspace == of_workspace,
        or_(
            (outbox.c.state == State.WAITING.value) & is_due(outbox),
            outbox.c.state.in_((State.GIVEN_UP.value, State.ASIDE.value)),
        ),
    )
    .group_by(outbox.c.lane, outbox.c.state)
)


class Depths:
    """Counting what waits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_outbox(self, workspace: WorkspaceId, now: datetime) -> tuple[Depth, ...]:
        """What could go out at a moment, and what was given up or set aside, by lane."""
        found = self._connection.execute(_depths, {"of_workspace": workspace, **moments(now)})
        return tuple(
            Depth(lane=Lane(lane), state=State(state), rows=rows, since=since)
            for lane, state, rows, since in found
        )
