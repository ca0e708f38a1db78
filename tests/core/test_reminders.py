"""Golden ladders (ladders/*.md): one person's days are played by a small clock, and the table compared whole.

The indented lines are what is so and what happens, in wall times of the event; what is not said is as in
Marrakesh. UPDATE_GOLDENS=1 writes the tables anew; read the difference like prose.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from bot.domain import wall
from bot.domain.away import away_in
from bot.domain.duties import Duty, Facts, Outcome
from bot.domain.event import EventSettings, Part, SessionCode
from bot.domain.plans import Planned, Why
from bot.domain.reminders import plan
from bot.domain.rungs import QuietHours
from bot.domain.snoozes import offers
from bot.domain.spans import Span
from tests.builders import RAPPORTEUR, an_event
from tests.support.small_clock import Change, SmallClock

LADDERS = sorted((Path(__file__).parent / "ladders").glob("*.md"))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAY = r"\w{3} \d+ \w{3}"


@dataclass
class Days:
    """What a ladder's lines say."""

    clock: SmallClock
    begin: datetime
    year: int = 2018
    changes: list[tuple[datetime, Change]] = field(default_factory=list)

    def read(self, line: str) -> None:
        for pattern, deed in LINES.items():
            if found := re.fullmatch(pattern, line):
                deed(self, *found.groups())
                return
        raise AssertionError(f"not a line of a ladder: {line!r}")

    def at(self, said: str) -> datetime:
        """'Thu 6 Dec 14:00', the day of the week included."""
        weekday, day, month, clock = said.split()
        naive = datetime.combine(
            datetime(self.year, MONTHS.index(month) + 1, int(day)).date(),  # noqa: DTZ001 - a wall time
            time.fromisoformat(clock),
        )
        assert f"{naive:%a}" == weekday, said
        return wall.instant_of(naive, self.clock.event.zone)

    def event(self, **changes: object) -> None:
        self.clock.event = replace(self.clock.event, **changes)  # type: ignore[arg-type]

    def when(self, said: str, change: Callable[[SmallClock, datetime], None]) -> None:
        at = self.at(said)
        self.changes.append((at, lambda clock, now: change(clock, at)))


def the_event(days: Days, zone: str, due: str, starts: str, ends: str) -> None:
    days.event(zone=zone)
    closing = days.at(starts)
    span = {"closing_at": closing, "closing_ends_at": days.at(f"{starts[:-5]}{ends}")}
    days.event(due_at=days.at(due), freeze_at=closing - timedelta(minutes=30), **span)


def a_duty(days: Days, code: str, day: str, starts: str, ends: str, co: str, due: str, since: str) -> None:
    session = SessionCode(code)
    days.clock.duties[session] = Duty(
        session=session,
        starts_at=days.at(f"{day} {starts}"),
        ends_at=days.at(f"{day} {ends}"),
        due_at=days.at(due) if due else days.clock.event.due_at,
        since=days.at(since) if since else days.begin,
        part=Part.CO if co else Part.LEAD,
    )


def quiet(days: Days, starts: str, ends: str) -> None:
    hours = QuietHours(starts=time.fromisoformat(starts), ends=time.fromisoformat(ends))
    days.event(settings=replace(days.clock.event.settings, quiet=hours))


def only(days: Days, keys: str) -> None:
    rungs = tuple(each for each in EventSettings().rungs if each.key in keys.split(", "))
    days.event(settings=replace(days.clock.event.settings, rungs=rungs))


def own_clock(days: Days, zone: str) -> None:
    days.clock.own = zone


def the_year(days: Days, year: str) -> None:
    days.year = int(year)


def writes(days: Days, at: str) -> None:
    days.when(at, lambda clock, now: clock.hear(now))


def submits(days: Days, at: str, code: str) -> None:
    days.when(at, lambda clock, now: (clock.hear(now), clock.change(SessionCode(code), is_in=True)))


def stops(days: Days, at: str, code: str) -> None:
    days.when(at, lambda clock, now: (clock.hear(now), clock.change(SessionCode(code), is_stopped=True)))


def cancelled(days: Days, at: str, code: str) -> None:
    days.when(at, lambda clock, now: clock.change(SessionCode(code), is_cancelled=True))


def extended(days: Days, at: str, code: str, due: str) -> None:
    days.when(at, lambda clock, now: clock.change(SessionCode(code), due_at=days.at(due)))


def moves(days: Days, at: str, code: str, day: str, starts: str, ends: str) -> None:
    to = {"starts_at": days.at(f"{day} {starts}"), "ends_at": days.at(f"{day} {ends}")}
    days.when(at, lambda clock, now: clock.change(SessionCode(code), **to))


def types_away(days: Days, at: str, line: str) -> None:
    def change(clock: SmallClock, now: datetime) -> None:
        span = away_in(line, clock.event.zone, now)
        assert span is not None
        clock.hear(now)
        clock.facts = replace(clock.facts, away=(*clock.facts.away, span))

    days.when(at, change)


def snoozes(days: Days, at: str, code: str, later: str) -> None:
    def change(clock: SmallClock, now: datetime) -> None:
        offered = offers(clock.event, clock.peace, clock.duties.values(), clock.facts, now)
        until = {each.later: each.until for each in offered}
        assert later in until, f"offered: {', '.join(until)}"
        said = [each.says for sent in clock.sent for each in sent.rungs if each.session == code]
        clock.hear(now)
        clock.snooze(SessionCode(code), said[-1], now, until[later])  # type: ignore[index]

    days.when(at, change)


def down(days: Days, at: str, until: str) -> None:
    days.clock.downs = (*days.clock.downs, Span(days.at(at), days.at(until)))


MOMENT = rf"({DAY} \d\d:\d\d)"
LINES: dict[str, Callable[..., None]] = {
    r"in (\d{4})": the_year,
    rf"event in (\S+), due {MOMENT}, closing {MOMENT}-(\d\d:\d\d)": the_event,
    rf"(\S+): ({DAY}) (\d\d:\d\d)-(\d\d:\d\d)(, co)?(?:, due {MOMENT})?(?:, since {MOMENT})?": a_duty,
    r"quiet (\d\d:\d\d)-(\d\d:\d\d)": quiet,
    r"only (.+)": only,
    r"own clock (\S+)": own_clock,
    rf"{MOMENT} writes": writes,
    rf"{MOMENT} submits (\S+)": submits,
    rf"{MOMENT} cannot report (\S+)": stops,
    rf"{MOMENT} (\S+) is cancelled": cancelled,
    rf"{MOMENT} (\S+) is due {MOMENT}": extended,
    rf"{MOMENT} (\S+) moves to ({DAY}) (\d\d:\d\d)-(\d\d:\d\d)": moves,
    rf"{MOMENT} types: (.+)": types_away,
    rf"{MOMENT} snoozes (\S+) (.+)": snoozes,
    rf"{MOMENT} the bot is down until {MOMENT}": down,
}


def played(ladder: str) -> str:
    """A ladder with its table as it is today."""
    head = ladder.split("\n| ")[0].rstrip()
    event = an_event()
    begin = event.closing_at - timedelta(days=30)
    days = Days(SmallClock(event, {}, Facts(person=RAPPORTEUR)), begin)
    for line in re.findall(r"^    (.+)$", head, re.MULTILINE):
        days.read(line)
    clock = days.clock
    clock.play(clock.event.closing_at - timedelta(days=20), days.changes, clock.event.closing_ends_at)
    return "\n".join([head, "", *table(clock)]) + "\n"


def table(clock: SmallClock) -> Iterator[str]:
    """What came, and below it what did not."""
    zone = clock.event.zone
    yield "| when | report | rung | meant for | why |"
    yield "| --- | --- | --- | --- | --- |"
    planned = {(each.session, each.rung): each for sent in clock.sent for each in sent.rungs}
    gone = {key: (each.meant_for, each.reason.value) for key, each in clock.given.items()}
    for each in clock.settled:
        key = (each.session, each.rung)
        if each.outcome.reached:
            meant = "" if each.meant_for == each.at else moment(each.meant_for, zone)
            why = why_then(planned[key], zone) if each.outcome is Outcome.SENT else "heard"
            yield f"| {moment(each.at, zone)} | {each.session} | {rung(each.rung)} | {meant} | {why} |"
            gone.pop(key, None)
        else:
            gone[key] = (each.meant_for, each.outcome.value)
    for (session, key), (at, why) in sorted(gone.items(), key=lambda each: (each[1][0], each[0])):
        yield f"| (not) | {session} | {rung(key)} | {moment(at, zone)} | {why} |"


def why_then(planned: Planned, zone: str) -> str:
    if planned.is_before_leaving:
        return "before you leave"
    why = "" if planned.why is Why.ON_TIME else planned.why.value
    return f"{why}, should have come {moment(planned.missed_at, zone)}" if planned.missed_at else why


def rung(key: str) -> str:
    """A snooze comes back as the rung that it put off."""
    return re.sub(r", again from .*", ", again", key)


def moment(at: datetime, zone: str) -> str:
    return f"{wall.day(at, zone)} {wall.clock(at, zone)}"


@pytest.mark.parametrize("file", LADDERS, ids=lambda file: file.stem)
def test_the_ladder_is_as_it_was_agreed(file: Path) -> None:
    agreed = file.read_text()
    today = played(agreed)
    if os.environ.get("UPDATE_GOLDENS"):
        file.write_text(today)
    assert today == agreed


def test_there_are_ladders_enough() -> None:
    assert len(LADDERS) >= 10


def test_a_plan_made_again_is_the_same_plan() -> None:
    event = an_event()
    session = Duty(
        session=SessionCode("2.2"),
        starts_at=event.closing_at - timedelta(hours=25),
        ends_at=event.closing_at - timedelta(hours=23),
        due_at=event.due_at,
        since=event.closing_at - timedelta(days=9),
    )
    clock = SmallClock(event, {session.session: session}, Facts(person=RAPPORTEUR))
    first = plan(event, clock.peace, [session], clock.facts, session.starts_at)
    standing = {(each.session, each.rung): each.due_at for each in first.kept}
    again = replace(clock.facts, standing=standing)
    assert plan(event, clock.peace, [session], again, session.ends_at) == first
