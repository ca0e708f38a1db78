"""Servers as processes of their own, and what they use, as Linux tells it from outside."""

import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.errors import MendableError

SERVERS = "bench.servers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A process that serves HTTP on 127.0.0.1."""

    pid: int
    port: int

    def cpu(self) -> float:
        """User and system seconds of all its threads so far, the ended ones included."""
        return time.clock_gettime(~self.pid << 3 | 2)  # what clock_getcpuclockid(3) gives; finer than stat's

    def resident(self) -> float:
        """Resident memory in megabytes (10^6)."""
        pages = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


@asynccontextmanager
async def server(*command: str, environ: Mapping[str, str] | None = None) -> AsyncIterator[Server]:
    """`python -m COMMAND` from its first line on stdout until the end of the block, when it is killed.

    Logs go into a file that nobody reads, unless it does not start: then MendableError holds its last words.
    """
    port = _free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *command,
            stdout=asyncio.subprocess.PIPE, stderr=log, env={**kept, **(environ or {}), "PORT": str(port)},
        )  # fmt: skip
        try:
            assert process.stdout is not None
            if not await asyncio.wait_for(process.stdout.readline(), 30):
                log.seek(0)
                raise MendableError(f"{' '.join(command)} did not start: {log.read().decode()[-500:]}")
            yield Server(pid=process.pid, port=port)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
