"""Ending a row, with all that follows from it, in one transaction."""

from datetime import datetime, timedelta

from bot.domain.moment import Ts
from bot.domain.replies import DigestParent, DigestReply, Recount, Reply, manner_of
from bot.slack.calls import (
    Drawn,
    Post,
    Upload,
)
from storage import PARENT, Row, State, Transaction, reply_slot

_LANDS_WITHIN = timedelta(seconds=15)  # what a paused process had begun to send has come to Slack by then


def settle(
    tx: Transaction,
    row: Row,
    state: State,
    now: datetime,
    *,
    drawn: Drawn | None,
    ts: Ts | None,
    why: str | None,
    missing: tuple[str, ...],
) -> None:
    """End a row; note what stands in the digest and what somebody deleted; let what follows wait."""
    if not tx.outbox.settle(row, state, now, ts=ts, why=why):
        overtaken(tx, row, now)
        return
    if ts is not None and row.attempts > 1 and drawn is not None and isinstance(drawn.call, Post | Upload):
        _recount(tx, row, ts, now)
    if drawn is not None and drawn.follow is not None:
        _put(tx, row, drawn.follow, now)
    if row.event is None:
        return
    if drawn is not None and drawn.slot is not None:
        tx.digests.stand(row.workspace, row.event, drawn.slot, ts, drawn.content, now)
    for slot in missing:
        tx.digests.gone(row.workspace, row.event, slot, now)


def overtaken(tx: Transaction, row: Row, now: datetime) -> None:
    """Another process ended the row while this one was paused inside a call: ours may stand as well.

    A post may stand twice. An update may have put older words over newer ones, or does so in a moment,
    whatever became of its answer; so that digest message is drawn anew.
    """
    ts = tx.outbox.posted(row)
    if ts is not None:
        _recount(tx, row, ts, now)
    slot = _slot(row)
    if slot is not None and row.event is not None:
        tx.digests.doubt(row.workspace, row.event, slot)
        _put(tx, row, row.reply, now, after=_LANDS_WITHIN)


def _slot(row: Row) -> str | None:
    match row.reply:
        case DigestParent():
            return PARENT
        case DigestReply(page):
            return reply_slot(row.session or "", page)
        case _:
            return None


def _recount(tx: Transaction, row: Row, ts: Ts, now: datetime) -> None:
    """Look in a while whether the message of a row that was tried twice stands twice."""
    in_thread = isinstance(row.reply, DigestReply)
    _put(tx, row, Recount(key=row.key, ts=ts, in_thread=in_thread, since=row.put_at), now)


def _put(tx: Transaction, row: Row, reply: Reply, now: datetime, after: timedelta = timedelta()) -> None:
    manner = manner_of(reply, person=row.address, session=row.session or "")
    tx.outbox.put(
        row.workspace, row.address, reply, manner, now, event=row.event, session=row.session, after=after
    )
