"""A checked event file -> the programme."""

from datetime import datetime, timedelta

from bot.domain.event import (
    ChannelId,
    Event,
    EventKey,
    EventSettings,
    Level,
    Session,
    SessionCode,
    WorkspaceId,
)
from bot.domain.people import Sought
from bot.domain.programme import Programme
from bot.domain.rungs import LADDER, Anchor, QuietHours, Rung
from bot.domain.template import Template
from bot.domain.wall import instant_of
from bot.programme.checks import freeze_minutes
from bot.programme.event_rows import EventFile, NamedRow, RungRow, SessionRow
from bot.programme.fields import clock_of, wall_of
from bot.programme.persons import organiser, rapporteurs


def programme_of(
    row: EventFile, workspace: WorkspaceId, templates: dict[str, Template], shift: timedelta
) -> Programme:
    """The programme; `templates` has the form of each name in the file, every day moves by `shift`."""
    event = _event(row, workspace, shift)
    sought = _sought(row, event.key)
    own_names = [each.name for each in sought if each.name]
    return Programme(
        event=event,
        templates=tuple({each.key: each for each in (templates[row.template], *templates.values())}.values()),
        sessions=tuple(_session(each, row, templates, shift) for each in row.sessions),
        sought=sought,
        listed=tuple(dict.fromkeys([*(name for each in row.people for name in _names(each)), *own_names])),
    )


def _names(row: NamedRow) -> list[str]:
    return [row.name, *row.spellings]


def _event(row: EventFile, workspace: WorkspaceId, shift: timedelta) -> Event:
    closing_at = _instant(row.closing.starts, row, shift)
    freeze = freeze_minutes(row.due_minutes_before, row.freeze_minutes_before)
    return Event(
        workspace=workspace,
        key=EventKey(row.event),
        name=row.name,
        place=row.place,
        zone=row.zone,
        closing_at=closing_at,
        closing_ends_at=_instant(row.closing.ends, row, shift),
        due_at=closing_at - timedelta(minutes=row.due_minutes_before),
        freeze_at=closing_at - timedelta(minutes=freeze),
        channel=ChannelId(row.channel),
        settings=_settings(row),
    )


def _settings(row: EventFile) -> EventSettings:
    quiet = row.quiet_hours
    return EventSettings(
        languages=tuple(row.languages),
        rungs=LADDER if row.rungs is None else tuple(map(_rung, row.rungs)),
        quiet=QuietHours(starts=clock_of(quiet.starts), ends=clock_of(quiet.ends)) if quiet else QuietHours(),
        escalates=row.switches.escalates,
    )


def _rung(row: RungRow) -> Rung:
    anchor = Anchor(row.anchor)
    if row.at is not None:
        return Rung(key=row.key, anchor=anchor, at=clock_of(row.at))
    return Rung(key=row.key, anchor=anchor, offset=timedelta(minutes=row.minutes or 0))


def _session(row: SessionRow, event: EventFile, templates: dict[str, Template], shift: timedelta) -> Session:
    return Session(
        code=SessionCode(row.code),
        title=row.title,
        starts_at=_instant(row.starts, event, shift),
        ends_at=_instant(row.ends, event, shift),
        template=templates[row.template or event.template].key,
        room=row.room or "",
        track=row.track or "",
        level=Level(row.level or event.level),
        due_at=_instant(row.due, event, shift) if row.due else None,
        is_cancelled=row.cancelled,
    )


def _instant(text: str, row: EventFile, shift: timedelta) -> datetime:
    wall = wall_of(text)
    if wall is None:
        raise ValueError("no wall time")
    return instant_of(wall + shift, row.zone)


def _sought(row: EventFile, event: EventKey) -> tuple[Sought, ...]:
    """Everybody whom the file names, once each."""
    found = [
        *(
            each
            for session in row.sessions
            for each in rapporteurs(session.reporting, event, SessionCode(session.code))
        ),
        *(organiser(each, event) for each in row.organisers),
    ]
    return tuple({each.key: each for each in found}.values())
