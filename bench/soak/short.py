"""The short form: four combinations and two processes, side by side, which share the kinds of trouble."""

import asyncio
import os
import sys
import time
from dataclasses import dataclass

from bench.soak.downtimes import OF_SOCKETS, Downtime
from bench.soak.trouble import FAULTS

_MINUTES = "0.3"


@dataclass(frozen=True, slots=True)
class Share:
    """A combination and the downtimes that strike it."""

    database: str
    transport: str
    processes: int
    downtimes: tuple[Downtime, ...]


SHARES = (
    Share("sqlite", "socket", 1, (Downtime.DISK_FULL, *OF_SOCKETS[::2])),
    Share("sqlite", "http", 1, (Downtime.KILL_IN_POST, Downtime.DISK_FULL, Downtime.CUT)),
    Share("postgres", "socket", 1, (Downtime.KILL, Downtime.STALL, *OF_SOCKETS[1::2])),
    Share("postgres", "http", 1, (Downtime.PAUSE_IN_POST, Downtime.CONNECTIONS, Downtime.KILL)),
    Share("postgres", "http", 2, (Downtime.PAUSE, Downtime.KILL_IN_POST, Downtime.PAUSE_IN_POST)),
)


async def short(seed: int, server: str) -> int:
    """Run them, each as its own command, and print what each says; the worst exit code."""
    began = time.monotonic()
    ended = await asyncio.gather(
        *(_one(server, seed, share, only(number, share.downtimes)) for number, share in enumerate(SHARES))
    )
    verdicts = [line for _, said in ended for line in said.splitlines() if line.startswith("verdict: ")]
    print("\n".join(verdicts))
    print(f"{len(verdicts)} of {len(SHARES)} soaks counted, in {time.monotonic() - began:.0f} s")
    return max(code for code, _ in ended)


async def _one(server: str, seed: int, share: Share, kinds: tuple[str, ...]) -> tuple[int, str]:
    soak = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.soak", "--minutes", _MINUTES, "--seed", str(seed),
        "--database", share.database, "--transport", share.transport, "--processes", str(share.processes),
        *(word for kind in kinds for word in ("--only", kind)),
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "DATABASE_URL": server},
    )  # fmt: skip
    said = (await soak.communicate())[0].decode()
    print(said, flush=True)
    return soak.returncode or 0, said


def only(number: int, downtimes: tuple[Downtime, ...]) -> tuple[str, ...]:
    """The kinds of a combination: its downtimes, and two of five faults, so that each is in two of them."""
    faults = [kind for place, kind in enumerate(FAULTS) if (place - number) % len(SHARES) < 2]
    return (*(downtime.value for downtime in downtimes), *faults)
