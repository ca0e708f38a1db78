"""What the planner of reminders goes by, for one person of an event or for all, in as many statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, select

from bot.domain.duties import Duty, Facts, Outcome, Settled, Snooze
from bot.domain.event import EventKey, Part, PersonId, SessionCode, WorkspaceId, with_given
from bot.domain.moment import Ts, moment_of
from bot.domain.nudges import Reminded, Reminder
from bot.domain.people import Role
from bot.domain.plans import Planned, Why
from bot.domain.spans import Span
from storage.parameters import of_event, of_workspace
from storage.tables import (
    assignments,
    aways,
    dialogues,
    events,
    members,
    reminders,
    sessions,
    snoozes,
    sought,
    submits,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A reminder that went out, and the outbox row in which it did."""

    reminder: Reminder
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One person: what they owe, what is known of them, their own zone, what the ladder sent them."""

    duties: tuple[Duty, ...]
    facts: Facts
    zone: str | None
    sent: tuple[Sent, ...]  # oldest first
    stands: Mapping[tuple[SessionCode, str], Planned]  # by session and rung, as it was planned last

    @property
    def last(self) -> Sent | None:
        """The newest reminder, which alone has buttons."""
        return self.sent[-1] if self.sent else None


class _Both(NamedTuple):
    """A statement over everybody of an event, and the same for some."""

    all: Select[*tuple[Any, ...]]
    some: Select[*tuple[Any, ...]]


def _both(statement: Select[*tuple[Any, ...]], person: Any) -> _Both:
    return _Both(statement, statement.where(person.in_(bindparam("people", expanding=True))))


def _of_event(table: Any) -> Any:
    return (table.c.workspace == of_workspace) & (table.c.event == of_event)


_duties = _both(
    select(
        assignments.c.person, sessions.c.session, sessions.c.starts_at, sessions.c.ends_at,
        func.coalesce(sessions.c.due_at, events.c.due_at), sessions.c.given_at, sessions.c.is_cancelled,
        assignments.c.part, assignments.c.since, assignments.c.stopped,
    )
    .join(sessions, (sessions.c.workspace == assignments.c.workspace)
          & (sessions.c.event == assignments.c.event) & (sessions.c.session == assignments.c.session))
    .join(events, (events.c.workspace == assignments.c.workspace) & (events.c.event == assignments.c.event))
    .where(_of_event(assignments), assignments.c.until.is_(None))
    .order_by(sessions.c.position, assignments.c.position),
    assignments.c.person,
)  # fmt: skip
_sought = _both(
    select(sought.c.person, sought.c.session, sought.c.served_since, sought.c.problem).where(
        _of_event(sought), sought.c.role == Role.RAPPORTEUR.value, sought.c.person.is_not(None)
    ),
    sought.c.person,
)
_submitted = select(submits.c.session).where(_of_event(submits)).distinct()
_aways = _both(
    select(aways.c.person, aways.c.starts_at, aways.c.ends_at)
    .where(_of_event(aways), aways.c.undone_at.is_(None))
    .order_by(aways.c.starts_at),
    aways.c.person,
)
_snoozes = _both(
    select(snoozes.c.person, snoozes.c.session, snoozes.c.rung, snoozes.c.asked_at, snoozes.c.until)
    .where(_of_event(snoozes), snoozes.c.undone_at.is_(None))
    .order_by(snoozes.c.asked_at),
    snoozes.c.person,
)
_reminders = _both(
    select(
        reminders.c.person, reminders.c.session, reminders.c.rung, reminders.c.due_at,
        reminders.c.settled_at, reminders.c.outcome, reminders.c.says, reminders.c.meant_for,
        reminders.c.why, reminders.c.missed_at, reminders.c.is_asked, reminders.c.message,
    ).where(_of_event(reminders)),
    reminders.c.person,
)  # fmt: skip
_heard = _both(
    select(dialogues.c.person, dialogues.c.heard_ts).where(
        _of_event(dialogues), dialogues.c.heard_ts.is_not(None)
    ),
    dialogues.c.person,
)
_zones = _both(
    select(members.c.person, members.c.zone).where(
        members.c.workspace == of_workspace, members.c.zone.is_not(None)
    ),
    members.c.person,
)


class OwedByPeople:
    """Reading what people owe."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(
        self, workspace: WorkspaceId, event: EventKey, people: Iterable[PersonId] | None
    ) -> dict[PersonId, Owed]:
        """Those of an event who report, or did, in as many statements for one as for all (None).

        Who cannot be served owes nothing.
        """
        wanted = None if people is None else list(people)
        asked: dict[str, object] = {"of_workspace": workspace, "of_event": event}
        read = _Reading(self._connection, asked if wanted is None else {**asked, "people": [*wanted, ""]})
        duties, past = _duties_of(read), _past_of(read)
        spans = _by_person(read(_aways), lambda starts_at, ends_at: Span(starts_at, ends_at))
        put_off = _by_person(read(_snoozes), _snooze)
        heard = {PersonId(person): Ts(ts) for person, ts in read(_heard)}
        zones = {PersonId(person): zone for person, zone in read(_zones)}
        return {
            person: Owed(
                duties=tuple(duties.get(person, ())),
                facts=Facts(
                    person=person,
                    away=tuple(spans.get(person, ())),
                    snoozes=tuple(put_off.get(person, ())),
                    heard_at=moment_of(heard[person]) if person in heard else None,
                    settled=tuple(past[person].settled) if person in past else (),
                    standing=past[person].standing() if person in past else {},
                ),
                zone=zones.get(person),
                sent=past[person].sent() if person in past else (),
                stands=past[person].stands if person in past else {},
            )
            for person in duties.keys() | past.keys()
        }


class _Reading:
    def __init__(self, connection: Connection, asked: Mapping[str, object]) -> None:
        self._connection, self._asked = connection, asked

    def __call__(self, statement: _Both) -> Iterable[Any]:
        return self._connection.execute(
            statement.some if "people" in self._asked else statement.all, self._asked
        )

    def column(self, statement: Select[*tuple[Any, ...]]) -> frozenset[str]:
        asked = {name: value for name, value in self._asked.items() if name != "people"}
        return frozenset(row[0] for row in self._connection.execute(statement, asked))


class _Past:
    """What became of one person's reminders, and what stands."""

    def __init__(self, person: PersonId) -> None:
        self._person = person
        self.settled: list[Settled] = []
        self.stands: dict[tuple[SessionCode, str], Planned] = {}
        self._sent: dict[tuple[datetime, str], list[Reminded]] = defaultdict(list)

    def add(self, row: tuple[Any, ...]) -> None:
        (
            session, rung, due_at, settled_at, outcome, says, meant_for, why, missed_at, is_asked, message,
        ) = row  # fmt: skip
        meant_for = meant_for or due_at
        if settled_at is None:
            self.stands[SessionCode(session), rung] = Planned(
                session=SessionCode(session),
                person=self._person,
                rung=rung,
                says=says or rung,
                meant_for=meant_for,
                due_at=due_at,
                why=Why(why or Why.ON_TIME),
                missed_at=missed_at,
                is_asked=bool(is_asked),
            )
            return
        self.settled.append(
            Settled(
                session=SessionCode(session),
                rung=rung,
                meant_for=meant_for,
                at=settled_at,
                outcome=Outcome(outcome),
                is_asked=bool(is_asked),
            )
        )
        if message is not None:
            told = Reminded(
                session=SessionCode(session),
                rung=rung,
                says=says or rung,
                meant_for=meant_for,
                missed_at=missed_at,
                is_before_leaving=why == Why.AWAY and due_at < meant_for,
            )
            self._sent[settled_at, message].append(told)

    def standing(self) -> dict[tuple[SessionCode, str], datetime]:
        return {key: each.missed_at or each.due_at for key, each in self.stands.items()}

    def sent(self) -> tuple[Sent, ...]:
        return tuple(
            Sent(
                reminder=Reminder(rungs=tuple(sorted(rungs, key=lambda each: each.session)), at=at),
                message=message,
            )
            for (at, message), rungs in sorted(self._sent.items(), key=lambda each: each[0])
        )


def _duties_of(read: _Reading) -> dict[PersonId, list[Duty]]:
    served = {(person, session): (since, problem) for person, session, since, problem in read(_sought)}
    is_in = read.column(_submitted)
    found: dict[PersonId, list[Duty]] = defaultdict(list)
    for person, session, starts_at, ends_at, due_at, given_at, is_cancelled, part, since, stopped in read(
        _duties
    ):
        served_since, problem = served.get((person, session), (None, None))
        if problem is None:
            began = moment_of(Ts(since)) if since else starts_at
            found[PersonId(person)].append(
                Duty(
                    session=SessionCode(session),
                    starts_at=starts_at,
                    ends_at=ends_at,
                    due_at=with_given(due_at, given_at),
                    since=served_since or began,
                    part=Part(part or Part.LEAD),
                    is_in=session in is_in,
                    is_cancelled=bool(is_cancelled),
                    is_stopped=stopped is not None,
                )
            )
    return found


def _past_of(read: _Reading) -> dict[PersonId, _Past]:
    found: dict[PersonId, _Past] = {}
    for person, *row in read(_reminders):
        if person not in found:
            found[PersonId(person)] = _Past(PersonId(person))
        found[PersonId(person)].add(tuple(row))
    return found


def _snooze(session: str, rung: str, asked_at: datetime, until: datetime) -> Snooze:
    return Snooze(session=SessionCode(session), rung=rung, asked_at=asked_at, until=until)


def _by_person(rows: Iterable[Any], make: Any) -> dict[PersonId, list[Any]]:
    found: dict[PersonId, list[Any]] = defaultdict(list)
    for person, *cells in rows:
        found[PersonId(person)].append(make(*cells))
    return found
