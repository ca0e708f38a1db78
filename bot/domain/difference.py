"""The stored programme against the wanted one: what would change, and what is to be stored then."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace

from bot.domain import wall
from bot.domain.changes import (
    Aspect,
    Change,
    EventAdded,
    EventChanged,
    ExtraTimeShortened,
    ListedChanged,
    OrganiserAdded,
    OrganiserRemoved,
    PersonAssigned,
    PersonChanged,
    PersonTakenOff,
    SessionAdded,
    SessionCancelled,
    SessionChanged,
    SessionMoved,
    SessionRemoved,
    SessionsReordered,
    SessionTakenUp,
    Stored,
    Value,
)
from bot.domain.event import Event, EventSettings, Part, Session, SessionCode
from bot.domain.extra_time import given_still
from bot.domain.people import Role, Sought
from bot.domain.programme import Programme
from bot.domain.replies import Held
from bot.domain.template import Template


def differences(
    stored: Stored | None, wanted: Programme, removed: Collection[SessionCode]
) -> tuple[Change, ...]:
    """What applying would change, in the order in which a person reads it.

    A session that vanished and is not `removed` is no change: applying is refused until it is.
    """
    if stored is None:
        return (_added(wanted),)
    return (
        *_of_event(stored.programme, wanted),
        *_of_sessions(stored, wanted, removed),
        *_of_people(stored, wanted),
        *_of_listed(stored.programme, carried(stored, wanted, removed)),
    )


def _added(wanted: Programme) -> EventAdded:
    named = {role: {each.words for each in wanted.sought if each.role is role} for role in Role}
    return EventAdded(
        event=wanted.event,
        sessions=len(wanted.sessions),
        rapporteurs=len(named[Role.RAPPORTEUR]),
        organisers=len(named[Role.ORGANISER]),
        listed=len(wanted.listed),
    )


def vanished(stored: Programme, wanted: Programme) -> tuple[Session, ...]:
    """The sessions that the file names no more, but for those that were cancelled before."""
    codes = {each.code for each in wanted.sessions}
    return tuple(each for each in stored.sessions if each.code not in codes and not each.is_cancelled)


def carried(stored: Stored | None, wanted: Programme, removed: Collection[SessionCode]) -> Programme:
    """What is to be stored: the wanted programme, with what stays although the file names it no more.

    That is a removed session for which somebody wrote, cancelled, with its people; the form of every session
    for which somebody wrote; and the names of all who ever reported: what others noted may name them.
    """
    if stored is None:
        return wanted
    codes = {each.code for each in wanted.sessions}
    stay = tuple(
        replace(each, is_cancelled=True)
        for each in stored.programme.sessions
        if each.code not in codes
        and (each.is_cancelled or (each.code in removed and each.code in stored.notes))
    )
    kept = {each.code for each in stay}
    reported = tuple(each for each in _have_reported(stored.programme) if each not in wanted.listed)
    return replace(
        wanted,
        sessions=(*(_as_it_goes_on(each, stored, wanted) for each in wanted.sessions), *stay),
        sought=(*wanted.sought, *(each for each in stored.programme.sought if each.session in kept)),
        listed=(*wanted.listed, *reported),
        reported=reported,
    )


def _have_reported(stored: Programme) -> tuple[str, ...]:
    """The masked names of who reports a session, or once did."""
    reporting = {each.name for each in stored.sought if each.role is Role.RAPPORTEUR}
    return tuple(each for each in stored.listed if each in reporting or each in stored.reported)


def keeps(stored: Stored | None, programme: Programme) -> dict[SessionCode, Template]:
    """The sessions that go on with the form they have: those written for, and those only carried along."""
    if stored is None:
        return {}
    known = {each.key for each in programme.templates}
    return {
        each.code: stored.forms[each.code]
        for each in programme.sessions
        if each.code in stored.notes or (each.code in stored.forms and each.template not in known)
    }


def _as_it_goes_on(session: Session, stored: Stored, wanted: Programme) -> Session:
    """With the form it began with, and what is left of the time that it was given."""
    was = next((each for each in stored.programme.sessions if each.code == session.code), None)
    if was is not None and was.given_at is not None:
        given_at = given_still(stored.programme.event, was, wanted.event, session)
        session = replace(session, given_at=given_at)
    if session.code in stored.notes and session.code in stored.forms:
        return replace(session, template=stored.forms[session.code].key)
    return session


def _of_event(was: Programme, now: Programme) -> Iterator[Change]:
    before, after = _settings(was), _settings(now)
    for aspect, value in after.items():
        if before[aspect] != value:
            yield EventChanged(event=now.event, aspect=aspect, was=before[aspect], now=value)


def _settings(programme: Programme) -> dict[Aspect, Value]:
    event, settings = programme.event, programme.event.settings
    return {
        Aspect.NAME: event.name,
        Aspect.PLACE: event.place,
        Aspect.ZONE: event.zone,
        Aspect.CHANNEL: event.channel,
        Aspect.CLOSING: wall.moment(event.closing_at, event.zone),
        Aspect.CLOSING_ENDS: wall.moment(event.closing_ends_at, event.zone),
        Aspect.DUE: wall.moment(event.due_at, event.zone),
        Aspect.FREEZE: wall.moment(event.freeze_at, event.zone),
        Aspect.LANGUAGES: settings.languages,
        Aspect.QUIET: f"{settings.quiet.starts:%H:%M} to {settings.quiet.ends:%H:%M}",
        Aspect.RUNGS: _rungs(settings),
        Aspect.ESCALATES: settings.escalates,
        Aspect.FORM: _form(programme.templates[0]),
    }


def _rungs(settings: EventSettings) -> tuple[str, ...]:
    """Each rung in full, so that one that only moved is a change; the key stands before the first comma."""
    return tuple(
        f"{each.key}, {each.anchor}, {each.offset.total_seconds():.0f}, {each.at:%H:%M}"
        for each in settings.rungs
    )


def _form(template: Template) -> str:
    return f"{template.key}, version {template.version}"


def _of_sessions(stored: Stored, wanted: Programme, removed: Collection[SessionCode]) -> Iterator[Change]:
    before = {each.code: each for each in stored.programme.sessions}
    stay = _who_stay(stored.programme, wanted)
    for each in wanted.sessions:
        was = before.get(each.code)
        if was is None:
            yield SessionAdded(session=each)
        else:
            yield from _of_session(stored, was, wanted, each, stay.get(each.code, 0))
            yield from _extra_time(stored.programme.event, was, wanted.event, each)
    for each in vanished(stored.programme, wanted):
        if each.code in removed:
            is_written = each.code in stored.notes
            yield SessionRemoved(session=each, is_written=is_written, notes=stored.notes.get(each.code, 0))
    after = [each.code for each in wanted.sessions if each.code in before]
    if after != [each.code for each in stored.programme.sessions if each.code in set(after)]:
        yield SessionsReordered()


def _of_session(stored: Stored, was: Session, wanted: Programme, now: Session, told: int) -> Iterator[Change]:
    event = wanted.event
    if now.is_cancelled and not was.is_cancelled:
        yield SessionCancelled(session=now, told=told, notes=stored.notes.get(now.code, 0))
    elif was.is_cancelled and not now.is_cancelled:
        yield SessionTakenUp(session=now)
    if held(was, stored.programme.event) != held(now, event):
        yield SessionMoved(event=event, was=was, now=now, told=0 if now.is_cancelled else told)
    compared = (
        (Aspect.TITLE, was.title, now.title),
        (Aspect.TRACK, was.track, now.track),
        (Aspect.LEVEL, was.level.value, now.level.value),
        (Aspect.DUE, _due(was, stored.programme.event), _due(now, event)),
        *_forms(stored, wanted, now),
    )
    for aspect, before, after in compared:
        if before != after:
            yield SessionChanged(event=event, session=now, aspect=aspect, was=before, now=after)


def _extra_time(was_of: Event, was: Session, now_of: Event, now: Session) -> Iterator[ExtraTimeShortened]:
    if was.given_at is None or was.due(was_of) != was.given_at:
        return
    before = wall.moment(was.given_at, was_of.zone)
    left = given_still(was_of, was, now_of, now)
    after = None if left is None else wall.moment(left, now_of.zone)
    if after != before:
        yield ExtraTimeShortened(event=now_of, session=now, was=before, now=after)


def _due(session: Session, event: Event) -> str | None:
    return None if session.due_at is None else wall.moment(session.due_at, event.zone)


def _forms(stored: Stored, wanted: Programme, session: Session) -> Iterator[tuple[Aspect, str, str]]:
    """Who wrote keeps the form; where the event's own counts, the event's change says it."""
    before = _form(stored.forms[session.code])
    after = "{}, version {}".format(*wanted.form_of(session))
    are_the_events = (before, after) == (_form(stored.programme.templates[0]), _form(wanted.templates[0]))
    if session.code not in stored.notes and not are_the_events:
        yield Aspect.FORM, before, after


def held(session: Session, event: Event) -> Held:
    """When and where a session takes place, as its people know it: by the clock on the wall."""
    return Held(
        starts=wall.written(session.starts_at, event.zone),
        ends=wall.written(session.ends_at, event.zone),
        room=session.room,
    )


def _who_stay(stored: Programme, wanted: Programme) -> dict[SessionCode, int]:
    """How many people of each session report it before and after."""
    before, after = (
        {(each.session.code, each.person) for each in programme.assignments} for programme in (stored, wanted)
    )
    return Counter(code for code, _ in before & after)


def _of_people(stored: Stored, wanted: Programme) -> Iterator[Change]:
    """By the file's words, and where those changed by the person whom they find."""
    codes = {each.code for each in wanted.sessions}
    before, after = (
        {each.key: each for each in programme.sought if each.session is None or each.session in codes}
        for programme in (stored.programme, wanted)
    )
    same = {key: key for key in before.keys() & after.keys()}
    by_person = {_part(each): each.key for each in before.values() if each.person and each.key not in same}
    for each in after.values():
        if each.key not in same and each.person is not None and _part(each) in by_person:
            same[by_person.pop(_part(each))] = each.key
    for key, each in before.items():
        if key not in same:
            is_organiser = each.role is Role.ORGANISER
            yield (OrganiserRemoved if is_organiser else PersonTakenOff)(sought=_as_named(each))
    for key, each in after.items():
        if key not in same.values():
            is_organiser = each.role is Role.ORGANISER
            yield (OrganiserAdded if is_organiser else PersonAssigned)(sought=_as_named(each))
    for key, now in same.items():
        if _told_of(before[key]) != _told_of(after[now]):
            yield PersonChanged(was=_as_named(before[key]), now=_as_named(after[now]))


def _as_named(each: Sought) -> Sought:
    """As the file names them, without what was found out since."""
    return replace(each, person=None, problem=None, told=None, served_since=None, checked_at=None)


def _part(each: Sought) -> tuple[Role, SessionCode | None, str | None]:
    return each.role, each.session, each.person


def _told_of(each: Sought) -> tuple[str, str, str, Part]:
    return each.whom, each.name, each.affiliation, each.part


def _of_listed(was: Programme, now: Programme) -> Iterator[Change]:
    before, after = set(was.listed), set(now.listed)
    if before != after:
        yield ListedChanged(added=len(after - before), gone=len(before - after))
