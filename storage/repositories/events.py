"""Events, their programme and who has which part in them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

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
from bot.domain.programme import Programme
from bot.domain.template import Template
from bot.domain.wall import on_the_wall
from storage.codec import settings_from_json, settings_to_json, template_from_json, template_to_json
from storage.parameters import of_event, of_person, of_session, of_workspace
from storage.tables import assignments, events, listed, organisers, sessions, templates, versions

FROZEN_BEFORE = timedelta(minutes=30)  # the closing session, for events of versions that knew no freeze

_EVENT = (
    events.c.workspace, events.c.event, events.c.name, events.c.place, events.c.zone, events.c.closing_at,
    events.c.closing_ends_at, events.c.due_at, events.c.freeze_at, events.c.channel, events.c.settings,
)  # fmt: skip
_SESSION = (
    sessions.c.session, sessions.c.title, sessions.c.starts_at, sessions.c.ends_at,
    func.coalesce(sessions.c.template, events.c.template), sessions.c.room, sessions.c.track,
    sessions.c.level, sessions.c.due_at, sessions.c.is_cancelled,
)  # fmt: skip
_ASSIGNMENT = (assignments.c.person, assignments.c.name, assignments.c.affiliation, assignments.c.part)
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
    .order_by(sessions.c.position, assignments.c.position)
)
_of_person = _joined.where(assignments.c.person == of_person)
_of_all = _joined.where(assignments.c.event == of_event)
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
_template = _templates.where(sessions.c.session == of_session)
_listed = select(listed.c.name).where(listed.c.workspace == of_workspace, listed.c.event == of_event)
_writers = (
    select(versions.c.person)
    .where(versions.c.workspace == of_workspace, versions.c.event == of_event)
    .distinct()
)

_contacts = select(
    assignments.c.session, assignments.c.person, assignments.c.contacted_at, assignments.c.stopped
).where(assignments.c.workspace == of_workspace, assignments.c.event == of_event)
_NOT_YET: dict[str, object] = {"contacted_at": None, "stopped": None}

_insert_event = insert(events)
_save_event = _insert_event.on_conflict_do_update(
    index_elements=[events.c.workspace, events.c.event],
    set_={column.name: _insert_event.excluded[column.name] for column in events.c if not column.primary_key},
)
_insert_template = insert(templates)
_save_template = _insert_template.on_conflict_do_update(
    index_elements=[templates.c.workspace, templates.c.key, templates.c.version],
    set_={"body": _insert_template.excluded.body},
)
_clear = {
    table: delete(table).where(table.c.workspace == of_workspace, table.c.event == of_event)
    for table in (sessions, assignments, organisers, listed)
}
_assign = insert(assignments).on_conflict_do_nothing()
_let_organise = insert(organisers).on_conflict_do_nothing()
_fill = {table: insert(table) for table in (sessions, assignments, organisers, listed)}


class Events:
    """Reading and replacing programmes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, programme: Programme) -> None:
        """Put a programme in the place of what is stored of its event."""
        event = programme.event
        key = {"workspace": event.workspace, "event": event.key}
        self._connection.execute(
            _save_template,
            [
                {
                    "workspace": event.workspace,
                    "key": template.key,
                    "version": template.version,
                    "body": template_to_json(template),
                }
                for template in programme.templates
            ],
        )
        self._connection.execute(_save_event, _event_row(programme))
        known = self._contacts(event.workspace, event.key)
        rows: dict[object, list[dict[str, object]]] = {
            sessions: [_session_row(each, n, programme) for n, each in enumerate(programme.sessions)],
            assignments: [
                {**_assignment_row(each), **known.get((each.session.code, each.person), _NOT_YET)}
                for each in programme.assignments
            ],
            organisers: [{**key, "person": each} for each in programme.organisers],
            listed: [{**key, "name": each} for each in programme.listed],
        }
        for table, fill in _fill.items():
            self._connection.execute(_clear[table], {"of_workspace": event.workspace, "of_event": event.key})
            if rows[table]:
                self._connection.execute(fill, rows[table])

    def _contacts(self, workspace: WorkspaceId, event: EventKey) -> dict[tuple[str, str], dict[str, object]]:
        """What became of the assignments that stand, which outlasts a new programme."""
        rows = self._connection.execute(_contacts, {"of_workspace": workspace, "of_event": event})
        return {
            (session, person): {"contacted_at": contacted_at, "stopped": stopped}
            for session, person, contacted_at, stopped in rows
        }

    def assign(self, assignment: Assignment) -> None:
        """Give somebody who was found their session."""
        self._connection.execute(_assign, _assignment_row(assignment))

    def let_organise(self, workspace: WorkspaceId, event: EventKey, person: PersonId) -> None:
        """Make somebody who was found an organiser."""
        self._connection.execute(_let_organise, {"workspace": workspace, "event": event, "person": person})

    def of_person(self, workspace: WorkspaceId, person: PersonId) -> tuple[Assignment, ...]:
        """What somebody reports, in all events of a workspace."""
        rows = self._connection.execute(_of_person, {"of_workspace": workspace, "of_person": person})
        return tuple(_assignment(row) for row in rows)

    def assignments(self, workspace: WorkspaceId, event: EventKey) -> tuple[Assignment, ...]:
        """Who reports what in an event, in the order of the programme."""
        rows = self._connection.execute(_of_all, {"of_workspace": workspace, "of_event": event})
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

    def template(self, workspace: WorkspaceId, event: EventKey, session: SessionCode) -> Template:
        """The template that a session reports with."""
        key = {"of_workspace": workspace, "of_event": event, "of_session": session}
        _, body = self._connection.execute(_template, key).one()
        return template_from_json(body)

    def templates(self, workspace: WorkspaceId, event: EventKey) -> dict[SessionCode, Template]:
        """The templates that the sessions of an event report with."""
        rows = self._connection.execute(_templates, {"of_workspace": workspace, "of_event": event})
        return {SessionCode(session): template_from_json(body) for session, body in rows}

    def listed(self, workspace: WorkspaceId, event: EventKey) -> tuple[str, ...]:
        """The names that readers must not see."""
        rows = self._connection.execute(_listed, {"of_workspace": workspace, "of_event": event})
        return tuple(row[0] for row in rows)

    def writers(self, workspace: WorkspaceId, event: EventKey) -> frozenset[PersonId]:
        """Everybody who wrote something for an event."""
        rows = self._connection.execute(_writers, {"of_workspace": workspace, "of_event": event})
        return frozenset(PersonId(row[0]) for row in rows)


def _event_row(programme: Programme) -> dict[str, object]:
    event = programme.event
    return {
        "workspace": event.workspace,
        "event": event.key,
        "name": event.name,
        "place": event.place,
        "zone": event.zone,
        "closing_wall": _wall(event.closing_at, event.zone),
        "closing_ends_wall": _wall(event.closing_ends_at, event.zone),
        "closing_at": event.closing_at,
        "closing_ends_at": event.closing_ends_at,
        "due_wall": _wall(event.due_at, event.zone),
        "freeze_wall": _wall(event.freeze_at, event.zone),
        "due_at": event.due_at,
        "freeze_at": event.freeze_at,
        "channel": event.channel,
        "template": programme.templates[0].key,
        "template_version": programme.templates[0].version,
        "settings": settings_to_json(event.settings),
    }


def _session_row(session: Session, position: int, programme: Programme) -> dict[str, object]:
    event = programme.event
    return {
        "workspace": event.workspace,
        "event": event.key,
        "session": session.code,
        "position": position,
        "title": session.title,
        "starts_wall": _wall(session.starts_at, event.zone),
        "ends_wall": _wall(session.ends_at, event.zone),
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "room": session.room,
        "track": session.track,
        "level": session.level.value,
        "template": session.template,
        "template_version": next(
            each.version for each in programme.templates if each.key == session.template
        ),
        "due_at": session.due_at,
        "is_cancelled": session.is_cancelled,
    }


def _assignment_row(assignment: Assignment) -> dict[str, object]:
    return {
        "workspace": assignment.event.workspace,
        "event": assignment.event.key,
        "session": assignment.session.code,
        "person": assignment.person,
        "position": 0,
        "name": assignment.name,
        "affiliation": assignment.affiliation,
        "part": assignment.part.value,
    }


def _wall(moment: datetime, zone: str) -> str:
    return on_the_wall(moment, zone).strftime("%Y-%m-%dT%H:%M")


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
    code, title, starts_at, ends_at, template, room, track, level, due_at, is_cancelled = row
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
    )


def _assignment(row: Sequence[Any]) -> Assignment:
    person, name, affiliation, part = row[21:]
    return Assignment(
        event=_event(row[:11]),
        session=_session(row[11:21]),
        person=PersonId(person),
        name=name,
        affiliation=affiliation,
        part=Part(part or Part.LEAD),
    )
