"""Programmes: read whole, and put in the place of what is stored, with everybody's part kept."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bot.domain.event import Assignment, Event, EventKey, PersonId, SessionCode, TemplateKey, WorkspaceId
from bot.domain.moment import Ts
from bot.domain.programme import Programme
from bot.domain.template import Template
from storage.codec import template_from_json
from storage.parameters import of_event, of_part, of_person, of_session, of_workspace
from storage.repositories.dialogues import Dialogues
from storage.repositories.events import Events
from storage.repositories.rows import assignment_row, event_row, session_row, template_row
from storage.repositories.sought import SoughtPeople
from storage.tables import assignments, events, listed, organisers, sessions, templates

Form = tuple[TemplateKey, int]  # a template and its version
Who = tuple[SessionCode, PersonId]

_insert_event = insert(events)
_claim = _insert_event.on_conflict_do_nothing().returning(events.c.event)
_save_event = _insert_event.on_conflict_do_update(
    index_elements=[events.c.workspace, events.c.event],
    set_={each.name: _insert_event.excluded[each.name] for each in events.c if not each.primary_key},
)
_keep_template = insert(templates).on_conflict_do_nothing()
_own_template = (
    select(templates.c.body)
    .join(
        events,
        (events.c.workspace == templates.c.workspace)
        & (events.c.template == templates.c.key)
        & (events.c.template_version == templates.c.version),
    )
    .where(events.c.workspace == of_workspace, events.c.event == of_event)
)
_of_forms = select(templates.c.body).where(
    templates.c.workspace == of_workspace,
    tuple_(templates.c.key, templates.c.version).in_(bindparam("forms", expanding=True)),
)
_insert_session = insert(sessions)
_save_session = _insert_session.on_conflict_do_update(
    index_elements=[sessions.c.workspace, sessions.c.event, sessions.c.session],
    set_={each.name: _insert_session.excluded[each.name] for each in sessions.c if not each.primary_key},
)
_drop_session = delete(sessions).where(
    sessions.c.workspace == of_workspace, sessions.c.event == of_event, sessions.c.session == of_session
)
_clear = {
    table: delete(table).where(table.c.workspace == of_workspace, table.c.event == of_event)
    for table in (organisers, listed)
}
_fill = {table: insert(table) for table in (organisers, listed)}
_let_organise = insert(organisers).on_conflict_do_nothing()

_insert_part = insert(assignments)
_save_part = _insert_part.on_conflict_do_update(
    index_elements=[
        assignments.c.workspace, assignments.c.event, assignments.c.session, assignments.c.person,
    ],
    set_={
        **{name: _insert_part.excluded[name] for name in ("position", "name", "affiliation", "part")},
        "until": None,
    },
)  # fmt: skip
_one_part = (
    (assignments.c.workspace == of_workspace)
    & (assignments.c.event == of_event)
    & (assignments.c.session == of_session)
    & (assignments.c.person == of_person)
)
_take_off = delete(assignments).where(_one_part)
_welcome_back = (
    update(assignments)
    .where(_one_part, assignments.c.until.is_not(None))
    .values(contacted_at=None, stopped=None)  # contacted anew
)
_contact = update(assignments).where(_one_part).values(contacted_at=bindparam("at"))
_hand_over = update(assignments).where(_one_part).values(until=bindparam("at"))


class Programmes:
    """Reading and replacing what an event file says."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._events, self._sought = Events(connection), SoughtPeople(connection)
        self._dialogues = Dialogues(connection)

    def claim(self, programme: Programme) -> bool:
        """Whether the event is new; from here to the end of the transaction nobody else changes it."""
        is_new = self._connection.execute(_claim, event_row(programme)).first() is not None
        self._sought.lock(programme.event.workspace, programme.event.key)
        return is_new

    def one(self, workspace: WorkspaceId, key: EventKey) -> Programme | None:
        """All that is stored of an event; its templates in the versions that sessions report with."""
        event = self._events.one(workspace, key)
        if event is None:
            return None
        of = {"of_workspace": workspace, "of_event": key}
        own = template_from_json(self._connection.execute(_own_template, of).scalar_one())
        used = self._events.templates(workspace, key).values()
        return Programme(
            event=event,
            templates=tuple({(each.key, each.version): each for each in (own, *used)}.values()),
            sessions=self._events.sessions(workspace, key),
            sought=self._sought.of_event(workspace, key),
            listed=self._events.listed(workspace, key),
            reported=self._events.once_reported(workspace, key),
        )

    def stored_templates(self, workspace: WorkspaceId, forms: Iterable[Form]) -> tuple[Template, ...]:
        """Those of these versions that the workspace has already."""
        rows = self._connection.execute(_of_forms, {"of_workspace": workspace, "forms": list(forms)})
        return tuple(template_from_json(row[0]) for row in rows)

    def save(
        self,
        programme: Programme,
        at: Ts,
        keeps: Mapping[SessionCode, Form] | None = None,
        wrote: Collection[Who] = frozenset(),
    ) -> None:
        """Put a programme in the place of what is stored of its event.

        A template version that is stored stays as it is. Sessions that `keeps` names go on with that form.
        Who stays keeps their row. Who goes is a former rapporteur from `at` on if they `wrote` for that
        session, and leaves no trace if not.
        """
        event = programme.event
        self._connection.execute(
            _keep_template, [template_row(event.workspace, each) for each in programme.templates]
        )
        self._connection.execute(_save_event, event_row(programme))
        self._save_sessions(programme, keeps or {})
        self._save_parts(programme, at, wrote)
        of = {"of_workspace": event.workspace, "of_event": event.key}
        key = {"workspace": event.workspace, "event": event.key}
        rows: dict[object, list[dict[str, Any]]] = {
            organisers: [{**key, "person": each} for each in programme.organisers],
            listed: [
                {**key, "name": each, "has_reported": each in programme.reported} for each in programme.listed
            ],
        }
        for table, fill in _fill.items():
            self._connection.execute(_clear[table], of)
            if rows[table]:
                self._connection.execute(fill, rows[table])

    def assign(self, assignment: Assignment, since: Ts | None = None) -> None:
        """Give somebody their session, or give it back; what they have typed before `since` is not of it."""
        self._assign(assignment.event, [(assignment, since)])

    def contacted(
        self, workspace: WorkspaceId, event: EventKey, session: SessionCode, person: PersonId, at: datetime
    ) -> None:
        """Note that somebody heard of their session from us."""
        self._connection.execute(_contact, {**of_part(workspace, event, session, person), "at": at})

    def let_organise(self, workspace: WorkspaceId, event: EventKey, person: PersonId) -> None:
        """Make somebody who was found an organiser."""
        self._connection.execute(_let_organise, {"workspace": workspace, "event": event, "person": person})

    def _save_sessions(self, programme: Programme, keeps: Mapping[SessionCode, Form]) -> None:
        event = programme.event
        wanted = {each.code for each in programme.sessions}
        gone = [each for each in self._events.sessions(event.workspace, event.key) if each.code not in wanted]
        if gone:
            of = {"of_workspace": event.workspace, "of_event": event.key}
            self._connection.execute(_drop_session, [{**of, "of_session": each.code} for each in gone])
        rows = [session_row(each, n, programme, keeps) for n, each in enumerate(programme.sessions)]
        if rows:
            self._connection.execute(_save_session, rows)

    def _save_parts(self, programme: Programme, at: Ts, wrote: Collection[Who]) -> None:
        event = programme.event
        wanted = {(each.session.code, each.person): each for each in programme.assignments}
        known = self._events.writers_of(event.workspace, event.key)
        going = [each for each in known if each.until is None and each[:2] not in wanted]
        idle = [of_part(event.workspace, event.key, *each[:2]) for each in going if each[:2] not in wrote]
        former = [
            {**of_part(event.workspace, event.key, *each[:2]), "at": at}
            for each in going
            if each[:2] in wrote
        ]
        if idle:
            self._connection.execute(_take_off, idle)
        if former:
            self._connection.execute(_hand_over, former)
        have_written = self._dialogues.people(event.workspace, event.key)
        self._assign(
            event,
            [(each, at if each.person in have_written else None) for each in wanted.values()],
        )

    def _assign(self, event: Event, parts: list[tuple[Assignment, Ts | None]]) -> None:
        if parts:
            of = [of_part(event.workspace, event.key, each.session.code, each.person) for each, _ in parts]
            self._connection.execute(_welcome_back, of)
            self._connection.execute(_save_part, [assignment_row(each, since) for each, since in parts])
