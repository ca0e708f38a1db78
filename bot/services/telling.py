"""Telling people what changed about their sessions: each once, as data; the words are read at delivery."""

from collections.abc import Iterable
from datetime import datetime

from bot.domain import wall
from bot.domain.changes import (
    Change,
    EventChanged,
    SessionAdded,
    SessionCancelled,
    SessionChanged,
    SessionMoved,
    SessionRemoved,
    SessionsReordered,
    SessionTakenUp,
)
from bot.domain.difference import held
from bot.domain.event import Assignment, Event, PersonId, SessionCode
from bot.domain.programme import Programme
from bot.domain.replies import Cancelled, DigestParent, DigestReply, Held, Moved, Reply, TakenOff, manner_of
from bot.services import publishing
from storage import PARENT, Transaction, reply_slot

Who = tuple[SessionCode, PersonId]


def wait_for_moves_of_who_goes(tx: Transaction, was: Programme, now: Programme) -> bool:
    """Let what they are typing be stored first: who wrote stays with the report as a former rapporteur.

    Whether anybody goes: then what is kept is to be read again.
    """
    going = [each for each in sorted(_parts(was).keys() - _parts(now).keys()) if each[0]]
    for _, person in going:
        tx.dialogues.lock(was.event.workspace, was.event.key, person)
    return bool(going)


def tell_people(
    tx: Transaction, was: Programme, now: Programme, wrote: frozenset[Who], know: frozenset[Who], at: datetime
) -> None:
    """Tell each person once of a session that moved, was cancelled, or is not theirs any more.

    `know` are those who heard of their session from us, or wrote; others are not told that it was theirs.
    What still waits to be said, in quiet hours for example, is not said twice, nor is it answered by a
    message that only takes it back.
    """
    before, after, untold = _parts(was), _parts(now), tx.outbox.untold(now.event.workspace, now.event.key)
    for (code, person), old in before.items():
        new, waits = after.get((code, person)), untold.get((person, code), ())
        reply: Reply | None = None
        if new is not None:
            reply = _changed(old, new, waits)
        elif (code, person) in know:
            reply = TakenOff((code, person) in wrote)
        if reply is not None and reply not in waits:
            _tell(tx, new or old, reply, at)


def redraw_digest(tx: Transaction, changes: Iterable[Change], event: Event, at: datetime) -> None:
    """Have what stands in the channel follow the programme."""
    slots = tx.digests.slots(event.workspace, event.key)
    changed = [each for each in changes if isinstance(each, _SEEN_BY_READERS)]
    if PARENT not in slots or not changed:
        return
    put = publishing.put_digest
    put(tx, event, DigestParent(), at, after=publishing.BETWEEN_UPDATES)
    for each in changed:
        code = _code(each)
        if code and reply_slot(code, 0) in slots:
            put(tx, event, DigestReply(), at, session=code, after=publishing.BETWEEN_UPDATES)


_SEEN_BY_READERS = (
    EventChanged, SessionAdded, SessionCancelled, SessionChanged, SessionMoved, SessionRemoved,
    SessionTakenUp, SessionsReordered,
)  # fmt: skip


def _code(change: Change) -> SessionCode | None:
    match change:
        case SessionMoved(now=session):
            return session.code
        case SessionCancelled(session=session) | SessionChanged(session=session):
            return session.code
        case SessionTakenUp(session=session) | SessionRemoved(session=session):
            return session.code
        case _:
            return None


def _parts(programme: Programme) -> dict[Who, Assignment]:
    return {(each.session.code, each.person): each for each in programme.assignments}


def _changed(old: Assignment, new: Assignment, waits: Iterable[Reply]) -> Moved | Cancelled | None:
    """What somebody is to be told of their session, who knows it as it was before whatever `waits`."""
    was, now = _takes_place(old), _takes_place(new)
    if was == now:
        return None
    first = next((each for each in waits if isinstance(each, Moved | Cancelled)), None)
    known = was if first is None else first.was
    if known == now:
        return None
    if now is None:
        return Cancelled(was=known)
    due_was, due = (wall.written(each.due_at, each.event.zone) for each in (old, new))
    due_was = next((each.due_was for each in waits if isinstance(each, Moved) and each.due_was), due_was)
    return Moved(to=now, due_too=due_was != due, after_all=known is None, was=known, due_was=due_was)


def _takes_place(each: Assignment) -> Held | None:
    """When and where, as its people know it; None: it is cancelled."""
    return None if each.session.is_cancelled else held(each.session, each.event)


def _tell(tx: Transaction, each: Assignment, reply: Reply, at: datetime) -> None:
    event, code = each.event, each.session.code
    manner = manner_of(reply, person=each.person, session=code)
    tx.outbox.put(event.workspace, each.person, reply, manner, at, event=event.key, session=code)
