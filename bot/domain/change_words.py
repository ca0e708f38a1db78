"""What applying an event file would change, in sentences. Organisers alone read them: people are named as
the file names them."""

from collections.abc import Iterable
from typing import assert_never

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
    Value,
)
from bot.domain.event import Event, Part, Session
from bot.domain.people import Sought

NOTHING = "Nothing changes."
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def sentences(changes: Iterable[Change]) -> list[str]:
    """One for each change, or the one that says that there is none."""
    return [sentence(each) for each in changes] or [NOTHING]


def sentence(change: Change) -> str:
    """What a change is, and who is told of it."""
    match change:
        case EventAdded():
            return _added(change)
        case EventChanged():
            return _setting(change)
        case SessionAdded() | SessionRemoved() | SessionCancelled() | SessionTakenUp() | SessionsReordered():
            return _session(change)
        case SessionMoved():
            return _moved(change)
        case SessionChanged(session=session, aspect=aspect, was=was, now=now):
            return _of_session(str(session.code), aspect, was, now)
        case ExtraTimeShortened():
            return _extra_time(change)
        case PersonAssigned(sought=who):
            return f"{who.session}: {named(who)} is assigned{_as_co(who)}."
        case PersonTakenOff(sought=who):
            kept = f"Notes that were written stay with {who.session}."
            return f"{who.session}: {named(who)} reports it no more. {kept}"
        case PersonChanged(was=was, now=now):
            return _person(was, now)
        case OrganiserAdded(sought=who):
            return f"{named(who)} becomes an organiser."
        case OrganiserRemoved(sought=who):
            return f"{named(who)} is no organiser any more."
        case ListedChanged(added=added, gone=gone):
            return f"The list of people whom readers must not see changes: {added} more, {gone} fewer."
        case _:
            assert_never(change)


def named(who: Sought) -> str:
    """Somebody as the file names them, with the name if it has one."""
    return f"{who.name} ({who.whom})" if who.name else who.whom


def _added(change: EventAdded) -> str:
    event = change.event
    counted = (
        _counted(change.sessions, "session"),
        _counted(change.rapporteurs, "rapporteur"),
        _counted(change.organisers, "organiser"),
        f"{_counted(change.listed, 'name')} whom readers must not see",
    )
    due = f"reports are due {wall.moment(event.due_at, event.zone)} in {event.place}"
    return f"{event.name} is new: {', '.join(counted)}; {due}."


def _setting(change: EventChanged) -> str:
    was, now, place = change.was, change.now, change.event.place
    match change.aspect:
        case Aspect.ZONE:
            return f"The zone becomes {now} (was {was}). All times of the file are wall times there."
        case Aspect.CLOSING:
            return f"The closing session moves from {was} to {now} in {place}."
        case Aspect.CLOSING_ENDS:
            return f"The closing session ends {now} in {place} (was {was})."
        case Aspect.DUE:
            return f"Reports are due {now} in {place} (was {was}). Reminders are planned anew."
        case Aspect.FREEZE:
            return f"Corrections close {now} in {place} (was {was})."
        case Aspect.RUNGS:
            return f"The reminders are now: {_keys(now)}."
        case Aspect.ESCALATES:
            return f"Organisers are {'' if now else 'no longer '}told privately who is missing."
        case Aspect.LANGUAGES:
            return f"The languages become {_joined(now)} (were {_joined(was)})."
        case Aspect.QUIET:
            return f"The quiet hours become {now} (were {was})."
        case Aspect.FORM:
            return f"The form becomes {now} (was {was}). Sessions for which somebody has written keep theirs."
        case aspect:
            return f"The {aspect.value} becomes {_shown(now)} (was {_shown(was)})."


def _session(
    change: SessionAdded | SessionRemoved | SessionCancelled | SessionTakenUp | SessionsReordered,
) -> str:
    match change:
        case SessionAdded(session=session):
            return f"{session.code} is added: {session.title}."
        case SessionRemoved(session=session, is_written=True, notes=count):
            return f"{session.code} is no longer in the file and counts as cancelled. Its {_kept(count)}"
        case SessionRemoved(session=session):
            return f"{session.code} is removed. Nobody has written for it."
        case SessionCancelled(session=session, told=told, notes=count):
            kept = f" Its {_kept(count)}" if count else ""
            return f"{session.code} is cancelled.{kept}{_told(told)}"
        case SessionTakenUp(session=session):
            return f"{session.code} takes place after all."
        case SessionsReordered():
            return "The sessions stand in another order."
        case _:
            assert_never(change)


def _moved(change: SessionMoved) -> str:
    was, now, event = change.was, change.now, change.event
    told = _told(change.told)
    if (was.starts_at, was.ends_at) == (now.starts_at, now.ends_at):
        return f"{now.code} moves to {_room(now.room)} (was {_room(was.room)}).{told}"
    room = f", {_room(now.room)}" if now.room else ""
    if was.starts_at == now.starts_at:
        ends, ended = wall.clock(now.ends_at, event.zone), wall.clock(was.ends_at, event.zone)
        return f"{now.code} ends at {ends} in {event.place}{room} (was {ended}).{told}"
    begins = f"{wall.day(was.starts_at, event.zone)}, {wall.clock(was.starts_at, event.zone)}"
    to = wall.clock(now.starts_at, event.zone)
    if not wall.same_day(was.starts_at, now.starts_at, event.zone):
        to = f"{wall.day(now.starts_at, event.zone)}, {to}"
    return f"{now.code} moves from {begins} to {to} in {event.place}{room}.{told}"


def _of_session(code: str, aspect: Aspect, was: Value, now: Value) -> str:
    match aspect:
        case Aspect.TITLE:
            return f"{code} is called “{now}” (was “{was}”)."
        case Aspect.DUE:
            return f"{code} is due {now or 'when all reports are'} (was {was or 'as all reports'})."
        case _:
            return f"{code}: the {aspect.value} becomes {_shown(now)} (was {_shown(was)})."


def _extra_time(change: ExtraTimeShortened) -> str:
    code, place = change.session.code, change.event.place
    if change.now is not None:
        until = f"{change.now} in {place}, when corrections close"
        return f"{code} keeps its extra time only until {until} (was {change.was})."
    due_at = wall.moment(change.session.due_at or change.event.due_at, change.event.zone)
    return f"{code} has no extra time any more (was due {change.was}): it is due {due_at} in {place}."


def keeps_extra_time(session: Session, event: Event) -> str:
    """True at each apply while an organiser's word gives more time than the file."""
    due_at = wall.moment(session.due(event), event.zone)
    return f"{session.code} keeps its extra time: due {due_at} in {event.place}."


def _person(was: Sought, now: Sought) -> str:
    where = f"{now.session}: " if now.session else ""
    if was.part is not now.part:
        part = "leads" if now.part is Part.LEAD else "is co-rapporteur"
        return f"{where}{named(now)} {part} from now on."
    if was.whom == now.whom:
        return f"{where}{now.whom} is {_who(now)} from now on (was {_who(was)})."
    return f"{where}{named(now)} stands in the place of {named(was)}; it is the same person."


def _who(each: Sought) -> str:
    return ", ".join(part for part in (each.name, each.affiliation) if part) or "without a name"


def _as_co(who: Sought) -> str:
    return " as co-rapporteur" if who.part is Part.CO else ""


def _kept(count: int) -> str:
    return "1 note is kept." if count == 1 else f"{count} notes are kept."


def _told(count: int) -> str:
    if not count:
        return ""
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return f" {number} {'person is' if count == 1 else 'people are'} told."


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _room(room: str) -> str:
    return f"room {room}" if room else "no room that is named"


def _keys(rungs: Value) -> str:
    return (
        ", ".join(each.partition(",")[0] for each in rungs) if isinstance(rungs, tuple) and rungs else "none"
    )


def _joined(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else _shown(value)


def _shown(value: Value) -> str:
    return str(value) if value else "none"
