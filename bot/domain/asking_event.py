"""The six questions of a new event: what is asked next, folded from everything that was typed as answers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum

from bot.domain.event import ChannelId

BEGINS, BACK, STOP = "new event", "back", "stop"
MOST_SESSIONS = 400
_LONGEST = 300

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_CLOSING = re.compile(
    r"(?P<day>[^\s,]+)[ ,]+(?P<from>\d{1,2}[:.]\d\d)(?: *[-–—] *| +to +)(?P<to>\d{1,2}[:.]\d\d)"
)
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)(?:\|[^>]*)?>|([CG][A-Z0-9]{8,})")


class Question(StrEnum):
    """In the order in which they are asked."""

    NAME = "name"
    PLACE = "place"
    FIRST_DAY = "first day"
    CLOSING = "closing session"
    SESSIONS = "number of sessions"
    CHANNEL = "channel"


QUESTIONS = tuple(Question)


class Unclear(StrEnum):
    """What is wrong with an answer."""

    LINE = "one line of at most 300 characters"
    ZONE = "no zone known for this place"
    DAY = "no such day"
    TIMES = "a day and two times"
    ENDS_BEFORE = "ends before it starts"
    BEFORE_FIRST_DAY = "before the first day"
    NUMBER = "a number of sessions"
    CHANNEL = "no channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What was answered so far; times are the wall's of the event's zone."""

    name: str = ""
    place: str = ""
    zone: str = ""
    first_day: date | None = None
    closing_starts: datetime | None = None
    closing_ends: datetime | None = None
    sessions: int = 0
    channel: ChannelId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where the talk stands. `unclear` is what was wrong with the last thing typed, `near` a guess at it."""

    sketch: Sketch = Sketch()
    answered: int = 0
    unclear: Unclear | None = None
    near: str = ""
    stopped: bool = False

    @property
    def question(self) -> Question | None:
        """What is asked now; None when all is answered."""
        return QUESTIONS[self.answered] if self.answered < len(QUESTIONS) else None

    @property
    def is_open(self) -> bool:
        """Whether what is typed next is an answer."""
        return not self.stopped and self.question is not None


@dataclass(frozen=True, slots=True)
class _No(Exception):
    unclear: Unclear
    near: str = ""


def asked(typed: Iterable[str], zones: frozenset[str]) -> Asked:
    """Where a talk stands after these messages, in their order; `zones` are the names of all time zones."""
    now = Asked()
    for text in typed:
        if now.is_open:
            now = _after(now, " ".join(text.split()), zones)
    return now


def _after(before: Asked, text: str, zones: frozenset[str]) -> Asked:
    now = replace(before, unclear=None, near="")
    match text.casefold():
        case word if word == STOP:
            return replace(now, stopped=True)
        case word if word == BACK:
            return replace(now, answered=max(0, now.answered - 1))
    try:
        sketch = _answered(QUESTIONS[now.answered], now.sketch, text, zones)
    except _No as no:
        return replace(now, unclear=no.unclear, near=no.near)
    return replace(now, sketch=sketch, answered=now.answered + 1)


def _answered(question: Question, sketch: Sketch, text: str, zones: frozenset[str]) -> Sketch:
    match question:
        case Question.NAME:
            return replace(sketch, name=_line(text))
        case Question.PLACE:
            place, zone = _place(_line(text), zones)
            return replace(sketch, place=place, zone=zone)
        case Question.FIRST_DAY:
            return replace(sketch, first_day=_day(text))
        case Question.CLOSING:
            starts, ends = _closing(text, sketch.first_day or date.min)
            return replace(sketch, closing_starts=starts, closing_ends=ends)
        case Question.SESSIONS:
            return replace(sketch, sessions=_number(text))
        case Question.CHANNEL:
            return replace(sketch, channel=_channel(text))


def _line(text: str) -> str:
    if not 1 <= len(text) <= _LONGEST:
        raise _No(Unclear.LINE)
    return text


def _place(text: str, zones: frozenset[str]) -> tuple[str, str]:
    """A city whose name is that of its zone, or a city and, after a comma, a zone or the city of one."""
    place, _, zone = (part.strip() for part in text.rpartition(","))
    place, wanted = (place, zone) if place else (text, text)
    by_city = {_city(each): each for each in sorted(zones) if "/" in each}
    folded = {each.casefold(): each for each in zones}
    found = folded.get(wanted.casefold().replace(" ", "_")) or by_city.get(_city(wanted))
    if found is not None:
        return place, found
    near = get_close_matches(_city(wanted), by_city, n=1, cutoff=0.75)
    raise _No(Unclear.ZONE, by_city[near[0]] if near else "")


def _city(name: str) -> str:
    return name.rpartition("/")[2].replace("_", " ").casefold()


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    try:
        year, month, day = (int(each) for each in found.groups()) if found else (0, 0, 0)
        if not 1970 <= year <= 2100:
            raise _No(Unclear.DAY)
        return date(year, month, day)
    except ValueError:
        raise _No(Unclear.DAY) from None


def _closing(text: str, first_day: date) -> tuple[datetime, datetime]:
    found = _CLOSING.fullmatch(text)
    if found is None:
        raise _No(Unclear.TIMES)
    day = _day(found["day"])
    starts, ends = (_at(day, found[each]) for each in ("from", "to"))
    if ends <= starts:
        raise _No(Unclear.ENDS_BEFORE)
    if day < first_day:
        raise _No(Unclear.BEFORE_FIRST_DAY, first_day.isoformat())
    return starts, ends


def _at(day: date, clock: str) -> datetime:
    hours, minutes = (int(each) for each in re.split("[:.]", clock))
    if hours > 23 or minutes > 59:
        raise _No(Unclear.TIMES)
    return datetime(day.year, day.month, day.day) + timedelta(hours=hours, minutes=minutes)  # noqa: DTZ001 - the wall's


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 4 or not 1 <= int(text) <= MOST_SESSIONS:
        raise _No(Unclear.NUMBER)
    return int(text)


def _channel(text: str) -> ChannelId:
    found = _CHANNEL.fullmatch(text)
    if found is None:
        raise _No(Unclear.CHANNEL)
    return ChannelId(found[1] or found[2])
