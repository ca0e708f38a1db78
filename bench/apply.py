"""How long `plenary event apply` takes without Slack: what would change, and storing it, in seconds.

Four times, on a fresh database: a new event, the same file again, every session an hour later, and everybody
replaced after each wrote a note, so that all stay as former rapporteurs and are told.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.databases import EVENT, WORKSPACE, databases, programme_of
from bot.domain.dialogue import Kind, Version
from bot.domain.event import PersonId
from bot.domain.moment import ts_of
from bot.domain.programme import Programme
from bot.errors import MendableError
from bot.services import organising
from storage import Storage, Transaction, Wording, open_storage


def main(arguments: list[str]) -> int:
    """Applying an event of 400 sessions and 400 people."""
    options = argparse.ArgumentParser(prog="python -m bench apply", description=main.__doc__)
    options.add_argument("--sessions", type=int, default=400, help="each with a rapporteur of its own")
    options.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    chosen = options.parse_args(arguments)
    try:
        asyncio.run(_measured(chosen.database, chosen.sessions))
    except MendableError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


async def _measured(kind: str, sessions: int) -> None:
    print(f"{kind}, {sessions} sessions and people: seconds to show the changes, and to apply them")
    with (
        tempfile.TemporaryDirectory(prefix="plenary-bench-") as folder,
        databases(kind, Path(folder)) as fresh,
        fresh() as url,
    ):
        storage = await asyncio.to_thread(open_storage, url, lambda: None)
        try:
            now = datetime.now(UTC)
            for name, programme in _files(sessions, now):
                if name == "everybody replaced":
                    await storage.write(lambda tx: _write_notes(tx, sessions, now))
                shown, applied, count = await _applied(storage, programme, now)
                print(f"{name:<20} {shown:6.2f} {applied:6.2f}  {count} changes")
        finally:
            await storage.close()


def _files(sessions: int, now: datetime) -> Iterator[tuple[str, Programme]]:
    people = [f"UBENCH{number}" for number in range(sessions)]
    programme = programme_of(people, now)
    hour = timedelta(hours=1)
    later = replace(
        programme,
        sessions=tuple(replace(each, starts_at=each.starts_at + hour) for each in programme.sessions),
    )
    yield "new", programme
    yield "the same again", programme
    yield "every session moved", later
    others = tuple(
        replace(each, whom=f"{each.whom}X", person=PersonId(f"{each.whom}X")) for each in later.sought
    )
    yield "everybody replaced", replace(later, sought=others)


def _write_notes(tx: Transaction, people: int, now: datetime) -> None:
    version = Version(ts_of(now), ts_of(now), Kind.NOTE)
    for number in range(people):
        key = (WORKSPACE, EVENT, PersonId(f"UBENCH{number}"))
        tx.dialogues.lock(*key)
        tx.dialogues.add_version(*key, version, Wording(text="a note"))


async def _applied(storage: Storage, programme: Programme, now: datetime) -> tuple[float, float, int]:
    began = time.monotonic()
    proposal = await storage.read(lambda tx: organising.propose(tx, programme, now))
    shown = time.monotonic()
    changes = await storage.write(
        lambda tx: organising.apply_event(tx, programme, now, shown=proposal.changes)
    )
    return shown - began, time.monotonic() - shown, len(changes)
