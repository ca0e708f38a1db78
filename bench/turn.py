"""What a durable turn with its delivery costs, against Bolt alone, in one interleaved run.

A round is Bolt's process, then ours, both fresh, ours on a fresh database. Each gets a few events to warm up,
then the same number one at a time and 64 at once, from people of its own. Ours is measured until its outbox
is empty, so cards, ticks and polling are in its CPU; PostgreSQL's own process is not. Nobody submits: what a
digest costs is another question.

"Delivered a second" ends when the last card stands in Slack (the no-op's: when the last event is
acknowledged); ticks, which wait five seconds for the end of a burst, are left out of it.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from bench import load
from bench.databases import Fresh, databases, emptied, kept, prepared
from bench.figures import AT_ONCE, Measured, as_json, as_lines
from bench.processes import SERVERS, Server, server
from bench.servers import PACE, SECRET, TOKEN
from bot.errors import MendableError
from bot.slack.delivery import Pace
from storage import Storage

WARM_UP = 50  # events that each fresh process gets before its clock starts
IDLE = 5.0  # seconds


def main(arguments: list[str]) -> int:
    """CPU of a durable turn with delivery against a Bolt no-op, acknowledgements, idle memory."""
    options = argparse.ArgumentParser(prog="python -m bench turn", description=main.__doc__)
    options.add_argument("--rounds", type=_positive, default=5, help="measured ones; one more warms up")
    options.add_argument("--turns", type=_positive, default=1600, help="events a phase; 25 make a dialogue")
    options.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    options.add_argument("--json", action="store_true", help="print figures for a program")
    chosen = options.parse_args(arguments)
    load_before = os.getloadavg()[0]
    try:
        found = asyncio.run(_measured(chosen.rounds, chosen.turns, chosen.database))
    except MendableError as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.json:
        setting = {"database": chosen.database, "rounds": chosen.rounds, "turns": chosen.turns}
        print(json.dumps({**setting, "rest_seconds": PACE.rest, "figures": as_json(found)}, indent=1))
        return 0
    print(f"{chosen.database}, {chosen.rounds} rounds A B, {chosen.turns} turns a phase: median [min-max]")
    print(f"rest between two posts in a channel: {PACE.rest:g} s here, {Pace().rest:g} s in plenary run")
    print(f"{os.cpu_count()} cores for servers, stub, load and others; load average {load_before:.1f} before")
    print("no-op: Bolt, acknowledging after an empty listener; it stores and delivers nothing")
    print("\n".join(as_lines(found)))
    return 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


async def _measured(rounds: int, turns: int, kind: str) -> Measured:
    if not sys.platform.startswith("linux"):
        raise MendableError("This benchmark reads Linux's /proc; run it there.")
    found = Measured()
    with (
        tempfile.TemporaryDirectory(prefix="plenary-bench-") as folder,
        databases(kind, Path(folder)) as fresh,
    ):
        await _idle(fresh, found)
        for number in range(rounds + 1):
            into = found if number else Measured()
            await _noop(turns, into)
            await _ours(turns, fresh, into)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Load:
    """The events that one process gets, signed anew; no two phases have people in common."""

    warm_up: list[bytes]
    phases: dict[int, list[bytes]]  # by how many at once
    people: tuple[str, ...]

    @classmethod
    def of(cls, turns: int) -> "_Load":
        warming = load.people(0, WARM_UP)
        people, phases = warming, {}
        for at_once in AT_ONCE:
            group = load.people(len(people), turns)
            people, phases[at_once] = people + group, load.requests(group, turns)
        return cls(warm_up=load.requests(warming, WARM_UP), phases=phases, people=people)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What the stub Slack has seen so far."""

    calls: int
    posts: int
    posted_at: float  # time.monotonic(), which is the same in all processes

    @classmethod
    def by(cls, stub: Server) -> "_Told":
        with urlopen(f"http://127.0.0.1:{stub.port}/told") as answer:
            told = json.load(answer)
        calls = told["calls"]
        return cls(
            calls=sum(calls.values()), posts=calls.get("chat.postMessage", 0), posted_at=told["posted_at"]
        )


async def _noop(turns: int, found: Measured) -> None:
    events = _Load.of(turns)
    async with server(SERVERS, "noop") as noop:
        await load.send(noop.port, events.warm_up, AT_ONCE[-1])
        for at_once, requests in events.phases.items():
            cpu, began = noop.cpu(), time.monotonic()
            took = await load.send(noop.port, requests, at_once)
            seconds = time.monotonic() - began
            found.noop[at_once].add(cpu=(noop.cpu() - cpu) / turns * 1e6, took=took, rate=turns / seconds)


async def _ours(turns: int, fresh: Fresh, found: Measured) -> None:
    events = _Load.of(turns)
    async with _bot(fresh, events.people, SERVERS, "ours") as (ours, stub, storage):
        await load.send(ours.port, events.warm_up, AT_ONCE[-1])
        await emptied(storage)
        for at_once, requests in events.phases.items():
            before, cpu, began = _Told.by(stub), ours.cpu(), time.monotonic()
            took = await load.send(ours.port, requests, at_once)
            acknowledged_at = time.monotonic()
            await emptied(storage)
            cpu, after = ours.cpu() - cpu, _Told.by(stub)
            seconds = max(acknowledged_at, after.posted_at) - began
            found.ours[at_once].add(cpu=cpu / turns * 1e6, took=took, rate=turns / seconds)
        found.posts.append((after.posts - before.posts) / seconds)
        found.calls.append((after.calls - before.calls) / turns)
        if (there := await kept(storage)) != WARM_UP + turns * len(AT_ONCE):
            raise RuntimeError(f"{there} messages are kept: not every one that was acknowledged")


async def _idle(fresh: Fresh, found: Measured) -> None:
    """`plenary run` itself, with nothing to do."""
    async with _bot(fresh, (), "bot", "run") as (ours, _, _storage):
        cpu = ours.cpu()
        await asyncio.sleep(IDLE)
        found.idle_mb, found.idle_cpu = ours.resident(), (ours.cpu() - cpu) / IDLE * 1000


@asynccontextmanager
async def _bot(
    fresh: Fresh, people: tuple[str, ...], *command: str
) -> AsyncIterator[tuple[Server, Server, Storage]]:
    """A bot on a fresh database in which these people report, its Slack, and the database to look at."""
    with fresh() as url:
        async with server(SERVERS, "stub") as stub, prepared(url, people) as storage:
            environ = {
                "SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET, "DATABASE_URL": url,
                "SLACK_API_URL": f"http://127.0.0.1:{stub.port}/api/",
            }  # fmt: skip
            async with server(*command, environ=environ) as ours:
                yield ours, stub, storage
