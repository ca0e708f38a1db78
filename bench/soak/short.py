"""The short form: four combinations and two processes, side by side, which share the kinds of trouble."""

import asyncio
import os
import sys
import time

from bench.soak.downtimes import Downtime
from bench.soak.trouble import FAULTS

_MINUTES = "0.3"
_SHARES = (
    ("sqlite", "socket", 1, (Downtime.DISK_FULL, Downtime.SOCKETS)),
    ("sqlite", "http", 1, (Downtime.KILL_IN_POST, Downtime.DISK_FULL, Downtime.CUT)),
    ("postgres", "socket", 1, (Downtime.KILL, Downtime.STALL)),
    ("postgres", "http", 1, (Downtime.PAUSE_IN_POST, Downtime.CONNECTIONS, Downtime.KILL)),
    ("postgres", "http", 2, (Downtime.PAUSE, Downtime.KILL_IN_POST, Downtime.PAUSE_IN_POST)),
)


async def short(seed: int, server: str) -> int:
    """Run them, each as its own command, and print what each says; the worst exit code."""
    began = time.monotonic()
    ended = await asyncio.gather(
        *(
            _one(server, [*map(str, ("--database", database, "--transport", transport)),
                 "--processes", str(processes), "--seed", str(seed), *_only(number, downtimes)])
            for number, (database, transport, processes, downtimes) in enumerate(_SHARES)
        )
    )  # fmt: skip
    verdicts = [line for _, said in ended for line in said.splitlines() if line.startswith("verdict: ")]
    print("\n".join(verdicts))
    print(f"{len(verdicts)} of {len(_SHARES)} soaks counted, in {time.monotonic() - began:.0f} s")
    return max(code for code, _ in ended)


async def _one(server: str, options: list[str]) -> tuple[int, str]:
    soak = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.soak", "--minutes", _MINUTES, *options,
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "DATABASE_URL": server},
    )  # fmt: skip
    said = (await soak.communicate())[0].decode()
    print(said, flush=True)
    return soak.returncode or 0, said


def _only(number: int, downtimes: tuple[Downtime, ...]) -> list[str]:
    """The kinds of a combination: its downtimes, and two of five faults, so that each is in two of them."""
    faults = [kind for place, kind in enumerate(FAULTS) if (place - number) % len(_SHARES) < 2]
    return [word for kind in (*downtimes, *faults) for word in ("--only", kind)]
