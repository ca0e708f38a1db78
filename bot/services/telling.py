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


def wait_for_moves_of_who_goes(tx: Transaction, was: Programme, now: Programme) -> None:
    """Let what they are typing be stored first: who wrote stays with the report as a former rapporteur."""
    for code, person in sorted(_parts(was).keys() - _parts(now).keys()):
        if code:
            tx.dialogues.lock(was.event.workspace, was.event.key, person)


def tell_people(
    tx: Transaction, was: Programme, now: Programme, wrote: frozenset[Who], know: frozenset[Who], at: datetime
) -> None:
    """Tell each person once of a session that moved, was cancelled, or is not theirs any more.

    `know` are those who heard of their session from us, or wrote; others are not told that it was theirs.
    """
    before, after = _parts(was), _parts(now)
    for who, old in before.items():
        new = after.get(who)
        if new is None:
            if who in know:
                _tell(tx, old, TakenOff(who in wrote), at)
        elif new.session.is_cancelled:
            if not old.session.is_cancelled:
                _tell(tx, new, Cancelled(), at)
        elif old.session.is_cancelled or _held(old) != _held(new):
            _tell(tx, new, _moved(old, new), at)


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


def _held(each: Assignment) -> Held:
    return held(each.session, each.event)


def _moved(old: Assignment, new: Assignment) -> Moved:
    was, now = (wall.written(each.due_at, each.event.zone) for each in (old, new))
    return Moved(to=_held(new), due_too=was != now, after_all=old.session.is_cancelled)


def _tell(tx: Transaction, each: Assignment, reply: Reply, at: datetime) -> None:
    event, code = each.event, each.session.code
    manner = manner_of(reply, person=each.person, session=code)
    tx.outbox.put(event.workspace, each.person, reply, manner, at, event=event.key, session=code)
