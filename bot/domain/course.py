"""All by which one person's rungs are planned, looked up once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.duties import Duty, Facts, Settled, Snooze
from bot.domain.event import Event, SessionCode
from bot.domain.placing import Closures
from bot.domain.plans import Why
from bot.domain.quiet import Peace
from bot.domain.rungs import Rung
from bot.domain.spans import Span, merged


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What holds for all reports of one person. All spans are merged."""

    event: Event
    facts: Facts
    now: datetime
    ladder: Mapping[str, Rung]
    quiet: tuple[Span, ...]
    away: tuple[Span, ...]
    running: tuple[Span, ...]  # the sessions they sit in
    reached: Mapping[SessionCode, Mapping[str, Settled]]  # what is spent, by session and key
    snoozes: Mapping[SessionCode, tuple[Snooze, ...]]

    def reached_of(self, session: SessionCode) -> Mapping[str, Settled]:
        """The rungs of a session that reached the person."""
        return self.reached.get(session, {})

    def was_warned(self, session: SessionCode) -> bool:
        """Whether a rung before the deadline reached the person already."""
        keys = (self.ladder.get(key) for key in self.reached_of(session))
        return any(rung is None or rung.is_before_due for rung in keys)

    def snoozes_of(self, duty: Duty) -> tuple[Snooze, ...]:
        """Those that end before the report is due; where the deadline came nearer, the others are void."""
        return tuple(each for each in self.snoozes.get(duty.session, ()) if each.until < duty.due_at)

    def closures(self, duty: Duty, rung: Rung) -> Closures:
        """What is closed to a rung of a report."""
        snoozed = merged(Span(each.asked_at, each.until) for each in self.snoozes_of(duty))
        return (
            (Why.AWAY, self.away),
            (Why.SNOOZED, snoozed),
            (Why.IN_SESSION, () if rung.is_urgent else self.running),
            (Why.QUIET, self.quiet),
        )


def course_of(event: Event, peace: Peace, duties: tuple[Duty, ...], facts: Facts, now: datetime) -> Course:
    """Everything once. A rung that was missed, or needless then, may be wanted under another deadline."""
    first = min([now, *(each.ends_at for each in duties)])
    last = max([now, event.closing_ends_at, *(each.due_at for each in duties)])
    reached: dict[SessionCode, dict[str, Settled]] = {}
    for each in facts.settled:
        if each.outcome.reached:
            reached.setdefault(each.session, {})[each.rung] = each
    return Course(
        event=event,
        facts=facts,
        now=now,
        ladder={rung.key: rung for rung in event.settings.rungs},
        quiet=peace.spans(first, last),
        away=merged(facts.away),
        running=merged(each.runs for each in duties if each.runs is not None),
        reached=reached,
        snoozes=_by_session(facts.snoozes),
    )


def _by_session(snoozes: Iterable[Snooze]) -> Mapping[SessionCode, tuple[Snooze, ...]]:
    found: dict[SessionCode, tuple[Snooze, ...]] = {}
    for each in snoozes:
        found[each.session] = (*found.get(each.session, ()), each)
    return found
