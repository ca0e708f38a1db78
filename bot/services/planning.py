"""Plans of reminders: made anew for whoever something changed for, in the place of what was planned."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache

from bot.domain.event import Event, PersonId, Session, SessionCode, WorkspaceId
from bot.domain.plans import Planned, Why
from bot.domain.quiet import Peace, peace_of
from bot.domain.reminders import plan
from storage import Owed, Transaction

PeaceByZone = Callable[[str | None], Peace]
Stands = Mapping[tuple[SessionCode, str], Planned]  # by session and rung


def replan(tx: Transaction, event: Event, now: datetime, people: Iterable[PersonId] | None = None) -> None:
    """Plan anew for these people, or for everybody of the event. What is due already stays due.

    When it is for everybody, their quiet hours may be others too: then what these hold is looked at again.
    """
    wanted = None if people is None else tuple(people)
    tx.reminders.hold(event.workspace, event.key, wanted)
    peace = peace_by_zone(event, tx.events.sessions(event.workspace, event.key))
    owed = tx.owed.of(event.workspace, event.key, wanted)
    stands = {person: each.stands for person, each in owed.items()}
    if wanted is None:
        tx.outbox.look_again(event.workspace)
    put(tx, event, stands, {person: _planned(event, peace, owed[person], now) for person in sorted(owed)})


def put(
    tx: Transaction,
    event: Event,
    stands: Mapping[PersonId, Stands],
    planned: Mapping[PersonId, Sequence[Planned]],
) -> None:
    """Have plans stand in the place of others; whose plan is as it was is left alone."""
    changed = [
        person
        for person, plan in planned.items()
        if {(each.session, each.rung): each for each in plan} != stands[person]
    ]
    if changed:
        rows = (each for person in changed for each in planned[person])
        tx.reminders.replan(event.workspace, event.key, changed, rows)


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
    planned = _planned(event, peace_by_zone(event, sessions), owed, now) if owed else ()
    return tuple(each for each in planned if each.why is Why.AWAY)


def peace_by_zone(event: Event, sessions: Sequence[Session]) -> PeaceByZone:
    """When people are left in peace, by the zone of their own: computed once for all who share it."""
    return cache(lambda own: peace_of(event, sessions, own))


def _planned(event: Event, peace: PeaceByZone, owed: Owed, now: datetime) -> tuple[Planned, ...]:
    return plan(event, peace(owed.zone), owed.duties, owed.facts, now).kept
