"""A small clock: one person's days, with a bot that plans at every change, rings when something is due, and
is sometimes down. It keeps what came about, and what was so at that moment, for those who look afterwards."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.duties import Duty, Facts, Outcome, Settled, Snooze
from bot.domain.event import Event, Session, SessionCode, TemplateKey
from bot.domain.plans import Given, Planned
from bot.domain.quiet import Peace, peace_of
from bot.domain.reminders import call, plan
from bot.domain.spans import Span

Change = Callable[["SmallClock", datetime], None]


@dataclass(frozen=True)
class Sent:
    """A message, with what the person owed at that moment."""

    at: datetime
    rungs: tuple[Planned, ...]
    duties: dict[SessionCode, Duty]
    away: tuple[Span, ...]


@dataclass
class SmallClock:
    event: Event
    duties: dict[SessionCode, Duty]
    facts: Facts
    own: str | None = None
    downs: tuple[Span, ...] = ()
    reactions: list[tuple[timedelta, Change]] = field(
        default_factory=list
    )  # to each message, one after another
    sent: list[Sent] = field(default_factory=list)
    given: dict[tuple[SessionCode, str], Given] = field(default_factory=dict)

    @property
    def peace(self) -> Peace:
        return peace_of(self.event, map(_session, self.duties.values()), self.own)

    @property
    def settled(self) -> tuple[Settled, ...]:
        return self.facts.settled

    def play(self, begin: datetime, changes: Iterable[tuple[datetime, Change]], end: datetime) -> None:
        """Changes by their moments; those of a downtime are taken in when it ends, before the alarm rings."""
        ahead = sorted(changes, key=lambda each: each[0])
        now = begin
        self.replan(now)
        for _ in range(10_000):
            rings = min(self.facts.standing.values(), default=end)
            now = max(now, min([rings, end, *(at for at, _ in ahead[:1])]))
            if now >= end:
                return
            now = self._up_at(now)
            taken = [change for at, change in ahead if at <= now]
            del ahead[: len(taken)]
            for change in taken:
                change(self, now)
                self.replan(now)
            if min(self.facts.standing.values(), default=end) <= now:
                ahead = sorted([*ahead, *self._ring(now)], key=lambda each: each[0])
        raise AssertionError("the clock does not come to an end")

    def replan(self, now: datetime) -> None:
        planned = plan(self.event, self.peace, self.duties.values(), self.facts, now)
        self._keep(planned.kept, planned.given)

    def hear(self, at: datetime) -> None:
        self.facts = replace(self.facts, heard_at=max(at, self.facts.heard_at or at))

    def snooze(self, session: SessionCode, rung: str, at: datetime, until: datetime) -> None:
        again = Snooze(session=session, rung=rung, asked_at=at, until=until)
        self.facts = replace(self.facts, snoozes=(*self.facts.snoozes, again))

    def change(self, session: SessionCode, **changes: object) -> None:
        self.duties = {
            **self.duties,
            session: replace(self.duties[session], **changes),  # type: ignore[arg-type]
        }

    def _ring(self, now: datetime) -> list[tuple[datetime, Change]]:
        called = call(self.event, self.peace, self.duties.values(), self.facts, now)
        if called.message:
            self.sent.append(Sent(now, called.message, self.duties, self.facts.away))
        ended = {(each.session, each.rung) for each in called.settled}
        standing = {key: at for key, at in self.facts.standing.items() if key not in ended}
        self.facts = replace(self.facts, settled=(*self.facts.settled, *called.settled), standing=standing)
        anew = plan(self.event, self.peace, self.duties.values(), self.facts, now)
        assert called.plan == anew, "what is left of a plan is not what is planned anew"
        self._keep(called.plan.kept, called.plan.given)
        if not (called.message and self.reactions):
            return []
        after, change = self.reactions.pop(0)
        return [(now + after, change)]

    def _keep(self, kept: tuple[Planned, ...], given: tuple[Given, ...]) -> None:
        self.facts = replace(self.facts, standing={(each.session, each.rung): each.due_at for each in kept})
        for each in given:
            self.given.setdefault((each.session, each.rung), each)
        for planned in kept:
            self.given.pop((planned.session, planned.rung), None)

    def _up_at(self, now: datetime) -> datetime:
        while down := next((each for each in self.downs if each.holds(now)), None):
            now = down.ends_at
        return now


def reached(clock: SmallClock) -> tuple[Settled, ...]:
    return tuple(each for each in clock.settled if each.outcome in (Outcome.SENT, Outcome.HEARD))


def _session(duty: Duty) -> Session:
    return Session(
        code=duty.session,
        title=duty.session,
        starts_at=duty.starts_at,
        ends_at=duty.ends_at,
        template=TemplateKey("roundtable"),
        is_cancelled=duty.is_cancelled,
    )
