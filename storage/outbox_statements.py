"""The statements of the outbox: which rows may go out now, and what is done to them.

Clocks step back. Then a moment to wait for lies much further ahead than any that is ever written
(`FURTHEST`, `LONGEST`), and is not waited for; and what was put without a delay is due whatever time it is.
Only what quiet hours hold waits for hours (`NIGHT`), and has `IN_PEACE` for a reason.
"""

from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
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

from bot.domain.replies import Lane
from storage.parameters import at_now, of_event, of_workspace
from storage.tables import outbox

FURTHEST = timedelta(minutes=2)  # no manner, update or postponing waits longer
NIGHT = timedelta(days=2)  # no quiet hours are longer, also where those of two zones meet
IN_PEACE = "quiet hours"
LONGEST = timedelta(minutes=10)  # nor does a lease or a wait that Slack asks for (longer ones are cut)

_insert = insert(outbox)
PUT_ALL = _insert.on_conflict_do_update(
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
PUT = PUT_ALL.returning(outbox.c.key)


def is_due(rows: FromClause) -> ColumnElement[bool]:
    """Whether rows may go out by the bot's time, also when its clock was put back since they were put."""
    return or_(
        rows.c.not_before <= at_now,
        rows.c.not_before <= rows.c.put_at,
        and_(rows.c.not_before > bindparam("furthest"), rows.c.reason.is_distinct_from(IN_PEACE)),
        rows.c.not_before > bindparam("next_night"),
    )


def moments(now: datetime) -> dict[str, datetime]:
    """What `is_due` asks for."""
    return {"now": now, "furthest": now + FURTHEST, "next_night": now + NIGHT}


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
CLAIMABLE = (
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
CLAIM = (
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
FINISH = (
    update(outbox)
    .where(_one)
    .values(
        state=bindparam("to_state"), settled_at=at_now, posted_ts=bindparam("ts"), reason=bindparam("why")
    )
)
AGAIN = (
    update(outbox)
    .where(_one)
    .values(
        retry_at=bindparam("again_at"),
        reason=bindparam("why"),
    )
)
DUE_NOW = (
    update(outbox)
    .where(
        outbox.c.workspace == of_workspace,
        outbox.c.address == bindparam("of_address"),
        outbox.c.state == "waiting",
        outbox.c.reason.in_(bindparam("reasons", expanding=True)),
    )
    .values(retry_at=None)
)
POSTPONE = (
    update(outbox)
    .where(_one)
    .values(
        not_before=bindparam("until"),
        reason=bindparam("why"),
        put_at=case((outbox.c.put_at < at_now, outbox.c.put_at), else_=at_now),  # else it would be due
        retry_at=None,
        # nothing was sent: it was no attempt. A row with a name stays tried, else a newer one of its name
        # that was put meanwhile would be one untried row too many
        attempts=case((outbox.c.replaces.is_(None), outbox.c.attempts - 1), else_=outbox.c.attempts),
        first_tried_at=case((outbox.c.attempts > 1, outbox.c.first_tried_at)),
    )
)
LOOK_AGAIN = (
    update(outbox)
    .where(outbox.c.workspace == of_workspace, outbox.c.state == "waiting", outbox.c.reason == IN_PEACE)
    .values(not_before=outbox.c.put_at, reason=None)
)
LEFT_IN_PEACE = select(outbox.c.event, outbox.c.address, outbox.c.not_before).where(
    outbox.c.workspace == of_workspace, outbox.c.state == "waiting", outbox.c.reason == IN_PEACE
)
POSTED = select(outbox.c.posted_ts).where(
    outbox.c.workspace == of_workspace, outbox.c.number == bindparam("of_number")
)
STANDS = select(outbox.c.state, outbox.c.posted_ts).where(
    outbox.c.workspace == of_workspace, outbox.c.key == bindparam("of_key")
)
UNTOLD = (
    select(outbox.c.address, outbox.c.session, outbox.c.reply)
    .where(
        outbox.c.workspace == of_workspace,
        outbox.c.event == of_event,
        outbox.c.lane == Lane.REMINDER.value,
        outbox.c.state == "waiting",
        outbox.c.retry_at.is_(None),  # nobody is sending it, or tried to
    )
    .order_by(outbox.c.number)
    .with_for_update()
)
SWEEP = delete(outbox).where(
    outbox.c.workspace == of_workspace,
    outbox.c.state.in_(("settled", "dropped")),
    outbox.c.settled_at < bindparam("before"),
)
