"""What people were told unasked, compared with the table of the day; it knows nothing but the record."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]

TOLERANCE = timedelta(seconds=90)  # how much later than planned a message may stand, on a busy machine
FULL_DAY = 5  # reminders a person and day
QUIET_FROM, QUIET_TO = time(22), time(7, 30)

_HALF_HOUR = timedelta(minutes=30)  # zones differ by wholes of it
_CODE = re.compile(r"\b\d\.\d\b")
_URGENT = re.compile(r"^(One hour|15 minutes) left")
_REMINDER = re.compile(
    r" has ended\.$|^Before you leave: | (is|was|are|were) due |^(One hour|15 minutes) left"
    r"|^\w+ reports of yours |^\S+ was submitted at |^Nothing is asked of you any more"
)
_NEWS = re.compile(
    r" is yours to report\.$|^\S+ is now (at|on) |^\S+ takes place after all|was cancelled\."
    r"|is no longer yours to report"
)


@dataclass
class Message:
    """One message of the bot in somebody's DM."""

    at: datetime
    text: str  # the notification, which is the first sentence
    shown: str  # all that they see
    key: str

    @property
    def is_reminder(self) -> bool:
        return _REMINDER.search(self.text) is not None and not self.is_news

    @property
    def is_news(self) -> bool:
        return _NEWS.search(self.text) is not None

    @property
    def is_unasked(self) -> bool:
        return self.is_reminder or self.is_news


@dataclass
class Person:
    """What one person was told, and what they were to be told."""

    id: str
    messages: list[Message]
    rungs: list[Json]
    sittings: list[tuple[datetime, datetime]]
    stopped: Mapping[str, datetime]  # by session: from when on nothing is asked of them
    is_organiser: bool
    taken: list[Message] = field(default_factory=list)


def faults(record: Json, told: Mapping[str, Sequence[Message]]) -> Iterator[str]:
    """Every fault, as 'name: what'; `told` by person."""
    zone = ZoneInfo(record["zone"])
    is_in = {
        session: datetime.fromisoformat(report["submitted_at"])
        for session, report in record["reports"].items()
        if report["submitted_at"]
    }
    for id_ in record["people"]:
        person = Person(
            id=id_,
            messages=list(told.get(id_, ())),
            rungs=[row for row in record["rungs"] if row["person"] == id_],
            sittings=[
                (instant(begin, zone), instant(end, zone)) for begin, end in record["sittings"].get(id_, ())
            ],
            stopped={code: instant(at, zone) for code, at in record["stopped"].get(id_, {}).items()},
            is_organiser=id_ in record["organisers"],
        )
        yield from _unwanted(person, is_in, zone)
        yield from _rungs(person, zone)
        yield from _more(person)
    yield from _outage(record, told, zone)


def instant(wall: str, zone: ZoneInfo) -> datetime:
    """The moment of a wall time, '2018-12-06 08:30'."""
    return datetime.fromisoformat(wall).replace(tzinfo=zone)


def _unwanted(person: Person, is_in: Mapping[str, datetime], zone: ZoneInfo) -> Iterator[str]:
    """What holds for everything unasked, whatever the table says."""
    days: dict[date, int] = {}
    for each in person.messages:
        if not (each.is_unasked or person.is_organiser):
            continue
        local = each.at.astimezone(zone)
        where = f"{person.id}, {local:%a %H:%M}, {each.text!r}"
        if local.time() >= QUIET_FROM or local.time() < QUIET_TO:
            yield f"quiet-hours: {where}"
        if person.is_organiser or not each.is_reminder:
            continue
        days[local.date()] = days.get(local.date(), 0) + 1
        codes = _CODE.findall(each.shown)
        if codes and all(code in is_in and is_in[code] < each.at for code in codes):
            yield f"reminds-submitted: the report was in: {where}"
        if any(person.stopped.get(code, each.at) < each.at for code in codes):
            yield f"reminds-stopped: nothing is asked of them any more: {where}"
        if not _URGENT.search(each.text) and any(begin <= each.at < end for begin, end in person.sittings):
            yield f"in-session: {where}"
    yield from (
        f"too-many: {person.id} was reminded {count} times on {day:%a}"
        for day, count in days.items()
        if count > FULL_DAY
    )


def _rungs(person: Person, zone: ZoneInfo) -> Iterator[str]:
    """Each row of the table: there, and at its time."""
    for row in person.rungs:
        alike = [each for each in person.messages if each not in person.taken and _reads(each, row)]
        found = next((each for each in alike if _is_in_time(each, row, zone)), None)
        what = f"{person.id}, {row['at']}, {row['says']!r}"
        if found is not None:
            person.taken.append(found)
        elif not alike:
            yield f"forgets-reminder: did not come: {what}"
        else:
            off = alike[0].at - instant(row["at"], zone)
            person.taken.append(alike[0])
            name = "wrong-zone" if _is_of_zones(off) else "forgets-reminder"
            yield f"{name}: came {_minutes(off)} minutes off: {what}"


def _more(person: Person) -> Iterator[str]:
    """What nobody was to be told."""
    for each in person.messages:
        if each in person.taken or not (each.is_unasked or person.is_organiser):
            continue
        again = any(
            each.text == one.text or each.key == one.key for one in person.messages if one is not each
        )
        name = "reminds-twice" if again else "reminds-unasked"
        yield f"{name}: {person.id}, {each.at.isoformat()}, {each.text!r}"


def _outage(record: Json, told: Mapping[str, Sequence[Message]], zone: ZoneInfo) -> Iterator[str]:
    """A wave that the bot was to be killed in was truly cut in two."""
    wave = [row for row in record["rungs"] if row["late_at"]]
    by_then = [
        any(
            _reads(each, row) and each.at - instant(row["at"], zone) <= TOLERANCE
            for each in told.get(row["person"], ())
        )
        for row in wave
    ]
    if wave and len(set(by_then)) < 2:
        yield f"no-outage: {by_then.count(True)} of {len(wave)} messages came before the bot was killed"


def _reads(message: Message, row: Json) -> bool:
    return message.text in (row["says"], row["afterwards"]) or (
        bool(row["afterwards"]) and message.text.startswith(row["afterwards"])
    )


def _is_in_time(message: Message, row: Json, zone: ZoneInfo) -> bool:
    if timedelta() <= message.at - instant(row["at"], zone) <= TOLERANCE:
        return True
    if not row["late_at"]:
        return False
    should = f"This should have come at {row['at'].split()[1]} "
    late = message.at - instant(row["late_at"], zone)
    return timedelta() <= late <= TOLERANCE and should in message.shown


def _is_of_zones(off: timedelta) -> bool:
    halves = round(off / _HALF_HOUR)
    return halves != 0 and abs(off - halves * _HALF_HOUR) <= TOLERANCE


def _minutes(off: timedelta) -> int:
    return round(off / timedelta(minutes=1))
