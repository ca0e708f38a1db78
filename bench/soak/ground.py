"""What a soak stands on: the stage with twenty sessions, bots, a network and a disk to be troubled."""

import asyncio
import os
import shutil
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from ruamel.yaml import YAML

from bench.soak.asked import Asked
from bench.soak.disk import Disk, small_disk
from bench.soak.forwarder import Forwarder
from bench.soak.ledger import Diary, Ledger
from bot.demo import players
from bot.demo.breaks import Break
from bot.demo.names import LISTED, RAPPORTEURS
from bot.demo.record import titles_of
from bot.demo.stage import SHIPPED, BotProcess, Stage, free_port, stage
from bot.programme.yaml import load_template

SESSIONS = tuple(f"{theme}.{number}" for theme in range(1, 6) for number in range(1, 5))
BOT = "bench.soak.bot"


@dataclass
class Ground:
    """All that runs."""

    asked: Asked
    stage: Stage
    bots: list[BotProcess]
    inward: Forwarder  # Slack's HTTP requests to the bots
    outward: Forwarder  # the bots' calls and sockets to Slack
    disk: Disk | None
    database_url: str
    ledger: Ledger
    start_took: float = 3.0  # seconds, the last time

    @property
    def logs(self) -> list[Path]:
        """What the bots said."""
        return [bot.log for bot in self.bots]

    def now(self) -> float:
        """The demo's time, which is that of Slack's ts."""
        return self.stage.clock.now().timestamp()

    @staticmethod
    def time_of(moment: str) -> float:
        """An ISO moment of the demo's clock in the same time."""
        return datetime.fromisoformat(moment).timestamp()

    async def comes(self, look: Callable[[], Awaitable[Any]], within: float) -> bool:
        """Wait until a look finds something; False when it does not."""
        end = time.monotonic() + within
        while not (found := await look()) and time.monotonic() < end:  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.1)
        return bool(found)

    async def start(self, bot: BotProcess) -> None:
        """Start a bot, and remember how long that takes on this machine, with this load."""
        began = time.monotonic()
        await bot.start()
        self.start_took = time.monotonic() - began

    def memory(self) -> float:
        """Megabytes of all bots that run."""
        return sum(_resident(bot.pid) for bot in self.bots if bot.pid)

    def database_size(self) -> tuple[float, float]:
        """Megabytes of the database, and of SQLite's write-ahead log."""
        if self.asked.database == "sqlite":
            path = self.database_url.removeprefix("sqlite:///")
            return _megabytes(Path(path)), _megabytes(Path(f"{path}-wal"))
        with psycopg.connect(self.database_url) as connection:
            found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        assert found is not None
        return found[0] / 1e6, 0.0


@asynccontextmanager
async def ground(asked: Asked, folder: Path, server: str | None) -> AsyncIterator[Ground]:
    """Everything ready; `server` is the URL of a PostgreSQL database, None for a file on a small disk."""
    async with AsyncExitStack() as stack:
        disk = stack.enter_context(small_disk(folder)) if server is None else None
        url = server or f"sqlite:///{(disk.folder if disk else folder) / 'plenary.db'}"
        if asked.keep and disk:  # when the bots have ended, and before it is unmounted
            stack.callback(_copied, disk.folder, asked.keep)
        bot_ports = [free_port() for _ in range(asked.processes)]
        sandbox_port = free_port()
        inward = await stack.enter_async_context(Forwarder(lambda: bot_ports))
        outward = await stack.enter_async_context(Forwarder(lambda: [sandbox_port]))
        set_up = await stack.enter_async_context(
            stage(
                folder,
                transport=asked.transport,
                database_url=url,
                port=sandbox_port,
                listed=() if asked.broken is Break.LEAKS_NAME else LISTED,
                retry_scale=asked.retry_scale,
                bot_module=BOT,
                environ={
                    "SLACK_API_URL": f"http://127.0.0.1:{outward.port}/api/",
                    "PORT": str(bot_ports[0]),
                    **({"SOAK_PACE": "real"} if asked.is_unscaled else {}),
                },
                event_file=_event_of_twenty(folder, asked.later),
                events_port=inward.port,
            )
        )
        bots = [set_up.bot, *(_another(set_up, port, number) for number, port in enumerate(bot_ports[1:], 2))]
        for bot in bots[1:]:
            await bot.start()
            stack.push_async_callback(bot.stop)
        yield Ground(asked, set_up, bots, inward, outward, disk, url, _ledger())


def _copied(disk: Path, keep: Path) -> None:
    for file in disk.glob("plenary.db*"):
        shutil.copy(file, keep)


def _another(set_up: Stage, port: int, number: int) -> BotProcess:
    return replace(
        set_up.bot,
        environ={**set_up.bot.environ, "PORT": str(port)},
        log=set_up.folder / f"bot{number}.log",
        process=None,
    )


def _event_of_twenty(folder: Path, later: timedelta) -> Path:
    """The shipped event with twenty sessions, and its closing so much later; template and zone stay."""
    yaml, path = YAML(), folder / "twenty.yaml"
    tree = yaml.load(SHIPPED)
    times = {"starts": "2018-12-06 14:00", "ends": "2018-12-06 16:30"}
    tree["sessions"] = [{"code": code, "title": f"Roundtable number {code}", **times} for code in SESSIONS]
    for end in ("starts", "ends"):
        tree["closing"][end] = f"{datetime.fromisoformat(tree['closing'][end]) + later:%Y-%m-%d %H:%M}"
    yaml.dump(tree, path)
    return path


def _ledger() -> Ledger:
    titles = tuple(titles_of(load_template("marrakesh-2018")))
    diaries = {code: Diary(code, players.rapporteur(code), len(titles)) for code in SESSIONS}
    return Ledger(titles, (*LISTED, *RAPPORTEURS), diaries)


def _megabytes(path: Path) -> float:
    return path.stat().st_size / 1e6 if path.exists() else 0.0


def _resident(pid: int) -> float:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return 0.0
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def killed(bot: BotProcess) -> bool:
    """Kill a bot; whether SIGKILL is what it died of."""
    await bot.kill()
    return bot.process is not None and bot.process.returncode == -signal.SIGKILL


async def paused(bot: BotProcess, seconds: float) -> bool:
    """Stop a bot for a while; whether it truly stood still."""
    assert bot.pid is not None
    os.kill(bot.pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
        return _stat(bot.pid) == "T"
    finally:
        os.kill(bot.pid, signal.SIGCONT)


def _stat(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
