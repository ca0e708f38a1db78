"""*away 12:00-18:00*: a typed line that says when somebody is not there, in English or French."""

import re
from datetime import date, datetime, time, timedelta
from unicodedata import decimal

from bot.domain.spans import Span
from bot.domain.wall import instant_of, on_the_wall

_DAY = timedelta(days=1)
_LONGEST = 60  # characters; what is longer is a note
_NOON, _MIDNIGHT = 12 * 60, 24 * 60  # in minutes of the day

_WORDS = {"noon": _NOON, "midday": _NOON, "midi": _NOON, "midnight": _MIDNIGHT, "minuit": _MIDNIGHT}
_TIME = r"(?:\d\d?(?: ?[:.] ?\d\d| ?h(?: ?\d\d)?)?(?: ?[ap]\.?m\.?)?|" + "|".join(_WORDS) + ")"
_PARTS = re.compile(r"(\d\d?)(?: ?[:.h] ?(\d\d)?)?(?: ?([ap])\.?m\.?)?")
_LINE = re.compile(
    r"(?:i am |i'm |je suis )?(?:away|absente?)(?: (?P<day>today|tomorrow|aujourd'hui|demain))?"
    rf"(?:,? (?:from |between |de |entre )?(?P<starts>{_TIME})"
    rf" ?(?:-|(?:to|until|till|and|à|a|et) ) ?(?P<ends>{_TIME})"
    rf"|,? (?:until|till|jusqu'[àa]) (?P<until>{_TIME}))?"
)


def away_in(text: str, zone: str, now: datetime) -> Span | None:
    """When somebody is away by their line, read on the clock of the zone; None if it is no such line.

    The whole message must be the line. Without a day it is the next time that is not over, so *away 9-12* in
    the evening means tomorrow; *away tomorrow* is the whole day, and *until* begins now, or with that day.
    """
    match = _LINE.fullmatch(_plain(text)) if len(text) <= _LONGEST else None
    if match is None:
        return None
    today = on_the_wall(now, zone).date()
    if match["day"] in ("tomorrow", "demain"):
        return _on(match, today + _DAY, zone, now)
    found = _on(match, today, zone, now)
    if found is None or found.ends_at > now:
        return found
    return None if match["day"] else _on(match, today + _DAY, zone, now)


def _on(match: re.Match[str], day: date, zone: str, now: datetime) -> Span | None:
    """The line, read on a day."""
    if match["starts"]:
        minutes = _between(match["starts"], match["ends"])
        return minutes and Span(*(_instant(day, each, zone) for each in minutes))
    until = _minutes(match["until"]) if match["until"] else (_MIDNIGHT if match["day"] else None)
    begin = now if on_the_wall(now, zone).date() == day or not match["day"] else _instant(day, 0, zone)
    return None if until is None else Span(begin, _instant(day, until, zone))


def _between(starts: str, ends: str) -> tuple[int, int] | None:
    """From and to, in minutes since midnight; *3-5pm* is the afternoon, and 22-2 ends on the next day."""
    begin, end = _minutes(starts), _minutes(ends)
    if begin is None or end is None:
        return None
    begin %= _MIDNIGHT
    if _half(ends) == "p" and not _half(starts) and begin + _NOON < end:
        begin += _NOON
    return begin, end if begin < end else end + _MIDNIGHT


def _minutes(said: str) -> int | None:
    """Minutes since midnight, which itself is the end of the day; None for a time that no clock shows."""
    if said in _WORDS:
        return _WORDS[said]
    parts = _PARTS.fullmatch(said)
    if parts is None:
        return None
    hour, minute = int(parts[1]), int(parts[2] or 0)
    if parts[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (parts[3] == "p")
    return hour * 60 + minute if minute < 60 and hour * 60 + minute <= _MIDNIGHT else None


def _half(said: str) -> str | None:
    parts = _PARTS.fullmatch(said)
    return parts and parts[3]


def _instant(day: date, minutes: int, zone: str) -> datetime:
    days, minutes = divmod(minutes, _MIDNIGHT)
    return instant_of(datetime.combine(day + days * _DAY, time(*divmod(minutes, 60))), zone)


def _plain(text: str) -> str:
    """Digits of any script, dashes and apostrophes as one types them in English; one blank between words."""
    if "\n" in text:
        return ""
    folded = "".join(str(decimal(sign)) if sign.isdecimal() else sign for sign in text.strip().casefold())
    folded = re.sub(r" *[-\u2010-\u2015\u2212] *", "-", folded).replace("\u2019", "'")
    return " ".join(folded.removesuffix(".").split())
