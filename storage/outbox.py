"""The outbox: what waits to go out. Put with the turn that caused it, claimed just before posting.

The order of an address (a channel, or a person for their DM) is the order of its row numbers. A claimed row
stays *waiting* with its lease in `retry_at`, so that it holds later rows up until it is settled.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection

from bot.domain.event import EventKey, SessionCode, WorkspaceId
from bot.domain.moment import Ts
from bot.domain.replies import Manner, Reply
from storage.codec import reply_from_json
from storage.outbox_rows import Row, State, claimed_row, put_row
from storage.outbox_statements import (
    AGAIN,
    CLAIM,
    CLAIMABLE,
    DUE_NOW,
    FINISH,
    IN_PEACE,
    LEFT_IN_PEACE,
    LONGEST,
    LOOK_AGAIN,
    POSTED,
    POSTPONE,
    PUT,
    PUT_ALL,
    STANDS,
    SWEEP,
    UNTOLD,
    moments,
)

NEWER = "waits for a newer version of Plenary, which put it"
NEWER_WAITS = timedelta(minutes=1)


class Outbox:
    """Putting, claiming and settling rows. `is_due` says that this transaction put something to send now."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.is_due = False

    def put(
        self,
        workspace: WorkspaceId,
        address: str,
        reply: Reply,
        manner: Manner,
        now: datetime,
        *,
        event: EventKey | None = None,
        session: SessionCode | None = None,
        after: timedelta = timedelta(),
    ) -> str:
        """Let a reply wait; one that `replaces` takes the place of an untried one of the same name.

        `after` adds to the manner's delay. Gives the row's key, by which its message can be rewritten.
        """
        row = put_row(workspace, address, reply, manner, now, event=event, session=session, after=after)
        key: str = self._connection.execute(PUT, row).scalar_one()
        self.is_due = self.is_due or row["not_before"] <= now
        return key

    def put_all(
        self,
        workspace: WorkspaceId,
        replies: Sequence[tuple[str, Reply, Manner]],
        now: datetime,
        *,
        event: EventKey,
    ) -> tuple[str, ...]:
        """Let many replies wait, as (address, reply, manner), in one statement; gives the rows' keys.

        The key of one that takes the place of another is not that of the row, which keeps its own.
        """
        rows = [
            put_row(workspace, address, reply, manner, now, event=event) for address, reply, manner in replies
        ]
        if rows:
            self._connection.execute(PUT_ALL, rows)
        self.is_due = self.is_due or any(row["not_before"] <= now for row in rows)
        return tuple(row["key"] for row in rows)

    def claim(
        self,
        workspace: WorkspaceId,
        *,
        now: datetime,
        real_now: datetime,
        lease: timedelta,
        at_most: int,
        resting: Sequence[str] = (),
    ) -> tuple[Row, ...]:
        """Lease the rows that may go out now, never a row while an older one of its address waits.

        `now` is the bot's time, `real_now` the machine's; addresses that are `resting` are left alone.
        """
        found = self._connection.execute(
            CLAIMABLE,
            {
                "of_workspace": workspace,
                **moments(now),
                "real_now": real_now,
                "longest": real_now + LONGEST,
                "resting": list(resting) or [""],
                "at_most": at_most,
            },
        )
        numbers = [row[0] for row in found]
        if not numbers:
            return ()
        claimed = self._connection.execute(
            CLAIM,
            {
                "of_workspace": workspace,
                "numbers": numbers,
                "lease_until": real_now + lease,
                "tried_at": real_now,
            },
        )
        rows = [row for cells in claimed if (row := self._known(workspace, cells, real_now)) is not None]
        return tuple(sorted(rows, key=lambda row: numbers.index(row.number)))

    def _known(self, workspace: WorkspaceId, cells: Sequence[Any], real_now: datetime) -> Row | None:
        """A claimed row; one that a newer version wrote waits for that, and keeps its place."""
        number, *_ = cells
        row = claimed_row(workspace, cells)
        if row is None:
            self._connection.execute(
                AGAIN,
                {
                    "of_workspace": workspace,
                    "of_number": number,
                    "again_at": real_now + NEWER_WAITS,
                    "why": NEWER,
                },
            )
        return row

    def untold(
        self, workspace: WorkspaceId, event: EventKey
    ) -> dict[tuple[str, SessionCode | None], tuple[Reply, ...]]:
        """What waits to be said unasked, by address and session, oldest first. Nobody sends it before the
        transaction ends, so that it is still unsaid then."""
        found: dict[tuple[str, SessionCode | None], tuple[Reply, ...]] = {}
        rows = self._connection.execute(UNTOLD, {"of_workspace": workspace, "of_event": event})
        for address, session, stored in rows:
            if (reply := reply_from_json(stored)) is not None:
                key = (address, None if session is None else SessionCode(session))
                found[key] = (*found.get(key, ()), reply)
        return found

    def settle(
        self, row: Row, state: State, now: datetime, *, ts: Ts | None = None, why: str | None = None
    ) -> bool:
        """End a row; False when another process ended it before."""
        done = self._connection.execute(
            FINISH,
            {
                "of_workspace": row.workspace,
                "of_number": row.number,
                "to_state": state.value,
                "now": now,
                "ts": ts,
                "why": why,
            },
        )
        return done.rowcount == 1

    def posted(self, row: Row) -> Ts | None:
        """Where the message of a row stands, whichever process posted it."""
        key = {"of_workspace": row.workspace, "of_number": row.number}
        found = self._connection.execute(POSTED, key).scalar_one_or_none()
        return None if found is None else Ts(found)

    def stands(self, workspace: WorkspaceId, key: str) -> Ts | Literal["not yet"] | None:
        """Where the message of a row stands, by the row's key; None for what never will or is forgotten."""
        found = self._connection.execute(STANDS, {"of_workspace": workspace, "of_key": key}).one_or_none()
        if found is None:
            return None
        state, ts = found
        if ts is None:
            return "not yet" if state in (State.WAITING, State.ASIDE) else None
        return Ts(ts)

    def again(self, row: Row, at: datetime, *, why: str) -> bool:
        """Try a row again at a real moment; it keeps its place and holds later rows up.

        False when another process ended it before.
        """
        done = self._connection.execute(
            AGAIN, {"of_workspace": row.workspace, "of_number": row.number, "again_at": at, "why": why}
        )
        return done.rowcount == 1

    def due_now(self, workspace: WorkspaceId, address: str, *, reasons: Sequence[str]) -> None:
        """Try rows of an address that wait for such a reason at once; a claimed row has no reason."""
        found = self._connection.execute(
            DUE_NOW, {"of_workspace": workspace, "of_address": address, "reasons": list(reasons)}
        )
        self.is_due = self.is_due or found.rowcount > 0

    def postpone(self, row: Row, until: datetime, now: datetime, *, in_peace: bool = False) -> None:
        """Let a row wait for a moment of the bot's time; it holds nothing up.

        At most FURTHEST ahead, but for the end of quiet hours, in which somebody is left `in_peace`.
        """
        why = IN_PEACE if in_peace else None
        self._connection.execute(
            POSTPONE,
            {"of_workspace": row.workspace, "of_number": row.number, "until": until, "now": now, "why": why},
        )

    def in_peace(self, workspace: WorkspaceId) -> tuple[tuple[EventKey, str, datetime], ...]:
        """What quiet hours hold: of which event, for whom, until when."""
        found = self._connection.execute(LEFT_IN_PEACE, {"of_workspace": workspace})
        return tuple((EventKey(event), address, until) for event, address, until in found if event)

    def look_again(self, workspace: WorkspaceId) -> None:
        """Have what quiet hours hold looked at now: they are others than they were."""
        found = self._connection.execute(LOOK_AGAIN, {"of_workspace": workspace})
        self.is_due = self.is_due or found.rowcount > 0

    def sweep(self, workspace: WorkspaceId, before: datetime) -> None:
        """Forget settled and dropped rows that ended before a moment."""
        self._connection.execute(SWEEP, {"of_workspace": workspace, "before": before})
