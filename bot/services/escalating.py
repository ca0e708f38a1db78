"""Organisers are told privately which reports are not in: an hour before they are due, and once they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.event import Event, PersonId, SessionCode, Stopped, WorkspaceId
from bot.domain.matters import Matter, Topic
from bot.domain.moment import ts_of
from bot.domain.rungs import URGENT, Anchor
from bot.services import raising
from bot.services.progressing import progress
from storage import Transaction

ROWS = 10  # reports by name in a message; the others are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A session whose report is not in, and who leads it."""

    session: SessionCode
    due_at: datetime
    person: PersonId
    name: str
    wrote_at: datetime | None
    told_at: tuple[datetime, ...] = ()
    answered: tuple[int, int] | None = None  # sections, of how many; None: nothing is written
    stopped: Stopped | None = None  # why nothing is asked of them any more


def escalate(tx: Transaction, workspace: WorkspaceId, now: datetime) -> datetime | None:
    """Tell organisers what is to be told now; gives when something is to be told next."""
    later: list[datetime] = []
    for event in tx.events.all(workspace):
        if event.settings.escalates and now < event.closing_ends_at:
            later += _of_event(tx, event, now)
    return min(later, default=None)


def missing(tx: Transaction, event: Event, due_at: datetime) -> tuple[Missing, ...]:
    """The sessions due at a moment whose report is not in, in the order of the programme."""
    return tuple(each for each in _missing(tx, event) if each.due_at == due_at)


def in_detail(tx: Transaction, event: Event, reports: Sequence[Missing]) -> tuple[Missing, ...]:
    """The first ROWS of them, with how far they are and when their people were told."""
    told = tx.reminders.told(event.workspace, event.key)
    return tuple(_detailed(tx, event, each, told.get(each.session, ())) for each in reports[:ROWS])


def _of_event(tx: Transaction, event: Event, now: datetime) -> Iterable[datetime]:
    """Tell of the deadlines whose moment has come; gives the moments of the others."""
    sessions = tx.events.sessions(event.workspace, event.key)
    deadlines = {each.due(event) for each in sessions if not each.is_cancelled}
    moments = [
        (due_at + after, due_at, topic) for due_at in deadlines for topic, after in _steps(event).items()
    ]
    for at, due_at, topic in sorted(moments):
        if at > now:
            yield at
        elif topic is Topic.OVERDUE or now < due_at:
            _tell(tx, event, Matter(topic=topic, at=ts_of(due_at)), due_at, now)


def _steps(event: Event) -> dict[Topic, timedelta]:
    """When organisers are told, counted from a deadline: with the ladder's last hour and its overdue rung."""
    overdue = [each.offset for each in event.settings.rungs if each.anchor is Anchor.AFTER_DUE]
    urgent = [each.offset for each in event.settings.rungs if each.is_urgent]
    return {
        **({Topic.NOT_IN: -URGENT} if urgent else {}),
        **({Topic.OVERDUE: min(overdue)} if overdue else {}),
    }


def _tell(tx: Transaction, event: Event, matter: Matter, due_at: datetime, now: datetime) -> None:
    """Once a deadline and step; whoever sleeps reads of it when they wake (nudging)."""
    if not tx.receipts.first_time(event.workspace, (f"told/{event.key}/{matter.about}",), _kept(event, now)):
        return
    if missing(tx, event, due_at):
        raising.tell_organisers(tx, event, matter, now)


def _kept(event: Event, now: datetime) -> datetime:
    return max(now, event.closing_ends_at)  # swept by its age, so that it outlasts the event


def _missing(tx: Transaction, event: Event) -> Iterable[Missing]:
    owed = tx.owed.of(event.workspace, event.key, None)
    seen: set[SessionCode] = set()
    for each in tx.events.assignments(event.workspace, event.key):
        code = each.session.code
        theirs = owed.get(each.person)
        duty = next((one for one in theirs.duties if one.session == code), None) if theirs else None
        if theirs is None or duty is None or code in seen or duty.is_in or duty.is_cancelled:
            continue
        seen.add(code)
        yield Missing(
            session=code,
            due_at=duty.due_at,
            person=each.person,
            name=each.name,
            wrote_at=theirs.facts.heard_at,
        )


def _detailed(tx: Transaction, event: Event, each: Missing, told_at: tuple[datetime, ...]) -> Missing:
    found = progress(tx, event, each.person, [each.session]).get(each.session)
    sections = found.sections if found else 0
    answered = (sections - len(found.open_sections), sections) if found and found.is_written else None
    return Missing(
        session=each.session,
        due_at=each.due_at,
        person=each.person,
        name=each.name,
        wrote_at=each.wrote_at,
        told_at=told_at,
        answered=answered,
        stopped=tx.parts.stopped(event.workspace, event.key, each.session, each.person),
    )
