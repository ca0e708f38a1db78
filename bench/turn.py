"""What a durable turn with its delivery costs, against Bolt alone, in one interleaved run."""

import argparse
import asyncio
import json
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

from bench import load
from bench.servers import SECRET, TEAM
from bot.demo.stage import database
from bot.domain.event import (
    Assignment,
    ChannelId,
    Event,
    EventKey,
    PersonId,
    Programme,
    Session,
    SessionCode,
    WorkspaceId,
)
from bot.errors import MendableError
from bot.programme.yaml import load_template
from bot.services import organising
from storage import open_storage

TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Measured:
    """One server's figures, a value a round."""

    cpu: list[float] = field(default_factory=list)  # microseconds an event
    p50: dict[int, list[float]] = field(default_factory=dict)  # milliseconds, by how many at once
    p99: dict[int, list[float]] = field(default_factory=dict)


def main(arguments: list[str]) -> int:
    """CPU of a durable turn with delivery against a Bolt no-op, acknowledgements, idle memory."""
    options = argparse.ArgumentParser(prog="python -m bench turn")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--turns", type=int, default=1500)
    options.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args(arguments)
    try:
        return asyncio.run(_run(chosen.rounds, chosen.turns, chosen.database, chosen.json))
    except MendableError as error:
        print(error, file=sys.stderr)
        return 2


async def _run(rounds: int, turns: int, kind: str, as_json: bool) -> int:
    found = {"noop": Measured(), "ours": Measured()}
    memory = 0.0
    with tempfile.TemporaryDirectory(prefix="plenary-bench-") as name, database(kind, Path(name)) as url:
        for number in range(rounds + 1):  # the first one warms up and is dropped
            fresh = url if kind == "postgres" else f"sqlite:///{name}/{number}.db"
            memory = await _round(fresh, turns, found if number else {"noop": Measured(), "ours": Measured()})
    figures = _figures(found, memory)
    if as_json:
        print(json.dumps(figures, indent=1))
    else:
        print(
            f"turn: {kind}, {turns} events a round, {rounds} rounds, median [min-max]; no rest between posts"
        )
        for line, value in figures.items():
            print(f"  {line:<52} {value}")
    return 0


async def _round(url: str, turns: int, found: dict[str, Measured]) -> float:
    """Bolt alone and ours, one after the other; gives our idle memory in MB."""
    async with AsyncExitStack() as stack:
        stub = await stack.enter_async_context(_server("stub"))
        environ = {
            "SLACK_BOT_TOKEN": "xoxb-bench", "SLACK_SIGNING_SECRET": SECRET, "DATABASE_URL": url,
            "SLACK_API_URL": f"http://127.0.0.1:{stub.port}/api/", "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        await _prepare(url)
        noop = await stack.enter_async_context(_server("noop"))
        ours = await stack.enter_async_context(_server("ours", **environ))
        await asyncio.sleep(2)
        memory = ours.memory()
        for at_once in (1, 64):
            for name, server in (("noop", noop), ("ours", ours)):
                count = turns if at_once > 1 else max(turns // 5, 20)
                before = server.cpu()
                took = await load.send(server.port, count, at_once)
                if name == "ours":
                    await _delivered(stub.port)
                found[name].p50.setdefault(at_once, []).append(took[len(took) // 2])
                found[name].p99.setdefault(at_once, []).append(took[int(len(took) * 0.99)])
                if at_once > 1:
                    found[name].cpu.append((server.cpu() - before) / count * 1_000_000)
        return memory


@dataclass
class _Server:
    """A process and its port."""

    pid: int
    port: int

    def cpu(self) -> float:
        """User and system seconds so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self) -> float:
        """Resident megabytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


@asynccontextmanager
async def _server(name: str, **environ: str) -> AsyncIterator[_Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.servers", name,
        stdout=asyncio.subprocess.PIPE, env={**os.environ, **environ, "PORT": str(port)},
    )  # fmt: skip
    assert process.stdout is not None
    assert await process.stdout.readline(), f"{name} did not start"
    try:
        yield _Server(process.pid, port)
    finally:
        process.kill()
        await process.wait()


async def _prepare(url: str) -> None:
    """A programme with sixty rapporteurs, its closing session far ahead."""
    closing = datetime(2099, 12, 7, 14, 30, tzinfo=UTC)
    event = Event(
        workspace=WorkspaceId(TEAM), key=EventKey("bench"), name="Bench", place="Marrakesh",
        zone="Africa/Casablanca", closing_at=closing, closing_ends_at=closing, due_at=closing,
        channel=ChannelId("CBENCH"),
    )  # fmt: skip
    sessions = tuple(
        Session(code=SessionCode(str(number)), title="A session", starts_at=closing, ends_at=closing)
        for number in range(load.PEOPLE)
    )
    assignments = tuple(
        Assignment(event=event, session=each, person=PersonId(load.person(number)), name="", affiliation="")
        for number, each in enumerate(sessions)
    )
    programme = Programme(
        event=event, template=load_template("marrakesh-2018"), sessions=sessions, assignments=assignments,
        organisers=(), listed=(),
    )  # fmt: skip
    storage = open_storage(url, lambda: None)
    await storage.write(lambda tx: organising.apply_event(tx, programme, datetime.now(UTC)))
    await storage.close()


def _posted(port: int) -> int:
    with urlopen(f"http://127.0.0.1:{port}/posted") as answered:
        return int(answered.read())


async def _delivered(port: int) -> None:
    """Wait until nothing was posted for six seconds: ticks wait five for the end of a burst."""
    before, since = -1, time.monotonic()
    while time.monotonic() - since < 6:
        now = _posted(port)
        if now != before:
            before, since = now, time.monotonic()
        await asyncio.sleep(0.2)


def _figures(found: dict[str, Measured], memory: float) -> dict[str, str]:
    noop, ours = found["noop"], found["ours"]
    ratios = [one / other for one, other in zip(ours.cpu, noop.cpu, strict=True)]
    figures = {
        "CPU a Bolt no-op": f"{_spread(noop.cpu, 0)} us",
        "CPU a durable turn with delivery": f"{_spread(ours.cpu, 0)} us",
        "ratio": _spread(ratios, 1),
    }
    for at_once in (1, 64):
        for name, measured in found.items():
            figures[f"acknowledgement, {at_once} at once, {name}: p50"] = (
                f"{_spread(measured.p50[at_once], 2)} ms"
            )
            figures[f"acknowledgement, {at_once} at once, {name}: p99"] = (
                f"{_spread(measured.p99[at_once], 2)} ms"
            )
    figures["idle memory of the bot"] = f"{memory:.0f} MB"
    return figures


def _spread(values: list[float], digits: int) -> str:
    low, high = min(values), max(values)
    return f"{statistics.median(values):.{digits}f} [{low:.{digits}f}-{high:.{digits}f}]"
