"""Whom an event file names: who is found, and has a part from then on; what is in the way of the others."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

from bot.domain.event import Assignment, EventKey, PersonId, WorkspaceId
from bot.domain.moment import ts_of
from bot.domain.people import Answer, How, Member, Problem, Role, Sought, answer_of, answered
from bot.domain.replies import PeopleProblems, manner_of
from bot.services import planning
from storage import Transaction

UNSERVED_EVERY = timedelta(minutes=5)  # for what Slack sends no event of: a scope granted, an event lost
SERVED_EVERY = timedelta(days=1)
_SURE = (Problem.NOT_FOUND, Problem.DEACTIVATED, Problem.IS_BOT)  # at the last look nobody active fitted


def people_problems(tx: Transaction, workspace: WorkspaceId, event: EventKey) -> tuple[Sought, ...]:
    """Everybody of an event who cannot be served now, in the order of its file."""
    return tuple(each for each in tx.sought.of_event(workspace, event) if each.problem is not None)


def to_ask(tx: Transaction, workspace: WorkspaceId, now: datetime) -> tuple[Sought, ...]:
    """Of whom Slack is to be asked now: who waits longest; all handles at once, for they cost one list."""
    due = sorted((each for each in tx.sought.of_running(workspace, now) if _is_due(each, now)), key=_waiting)
    handles = tuple(each for each in due if each.person is None and each.how is How.HANDLE)
    return handles if due[:1] == list(handles[:1]) else tuple(due[:1])


def take_answers(
    tx: Transaction, workspace: WorkspaceId, event: EventKey, answers: Mapping[str, Answer], now: datetime
) -> None:
    """Note Slack's answers, by the keys of whom they are about; who was found has a part from now on."""
    tx.sought.lock(workspace, event)
    before = tx.sought.of_event(workspace, event)
    after = [answered(each, answers[each.key], now) if each.key in answers else each for each in before]
    for was, each in zip(before, after, strict=True):
        if each != was:
            tx.sought.note(workspace, each)
        if each.person is not None and was.person is None:
            _give_part(tx, workspace, each, now)
    found = tx.events.one(workspace, event)
    has_moved = keep_members(tx, workspace, answers.values())
    if found is not None and (
        has_moved or [each.is_served for each in before] != [each.is_served for each in after]
    ):
        planning.replan(tx, found, now)
    tell_organisers(tx, workspace, event, before, now)


def is_concerned(tx: Transaction, workspace: WorkspaceId, member: Member, now: datetime) -> bool:
    """Whether a member is somebody whom an event file names; Slack tells of every change of everybody."""
    return any(each.fits(member) for each in tx.sought.of_running(workspace, now))


def take_member(tx: Transaction, workspace: WorkspaceId, member: Member, now: datetime) -> None:
    """Somebody joined, came back, was deactivated, changed a name: serve them, or note what is in the way."""
    people = tx.sought.of_running(workspace, now)
    for event, named in groupby(people, key=lambda each: each.event):
        fitting = [each for each in named if each.fits(member)]
        sure = {each.key: answer_of([member]) for each in fitting if _is_sure(each, member)}
        for each in fitting:
            if each.key not in sure:  # Slack itself is to say, at once
                tx.sought.ask_again(workspace, each)
        if sure:
            take_answers(tx, workspace, event, sure, now)


def merged(
    wanted: Iterable[Sought], known: Iterable[Sought], answers: Mapping[str, Answer], now: datetime
) -> tuple[Sought, ...]:
    """Whom a file names, with what is known of those whom it named before in the same words."""
    before = {each.key: each for each in known}
    return tuple(_as_known(each, before.get(each.key), answers.get(each.key), now) for each in wanted)


def keep_members(tx: Transaction, workspace: WorkspaceId, answers: Iterable[Answer]) -> bool:
    """Keep what Slack said of those whom it found; whether anybody's own clock is another one now."""
    moved = [
        tx.members.keep(workspace, each.person, zone=each.zone, name=each.name)
        for each in answers
        if each.person is not None
    ]
    return any(moved)


def tell_organisers(
    tx: Transaction, workspace: WorkspaceId, event: EventKey, before: Iterable[Sought], now: datetime
) -> None:
    """Tell each organiser who is served of problems that are new, and who became one of all that stand."""
    people = tx.sought.of_event(workspace, event)
    served_before = {each.person for each in before if each.role is Role.ORGANISER and each.is_served}
    organisers = dict.fromkeys(
        each.person for each in people if each.role is Role.ORGANISER and each.is_served and each.person
    )
    stand = [each for each in people if each.problem not in (None, Problem.AWAY)]
    new = [each for each in stand if each.told is not each.problem]
    for person in organisers:
        about = new if person in served_before else stand
        if about:
            _tell(tx, workspace, event, person, about, now)
    for each in new if organisers else ():
        tx.sought.note(workspace, replace(each, told=each.problem))


def _tell(
    tx: Transaction,
    workspace: WorkspaceId,
    event: EventKey,
    person: PersonId,
    about: list[Sought],
    now: datetime,
) -> None:
    reply = PeopleProblems(tuple(each.key for each in about))
    tx.outbox.put(workspace, person, reply, manner_of(reply, person=person, session=""), now, event=event)


def _is_due(each: Sought, now: datetime) -> bool:
    every = SERVED_EVERY if each.is_served else UNSERVED_EVERY
    return each.checked_at is None or abs(now - each.checked_at) >= every


def _waiting(each: Sought) -> tuple[bool, float]:
    return each.checked_at is not None, each.checked_at.timestamp() if each.checked_at else 0.0


def _is_sure(each: Sought, member: Member) -> bool:
    """Whether one member alone says what is to be known.

    A handle others may have too, and a change that is older than our last look may have been overtaken.
    """
    if member.as_of is not None and each.checked_at is not None and member.as_of < each.checked_at:
        return False
    return each.person is not None or each.how is not How.HANDLE or each.problem in _SURE


def _as_known(wanted: Sought, known: Sought | None, answer: Answer | None, now: datetime) -> Sought:
    if known is None:
        row = replace(wanted, served_since=None if wanted.person is None else now)
    else:
        row = replace(
            wanted,
            person=known.person or wanted.person,
            problem=known.problem,
            told=known.told,
            served_since=known.served_since,
            checked_at=known.checked_at,
        )
    return row if answer is None else answered(row, answer, now)


def _give_part(tx: Transaction, workspace: WorkspaceId, each: Sought, now: datetime) -> None:
    if each.person is None:
        return
    if each.role is Role.ORGANISER:
        tx.programmes.let_organise(workspace, each.event, each.person)
        return
    event = tx.events.one(workspace, each.event)
    session = next(
        (one for one in tx.events.sessions(workspace, each.event) if one.code == each.session), None
    )
    if event is not None and session is not None:
        tx.people.begin_reading(workspace, each.person, ts_of(now))
        have_written = tx.dialogues.people(workspace, each.event)
        tx.programmes.assign(
            Assignment(
                event=event,
                session=session,
                person=each.person,
                name=each.name,
                affiliation=each.affiliation,
                part=each.part,
            ),
            since=ts_of(now) if each.person in have_written else None,
        )
