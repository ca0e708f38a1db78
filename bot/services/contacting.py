"""First contact: whoever has a session now is told so, once, in their waking hours."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.event import Event, EventKey, PersonId, SessionCode, WorkspaceId
from bot.domain.moment import Ts, moment_of
from bot.domain.nudges import FirstContact
from bot.domain.replies import manner_of
from bot.services import kept, planning
from storage import Owed, Transaction

_Who = tuple[PersonId, SessionCode]


def contact(tx: Transaction, workspace: WorkspaceId, now: datetime) -> datetime | None:
    """Contact whoever is to be contacted now; gives when the next one wakes, if somebody sleeps."""
    waits = [
        _of_event(tx, event, who, now)
        for key, who in tx.parts.uncontacted(workspace, now).items()
        for event in [tx.events.one(workspace, key)]
        if event is not None
    ]
    return min((each for each in waits if each is not None), default=None)


def uncontacted(
    tx: Transaction, workspace: WorkspaceId, now: datetime
) -> tuple[tuple[EventKey, PersonId, datetime], ...]:
    """Who is still to be contacted, and the first moment from now on at which they are awake."""
    found: list[tuple[EventKey, PersonId, datetime]] = []
    for key, who in tx.parts.uncontacted(workspace, now).items():
        if (event := tx.events.one(workspace, key)) is not None:
            owed = tx.owed.of(workspace, key, {person for person, _ in who})
            wakes = _wakes(tx, event, owed, now)
            people = {each[0] for each in who if each[0] in wakes and _is_asked(owed, each)}
            found += [(key, person, wakes[person]) for person in sorted(people)]
    return tuple(found)


def _of_event(tx: Transaction, event: Event, who: Sequence[_Who], now: datetime) -> datetime | None:
    owed = tx.owed.of(event.workspace, event.key, {person for person, _ in who})
    wakes = _wakes(tx, event, owed, now)
    ready = [each for each in who if each[0] in wakes and wakes[each[0]] <= now and _is_asked(owed, each)]
    wrote = kept.kept_of(tx, event.workspace, event.key).wrote if ready else {}
    told = [each for each in ready if not _knows(owed, wrote, each)]
    for person, session in told:
        reply = FirstContact()
        manner = manner_of(reply, person=person, session=session)
        tx.outbox.put(event.workspace, person, reply, manner, now, event=event.key, session=session)
    tx.parts.note_contacted(event.workspace, event.key, ready, now)
    return min((at for at in wakes.values() if at > now), default=None)


def _wakes(
    tx: Transaction, event: Event, owed: Mapping[PersonId, Owed], now: datetime
) -> dict[PersonId, datetime]:
    peace = planning.peace_by_zone(event, tx.events.sessions(event.workspace, event.key))
    return {person: peace(each.zone).waking(now) for person, each in owed.items()}


def _is_asked(owed: dict[PersonId, Owed], who: _Who) -> bool:
    person, session = who
    return any(each.session == session and each.is_open for each in owed[person].duties)


def _knows(owed: dict[PersonId, Owed], wrote: Mapping[tuple[SessionCode, PersonId], Ts], who: _Who) -> bool:
    """Whether they wrote for it since it is theirs: then they know of it."""
    person, session = who
    newest = wrote.get((session, person))
    since = next(each.since for each in owed[person].duties if each.session == session)
    return newest is not None and moment_of(newest) >= since
