"""Reminders: planned backwards from when the reports are due, for one person at a time.

The plan is always made anew from the duties and the facts; what is stored of it rings the alarm, and tells
a rung that a downtime kept from one that was never to come.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from bot.domain.course import Course, course_of
from bot.domain.duties import Duty, Facts, Outcome, Settled
from bot.domain.event import Event, SessionCode
from bot.domain.ladder import Candidate, candidates, still_tried, tried, unovertaken
from bot.domain.plans import Given, Plan, Planned, Reason, Why
from bot.domain.quiet import Peace
from bot.domain.wall import on_the_wall

NOTHING = Plan(kept=(), given=())
ONE_HOUR_LEFT = "one hour left"
FULL_DAY = 5  # messages that nobody asked for, a person and day
TOGETHER = timedelta(minutes=10)  # what falls due within it is one message
ALIVE = timedelta(minutes=15)  # after a sign of life, in which nobody needs a reminder


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What a call of the alarm comes to for one person."""

    message: tuple[Planned, ...]  # to be sent as one now; empty: nothing is
    settled: tuple[Settled, ...]  # of what stood and was due, and of the message
    plan: Plan  # what is still to come then


def plan(event: Event, peace: Peace, duties: Iterable[Duty], facts: Facts, now: datetime) -> Plan:
    """All that is still to come for one person. Nothing in it is due before now."""
    owed = tuple(duties)
    course = course_of(event, peace, owed, facts, now)
    return _plan(course, [(each, tried(course, each)) for each in owed])


def messages(planned: Iterable[Planned]) -> tuple[tuple[Planned, ...], ...]:
    """One person's rungs as the messages that they become."""
    in_order = sorted(planned, key=_order)
    return tuple(tuple(rungs) for _, rungs in groupby(in_order, key=lambda each: each.due_at))


def call(event: Event, peace: Peace, duties: Iterable[Duty], facts: Facts, now: datetime) -> Called:
    """What is to be done for one person when something that stood is due."""
    owed = tuple(duties)
    course = course_of(event, peace, owed, facts, now)
    first = [(each, tried(course, each)) for each in owed]
    planned = _plan(course, first)
    due = tuple(each for each in planned.kept if each.due_at <= now)
    is_alive = facts.heard_at is not None and now - facts.heard_at < ALIVE
    stood = {key for key, at in facts.standing.items() if at <= now}
    message = () if is_alive else due
    settled = (
        *(_settled(each, now, Outcome.SENT) for each in message),
        *(_settled(each, now, Outcome.HEARD) for each in due if is_alive and _key(each) in stood),
        *_over(planned, owed, facts, stood, now),
    )
    if settled:
        course = course.after(settled)
        left = [(duty, still_tried(course, duty, before, settled)) for duty, before in first]
        planned = _plan(course, left)
    return Called(message=message, settled=settled, plan=planned)


def _plan(course: Course, duties: Iterable[tuple[Duty, list[Candidate]]]) -> Plan:
    """Of what was tried for each report."""
    found = [each for duty, own in duties for each in candidates(course, duty, own)]
    if not found:
        return NOTHING
    found = _spared(course, _together(found))
    return Plan(
        kept=tuple(sorted((each.planned for each in found if each.gave_way is None), key=_order)),
        given=tuple(_given(each.planned, each.gave_way) for each in found if each.gave_way is not None),
    )


def _together(tried: list[Candidate]) -> list[Candidate]:
    """What falls due within ten minutes comes with the first of it, if it may come then."""
    joined: list[Candidate] = []
    first: datetime | None = None
    for each in sorted(tried, key=lambda each: each.at):
        if each.gave_way is None:
            if first is not None and each.at - first <= TOGETHER and each.window.is_open(first):
                each = replace(each, planned=_joined(each.planned, first))
            first = each.at
        joined.append(each)
    by_session: dict[SessionCode, list[Candidate]] = {}
    for each in joined:
        by_session.setdefault(each.planned.session, []).append(each)
    return [each for own in by_session.values() for each in unovertaken(own)]


def _joined(planned: Planned, first: datetime) -> Planned:
    is_moved = planned.due_at != first and planned.why is Why.ON_TIME
    return replace(planned, due_at=first, why=Why.TOGETHER if is_moved else planned.why)


def _spared(course: Course, tried: list[Candidate]) -> list[Candidate]:
    """Where a day has more than five messages, its earliest give way, but for those that never do."""
    by_message: dict[datetime, list[Candidate]] = {}
    for each in tried:
        if each.gave_way is None:
            by_message.setdefault(each.at, []).append(each)
    too_many = _too_many(course, by_message)
    if not too_many:
        return tried
    left = _left_before_due(course, tried)
    full: set[int] = set()
    for at in sorted(by_message):
        rungs, day = by_message[at], on_the_wall(at, course.event.zone).date()
        if too_many[day] > 0 and not any(_is_protected(each, left) for each in rungs):
            too_many[day] -= 1
            left.subtract(each.planned.session for each in rungs if each.rung.is_before_due)
            full.update(id(each) for each in rungs)
    return [replace(each, gave_way=Reason.FULL_DAY) if id(each) in full else each for each in tried]


def _is_protected(each: Candidate, left: Mapping[SessionCode, int]) -> bool:
    is_last = each.rung.is_before_due and left[each.planned.session] <= 1
    return each.rung.is_urgent or each.planned.is_asked or is_last


def _left_before_due(course: Course, tried: list[Candidate]) -> Counter[SessionCode]:
    """How many rungs each report has before its deadline, those that reached the person counted as one."""
    kept = [each.planned.session for each in tried if each.gave_way is None and each.rung.is_before_due]
    left = Counter(kept)
    left.update(session for session in set(kept) if course.was_warned(session))
    return left


def _too_many(course: Course, by_message: Mapping[datetime, list[Candidate]]) -> Counter[date]:
    """How many messages each day has over five; one that somebody asked for is not counted."""
    zone = course.event.zone
    asked = {each.at for each in course.facts.settled if each.is_asked}
    sent = {each.at for each in course.facts.settled if each.outcome is Outcome.SENT} - asked
    to_come = [at for at, rungs in by_message.items() if not any(each.planned.is_asked for each in rungs)]
    if len(sent) + len(to_come) <= FULL_DAY:
        return Counter()
    days = Counter(on_the_wall(at, zone).date() for at in (*sent, *to_come))
    return Counter({day: count - FULL_DAY for day, count in days.items() if count > FULL_DAY})


def _over(
    planned: Plan, duties: tuple[Duty, ...], facts: Facts, stood: set[tuple[SessionCode, str]], now: datetime
) -> Iterable[Settled]:
    """What stood, was due, and will not come: nothing is asked any more, or it came too late."""
    is_open = {each.session for each in duties if each.is_open}
    still = {_key(each) for each in planned.kept}
    for session, rung in sorted(stood - still):
        yield Settled(
            session=session,
            rung=rung,
            meant_for=facts.standing[session, rung],
            at=now,
            outcome=Outcome.MISSED if session in is_open else Outcome.NEEDLESS,
        )


def _settled(planned: Planned, now: datetime, outcome: Outcome) -> Settled:
    return Settled(
        session=planned.session,
        rung=planned.rung,
        meant_for=planned.meant_for,
        at=now,
        outcome=outcome,
        is_asked=planned.is_asked,
    )


def _given(planned: Planned, reason: Reason) -> Given:
    return Given(session=planned.session, rung=planned.rung, meant_for=planned.meant_for, reason=reason)


def _key(planned: Planned) -> tuple[SessionCode, str]:
    return planned.session, planned.rung


def _order(planned: Planned) -> tuple[datetime, SessionCode, datetime]:
    return planned.due_at, planned.session, planned.meant_for
