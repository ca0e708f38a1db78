"""What an onlooker with a watch says of one person's days: which promise about reminders was broken.

Written from the promises (the issue's text and conversation.md 5) and not from the planner: it knows what was
sent when, what was owed at that moment, and what the person did; it reads walls with zoneinfo alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.duties import Duty
from bot.domain.event import Event, Part, SessionCode
from bot.domain.rungs import Anchor, Rung
from bot.domain.spans import Span
from tests.support.small_clock import SmallClock

MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)


@dataclass
class Diary:
    """What happened, as the bot learnt of it."""

    heard: list[datetime] = field(default_factory=list)
    snoozed: list[tuple[SessionCode, datetime, datetime]] = field(default_factory=list)
    terms: dict[SessionCode, datetime] = field(default_factory=dict)  # the last change of a session's times
    surprises: list[datetime] = field(default_factory=list)  # what no plan before them could know
    over: dict[SessionCode, datetime] = field(default_factory=dict)  # submitted, cancelled or given back


def broken(clock: SmallClock, diary: Diary, end: datetime) -> Iterator[str]:
    """Every broken promise, in words."""
    yield from _twice(clock)
    yield from _full_days(clock)
    for sent in clock.sent:
        at = sent.at
        if _is_quiet(at, clock.event, sent.duties, clock.own):
            yield f"{at} lies in quiet hours"
        if any(each.starts_at <= at < each.ends_at for each in sent.away):
            yield f"{at}: the person is away"
        if any(at - QUARTER < heard <= at for heard in diary.heard):
            yield f"{at}: the person had just written"
        for each in sent.rungs:
            yield from _out_of_place(clock, diary, at, each.session, each.says, sent.duties)
        sessions = [each.session for each in sent.rungs]
        if len(set(sessions)) < len(sessions):
            yield f"{at}: one report twice in a message"
    for duty in clock.duties.values():
        if duty.due_at < end:
            yield from _unwarned(clock, diary, duty)


def _twice(clock: SmallClock) -> Iterator[str]:
    rungs = [(each.session, each.rung) for sent in clock.sent for each in sent.rungs]
    yield from (f"{each} came twice" for each in set(rungs) if rungs.count(each) > 1)


def _out_of_place(
    clock: SmallClock,
    diary: Diary,
    at: datetime,
    session: SessionCode,
    says: str,
    duties: dict[SessionCode, Duty],
) -> Iterator[str]:
    duty, rung = duties[session], _rung(clock.event, says)
    if session in diary.over and diary.over[session] <= at:
        yield f"{at} {session}: nothing is asked any more"
    if at < max(duty.ends_at, duty.since):
        yield f"{at} {session}: before the session ended, or was theirs"
    if rung.anchor is Anchor.AFTER_DUE and at <= duty.due_at:
        yield f"{at} {session}: overdue before the deadline"
    if rung.anchor is not Anchor.AFTER_DUE and at >= duty.due_at:
        yield f"{at} {session}: {says} after the deadline"
    if duty.part is Part.CO and not (_breaks_in(rung) or rung.anchor is Anchor.AFTER_DUE):
        yield f"{at} {session}: {says} to a co-rapporteur"
    for other in duties.values():
        runs = other.starts_at <= at < other.ends_at and not (other.is_cancelled or other.is_stopped)
        if runs and (other.session == session or not _breaks_in(rung)):
            yield f"{at} {session}: {says} while {other.session} runs"
    for snoozed, asked_at, until in diary.snoozed:
        if snoozed == session and asked_at <= at < until and diary.terms.get(session, asked_at) <= asked_at:
            yield f"{at} {session}: snoozed until {until}"


def _full_days(clock: SmallClock) -> Iterator[str]:
    """From the sixth message of a day on, each must be one that never gives way."""
    counted: dict[object, int] = {}
    reached = [(each.at, each.session, each.rung) for each in clock.settled if each.outcome.reached]
    for sent in clock.sent:
        if any(each.is_asked for each in sent.rungs):
            continue
        day = sent.at.astimezone(ZoneInfo(clock.event.zone)).date()
        counted[day] = counted.get(day, 0) + 1
        warned = {session for at, session, key in reached if at < sent.at and not key.startswith("overdue")}
        rungs = [(each.session, _rung(clock.event, each.says)) for each in sent.rungs]
        is_protected = any(
            _breaks_in(rung) or (rung.anchor is not Anchor.AFTER_DUE and session not in warned)
            for session, rung in rungs
        )
        if counted[day] > 5 and not is_protected:
            yield f"{sent.at}: message {counted[day]} of the day could have given way"


def _unwarned(clock: SmallClock, diary: Diary, duty: Duty) -> Iterator[str]:
    """Before each deadline one rung, or a sign of life instead, if a minute was free for it."""
    over = diary.over.get(duty.session)
    if over is not None and over < duty.due_at:
        return
    if diary.terms.get(duty.session, duty.since) >= duty.due_at:
        return  # the deadline was put into the past
    for each in clock.settled:
        if each.session == duty.session and each.outcome.reached and each.at < duty.due_at:
            if each.outcome.value == "heard" and not any(
                each.at - QUARTER < heard <= each.at for heard in diary.heard
            ):
                yield f"{each.at} {duty.session}: nobody was heard"
            return
    wanted = [rung for rung in clock.event.settings.rungs if rung.anchor is not Anchor.AFTER_DUE]
    if duty.part is Part.CO:
        wanted = [rung for rung in wanted if _breaks_in(rung)]
    known = [at for at in diary.surprises if at < duty.due_at]
    known += [each.ends_at for each in clock.downs if each.starts_at < duty.due_at]
    minute = max([duty.ends_at, duty.since, *known])
    while wanted and minute + MINUTE <= duty.due_at:
        if all(_is_free(clock, at) for at in (minute, minute + MINUTE - timedelta(seconds=1))):
            yield f"{duty.session}: no word before {duty.due_at}, though {minute} was free"
            return
        minute += MINUTE


def _is_free(clock: SmallClock, at: datetime) -> bool:
    spans = [*clock.facts.away, *clock.downs]
    spans += [
        Span(each.starts_at, each.ends_at)
        for each in clock.duties.values()
        if not (each.is_cancelled or each.is_stopped)
    ]
    in_one = any(each.starts_at <= at < each.ends_at for each in spans)
    return not in_one and not _is_quiet(at, clock.event, clock.duties, clock.own)


def _is_quiet(at: datetime, event: Event, duties: dict[SessionCode, Duty], own: str | None) -> bool:
    """By the person's own clock until the day before the first session, then by the event's."""
    there = ZoneInfo(event.zone)
    starts = [each.starts_at for each in duties.values() if not each.is_cancelled] or [event.closing_at]
    eve = min(starts).astimezone(there).date() - timedelta(days=1)
    zone = there if own is None or at.astimezone(there).date() >= eve else ZoneInfo(own)
    quiet, now = event.settings.quiet, at.astimezone(zone).time()
    if quiet.starts <= quiet.ends:
        return quiet.starts <= now < quiet.ends
    return now >= quiet.starts or now < quiet.ends


def _rung(event: Event, key: str) -> Rung:
    return next(each for each in event.settings.rungs if each.key == key)


def _breaks_in(rung: Rung) -> bool:
    return rung.anchor is Anchor.BEFORE_DUE and rung.offset <= timedelta(hours=1)
