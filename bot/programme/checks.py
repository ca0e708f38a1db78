"""What in an event file contradicts itself or should be looked at, as far as its values are understood."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, TypeGuard

from bot.domain.event import Level
from bot.programme.doubles import doubles
from bot.programme.faults import Fault, shown
from bot.programme.fields import MOST_MINUTES
from bot.programme.files import common_words
from bot.programme.reading import Source
from bot.programme.times import moment, odd_hours
from bot.programme.tree import Loc

FREEZE = 30  # minutes before the closing session


def freeze_minutes(due: int, freeze: int | None) -> int:
    """When corrections close, in minutes before the closing session: never before the reports are due."""
    return min(FREEZE, due) if freeze is None else freeze


def contradictions(source: Source, shift: timedelta) -> Iterator[Fault]:
    """Everything that the single values do not show; works on whatever of the file is understood."""
    yield from doubles(source, "sessions", "code", "code")
    yield from doubles(source, "rungs", "key", "key")
    yield from doubles(source, "languages", "", "language")
    yield from doubles(source, "people", "name", "name", is_warning=True)
    yield from doubles(source, "people", "", "name", is_warning=True)
    yield from odd_hours(source, shift)
    yield from _spans(source, shift)
    yield from _deadlines(source, shift)
    yield from _unassigned(source)
    yield from _in_two_rooms(source, shift)
    yield from _unguarded(source)
    yield from _common_surnames(source)
    if not source.rows("organisers"):
        yield source.fault(
            ("organisers",), "nobody runs this event; nobody is told who is missing", is_warning=True
        )


def _spans(source: Source, shift: timedelta) -> Iterator[Fault]:
    """Sessions that end before they start, or after the closing session has begun."""
    closing = moment(source, ("closing", "starts"), shift)
    ends = moment(source, ("closing", "ends"), shift)
    if closing and ends and ends <= closing:
        yield source.fault(("closing", "ends"), "the closing session ends before it starts")
    for index, row in enumerate(source.rows("sessions")):
        starts = moment(source, ("sessions", index, "starts"), shift)
        ends = moment(source, ("sessions", index, "ends"), shift)
        loc = ("sessions", index, "ends")
        if starts and ends and ends <= starts:
            yield source.fault(
                loc, f"{_session(row, index)} ends before it starts", found=_found(source, loc)
            )
        if closing and ends and ends > closing:
            said = f"{_session(row, index)} ends after the closing session begins"
            yield source.fault(loc, said, found=_found(source, loc))


def _deadlines(source: Source, shift: timedelta) -> Iterator[Fault]:
    values = source.values or {}
    due, freeze = values.get("due_minutes_before"), values.get("freeze_minutes_before")
    if not _is_minutes(due):
        return
    freeze = freeze_minutes(due, freeze if _is_minutes(freeze) else None)
    if due < freeze:
        said = "reports are due after corrections close (freeze_minutes_before); expected at least as many"
        yield source.fault(("due_minutes_before",), said, what="due_minutes_before", found=shown(due))
    closing = moment(source, ("closing", "starts"), shift)
    if closing is None:
        return
    due_at, freeze_at = closing - timedelta(minutes=due), closing - timedelta(minutes=freeze)
    for index, row in enumerate(source.rows("sessions")):
        yield from _deadline(source, index, _session(row, index), shift, due_at, freeze_at)


def _deadline(
    source: Source, index: int, session: str, shift: timedelta, due_at: datetime, freeze_at: datetime
) -> Iterator[Fault]:
    ends = moment(source, ("sessions", index, "ends"), shift)
    due_loc: Loc = ("sessions", index, "due")
    own = moment(source, due_loc, shift)
    if own and own > freeze_at:
        said = f"the report of {session} is due after corrections close"
        yield source.fault(due_loc, said, found=_found(source, due_loc))
    if own and ends and own < ends:
        said = f"the report of {session} is due before it ends"
        yield source.fault(due_loc, said, found=_found(source, due_loc))
    if own is None and ends and ends > due_at:
        said = f"{session} ends after the reports are due; give it a due of its own"
        yield source.fault(("sessions", index, "ends"), said, is_warning=True)


def _unassigned(source: Source) -> Iterator[Fault]:
    """Sessions that nobody reports; one sentence when it is all of them."""
    held = [(index, row) for index, row in enumerate(source.rows("sessions")) if not _is_cancelled(row)]
    without = [(index, row) for index, row in held if not list(_reporting(row))]
    if held and len(without) == len(held):
        yield source.fault(("sessions",), "no session has a rapporteur yet", is_warning=True)
        return
    for index, row in without:
        said = f"nobody reports {_session(row, index)} yet"
        yield source.fault(("sessions", index), said, is_warning=True)


def _in_two_rooms(source: Source, shift: timedelta) -> Iterator[Fault]:
    """People whose sessions overlap, as far as they are named in the same words."""
    spans: dict[tuple[str, str], list[tuple[datetime, datetime, int]]] = defaultdict(list)
    for index, row in enumerate(source.rows("sessions")):
        starts = moment(source, ("sessions", index, "starts"), shift)
        ends = moment(source, ("sessions", index, "ends"), shift)
        if starts and ends and not _is_cancelled(row):
            for person in set(_reporting(row)):
                spans[person].append((starts, ends, index))
    for (_, whom), theirs in spans.items():
        yield from _overlaps(source, whom, sorted(theirs))


def _overlaps(source: Source, whom: str, spans: list[tuple[datetime, datetime, int]]) -> Iterator[Fault]:
    rows = source.rows("sessions")
    for (_, until, first), (starts, _, second) in pairwise(spans):
        if starts < until:
            both = f"{_session(rows[first], first)} and {_session(rows[second], second)}"
            said = f"{whom} reports {both} at the same time"
            yield source.fault(("sessions", second), said, is_warning=True)


def _unguarded(source: Source) -> Iterator[Fault]:
    """The Rule without anybody to mask."""
    usual = (source.values or {}).get("level") or Level.RULE
    levels = [_text(row, "level") or str(usual) for row in source.rows("sessions")]
    if not source.rows("people") and any(each.casefold() != Level.ON_THE_RECORD for each in levels):
        said = "nobody is listed, so no name but the rapporteurs' is masked; list who takes part"
        yield source.fault(("people",), said, is_warning=True)


def _common_surnames(source: Source) -> Iterator[Fault]:
    for index, row in enumerate(source.rows("people")):
        name = row if isinstance(row, str) else _text(row, "name")
        _, given, surname = name.rpartition(" ")
        if given and surname.casefold() in common_words():
            said = f"the surname {shown(surname)} is a common word; it is masked in the full name only"
            yield source.fault(("people", index), said, is_warning=True)


def _reporting(row: Any) -> Iterator[tuple[str, str]]:
    """By what a session's rapporteurs are named, in words that are the same for the same."""
    rows = [row.get("rapporteur"), *_list(row.get("rapporteurs"))] if isinstance(row, dict) else []
    for each in rows:
        for way in ("slack", "email", "handle") if isinstance(each, dict) else ():
            if whom := _text(each, way).strip().removeprefix("@"):
                yield way, whom if way == "slack" else whom.casefold()


def _session(row: Any, index: int) -> str:
    return f"session {_text(row, 'code') or f'no. {index + 1}'}"


def _found(source: Source, loc: Loc) -> str:
    return shown(source.at(loc))


def _is_cancelled(row: Any) -> bool:
    return isinstance(row, dict) and row.get("cancelled") is True


def _is_minutes(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_MINUTES


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(row: Any, key: str) -> str:
    value = row.get(key) if isinstance(row, dict) else None
    return value if isinstance(value, str) else ""
