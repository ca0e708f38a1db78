"""The six questions of a new event: what is asked next, folded from everything that was typed as answers."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.event import ChannelId

BEGINS, BACK, STOP = "new event", "back", "stop"
MOST_SESSIONS = 400
_LONGEST = 300

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_CLOSING = re.compile(
    r"(?P<day>[^\s,]+)[ ,]+(?P<from>\d{1,2}[:.]\d\d)(?: *[-–—] *| +to +)(?P<to>\d{1,2}[:.]\d\d)"
)
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)(?:\|[^>]*)?>|([CG][A-Z0-9]{6,})")


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
    ZONES = "several zones in this country"
    DAY = "no such day"
    TIMES = "a day and two times"
    ENDS_BEFORE = "ends before it starts"
    BEFORE_FIRST_DAY = "before the first day"
    NUMBER = "a number of sessions"
    CHANNEL = "no channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Atlas:
    """Which zones a place may be in, and which names are spelled nearly as it is, the nearest first."""

    zones_of: Callable[[str], Sequence[str]]
    alike: Callable[[str], Sequence[str]]


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


def asked(typed: Iterable[str], atlas: Atlas) -> Asked:
    """Where a talk stands after these messages, in their order."""
    now = Asked()
    for text in typed:
        if now.is_open:
            now = _after(now, " ".join(text.split()), atlas)
    return now


def _after(before: Asked, text: str, atlas: Atlas) -> Asked:
    now = replace(before, unclear=None, near="")
    match text.casefold():
        case word if word == STOP:
            return replace(now, stopped=True)
        case word if word == BACK:
            return replace(now, answered=max(0, now.answered - 1))
    try:
        sketch = _answered(QUESTIONS[now.answered], now.sketch, text, atlas)
    except _No as no:
        return replace(now, unclear=no.unclear, near=no.near)
    return replace(now, sketch=sketch, answered=now.answered + 1)


def _answered(question: Question, sketch: Sketch, text: str, atlas: Atlas) -> Sketch:
    match question:
        case Question.NAME:
            return replace(sketch, name=_line(text))
        case Question.PLACE:
            place, zone = _place(_line(text), atlas)
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


def _place(text: str, atlas: Atlas) -> tuple[str, str]:
    """The city, and its zone; what stands behind a comma only tells the zone."""
    zones = atlas.zones_of(text)
    if len(zones) == 1:
        return text.partition(",")[0].strip() or text, zones[0]
    raise _No(Unclear.ZONES) if zones else _No(Unclear.ZONE, next(iter(atlas.alike(text)), ""))


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
