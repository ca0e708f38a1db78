"""The outbox: what waits to go out. Put with the turn that caused it, claimed just before posting.

The order of an address (a channel, or a person for their DM) is the order of its row numbers. A claimed row
stays *waiting* with its lease in `retry_at`, so that it holds later rows up until it is settled.

Clocks step back. Then a moment to wait for lies much further ahead than any that is ever written
(`FURTHEST`, `LONGEST`), and is not waited for; and what was put without a delay is due whatever time it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    text,
    update,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import insert

from bot.domain.event import EventKey, SessionCode, WorkspaceId
from bot.domain.moment import Ts
from bot.domain.replies import Manner, Reply
from storage.codec import reply_from_json, reply_to_json
from storage.parameters import at_now, of_workspace
from storage.tables import outbox

FURTHEST = timedelta(minutes=2)  # no manner, update or postponing waits longer
LONGEST = timedelta(minutes=10)  # nor does a lease or a wait that Slack asks for (longer ones are cut)


class State(StrEnum):
    """What became of a row. Only *waiting* rows are delivered or hold others up."""

    WAITING = "waiting"
    SETTLED = "settled"
    DROPPED = "dropped"  # too late, or no longer true
    GIVEN_UP = "given up"  # its target is gone
    ASIDE = "set aside"  # our own or an unknown error for over a minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A claimed reply. `attempts` counts this one; `first_tried_at` and `leased_until` are real time."""

    number: int
    workspace: WorkspaceId
    key: str
    address: str
    event: EventKey | None
    session: SessionCode | None
    reply: Reply
    ordered: bool
    attempts: int
    first_tried_at: datetime
    leased_until: datetime  # real time: from then on another process may try
    put_at: datetime
    not_before: datetime
    stale_after: datetime | None


NEWER = "waits for a newer version of Plenary, which put it"
NEWER_WAITS = timedelta(minutes=1)

_insert = insert(outbox)
_put_all = _insert.on_conflict_do_update(
    index_elements=[outbox.c.workspace, outbox.c.replaces],
    index_where=text("state = 'waiting' AND attempts = 0"),  # parameters would hide which index is meant
    set_={
        "reply": _insert.excluded.reply,
        "lane": _insert.excluded.lane,
        "ordered": _insert.excluded.ordered,
        "not_before": case(
            (_insert.excluded.not_before < outbox.c.hold_until, _insert.excluded.not_before),
            else_=outbox.c.hold_until,
        ),
        "stale_after": _insert.excluded.stale_after,
    },
)
_put = _put_all.returning(outbox.c.key)


def is_due(rows: FromClause) -> ColumnElement[bool]:
    """Whether rows may go out by the bot's time, also when its clock was put back since they were put."""
    return or_(
        rows.c.not_before <= at_now,
        rows.c.not_before <= rows.c.put_at,
        rows.c.not_before > bindparam("furthest"),
    )


_older = outbox.alias("older")
_held_up = (
    select(_older.c.number)
    .where(
        _older.c.workspace == outbox.c.workspace,
        _older.c.address == outbox.c.address,
        _older.c.number < outbox.c.number,
        _older.c.state == "waiting",
        _older.c.ordered,
        is_due(_older),
    )
    .exists()
)
_claimable = (
    select(outbox.c.number)
    .where(
        outbox.c.workspace == of_workspace,
        outbox.c.state == "waiting",
        is_due(outbox),
        or_(
            outbox.c.retry_at.is_(None),
            outbox.c.retry_at <= bindparam("real_now"),
            outbox.c.retry_at > bindparam("longest"),
        ),
        outbox.c.address.not_in(bindparam("resting", expanding=True)),
        or_(~outbox.c.ordered, ~_held_up),
    )
    .order_by(outbox.c.lane, outbox.c.number)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_claim = (
    update(outbox)
    .where(outbox.c.workspace == of_workspace, outbox.c.number.in_(bindparam("numbers", expanding=True)))
    .values(
        attempts=outbox.c.attempts + 1,
        retry_at=bindparam("lease_until"),
        reason=None,  # a reason says why a row waits, and this one does not
        first_tried_at=func.coalesce(outbox.c.first_tried_at, bindparam("tried_at")),
    )
    .returning(
        outbox.c.number, outbox.c.key, outbox.c.address, outbox.c.event, outbox.c.session,
        outbox.c.reply, outbox.c.ordered, outbox.c.attempts, outbox.c.first_tried_at, outbox.c.retry_at,
        outbox.c.put_at, outbox.c.not_before, outbox.c.stale_after,
    )
)  # fmt: skip
_one = and_(
    outbox.c.workspace == of_workspace,
    outbox.c.number == bindparam("of_number"),
    outbox.c.state == "waiting",
)
_finish = (
    update(outbox)
    .where(_one)
    .values(
        state=bindparam("to_state"), settled_at=at_now, posted_ts=bindparam("ts"), reason=bindparam("why")
    )
)
_again = (
    update(outbox)
    .where(_one)
    .values(
        retry_at=bindparam("again_at"),
        reason=bindparam("why"),
    )
)
_due_now = (
    update(outbox)
    .where(
        outbox.c.workspace == of_workspace,
        outbox.c.address == bindparam("of_address"),
        outbox.c.state == "waiting",
        outbox.c.reason.in_(bindparam("reasons", expanding=True)),
    )
    .values(retry_at=None)
)
_postpone = (
    update(outbox)
    .where(_one)
    .values(
        not_before=bindparam("until"),
        put_at=case((outbox.c.put_at < at_now, outbox.c.put_at), else_=at_now),  # else it would be due
        retry_at=None,
        # nothing was sent: it was no attempt. A row with a name stays tried, else a newer one of its name
        # that was put meanwhile would be one untried row too many
        attempts=case((outbox.c.replaces.is_(None), outbox.c.attempts - 1), else_=outbox.c.attempts),
        first_tried_at=case((outbox.c.attempts > 1, outbox.c.first_tried_at)),
    )
)
_posted = select(outbox.c.posted_ts).where(
    outbox.c.workspace == of_workspace, outbox.c.number == bindparam("of_number")
)
_stands = select(outbox.c.state, outbox.c.posted_ts).where(
    outbox.c.workspace == of_workspace, outbox.c.key == bindparam("of_key")
)
_sweep = delete(outbox).where(
    outbox.c.workspace == of_workspace,
    outbox.c.state.in_(("settled", "dropped")),
    outbox.c.settled_at < bindparam("before"),
)


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
        row = _as_row(workspace, address, reply, manner, now, event=event, session=session, after=after)
        key: str = self._connection.execute(_put, row).scalar_one()
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
            _as_row(workspace, address, reply, manner, now, event=event) for address, reply, manner in replies
        ]
        if rows:
            self._connection.execute(_put_all, rows)
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
            _claimable,
            {
                "of_workspace": workspace,
                "now": now,
                "furthest": now + FURTHEST,
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
            _claim,
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
        row = _row(workspace, cells)
        if row is None:
            self._connection.execute(
                _again,
                {
                    "of_workspace": workspace,
                    "of_number": number,
                    "again_at": real_now + NEWER_WAITS,
                    "why": NEWER,
                },
            )
        return row

    def settle(
        self, row: Row, state: State, now: datetime, *, ts: Ts | None = None, why: str | None = None
    ) -> bool:
        """End a row; False when another process ended it before."""
        done = self._connection.execute(
            _finish,
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
        found = self._connection.execute(_posted, key).scalar_one_or_none()
        return None if found is None else Ts(found)

    def stands(self, workspace: WorkspaceId, key: str) -> Ts | Literal["not yet"] | None:
        """Where the message of a row stands, by the row's key; None for what never will or is forgotten."""
        found = self._connection.execute(_stands, {"of_workspace": workspace, "of_key": key}).one_or_none()
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
            _again, {"of_workspace": row.workspace, "of_number": row.number, "again_at": at, "why": why}
        )
        return done.rowcount == 1

    def due_now(self, workspace: WorkspaceId, address: str, *, reasons: Sequence[str]) -> None:
        """Try rows of an address that wait for such a reason at once; a claimed row has no reason."""
        found = self._connection.execute(
            _due_now, {"of_workspace": workspace, "of_address": address, "reasons": list(reasons)}
        )
        self.is_due = self.is_due or found.rowcount > 0

    def postpone(self, row: Row, until: datetime, now: datetime) -> None:
        """Let a row wait for a moment of the bot's time, at most FURTHEST ahead; it holds nothing up."""
        self._connection.execute(
            _postpone,
            {"of_workspace": row.workspace, "of_number": row.number, "until": until, "now": now},
        )

    def sweep(self, workspace: WorkspaceId, before: datetime) -> None:
        """Forget settled and dropped rows that ended before a moment."""
        self._connection.execute(_sweep, {"of_workspace": workspace, "before": before})


def _as_row(
    workspace: WorkspaceId,
    address: str,
    reply: Reply,
    manner: Manner,
    now: datetime,
    *,
    event: EventKey | None,
    session: SessionCode | None = None,
    after: timedelta = timedelta(),
) -> dict[str, Any]:
    not_before = now + manner.delay + after
    return {
        "workspace": workspace,
        "key": str(uuid4()),
        "address": address,
        "event": event,
        "session": session,
        "lane": int(manner.lane),
        "ordered": manner.ordered,
        "reply": reply_to_json(reply),
        "state": State.WAITING.value,
        "put_at": now,
        "not_before": not_before,
        "hold_until": now + max(manner.hold, manner.delay + after),
        "stale_after": None if manner.stale_for is None else not_before + manner.stale_for,
        "replaces": None if manner.replaces is None else f"{event or ''}/{manner.replaces}",
        "attempts": 0,
    }


def _row(workspace: WorkspaceId, cells: Sequence[Any]) -> Row | None:
    (
        number, key, address, event, session, reply, ordered, attempts, first_tried_at, leased_until, put_at,
        not_before, stale_after,
    ) = cells  # fmt: skip
    known = reply_from_json(reply)
    if known is None:
        return None
    return Row(
        number=number,
        workspace=workspace,
        key=key,
        address=address,
        event=event,
        session=session,
        reply=known,
        ordered=ordered,
        attempts=attempts,
        first_tried_at=first_tried_at,
        leased_until=leased_until,
        put_at=put_at,
        not_before=not_before,
        stale_after=stale_after,
    )
