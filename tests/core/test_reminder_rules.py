"""Rules of the ladder, over random days: a small clock fires what is due, an onlooker counts from outside."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.duties import Duty, Facts
from bot.domain.event import Event, EventSettings, Part, SessionCode
from bot.domain.rungs import LADDER, Anchor, QuietHours, Rung
from bot.domain.snoozes import offers
from bot.domain.spans import Span
from bot.domain.wall import instant_of
from tests.builders import RAPPORTEUR, an_event
from tests.support.onlooker import Diary, broken
from tests.support.small_clock import Change, SmallClock

ZONES = ("Africa/Casablanca", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Auckland")
FIRST_DAYS = ("2018-12-06", "2019-03-09", "2019-11-02", "2019-04-06", "2019-10-05", "2019-09-28")
BUSY = (
    *(
        Rung(key=f"-{n} h", anchor=Anchor.BEFORE_DUE, offset=timedelta(hours=n))
        for n in (9, 8, 7, 6, 5, 4, 2)
    ),
    *LADDER,
)
LADDERS = (
    LADDER,
    BUSY,
    (LADDER[0], LADDER[-1]),
    (LADDER[1], LADDER[3], LADDER[-1]),
    (LADDER[2],),
    LADDER[3:],
)
WALLS = st.sampled_from([time(hour, minute) for hour in range(24) for minute in (0, 30, 45)])


@st.composite
def quiet_hours(draw: st.DrawFn) -> QuietHours:
    usual = QuietHours()
    return draw(st.just(usual) | st.builds(QuietHours, starts=WALLS, ends=WALLS))


@st.composite
def events(draw: st.DrawFn) -> tuple[Event, datetime]:
    """An event of two days, and the instant at which its first day begins."""
    zone = draw(st.sampled_from(ZONES))
    day = datetime.fromisoformat(draw(st.sampled_from(FIRST_DAYS)))
    midnight = instant_of(day, zone)
    closing = midnight + timedelta(minutes=15 * draw(st.integers(4 * 26, 4 * 47)))
    return an_event(
        zone=zone,
        closing_at=closing,
        closing_ends_at=closing + timedelta(minutes=90),
        due_at=closing - timedelta(minutes=draw(st.sampled_from([10, 30, 60, 120, 240]))),
        settings=EventSettings(rungs=draw(st.sampled_from(LADDERS)), quiet=draw(quiet_hours())),
    ), midnight


@st.composite
def duties(draw: st.DrawFn, event: Event, midnight: datetime, code: str) -> Duty:
    starts = midnight + timedelta(minutes=5 * draw(st.integers(12 * 8, 12 * 40)))
    ends = starts + timedelta(minutes=draw(st.sampled_from([20, 45, 60, 90, 150, 300])))
    own_due = ends + timedelta(minutes=draw(st.integers(-30, 900)))
    since = midnight + timedelta(minutes=7 * draw(st.integers(0, 300)))
    return Duty(
        session=SessionCode(code),
        starts_at=starts,
        ends_at=ends,
        due_at=draw(st.just(event.due_at) | st.just(min(own_due, event.closing_at))),
        since=draw(st.just(midnight) | st.just(since)),
        part=draw(st.sampled_from([Part.LEAD, Part.LEAD, Part.CO])),
    )


@st.composite
def changes(draw: st.DrawFn, clock: SmallClock, diary: Diary, code: SessionCode) -> Change:
    """Something that happens; what a person does is a sign of life too."""
    minutes = draw(st.integers(5, 400))
    kind = draw(
        st.sampled_from(["writes", "writes", "snoozes", "away", "moves", "extends", "submits", "stops"])
    )

    def writes(clock: SmallClock, now: datetime) -> None:
        diary.heard.append(now)
        clock.hear(now)

    def snoozes(clock: SmallClock, now: datetime) -> None:
        said = [each for sent in clock.sent for each in sent.rungs if each.session == code]
        offered = offers(clock.event, clock.peace, clock.duties.values(), clock.facts, now)
        if said and offered and code not in diary.over:
            writes(clock, now)
            until = offered[minutes % len(offered)].until
            diary.snoozed.append((code, now, until))
            clock.snooze(code, said[-1].says, now, until)

    def away(clock: SmallClock, now: datetime) -> None:
        writes(clock, now)
        begin = now + timedelta(minutes=minutes // 3)
        span = Span(begin, begin + timedelta(minutes=minutes))
        clock.facts = replace(clock.facts, away=(*clock.facts.away, span))

    def moves(clock: SmallClock, now: datetime) -> None:
        duty = clock.duties[code]
        if now < duty.starts_at:
            diary.terms[code] = now
            by = timedelta(minutes=minutes - 200)
            starts = max(now, duty.starts_at + by)
            clock.change(code, starts_at=starts, ends_at=starts + (duty.ends_at - duty.starts_at))

    def extends(clock: SmallClock, now: datetime) -> None:
        diary.terms[code] = now
        clock.change(code, due_at=clock.duties[code].due_at + timedelta(minutes=minutes - 100))

    def submits(clock: SmallClock, now: datetime) -> None:
        writes(clock, now)
        diary.over.setdefault(code, now)
        clock.change(code, is_in=True)

    def stops(clock: SmallClock, now: datetime) -> None:
        diary.over.setdefault(code, now)
        clock.change(code, **{"is_stopped" if minutes % 2 else "is_cancelled": True})

    def told(change: Change) -> Change:
        return lambda clock, now: (diary.surprises.append(now), change(clock, now))[1]

    return {
        "writes": writes,
        "snoozes": snoozes,
        "away": told(away),
        "moves": told(moves),
        "extends": told(extends),
        "submits": told(submits),
        "stops": told(stops),
    }[kind]


@given(st.data())
@settings(max_examples=200)
def test_random_days_keep_every_promise(data: st.DataObject) -> None:
    event, midnight = data.draw(events())
    codes = ["1.1", "1.2", "2.1", "2.2"][: data.draw(st.integers(1, 4))]
    owed = {SessionCode(code): data.draw(duties(event, midnight, code)) for code in codes}
    moments = st.integers(0, 60 * 50).map(lambda n: midnight + timedelta(minutes=n, seconds=n % 7))
    downs = tuple(
        Span(at, at + timedelta(minutes=data.draw(st.integers(1, 700))))
        for at in data.draw(st.lists(moments, max_size=2))
    )
    own = data.draw(st.sampled_from([None, *ZONES]))
    clock, diary = SmallClock(event, owed, Facts(person=RAPPORTEUR), own, downs), Diary()
    happens = [
        (at, data.draw(changes(clock, diary, SessionCode(data.draw(st.sampled_from(codes))))))
        for at in data.draw(st.lists(moments, max_size=8))
    ]
    delays = st.integers(1, 120).map(lambda n: timedelta(minutes=n))
    clock.reactions = [
        (after, data.draw(changes(clock, diary, SessionCode(data.draw(st.sampled_from(codes))))))
        for after in data.draw(st.lists(delays, max_size=8))
    ]
    end = midnight + timedelta(days=4)
    clock.play(midnight - timedelta(days=2), happens, end)
    assert list(broken(clock, diary, end)) == [], _story(clock)


def _story(clock: SmallClock) -> str:
    """What came when, for whoever reads a failure."""
    return "\n".join(f"{each.at} {each.session} {each.rung}: {each.outcome}" for each in clock.settled)
