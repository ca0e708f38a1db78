"""The next moment that matters, from the event file and the bot's plan: when it is, and what happens then."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.event import Event, Session, WorkspaceId
from bot.domain.wall import same_day, spoken
from bot.services import contacting
from storage import Due, State, Transaction

_EVER = timedelta(days=36_500)

Woken = tuple[str, datetime]  # a person, and until when quiet hours keep what there is for them


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One event as it stands now: its programme, the reminders that are planned, and who is woken when: to be
    told what is theirs (`contacts`), or what quiet hours hold (`in_peace`)."""

    event: Event
    sessions: tuple[Session, ...]
    planned: tuple[Due, ...]
    contacts: tuple[Woken, ...] = ()
    in_peace: tuple[Woken, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment that matters, and what happens then, as the page says it."""

    at: datetime
    says: str


def courses_of(tx: Transaction, workspace: WorkspaceId, now: datetime) -> tuple[Course, ...]:
    """What is stored of the workspace's events."""
    planned = tx.reminders.due(workspace, now + _EVER)
    contacts, in_peace = contacting.uncontacted(tx, workspace, now), tx.outbox.in_peace(workspace)
    return tuple(
        Course(
            event=event,
            sessions=tx.events.sessions(workspace, event.key),
            planned=tuple(each for each in planned if each.event == event.key),
            contacts=tuple((person, at) for key, person, at in contacts if key == event.key),
            in_peace=tuple((person, at) for key, person, at in in_peace if key == event.key),
        )
        for event in tx.events.all(workspace)
    )


def is_at_work(tx: Transaction, workspace: WorkspaceId, now: datetime) -> bool:
    """Whether something is due and has not gone out, which whoever hears what comes next might leap over."""
    waits = any(each.state is State.WAITING for each in tx.depths.of_outbox(workspace, now))
    contacts = any(at <= now for _, _, at in contacting.uncontacted(tx, workspace, now))
    return waits or contacts or bool(tx.reminders.due(workspace, now))


def next_moment(courses: Iterable[Course], now: datetime) -> Moment | None:
    """The first moment after now, and all that happens then; None when nothing is to come."""
    ahead = [(at, says, course.event) for course in courses for at, says in _marks(course) if at > now]
    if not ahead:
        return None
    at = min(each[0] for each in ahead)
    event = next(each[2] for each in ahead if each[0] == at)
    says = dict.fromkeys(says for when, says, _ in ahead if when == at)
    today = now if same_day(at, now, event.zone) else None
    return Moment(at=at, says=f"{spoken(at, event.zone, event.place, now=today)}: {'; '.join(says)}")


def _marks(course: Course) -> Iterator[tuple[datetime, str]]:
    event, held = course.event, [each for each in course.sessions if not each.is_cancelled]
    for at in {each.starts_at for each in held}:
        yield at, _of_sessions([each.code for each in held if each.starts_at == at], "begins", "begin")
    for at in {each.ends_at for each in held}:
        yield at, _of_sessions([each.code for each in held if each.ends_at == at], "ends", "end")
    for at in {each.due(event) for each in held}:
        yield at, "reports are due"
    yield event.freeze_at, "corrections close"
    yield event.closing_at, "the closing session begins"
    yield event.closing_ends_at, "the closing session is over"
    for at, rung in {(each.due_at, each.rung) for each in course.planned}:
        people = {each.person for each in course.planned if (each.due_at, each.rung) == (at, rung)}
        yield at, f"{rung}, {len(people)} {'person' if len(people) == 1 else 'people'}"
    yield from _woken(course.contacts, "told what is theirs")
    yield from _woken(course.in_peace, "told what waited for them")


def _woken(who: Iterable[Woken], says: str) -> Iterator[tuple[datetime, str]]:
    for moment in {at for _, at in who}:
        count = len({person for person, at in who if at == moment})
        yield moment, f"{count} {'person is' if count == 1 else 'people are'} {says}"


def _of_sessions(codes: list[str], one: str, several: str) -> str:
    *others, last = codes
    return f"{', '.join(others)} and {last} {several}" if others else f"{last} {one}"
