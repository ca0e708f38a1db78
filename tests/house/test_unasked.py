"""The play's checker counts what people are told unasked; each of its faults is found, and named."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.demo import golden, unasked
from bot.demo.record import Record, Rung, Told
from bot.demo.unasked import Message
from bot.domain import wall

ONE, ORGANISER = "UONE", "UORGANISER"
EVENING = Rung("2018-12-06 20:30", ONE, "2.2 is due tomorrow.", "2.2 was submitted at 20:40.")
TOLD = Message(
    at=wall.instant_of(datetime(2018, 12, 6, 20, 30, 5), "Africa/Casablanca"),  # noqa: DTZ001 - a wall time
    text=EVENING.says,
    shown=EVENING.says,
    key="1",
)
OTHER = replace(TOLD, text="2.2 was due then.", shown="2.2 was due then.", key="2")


def faults(*told: Message, to: str = ONE, rungs: tuple[Rung, ...] = (EVENING,), **changes: Any) -> list[str]:
    """The names of what is found; the table has one row unless told otherwise."""
    record = Record(
        channel="C", titles=[], sessions=[], listed=[], control="",
        people=[ONE, ORGANISER], organisers=[ORGANISER], rungs=list(rungs), **changes,
    )  # fmt: skip
    return [each.partition(":")[0] for each in unasked.faults(asdict(record), {to: told})]


def later(message: Message, **by: float) -> Message:
    return replace(message, at=message.at + timedelta(**by))


def test_a_message_at_its_time_is_no_fault_however_it_reads_afterwards() -> None:
    assert faults(TOLD) == []
    assert faults(replace(TOLD, text=EVENING.afterwards, shown=EVENING.afterwards)) == []


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ((), ["forgets-reminder"]),
        ((later(TOLD, minutes=5),), ["forgets-reminder"]),
        ((later(TOLD, seconds=-10),), ["forgets-reminder"]),
        ((later(TOLD, hours=1),), ["wrong-zone"]),
        ((later(TOLD, minutes=-30),), ["wrong-zone"]),
        ((TOLD, later(TOLD, seconds=1)), ["reminds-twice"]),
        ((TOLD, replace(OTHER, key="1")), ["reminds-twice"]),
        ((TOLD, OTHER), ["reminds-unasked"]),
        ((TOLD, later(OTHER, hours=2)), ["quiet-hours", "reminds-unasked"]),
        ((TOLD, later(OTHER, hours=10.9)), ["quiet-hours", "reminds-unasked"]),
        ((TOLD, later(OTHER, hours=11)), ["reminds-unasked"]),
    ],
)
def test_what_is_wrong_is_named(told: tuple[Message, ...], found: list[str]) -> None:
    assert faults(*told) == found


def test_nobody_is_reminded_of_what_is_in_or_not_theirs_any_more() -> None:
    before = (TOLD.at - timedelta(seconds=1)).isoformat()
    assert faults(TOLD, reports={"2.2": Told(ONE, submitted_at=before)}) == ["reminds-submitted"]
    assert faults(TOLD, reports={"2.1": Told(ONE, submitted_at=before)}) == []
    assert faults(TOLD, stopped={ONE: {"2.2": "2018-12-06 20:30"}}) == ["reminds-stopped"]


def test_a_running_session_is_disturbed_by_the_last_hour_of_another_report_alone() -> None:
    sitting = {ONE: [("2018-12-06 20:00", "2018-12-06 21:00")]}
    assert faults(TOLD, sittings=sitting) == ["in-session"]
    for said in ("One hour left: 2.2 is due.", "Roundtable 2.2 is yours to report."):
        rung, told = replace(EVENING, says=said), replace(TOLD, text=said, shown=said)
        assert faults(told, rungs=(rung,), sittings=sitting) == []


def test_a_day_has_five_reminders() -> None:
    rungs = [replace(EVENING, says=f"2.{n} was due then.") for n in range(6)]
    told = [replace(TOLD, text=each.says, shown=each.says, key=each.says) for each in rungs]
    assert faults(*told[:5], rungs=tuple(rungs[:5])) == []
    assert faults(*told, rungs=tuple(rungs)) == ["too-many"]


def test_all_that_an_organiser_is_told_is_counted() -> None:
    assert faults(replace(TOLD, text="Whatever"), to=ORGANISER, rungs=()) == ["reminds-unasked"]


def test_what_came_late_says_so_and_a_wave_was_truly_cut_in_two() -> None:
    wave = tuple(replace(EVENING, person=each, late_at="2018-12-06 20:50") for each in (ONE, ORGANISER))
    says_so = f"{TOLD.text}\nThis should have come at 20:30 in Marrakesh."
    late = replace(later(TOLD, minutes=20), shown=says_so)
    assert faults(late, rungs=wave[:1]) == ["no-outage"]
    assert "forgets-reminder" in faults(later(TOLD, minutes=20), rungs=wave[:1])
    record = Record(
        channel="C", titles=[], sessions=[], listed=[], control="", people=[ONE, ORGANISER], rungs=list(wave)
    )
    assert list(unasked.faults(asdict(record), {ONE: [TOLD], ORGANISER: [late]})) == []


def test_the_table_keeps_what_it_promises() -> None:
    """Five a person and day but for news, none at night, none in a session but a session that moves."""
    seen = [
        Message(
            at=wall.instant_of(datetime.fromisoformat(row.at), "Africa/Casablanca"),
            text=row.says, shown=row.says, key=str(number),
        )
        for number, row in enumerate(golden.DAY)
    ]  # fmt: skip
    people = {row.person for row in golden.DAY}
    sittings = {
        person: [(golden.wall(begin), golden.wall(end)) for begin, end in spans]
        for person, spans in golden.SITTINGS.items()
    }
    record = Record(
        channel="C", titles=[], sessions=[], listed=[], control="", people=sorted(people),
        organisers=[golden.ORGANISER], sittings=sittings,
        rungs=[replace(row, late_at="") for row in golden.DAY],
    )  # fmt: skip
    told = {
        person: [each for each, row in zip(seen, golden.DAY, strict=True) if row.person == person]
        for person in people
    }
    assert list(unasked.faults(asdict(record), told)) == []
