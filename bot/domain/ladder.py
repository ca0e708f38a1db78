"""The rungs of one report for one person: when each comes, and which give way to a more urgent one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from bot.domain.course import Course
from bot.domain.duties import Duty, Settled
from bot.domain.event import Part
from bot.domain.placing import BREATH, Closures, Window, placed
from bot.domain.plans import Planned, Reason, Why
from bot.domain.quiet import AHEAD
from bot.domain.rungs import Anchor, Rung
from bot.domain.spans import Span, index_of
from bot.domain.wall import instant_of, on_the_wall

LATE = timedelta(minutes=5)  # what comes later than this says so
STALE = timedelta(hours=3)  # after which "has ended" is no news any more (conversation.md 5)
_DAY = timedelta(days=1)


Rank = tuple[bool, datetime, int]  # the later is the more urgent; that a session has ended never is


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rung that is to come, or to come again, before any rule moves it."""

    rung: Rung
    key: str
    meant_for: datetime
    rank: Rank
    asked_at: datetime | None = None  # of a snooze


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A rung on its way into the plan, or out of it."""

    planned: Planned
    rung: Rung  # whose words it has
    window: Window
    rank: Rank
    asked_at: datetime | None = None  # of a snooze
    gave_way: Reason | None = None

    @property
    def at(self) -> datetime:
        """When it comes."""
        return self.planned.due_at


def tried(course: Course, duty: Duty) -> list[Candidate]:
    """Every rung of a report that is not settled, each as if it were the only one."""
    if not duty.is_open:
        return []
    wanted = list(_wanted(course, duty))
    kinds = {each.rung.is_urgent for each in wanted}
    closures = {is_urgent: course.closures(duty, is_urgent=is_urgent) for is_urgent in kinds}
    return [_tried(course, duty, each, closures[each.rung.is_urgent]) for each in wanted]


def still_tried(
    course: Course, duty: Duty, before: list[Candidate], settled: Iterable[Settled]
) -> list[Candidate]:
    """What `tried` gives once some were settled, from what it gave before.

    A rung is tried by its own moment and by when it stood: what reached the person falls out of the others,
    which stay as they are. What did not reach them is tried again, without having stood.
    """
    own = [each for each in settled if each.session == duty.session]
    if not all(each.outcome.reached for each in own):
        return tried(course, duty)
    ended = {each.rung for each in own}
    return [each for each in before if each.planned.rung not in ended]


def candidates(course: Course, duty: Duty, tried: list[Candidate]) -> list[Candidate]:
    """The tried rungs of a report, each with its moment or the reason why it gives way."""
    if not tried:
        return []
    return _with_last_chance(course, duty, unovertaken(_behind_the_sent(course, duty, tried)))


def unovertaken(tried: Iterable[Candidate]) -> list[Candidate]:
    """A report's rungs without those that come when, or after, a more urgent one does."""
    seen: list[Candidate] = []
    ahead: int | None = None
    for each in sorted(tried, key=lambda each: each.rank, reverse=True):
        if each.gave_way is None and ahead is not None and each.at >= seen[ahead].at:
            if each.planned.is_asked:  # the other one keeps the promise
                seen[ahead] = _with(seen[ahead], is_asked=True)
            each = replace(each, gave_way=Reason.OVERTAKEN)
        if each.gave_way is None:
            ahead = len(seen)
        seen.append(each)
    return seen


def counted_due(due_at: datetime, quiet: tuple[Span, ...]) -> datetime:
    """From when the rungs are counted: a deadline inside quiet hours counts as a quarter before them."""
    held = index_of(quiet, due_at)
    if held is None or quiet[held].starts_at == due_at:
        return due_at
    return quiet[held].starts_at - AHEAD


def meant_for(rung: Rung, duty: Duty, counted: datetime, zone: str) -> datetime:
    """The moment of a rung before any rule moves it. What comes after the deadline never counts earlier."""
    match rung.anchor:
        case Anchor.SESSION_END:
            return duty.ends_at + rung.offset
        case Anchor.EVE:
            return _on_the_day(counted, -_DAY, rung.at, zone)
        case Anchor.DUE_DAY:
            return _on_the_day(counted, timedelta(), rung.at, zone)
        case Anchor.BEFORE_DUE:
            return counted - rung.offset
        case Anchor.AFTER_DUE:
            return max(duty.due_at, duty.ends_at) + rung.offset


def _wanted(course: Course, duty: Duty) -> Iterable[Wanted]:
    spent, zone = course.reached_of(duty.session), course.event.zone
    counted = counted_due(duty.due_at, course.quiet)
    for position, rung in enumerate(course.event.settings.rungs):
        if rung.key not in spent and (duty.part is Part.LEAD or rung.concerns_co):
            at = meant_for(rung, duty, counted, zone)
            yield Wanted(rung, rung.key, at, (rung.anchor is not Anchor.SESSION_END, at, position))
    for snooze in course.snoozes_of(duty):
        if snooze.key not in spent and snooze.rung in course.ladder:
            rank = (True, snooze.until, -1)
            yield Wanted(course.ladder[snooze.rung], snooze.key, snooze.until, rank, snooze.asked_at)


def _tried(course: Course, duty: Duty, wanted: Wanted, closures: Closures) -> Candidate:
    window = _window(course, duty, wanted, closures)
    found, why = placed(window, closures, wanted.meant_for, course.now)
    planned = Planned(
        session=duty.session,
        person=course.facts.person,
        rung=wanted.key,
        says=wanted.rung.key,
        meant_for=wanted.meant_for,
        due_at=wanted.meant_for if found is None else found,
        why=why,
        is_asked=wanted.asked_at is not None,
    )
    tried = Candidate(
        planned=planned,
        rung=wanted.rung,
        window=window,
        rank=wanted.rank,
        asked_at=wanted.asked_at,
        gave_way=_reason(course, duty, wanted, found),
    )
    return _called(course, tried) if tried.gave_way is None and tried.at < course.now else tried


def _reason(course: Course, duty: Duty, wanted: Wanted, found: datetime | None) -> Reason | None:
    if wanted.meant_for < max(duty.ends_at, duty.since):
        return Reason.EARLY
    if found is None:
        return Reason.NO_ROOM
    stood = course.facts.standing.get((duty.session, wanted.key))
    return Reason.PAST if found < course.now and (stood is None or stood > course.now) else None


def _called(course: Course, tried: Candidate) -> Candidate:
    """A rung whose moment has come, or passed in a downtime: it comes now, or as soon as it may."""
    stood = course.facts.standing[tried.planned.session, tried.planned.rung]
    found = tried.window.after(course.now)
    if found is None:
        return replace(tried, gave_way=Reason.NO_ROOM)
    if course.now - stood >= LATE:
        tried = _with(tried, due_at=found, missed_at=stood, why=Why.LATE)
    else:
        tried = _with(tried, due_at=found)
    return replace(tried, gave_way=Reason.STALE) if _is_stale(tried, stood, course.event.zone) else tried


def _is_stale(tried: Candidate, stood: datetime, zone: str) -> bool:
    if tried.planned.is_asked:
        return False
    if tried.rung.anchor is Anchor.EVE:
        return on_the_wall(stood, zone).date() < on_the_wall(tried.at, zone).date()
    return tried.rung.anchor is Anchor.SESSION_END and tried.at - stood > STALE


def _behind_the_sent(course: Course, duty: Duty, tried: list[Candidate]) -> list[Candidate]:
    """Once a more urgent rung reached the person, the less urgent ones of that report are over.

    A snooze is over only behind what came after it was asked for.
    """
    ended = {rung.key for rung in course.ladder.values() if rung.anchor is Anchor.SESSION_END}
    sent = [
        (each.at, (each.rung not in ended, each.meant_for))
        for each in course.reached_of(duty.session).values()
    ]
    return [
        replace(each, gave_way=Reason.OVERTAKEN)
        if each.gave_way is None
        and any(each.rank[:2] <= rank for at, rank in sent if each.asked_at is None or at > each.asked_at)
        else each
        for each in tried
    ]


def _with_last_chance(course: Course, duty: Duty, tried: list[Candidate]) -> list[Candidate]:
    """Before a deadline with no other rung, the most urgent that gave way comes as soon as it may."""
    before = [each for each in tried if each.rung.is_before_due]
    if not before or any(each.gave_way is None for each in before) or course.was_warned(duty.session):
        return tried
    last = max(before, key=lambda each: each.rank)
    window = replace(last.window, closes_at=duty.due_at)
    found = window.after(max(course.now, window.opens_at + BREATH)) or window.after(course.now)
    if found is None:
        return tried
    why = Why.LATE if last.planned.missed_at else Why.LAST_CHANCE
    chosen = replace(_with(last, due_at=found, why=why), window=window, gave_way=None)
    return [chosen if each is last else each for each in tried]


def _window(course: Course, duty: Duty, wanted: Wanted, closures: Closures) -> Window:
    opens_at, closes_at = max(duty.ends_at, duty.since), duty.due_at
    if not wanted.rung.is_before_due:
        opens_at = max(opens_at, wanted.meant_for)  # never early: the minutes of grace are theirs
        closes_at = course.event.closing_ends_at
    elif wanted.rung.anchor is Anchor.EVE:
        closes_at = min(closes_at, _on_the_day(wanted.meant_for, _DAY, time(), course.event.zone))
    return Window(opens_at=opens_at, closes_at=closes_at, closed=closures.together)


def _on_the_day(moment: datetime, later: timedelta, at: time, zone: str) -> datetime:
    return instant_of(datetime.combine(on_the_wall(moment, zone).date() + later, at), zone)


def _with(candidate: Candidate, **changes: object) -> Candidate:
    return replace(candidate, planned=replace(candidate.planned, **changes))  # type: ignore[arg-type]
