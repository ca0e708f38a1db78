"""Plans of reminders: made anew for whoever something changed for, in the place of what was planned."""

from collections.abc import Iterable
from datetime import datetime

from bot.domain.event import Event, PersonId, Session, WorkspaceId
from bot.domain.plans import Planned, Why
from bot.domain.quiet import Peace, peace_of
from bot.domain.reminders import plan
from storage import Owed, Transaction


def replan(tx: Transaction, event: Event, now: datetime, people: Iterable[PersonId] | None = None) -> None:
    """Plan anew for these people, or for everybody of the event. What is due already stays due."""
    wanted = None if people is None else tuple(people)
    tx.reminders.hold(event.workspace, event.key, wanted)
    sessions = tx.events.sessions(event.workspace, event.key)
    owed = tx.owed.of(event.workspace, event.key, wanted)
    planned = (each for person in sorted(owed) for each in _planned(event, sessions, owed[person], now))
    tx.reminders.replan(event.workspace, event.key, wanted, planned)


def waking(tx: Transaction, event: Event, person: PersonId, now: datetime) -> datetime:
    """The first moment from now on at which somebody may be written to unasked."""
    own = tx.members.zones(event.workspace, [person]).get(person)
    return peace_of(event, tx.events.sessions(event.workspace, event.key), own).waking(now)


def own_zone(tx: Transaction, workspace: WorkspaceId, person: PersonId) -> str:
    """The zone of somebody's own clock; empty while it is not known."""
    return tx.members.zones(workspace, [person]).get(person, "")


def moved_by_absence(tx: Transaction, event: Event, person: PersonId, now: datetime) -> tuple[Planned, ...]:
    """The reminders that come at another time because the person is away."""
    sessions = tx.events.sessions(event.workspace, event.key)
    owed = tx.owed.of(event.workspace, event.key, [person]).get(person)
    planned = _planned(event, sessions, owed, now) if owed else ()
    return tuple(each for each in planned if each.why is Why.AWAY)


def peace(event: Event, sessions: Iterable[Session], owed: Owed) -> Peace:
    """When somebody is left in peace."""
    return peace_of(event, sessions, owed.zone)


def _planned(event: Event, sessions: Iterable[Session], owed: Owed, now: datetime) -> tuple[Planned, ...]:
    return plan(event, peace(event, sessions, owed), owed.duties, owed.facts, now).kept
