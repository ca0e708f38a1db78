"""All by which one person's rungs are planned, looked up once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.duties import Duty, Facts, Settled, Snooze
from bot.domain.event import Event, SessionCode
from bot.domain.placing import Closures, closures_of
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

    def closures(self, duty: Duty, *, is_urgent: bool) -> Closures:
        """What is closed to the rungs of a report, urgent ones or others."""
        return closures_of(
            (Why.AWAY, self.away),
            (Why.SNOOZED, merged(Span(each.asked_at, each.until) for each in self.snoozes_of(duty))),
            (Why.IN_SESSION, () if is_urgent else self.running),
            (Why.QUIET, self.quiet),
        )

    def after(self, settled: tuple[Settled, ...]) -> "Course":
        """The same once these have ended."""
        ended = {(each.session, each.rung) for each in settled}
        standing = {key: at for key, at in self.facts.standing.items() if key not in ended}
        past = (*self.facts.settled, *settled)
        facts = replace(self.facts, settled=past, standing=standing)
        return replace(self, facts=facts, reached=_reached(past))


def course_of(event: Event, peace: Peace, duties: tuple[Duty, ...], facts: Facts, now: datetime) -> Course:
    """Everything once. A rung that was missed, or needless then, may be wanted under another deadline."""
    first = min([now, *(each.ends_at for each in duties)])
    last = max([now, event.closing_ends_at, *(each.due_at for each in duties)])
    return Course(
        event=event,
        facts=facts,
        now=now,
        ladder={rung.key: rung for rung in event.settings.rungs},
        quiet=peace.spans(first, last),
        away=merged(facts.away),
        running=merged(each.runs for each in duties if each.runs is not None),
        reached=_reached(facts.settled),
        snoozes=_by_session(facts.snoozes),
    )


def _reached(settled: Iterable[Settled]) -> Mapping[SessionCode, Mapping[str, Settled]]:
    found: dict[SessionCode, dict[str, Settled]] = {}
    for each in settled:
        if each.outcome.reached:
            found.setdefault(each.session, {})[each.rung] = each
    return found


def _by_session(snoozes: Iterable[Snooze]) -> Mapping[SessionCode, tuple[Snooze, ...]]:
    found: dict[SessionCode, tuple[Snooze, ...]] = {}
    for each in snoozes:
        found[each.session] = (*found.get(each.session, ()), each)
    return found
