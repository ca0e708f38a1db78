"""Events, their programme and who has which part in them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from bot.domain.event import (
    Assignment,
    ChannelId,
    Event,
    EventKey,
    Level,
    Part,
    PersonId,
    Session,
    SessionCode,
    TemplateKey,
    WorkspaceId,
)
from bot.domain.moment import Ts
from bot.domain.template import Template
from storage.codec import settings_from_json, template_from_json
from storage.parameters import of_event, of_person, of_workspace
from storage.tables import assignments, events, listed, organisers, sessions, templates

FROZEN_BEFORE = timedelta(minutes=30)  # the closing session, for events of versions that knew no freeze

_EVENT = (
    events.c.workspace, events.c.event, events.c.name, events.c.place, events.c.zone, events.c.closing_at,
    events.c.closing_ends_at, events.c.due_at, events.c.freeze_at, events.c.channel, events.c.settings,
)  # fmt: skip
_SESSION = (
    sessions.c.session, sessions.c.title, sessions.c.starts_at, sessions.c.ends_at,
    func.coalesce(sessions.c.template, events.c.template), sessions.c.room, sessions.c.track,
    sessions.c.level, sessions.c.due_at, sessions.c.is_cancelled, sessions.c.given_at,
)  # fmt: skip
_ASSIGNMENT = (
    assignments.c.person, assignments.c.name, assignments.c.affiliation, assignments.c.part,
    assignments.c.since, assignments.c.until,
)  # fmt: skip
_of_its_event = (events.c.workspace == sessions.c.workspace) & (events.c.event == sessions.c.event)


_joined = (
    select(*_EVENT, *_SESSION, *_ASSIGNMENT)
    .join(
        sessions,
        (sessions.c.workspace == assignments.c.workspace)
        & (sessions.c.event == assignments.c.event)
        & (sessions.c.session == assignments.c.session),
    )
    .join(events, (events.c.workspace == assignments.c.workspace) & (events.c.event == assignments.c.event))
    .where(assignments.c.workspace == of_workspace)
    .order_by(sessions.c.position, assignments.c.position, assignments.c.person)
)
_ever_of_person = _joined.where(assignments.c.person == of_person)
_of_person = _ever_of_person.where(assignments.c.until.is_(None))
_ever_of_all = _joined.where(assignments.c.event == of_event)
_of_all = _ever_of_all.where(assignments.c.until.is_(None))
_own = assignments.alias("own")
_beside = _joined.join(
    _own,
    (_own.c.workspace == assignments.c.workspace)
    & (_own.c.event == assignments.c.event)
    & (_own.c.session == assignments.c.session),
).where(_own.c.event == of_event, _own.c.person == of_person)
_organised = (
    select(*_EVENT)
    .join(organisers, (organisers.c.workspace == events.c.workspace) & (organisers.c.event == events.c.event))
    .where(events.c.workspace == of_workspace, organisers.c.person == of_person)
)
_organisers = (
    select(organisers.c.person)
    .where(organisers.c.workspace == of_workspace, organisers.c.event == of_event)
    .order_by(organisers.c.person)
)
_all_events = select(*_EVENT).where(events.c.workspace == of_workspace).order_by(events.c.closing_at)
_one_event = _all_events.where(events.c.event == of_event)
_sessions = (
    select(*_SESSION)
    .join(events, _of_its_event)
    .where(sessions.c.workspace == of_workspace, sessions.c.event == of_event)
    .order_by(sessions.c.position)
)
_templates = (
    select(sessions.c.session, templates.c.body)
    .join(events, _of_its_event)
    .join(
        templates,
        (templates.c.workspace == sessions.c.workspace)
        & (templates.c.key == func.coalesce(sessions.c.template, events.c.template))
        & (templates.c.version == func.coalesce(sessions.c.template_version, events.c.template_version)),
    )
    .where(sessions.c.workspace == of_workspace, sessions.c.event == of_event)
)
_templates_of_person = _templates.join(
    assignments,
    (assignments.c.workspace == sessions.c.workspace)
    & (assignments.c.event == sessions.c.event)
    & (assignments.c.session == sessions.c.session),
).where(assignments.c.person == of_person)
_listed = select(listed.c.name).where(listed.c.workspace == of_workspace, listed.c.event == of_event)
_once_reported = _listed.where(listed.c.has_reported.is_(True))
_of_event = (assignments.c.workspace == of_workspace, assignments.c.event == of_event)
_everybody = (
    select(assignments.c.session, assignments.c.person, assignments.c.since, assignments.c.until)
    .where(*_of_event)
    .order_by(assignments.c.session, assignments.c.position, assignments.c.person)
)
_contacted = select(assignments.c.session, assignments.c.person).where(
    *_of_event, assignments.c.contacted_at.is_not(None)
)


class Writer(NamedTuple):
    """Somebody's time with a session: what they typed before `since` or after `until` is not of it."""

    session: SessionCode
    person: PersonId
    since: Ts | None
    until: Ts | None  # of who reported it once


class Events:
    """Reading programmes; storage.repositories.programmes replaces them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_person(self, workspace: WorkspaceId, person: PersonId) -> tuple[Assignment, ...]:
        """What somebody reports, in all events of a workspace, in the order of each programme."""
        rows = self._connection.execute(_of_person, {"of_workspace": workspace, "of_person": person})
        return tuple(_assignment(row) for row in rows)

    def ever_of_person(self, workspace: WorkspaceId, person: PersonId) -> tuple[Assignment, ...]:
        """As `of_person`, with what somebody else has taken over since."""
        rows = self._connection.execute(_ever_of_person, {"of_workspace": workspace, "of_person": person})
        return tuple(_assignment(row) for row in rows)

    def beside(self, workspace: WorkspaceId, event: EventKey, person: PersonId) -> tuple[Assignment, ...]:
        """Everybody who reports or reported a session of this person's, the person included."""
        key = {"of_workspace": workspace, "of_event": event, "of_person": person}
        return tuple(_assignment(row) for row in self._connection.execute(_beside, key))

    def assignments(self, workspace: WorkspaceId, event: EventKey) -> tuple[Assignment, ...]:
        """Who reports what in an event, in the order of the programme."""
        rows = self._connection.execute(_of_all, {"of_workspace": workspace, "of_event": event})
        return tuple(_assignment(row) for row in rows)

    def ever_assigned(self, workspace: WorkspaceId, event: EventKey) -> tuple[Assignment, ...]:
        """As `assignments`, with those whose session somebody else has taken over."""
        rows = self._connection.execute(_ever_of_all, {"of_workspace": workspace, "of_event": event})
        return tuple(_assignment(row) for row in rows)

    def organised_by(self, workspace: WorkspaceId, person: PersonId) -> tuple[Event, ...]:
        """The events that somebody runs."""
        rows = self._connection.execute(_organised, {"of_workspace": workspace, "of_person": person})
        return tuple(_event(row) for row in rows)

    def organisers(self, workspace: WorkspaceId, event: EventKey) -> tuple[PersonId, ...]:
        """Who runs an event."""
        rows = self._connection.execute(_organisers, {"of_workspace": workspace, "of_event": event})
        return tuple(PersonId(row[0]) for row in rows)

    def all(self, workspace: WorkspaceId) -> tuple[Event, ...]:
        """The events of a workspace, the earliest closing session first."""
        return tuple(
            _event(row) for row in self._connection.execute(_all_events, {"of_workspace": workspace})
        )

    def one(self, workspace: WorkspaceId, event: EventKey) -> Event | None:
        """An event by its key."""
        rows = self._connection.execute(_one_event, {"of_workspace": workspace, "of_event": event})
        return next((_event(row) for row in rows), None)

    def sessions(self, workspace: WorkspaceId, event: EventKey) -> tuple[Session, ...]:
        """The sessions of an event, in the order of the programme."""
        rows = self._connection.execute(_sessions, {"of_workspace": workspace, "of_event": event})
        return tuple(_session(row) for row in rows)

    def templates_of(
        self, workspace: WorkspaceId, event: EventKey, person: PersonId
    ) -> dict[SessionCode, Template]:
        """The templates of the sessions that somebody reports or reported."""
        key = {"of_workspace": workspace, "of_event": event, "of_person": person}
        rows = self._connection.execute(_templates_of_person, key)
        return {SessionCode(session): template_from_json(body) for session, body in rows}

    def templates(self, workspace: WorkspaceId, event: EventKey) -> dict[SessionCode, Template]:
        """The templates that the sessions of an event report with."""
        rows = self._connection.execute(_templates, {"of_workspace": workspace, "of_event": event})
        return {SessionCode(session): template_from_json(body) for session, body in rows}

    def listed(self, workspace: WorkspaceId, event: EventKey) -> tuple[str, ...]:
        """The names that readers must not see."""
        rows = self._connection.execute(_listed, {"of_workspace": workspace, "of_event": event})
        return tuple(row[0] for row in rows)

    def once_reported(self, workspace: WorkspaceId, event: EventKey) -> tuple[str, ...]:
        """Those of them who are listed because they reported a session once."""
        rows = self._connection.execute(_once_reported, {"of_workspace": workspace, "of_event": event})
        return tuple(row[0] for row in rows)

    def writers_of(self, workspace: WorkspaceId, event: EventKey) -> tuple[Writer, ...]:
        """Everybody who reports, or once reported, a session of an event."""
        rows = self._connection.execute(_everybody, {"of_workspace": workspace, "of_event": event})
        return tuple(
            Writer(SessionCode(code), PersonId(person), _ts(since), _ts(until))
            for code, person, since, until in rows
        )

    def contacted(self, workspace: WorkspaceId, event: EventKey) -> frozenset[tuple[SessionCode, PersonId]]:
        """Who heard of their session from us."""
        rows = self._connection.execute(_contacted, {"of_workspace": workspace, "of_event": event})
        return frozenset((SessionCode(code), PersonId(person)) for code, person in rows)


def _ts(cell: str | None) -> Ts | None:
    return None if cell is None else Ts(cell)


def _event(row: Sequence[Any]) -> Event:
    (
        workspace, key, name, place, zone, closing_at, closing_ends_at, due_at, freeze_at, channel, settings,
    ) = row  # fmt: skip
    return Event(
        workspace=WorkspaceId(workspace),
        key=EventKey(key),
        name=name,
        place=place,
        zone=zone,
        closing_at=closing_at,
        closing_ends_at=closing_ends_at,
        due_at=due_at,
        freeze_at=freeze_at or closing_at - FROZEN_BEFORE,
        channel=ChannelId(channel),
        settings=settings_from_json(settings or "{}"),
    )


def _session(row: Sequence[Any]) -> Session:
    code, title, starts_at, ends_at, template, room, track, level, due_at, is_cancelled, given_at = row
    return Session(
        code=SessionCode(code),
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        template=TemplateKey(template),
        room=room or "",
        track=track or "",
        level=Level(level or Level.RULE),
        due_at=due_at,
        is_cancelled=bool(is_cancelled),
        given_at=given_at,
    )


def _assignment(row: Sequence[Any]) -> Assignment:
    person, name, affiliation, part, since, until = row[22:]
    return Assignment(
        event=_event(row[:11]),
        session=_session(row[11:22]),
        person=PersonId(person),
        name=name,
        affiliation=affiliation,
        part=Part(part or Part.LEAD),
        since=since,
        until=until,
    )
