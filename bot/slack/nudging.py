"""Drawing what is said unasked, and what comes of it: from what is true at the moment of delivery."""

from datetime import datetime, timedelta
from typing import assert_never

from bot.domain.event import Event, PersonId, SessionCode
from bot.domain.matters import Decision, Matter, Topic
from bot.domain.moment import moment_of, ts_of
from bot.domain.nudges import (
    AwayNoted,
    FirstContact,
    Nudge,
    PastFreeze,
    Reminded,
    Reminder,
    Snoozed,
    StoodDown,
    TimeAsked,
    Told,
)
from bot.domain.progress import Progress
from bot.domain.reminders import ONE_HOUR_LEFT
from bot.services import answering, escalating, planning, publishing, reporting
from bot.services.progressing import progress
from bot.slack import reminder_words as words
from bot.slack.ids import Detail
from bot.slack.kit import Screen
from bot.slack.reminder_words import Clock
from bot.slack.screens import reminders as screens
from storage import Row, Transaction

LATE = timedelta(minutes=2)  # a reminder that waited longer for Slack says so, unless told otherwise

Seen = Screen | str | datetime  # what to show; why nothing is; until when the person is left in peace


def draw(
    tx: Transaction,
    row: Row,
    nudge: Nudge,
    now: datetime,
    *,
    stood_at: datetime | None = None,
    late: timedelta = LATE,
) -> Seen:
    """What somebody is to see. `stood_at`: since when the message is there, which reads anew."""
    event, person = publishing.event_of(tx, row.workspace, row.event), PersonId(row.address)
    if event is None:
        return "the event is gone"
    if stood_at is None and isinstance(nudge, FirstContact | Reminder | Told):
        until = planning.waking(tx, event, person, now)
        if until > now:
            return until
    clock = Clock(event=event, at=now, own=planning.own_zone(tx, event.workspace, person))
    match nudge:
        case Reminder():
            return _reminder(tx, row, nudge, person, clock, stood_at, late)
        case FirstContact():
            return _first_contact(tx, row.session, person, clock)
        case Snoozed():
            return _snoozed(nudge, clock)
        case StoodDown(about):
            return _stood_down(tx, about, person, clock)
        case AwayNoted():
            return _away(tx, nudge, person, clock)
        case TimeAsked(about):
            return _time_asked(tx, about, person, clock)
        case Told(about):
            return _told(tx, about, person, clock)
        case PastFreeze():
            return screens.line(words.past_the_freeze(clock))
        case _:
            assert_never(nudge)


def _reminder(
    tx: Transaction,
    row: Row,
    reply: Reminder,
    person: PersonId,
    clock: Clock,
    stood_at: datetime | None,
    late: timedelta,
) -> Seen:
    event = clock.event
    rungs = reply.rungs or _of_earlier_versions(row.session, reply)
    found = progress(tx, event, person, [each.session for each in rungs])
    reports = tuple((each, found[each.session]) for each in rungs if each.session in found)
    if not any(each.is_open for _, each in reports):
        if stood_at is None or not reports:
            return "nothing of it is open"
        return screens.over([each for _, each in reports], clock)
    at = reply.at or reply.planned_at
    if stood_at is not None and at is not None:  # it reads as it did
        clock = Clock(event=event, at=stood_at if stood_at - at > late else at, own=clock.own)
    missed = max((each.missed_at for each in rungs if each.missed_at), default=None)
    if missed is None and at is not None and clock.at - at > late:
        missed = at
    standing = screens.Standing(
        reminder=reply,
        reports=reports,
        laters=frozenset(each.later for each in answering.offers_for(tx, event, person, clock.at)),
        missed_at=missed,
        asks_time=answering.may_ask_time(tx, event, person, [each.session for each in rungs]),
    )
    return screens.reminder(standing, clock)


def _of_earlier_versions(session: SessionCode | None, reply: Reminder) -> tuple[Reminded, ...]:
    """Rows that were put when the ladder had one rung."""
    if session is None or reply.planned_at is None:
        return ()
    key, at = ONE_HOUR_LEFT, reply.planned_at
    return (Reminded(session=session, rung=key, says=key, meant_for=at),)


def _first_contact(tx: Transaction, session: SessionCode | None, person: PersonId, clock: Clock) -> Seen:
    event = clock.event
    hand = reporting.in_hand(tx, event.workspace, event.key, person)
    assignment = hand.assignment(session) if hand and session else None
    if not assignment:
        return "the session is no longer this person's"
    if assignment.session.is_cancelled:
        return "the session is cancelled"
    return screens.first_contact(assignment, assignment.due_at, clock)


def _snoozed(nudge: Snoozed, clock: Clock) -> Seen:
    sent = ts_of(nudge.of.at) if nudge.of.at else ""
    undo = Detail(event=clock.event.key, parts=(sent, ts_of(nudge.asked_at)))
    return screens.snoozed(nudge.until, undo, clock)


def _stood_down(tx: Transaction, about: str, person: PersonId, clock: Clock) -> Seen:
    event, each = clock.event, _about_session(tx, about, person, clock)
    if isinstance(each, str):
        return each
    stopped = tx.parts.stopped(event.workspace, event.key, each.session.code, person)
    return screens.stood_down(stopped, each, event, about)


def _about_session(tx: Transaction, about: str, person: PersonId, clock: Clock) -> Progress | str:
    """How far the report is that a matter is about; or why there is nothing to say of it."""
    matter = Matter.read(about)
    if matter is None or matter.session is None:
        return "no matter"
    found = progress(tx, clock.event, person, [matter.session])
    return found.get(matter.session) or "the session is no longer this person's"


def _away(tx: Transaction, noted: AwayNoted, person: PersonId, clock: Clock) -> Seen:
    event = clock.event
    found = tx.absences.away(event.workspace, event.key, person, noted.ts)
    if found is None:
        return "the line is none any more"
    span, counts = found
    text = words.away(span.starts_at, span.ends_at, clock, counts=counts)
    moves = [
        words.moves(each.session, each.due_at, each.meant_for, clock)
        for each in (planning.moved_by_absence(tx, event, person, clock.at) if counts else ())
    ]
    return screens.away(text, moves, Detail(event=event.key, parts=(noted.ts,)) if counts else None)


def _time_asked(tx: Transaction, about: str, person: PersonId, clock: Clock) -> Seen:
    event, each = clock.event, _about_session(tx, about, person, clock)
    if isinstance(each, str):
        return each
    decided = tx.matters.decided(event.workspace, event.key, about)
    if decided is None:
        return screens.line(words.time_asked(each.session.code))
    if decided.decision is Decision.REFUSE:
        return screens.line(words.time_refused(each.session.code, each.due_at, clock))
    return screens.line(words.time_given(each.session.code, each.due_at, clock))


def _told(tx: Transaction, about: str, person: PersonId, clock: Clock) -> Seen:
    event, matter = clock.event, Matter.read(about)
    if matter is None or person not in tx.events.organisers(event.workspace, event.key):
        return "the event is no longer this person's"
    match matter.topic:
        case Topic.MORE_TIME:
            return _asks_time(tx, matter, clock)
        case Topic.STOPPED:
            return _stopped(tx, matter, clock)
        case Topic.AWAY:
            return _is_away(tx, matter, clock)
        case Topic.NOT_IN | Topic.OVERDUE:
            return _missing(tx, matter, person, clock)
        case _:
            assert_never(matter.topic)


def _asks_time(tx: Transaction, matter: Matter, clock: Clock) -> Seen:
    event = clock.event
    each = _of(tx, event, matter)
    if each is None:
        return "the session is no longer this person's"
    code = each.session.code
    decided = tx.matters.decided(event.workspace, event.key, matter.about)
    if decided is None:
        title = words.asks_time(code, each.due_at, clock)
        who = _name(tx, event, matter)
        about = Detail(event=event.key, parts=(matter.about,))
        room = event.freeze_at - max(each.due_at, clock.at)
        return screens.asks_time(title, words.who_asks(who, each), about, room)
    due_at = None if decided.decision is Decision.REFUSE else each.due_at
    return screens.told(words.answered_time(code, _organiser(tx, event, decided.person), due_at, clock))


def _stopped(tx: Transaction, matter: Matter, clock: Clock) -> Seen:
    event = clock.event
    each = _of(tx, event, matter)
    if each is None or matter.person is None:
        return "the session is no longer this person's"
    why = tx.parts.stopped(event.workspace, event.key, each.session.code, matter.person)
    return screens.told(
        words.stopped(each.session.code, why),
        _name(tx, event, matter),
        words.stopped_next(why, has_notes=each.is_written),
    )


def _is_away(tx: Transaction, matter: Matter, clock: Clock) -> Seen:
    event = clock.event
    found = matter.person and tx.absences.away(event.workspace, event.key, matter.person, matter.at)
    codes = [
        each.session.code
        for each in tx.events.assignments(event.workspace, event.key)
        if each.person == matter.person
    ]
    if not found or not codes:
        return "the line is none any more"
    span, counts = found
    return screens.line(words.is_away(codes, span.starts_at, span.ends_at, clock, counts=counts))


def _missing(tx: Transaction, matter: Matter, person: PersonId, clock: Clock) -> Seen:
    event, due_at = clock.event, moment_of(matter.at)
    reports = escalating.missing(tx, event, due_at)
    if not reports:
        return screens.line(words.ALL_IN)
    lines = [
        words.not_asked_line(each.session, each.name, each.stopped)
        if each.stopped is not None
        else words.missing_line(each.session, each.name, each.answered, each.wrote_at, each.told_at, clock)
        for each in escalating.in_detail(tx, event, reports)
    ]
    decided = tx.matters.decided(event.workspace, event.key, matter.about)
    taken = "" if decided is None else words.taken(_organiser(tx, event, decided.person))
    if decided is not None and decided.person == person:
        taken = words.TAKEN_BY_YOU
    return screens.missing(
        words.missing(len(reports), due_at, clock),
        lines,
        len(reports) - len(lines),
        taken,
        Detail(event=event.key, parts=(matter.about,)),
    )


def _of(tx: Transaction, event: Event, matter: Matter) -> Progress | None:
    if matter.session is None or matter.person is None:
        return None
    return progress(tx, event, matter.person, [matter.session]).get(matter.session)


def _name(tx: Transaction, event: Event, matter: Matter) -> str:
    """The rapporteur as the event's file names them; seen by organisers only."""
    return next(
        (
            each.name
            for each in tx.events.assignments(event.workspace, event.key)
            if each.person == matter.person and each.session.code == matter.session
        ),
        "",
    )


def _organiser(tx: Transaction, event: Event, person: PersonId) -> str:
    return tx.members.names(event.workspace, [person]).get(person, words.SOMEBODY)
