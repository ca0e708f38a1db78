"""A programme's records as rows: wall times stand beside the instants made from them."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.event import Assignment, Session, SessionCode, TemplateKey, WorkspaceId
from bot.domain.moment import Ts
from bot.domain.programme import Programme
from bot.domain.template import Template
from bot.domain.wall import written
from storage.codec import settings_to_json, template_to_json


def template_row(workspace: WorkspaceId, template: Template) -> dict[str, object]:
    """One version of a form."""
    return {
        "workspace": workspace,
        "key": template.key,
        "version": template.version,
        "body": template_to_json(template),
    }


def event_row(programme: Programme) -> dict[str, object]:
    """The event itself, with the first of its templates."""
    event = programme.event
    return {
        "workspace": event.workspace,
        "event": event.key,
        "name": event.name,
        "place": event.place,
        "zone": event.zone,
        "closing_wall": written(event.closing_at, event.zone),
        "closing_ends_wall": written(event.closing_ends_at, event.zone),
        "closing_at": event.closing_at,
        "closing_ends_at": event.closing_ends_at,
        "due_wall": written(event.due_at, event.zone),
        "freeze_wall": written(event.freeze_at, event.zone),
        "due_at": event.due_at,
        "freeze_at": event.freeze_at,
        "channel": event.channel,
        "template": programme.templates[0].key,
        "template_version": programme.templates[0].version,
        "settings": settings_to_json(event.settings),
    }


def session_row(
    session: Session,
    position: int,
    programme: Programme,
    keeps: Mapping[SessionCode, tuple[TemplateKey, int]],
) -> dict[str, object]:
    """A session; it reports with the form that it keeps, else with the programme's."""
    event = programme.event
    template, version = keeps.get(session.code) or programme.form_of(session)
    return {
        "workspace": event.workspace,
        "event": event.key,
        "session": session.code,
        "position": position,
        "title": session.title,
        "starts_wall": written(session.starts_at, event.zone),
        "ends_wall": written(session.ends_at, event.zone),
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "room": session.room,
        "track": session.track,
        "level": session.level.value,
        "template": template,
        "template_version": version,
        "due_at": session.due_at,
        "due_wall": _written(session.due_at, event.zone),
        "is_cancelled": session.is_cancelled,
        "given_at": session.given_at,
        "given_wall": _written(session.given_at, event.zone),
    }


def assignment_row(assignment: Assignment, since: Ts | None) -> dict[str, object]:
    """Somebody's part; the lead stands first."""
    return {
        "workspace": assignment.event.workspace,
        "event": assignment.event.key,
        "session": assignment.session.code,
        "person": assignment.person,
        "position": assignment.part.place,
        "name": assignment.name,
        "affiliation": assignment.affiliation,
        "part": assignment.part.value,
        "since": since,
    }


def _written(moment: datetime | None, zone: str) -> str | None:
    return None if moment is None else written(moment, zone)
