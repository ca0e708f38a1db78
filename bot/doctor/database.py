"""The database: reachable, of this version, with room; and the events that it holds."""

from dataclasses import dataclass
from datetime import datetime

from bot.doctor.result import Check, Result, problem, warning, well
from bot.domain.event import Assignment, Event, PersonId, Session, WorkspaceId
from bot.domain.people import Sought
from bot.errors import DatabaseRefused, OursToFix
from bot.services import retiming, seeking
from bot.services.retiming import Retimed
from storage import Standing, Transaction, head, standing

_MEGABYTE = 1_000_000
_TIGHT, _FULL = 500 * _MEGABYTE, 20 * _MEGABYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An event as it is stored."""

    event: Event
    sessions: tuple[Session, ...]
    assignments: tuple[Assignment, ...]
    organisers: tuple[PersonId, ...]
    not_found: tuple[Sought, ...]  # whom the event file names and nobody knows yet
    retimed: tuple[Retimed, ...] = ()  # what newer zone data moves


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of looking; `events` of the workspace, if it is known and the database can be read."""

    results: list[Result]
    events: tuple[Stored, ...] = ()
    is_readable: bool = False


def look(url: str, workspace: WorkspaceId | None, now: datetime) -> Seen:
    """Look at a database without changing it."""
    try:
        found = standing(url, lambda tx: _stored(tx, workspace, now))
    except DatabaseRefused as refused:
        return Seen(results=[problem(Check.DATABASE, str(refused), None)])
    except OursToFix as error:
        told = str(error)
        remedy = "Is DATABASE_URL right, and does the database run?"
        return Seen(results=[problem(Check.DATABASE, f"{told[:1].upper()}{told[1:]}.", remedy)])
    return Seen(
        results=[_version(found), *_use(found), *_room(found)],
        events=found.found or (),
        is_readable=found.found is not None or found.revision is None,
    )


def _stored(tx: Transaction, workspace: WorkspaceId | None, now: datetime) -> tuple[Stored, ...]:
    if workspace is None:
        return ()
    moved = retiming.to_retime(tx, workspace, now)
    return tuple(
        Stored(
            event=event,
            sessions=tx.events.sessions(workspace, event.key),
            assignments=tx.events.assignments(workspace, event.key),
            organisers=tx.events.organisers(workspace, event.key),
            not_found=tuple(
                each for each in seeking.people_problems(tx, workspace, event.key) if each.person is None
            ),
            retimed=tuple(each for each in moved if each.time.event == event.key),
        )
        for event in tx.events.all(workspace)
    )


def _version(found: Standing[tuple[Stored, ...]]) -> Result:
    if found.revision is None:
        made = "plenary run and plenary event apply make it. Is it the right place? DATABASE_URL says where."
        return warning(Check.DATABASE, f"{found.name} is empty, or not there yet.", made)
    if found.revision != head():
        return problem(
            Check.DATABASE,
            f"{found.name} stands at {found.revision}, and this version of Plenary wants {head()}.",
            "Start plenary run, which brings it up, or: plenary db upgrade. Then run doctor again.",
        )
    return well(Check.DATABASE, f"{found.name} can be used, and is of this version ({found.revision}).")


def _use(found: Standing[tuple[Stored, ...]]) -> list[Result]:
    told = "A bot is at work on it." if found.in_use else "No bot is at work on it."
    return [well(Check.DATABASE, told)] if found.revision else []


def _room(found: Standing[tuple[Stored, ...]]) -> list[Result]:
    if found.free is None:
        return []
    told = f"Its disk has {found.free // _MEGABYTE:,} MB free."
    if found.free < _FULL:
        return [problem(Check.DATABASE, told, "Make room: a full disk stops the bot.")]
    if found.free < _TIGHT:
        return [warning(Check.DATABASE, told, "Make room before the event.")]
    return [well(Check.DATABASE, told)]
