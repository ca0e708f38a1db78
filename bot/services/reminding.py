"""Reminders that are due: what falls together for a person is one message, once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.domain.duties import Outcome, Settled
from bot.domain.event import Event, EventKey, PersonId, SessionCode, WorkspaceId
from bot.domain.nudges import Reminded, Reminder
from bot.domain.plans import Planned
from bot.domain.reminders import Called, call
from bot.domain.replies import Manner, Reply, Rewritten, Strayed, manner_of
from bot.services import planning, straying
from storage import AT_ONCE, Due, Ended, Owed, Sent, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A reminder that came to its end, for log and metrics: nobody is named."""

    event: EventKey
    session: SessionCode
    due_at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one transaction did; `is_full` when more may be due."""

    rungs: tuple[Rung, ...]
    is_full: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One person's."""

    person: PersonId
    owed: Owed
    called: Called

    @property
    def left(self) -> planning.Stands:
        """What stands once the call's are settled."""
        settled = {(each.session, each.rung) for each in self.called.settled}
        return {key: each for key, each in self.owed.stands.items() if key not in settled}


def remind(tx: Transaction, workspace: WorkspaceId, now: datetime) -> Batch:
    """Settle what is due, at most AT_ONCE reminders, and send what is still to be said."""
    due = tx.reminders.due(workspace, now)
    rungs: list[Rung] = []
    for key, rows in groupby(sorted(due, key=lambda each: each.event), key=lambda each: each.event):
        event = tx.events.one(workspace, key)
        if event is None:
            rungs += _orphans(tx, workspace, key, tuple(rows), now)
        else:
            rungs += _of_event(tx, event, {each.person for each in rows}, now)
    return Batch(rungs=tuple(rungs), is_full=len(due) == AT_ONCE)


def report_changed(tx: Transaction, event: Event, session: SessionCode, now: datetime) -> None:
    """A report came in, or is not in any more: its people's plans follow, and the reminders that stand."""
    people = [
        each.person
        for each in tx.events.assignments(event.workspace, event.key)
        if each.session.code == session
    ]
    planning.replan(tx, event, now, people)
    for person, owed in tx.owed.of(event.workspace, event.key, people).items():
        if owed.last is not None and any(each.session == session for each in owed.last.reminder.rungs):
            redraw(tx, event, person, owed.last, now)


def redraw(tx: Transaction, event: Event, person: PersonId, sent: Sent, now: datetime) -> None:
    """Have a reminder that stands read as things are now."""
    reply = Rewritten(of=sent.message, into=sent.reminder)
    manner = manner_of(reply, person=person, session="")
    tx.outbox.put(event.workspace, person, reply, manner, now, event=event.key)


def _of_event(tx: Transaction, event: Event, people: Iterable[PersonId], now: datetime) -> list[Rung]:
    workspace, wanted = event.workspace, sorted(people)
    tx.reminders.hold(workspace, event.key, wanted)
    peace = planning.peace_by_zone(event, tx.events.sessions(workspace, event.key))
    owed = tx.owed.of(workspace, event.key, wanted)
    turns = [_turn(event, peace, person, owed[person], now) for person in wanted if person in owed]
    messages = _send(tx, event, [each for each in turns if each.called.message], now)
    _ask_of_strayed_notes(tx, event, turns, now)
    tx.reminders.settle(
        workspace, event.key, [one for each in turns for one in _ended(each, messages.get(each.person))]
    )
    planning.put(
        tx,
        event,
        {each.person: each.left for each in turns},
        {each.person: each.called.plan.kept for each in turns},
    )
    return [
        Rung(
            event=event.key,
            session=settled.session,
            due_at=each.owed.facts.standing.get((settled.session, settled.rung), now),
            outcome=settled.outcome,
        )
        for each in turns
        for settled in each.called.settled
    ]


def _turn(event: Event, peace: planning.PeaceByZone, person: PersonId, owed: Owed, now: datetime) -> _Turn:
    called = call(event, peace(owed.zone), owed.duties, owed.facts, now)
    return _Turn(person=person, owed=owed, called=called)


def _send(tx: Transaction, event: Event, turns: Sequence[_Turn], now: datetime) -> dict[PersonId, str]:
    """Let the messages wait; each takes the buttons off the one before it. Gives their outbox rows' keys."""
    new: list[tuple[str, Reply, Manner]] = []
    older: list[tuple[str, Reply, Manner]] = []
    for each in turns:
        reminder = Reminder(rungs=tuple(map(_reminded, each.called.message)), at=now)
        new.append((each.person, reminder, manner_of(reminder, person=each.person, session="")))
        if (last := each.owed.last) is not None:
            bare = Rewritten(of=last.message, into=last.reminder, bare=True)
            older.append((each.person, bare, manner_of(bare, person=each.person, session="")))
    keys = tx.outbox.put_all(event.workspace, new, now, event=event.key)
    tx.outbox.put_all(event.workspace, older, now, event=event.key)
    return {each.person: key for each, key in zip(turns, keys, strict=True)}


def _ask_of_strayed_notes(tx: Transaction, event: Event, turns: Iterable[_Turn], now: datetime) -> None:
    """Behind the first reminder of a report, which is the one at its session's end, also when it is not sent
    because they are just writing; a question of its own, since a message holds one."""
    ended = [
        (settled.session, each.person)
        for each in turns
        if len(each.owed.duties) > 1
        for settled in each.called.settled
        if settled.outcome is not Outcome.NEEDLESS and not _was_settled(each.owed, settled.session)
    ]
    for session, person in straying.with_strayed_notes(tx, event, ended) if ended else ():
        manner = manner_of(Strayed(), person=person, session=session)
        tx.outbox.put(event.workspace, person, Strayed(), manner, now, event=event.key, session=session)


def _was_settled(owed: Owed, session: SessionCode) -> bool:
    return any(each.session == session for each in owed.facts.settled)


def _reminded(planned: Planned) -> Reminded:
    return Reminded(
        session=planned.session,
        rung=planned.rung,
        says=planned.says,
        meant_for=planned.meant_for,
        missed_at=planned.missed_at,
        is_before_leaving=planned.is_before_leaving,
    )


def _ended(turn: _Turn, message: str | None) -> Iterable[Ended]:
    sent = {(each.session, each.rung): each for each in turn.called.message}
    for settled in turn.called.settled:
        planned = sent.get((settled.session, settled.rung)) if settled.outcome is Outcome.SENT else None
        yield Ended(
            person=turn.person,
            settled=settled,
            planned=planned,
            message=message if planned is not None else None,
        )


def _orphans(
    tx: Transaction, workspace: WorkspaceId, key: EventKey, rows: tuple[Due, ...], now: datetime
) -> list[Rung]:
    """Of an event that is gone."""
    needless = Outcome.NEEDLESS
    tx.reminders.settle(
        workspace,
        key,
        [
            Ended(
                person=each.person,
                settled=Settled(
                    session=each.session, rung=each.rung, meant_for=each.due_at, at=now, outcome=needless
                ),
            )
            for each in rows
        ],
    )
    return [Rung(event=key, session=each.session, due_at=each.due_at, outcome=needless) for each in rows]
