"""Due reminders, a great many at once: how many a second are sent, against raw batches of the same rows."""

import argparse
import asyncio
import gc
import json
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import bindparam, insert, select, update

from bench.databases import databases
from bot.domain.event import (
    ChannelId,
    Event,
    EventKey,
    EventSettings,
    PersonId,
    Session,
    SessionCode,
    TemplateKey,
    WorkspaceId,
)
from bot.domain.moment import ts_of
from bot.domain.nudges import Reminded, Reminder
from bot.domain.programme import Programme
from bot.domain.rungs import LADDER
from bot.domain.template import Section, Template
from bot.services import reminding
from storage import AT_ONCE, Storage, Transaction, open_storage
from storage.codec import reply_to_json
from storage.tables import assignments, outbox, reminders

RUNG = next(each for each in LADDER if each.key == "one hour left")
WORKSPACE = WorkspaceId("TBENCH")
DUE = datetime(2018, 12, 7, 13, 30, tzinfo=UTC)
NOW = DUE - RUNG.offset
EVENT = Event(
    workspace=WORKSPACE,
    key=EventKey("bench"),
    name="Bench",
    place="Marrakesh",
    zone="Africa/Casablanca",
    closing_at=DUE + timedelta(hours=1),
    closing_ends_at=DUE + timedelta(hours=2),
    due_at=DUE,
    freeze_at=DUE + timedelta(minutes=30),
    channel=ChannelId("CBENCH"),
    settings=EventSettings(rungs=(RUNG,)),
)
SESSION = Session(
    code=SessionCode("2.2"),
    title="Bench",
    starts_at=DUE - timedelta(hours=24),
    ends_at=DUE - timedelta(hours=22),
    template=TemplateKey("bench"),
)
TEMPLATE = Template(
    key=TemplateKey("bench"),
    version=1,
    name="Bench",
    header=(),
    sections=(Section(key="notes", title="Notes", short="Notes", help="What?"),),
)


def main(arguments: list[str]) -> int:
    """100,000 reminders that are due at once: rows a second, the loop's longest block, memory."""
    options = argparse.ArgumentParser(prog="python -m bench reminders")
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    options.add_argument("--json", action="store_true")
    asked = options.parse_args(arguments)
    figures = asyncio.run(_measure(asked.database, asked.count))
    if asked.json:
        print(json.dumps({"figures": figures}))
    else:
        for name, figure in figures.items():
            print(f"{name:32} {figure:12,.2f}")
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """How all rows went out one way. `block` is the longest that the loop stood still meanwhile."""

    seconds: float
    cpu: float
    block: float


async def _measure(kind: str, count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder, databases(kind, Path(folder)) as fresh:
        with fresh() as url:
            raw = await _run(url, count, _raw)
        before = _megabytes()
        with fresh() as url:
            ours = await _run(url, count, _ours)
    return {
        "reminders": float(count),
        "raw, rows a second": count / raw.seconds,
        "ours, rows a second": count / ours.seconds,
        "ours to raw": raw.seconds / ours.seconds,
        "raw, us of CPU a row": raw.cpu / count * 1e6,
        "ours, us of CPU a row": ours.cpu / count * 1e6,
        "longest block, raw, ms": raw.block * 1000,
        "longest block, ours, ms": ours.block * 1000,
        "memory grown by, MB": _megabytes() - before,
    }


async def _run(url: str, count: int, batch: Callable[[Transaction], bool]) -> _Run:
    """Until nothing is due any more."""
    storage = open_storage(url, lambda: None)
    try:
        await _fill(storage, count)
        gc.collect()
        gc.freeze()  # as a bot that has started
        watching = asyncio.create_task(_longest_block())
        await asyncio.sleep(0.05)
        began, cpu = time.perf_counter(), time.process_time()
        while await storage.write(batch):
            pass
        took, worked = time.perf_counter() - began, time.process_time() - cpu
        watching.cancel()
        left = await storage.read(lambda tx: tx.reminders.due(WORKSPACE, NOW))
        assert left == (), "some are left"
        return _Run(seconds=took, cpu=worked, block=await watching)
    finally:
        await storage.close()


async def _longest_block() -> float:
    longest, last = 0.0, time.perf_counter()
    try:
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            longest, last = max(longest, now - last - 0.001), now
    except asyncio.CancelledError:
        return longest


def _ours(tx: Transaction) -> bool:
    return reminding.remind(tx, WORKSPACE, NOW).is_full


_due = (
    select(reminders.c.event, reminders.c.session, reminders.c.person, reminders.c.rung)
    .where(reminders.c.workspace == WORKSPACE, reminders.c.settled_at.is_(None), reminders.c.due_at <= NOW)
    .limit(AT_ONCE)
)
_settle = (
    update(reminders)
    .where(
        reminders.c.workspace == WORKSPACE,
        reminders.c.event == bindparam("e"),
        reminders.c.session == bindparam("s"),
        reminders.c.person == bindparam("p"),
        reminders.c.rung == bindparam("r"),
    )
    .values(settled_at=NOW, outcome="sent")
)


def _raw(tx: Transaction) -> bool:
    """The same rows read, put and settled, with nothing thought about any of them."""
    connection = tx.outbox._connection
    rows = connection.execute(_due).all()
    if rows:
        connection.execute(insert(outbox), [_waiting(event, person) for event, _, person, _ in rows])
        connection.execute(
            _settle,
            [{"e": event, "s": session, "p": person, "r": rung} for event, session, person, rung in rows],
        )
    return len(rows) == AT_ONCE


def _waiting(event: str, person: str) -> dict[str, object]:
    told = Reminded(session=SessionCode("2.2"), rung=RUNG.key, says=RUNG.key, meant_for=NOW)
    return {
        "workspace": WORKSPACE,
        "key": str(uuid4()),
        "address": person,
        "event": event,
        "lane": 5,
        "ordered": True,
        "reply": reply_to_json(Reminder(rungs=(told,), at=NOW)),
        "state": "waiting",
        "put_at": NOW,
        "not_before": NOW,
        "hold_until": NOW,
        "attempts": 0,
    }


async def _fill(storage: Storage, count: int) -> None:
    """One session that a great many report, each with one rung that is due."""
    programme = Programme(event=EVENT, templates=(TEMPLATE,), sessions=(SESSION,), sought=(), listed=())
    await storage.write(lambda tx: tx.programmes.save(programme, ts_of(NOW)))
    for first in range(0, count, 5_000):
        people = [PersonId(f"U{number:07}") for number in range(first, min(first + 5_000, count))]
        await storage.write(lambda tx, people=people: _add(tx, people))


def _add(tx: Transaction, people: list[PersonId]) -> None:
    base = {"workspace": WORKSPACE, "event": EVENT.key, "session": "2.2"}
    connection = tx.outbox._connection
    connection.execute(
        insert(assignments),
        [{**base, "person": each, "position": 0, "name": "", "affiliation": ""} for each in people],
    )
    connection.execute(
        insert(reminders),
        [
            {**base, "person": each, "rung": RUNG.key, "due_at": NOW, "meant_for": NOW, "why": "on time"}
            for each in people
        ],
    )


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
