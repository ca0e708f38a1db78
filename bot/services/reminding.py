"""Reminders: due ones become replies, once, for reports that are not in."""

from datetime import datetime

from bot.domain.duties import Outcome
from bot.domain.event import WorkspaceId
from bot.domain.replies import Reminder, manner_of
from storage import Due, Transaction

Reminded = tuple[Due, Outcome]


def remind(tx: Transaction, workspace: WorkspaceId, now: datetime) -> tuple[Reminded, ...]:
    """Settle what is due: sent, or needless because the report is in. Gives what was settled."""
    settled: list[Reminded] = []
    for due in tx.reminders.due(workspace, now):
        event = tx.events.one(workspace, due.event)
        is_in = due.person in tx.dialogues.submitted(workspace, due.event)
        if event is None or is_in:
            outcome = Outcome.NEEDLESS
        elif now > event.closing_ends_at:
            outcome = Outcome.MISSED
        else:
            outcome = Outcome.SENT
            reply = Reminder(due.due_at)
            manner = manner_of(reply, person=due.person, session=due.session)
            tx.outbox.put(workspace, due.person, reply, manner, now, event=due.event, session=due.session)
        tx.reminders.settle(workspace, due, outcome, now)
        settled.append((due, outcome))
    return tuple(settled)
