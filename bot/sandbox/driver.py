"""A driver plays people against the local Slack: for tests, plays and the demo alike."""

import asyncio
import sys
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp

Json = dict[str, Any]


class Driver:
    """Types, edits, deletes and presses for people, moves the clock, plants faults, reads as the checker."""

    def __init__(self, url: str, *, checker_token: str = "xoxp-checker") -> None:  # noqa: S107 - the sandbox's
        self._url, self._token = url, checker_token
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Driver":
        self._http = aiohttp.ClientSession(base_url=self._url)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._http is not None:
            await self._http.close()

    async def say(
        self,
        user: str,
        text: str,
        blocks: list[Json] | None = None,
        *,
        thread: str | None = None,
        channel: str | None = None,
    ) -> str:
        """Type a message; gives its ts. `blocks` instead of what the composer would make; [] sends none."""
        said = await self._do("say", user=user, text=text, blocks=blocks, thread=thread, channel=channel)
        return str(said["ts"])

    async def share_file(self, user: str, name: str, text: str = "", body: bytes = b"A file") -> str:
        """Send a message with a file; gives its ts."""
        return await self.share_files(user, {name: body}, text)

    async def share_files(self, user: str, files: Mapping[str, bytes], text: str = "") -> str:
        """Send a message with files; gives its ts."""
        bodies = {name: b64encode(body).decode() for name, body in files.items()}
        return str((await self._do("say", user=user, text=text, files=bodies))["ts"])

    async def download(self, user: str, file: str) -> bytes:
        """Download a file as a person, by its id."""
        assert self._http is not None  # noqa: S101 - entered
        async with self._http.get(f"/page/file/{file}", params={"as": user}) as answer:
            if answer.status != 200:
                raise LookupError(file)
            return await answer.read()

    async def edit(self, user: str, ts: str, text: str) -> None:
        """Edit a message."""
        await self._do("edit", user=user, ts=ts, text=text)

    async def delete(self, user: str, ts: str) -> None:
        """Delete a message."""
        await self._do("delete", user=user, ts=ts)

    async def press(self, user: str, ts: str, action_id: str, value: str | None = None) -> str:
        """Press a button under a message; `value` tells one of several with the same action.

        Gives the press's own ts.
        """
        pressed = await self._do("press", user=user, ts=ts, action_id=action_id, value=value)
        return str(pressed["ts"])

    async def choose(self, user: str, ts: str, label: str) -> str:
        """Choose the line of a menu under a message that reads so; gives the choice's own ts."""
        return str((await self._do("choose", user=user, ts=ts, label=label))["ts"])

    async def invite(self, user: str, channel: str) -> None:
        """Invite the bot to a channel, as a member of it."""
        await self._do("invite", user=user, channel=channel)

    async def remove(self, channel: str, ts: str) -> None:
        """Delete a message of the bot by hand, as an administrator can."""
        await self._do("remove", channel=channel, ts=ts)

    async def join(self, user: str, name: str, role: str, **more: object) -> None:
        """Somebody joins the workspace; `more` are email, handle, deactivated, is_bot."""
        await self._do("join", id=user, name=name, role=role, **more)

    async def deactivate(self, user: str) -> None:
        """Deactivate somebody's account."""
        await self._do("deactivate", user=user)

    async def reactivate(self, user: str) -> None:
        """Activate it again."""
        await self._do("reactivate", user=user)

    async def forward(self, seconds: float) -> None:
        """Move the demo's clock."""
        await self._do("forward", seconds=seconds)

    async def rate(self, rate: float) -> None:
        """Let the demo's clock run so many seconds a second."""
        await self._do("rate", rate=rate)

    async def tell(self, at: datetime | None, says: str) -> None:
        """Tell the page which moment that matters comes next, None while that is not known or none does."""
        await self._do("tell", at=at and at.isoformat(), says=says)

    async def stand_in(self, zone: str, place: str) -> None:
        """Let the page show the times of a place."""
        await self._do("stand_in", zone=zone, place=place)

    async def plant(self, kind: str, **filters: object) -> int:
        """Plant a fault (bot.sandbox.faults); gives its id."""
        return int((await self._do("plant", kind=kind, **filters))["id"])

    async def clear(self, fault: int) -> None:
        """Take a fault away."""
        await self._do("clear", id=fault)

    async def status(self) -> Json:
        """version, pending, calls, sockets, tickets, now, others_write, you, struck."""
        return dict(await self._read("/control/status"))

    async def struck(self, fault: int) -> int:
        """How often a fault struck."""
        return int((await self.status())["struck"].get(str(fault), 0))

    async def version(self) -> int:
        """Counts every change of what people can see."""
        return int((await self.status())["version"])

    async def pending(self) -> tuple[int, int]:
        """How many events are on their way to the bot, and how many calls of the bot are not answered yet."""
        status = await self.status()
        return int(status["pending"]), int(status["calls"])

    async def deliveries(self, channel: str | None = None, *, pending: bool = False) -> list[Json]:
        """What was sent to the bot, and what became of it; of one channel if it is named.

        `pending` leaves out what was acknowledged or given up.
        """
        about = {**({"channel": channel} if channel else {}), **({"pending": "1"} if pending else {})}
        found: list[Json] = await self._read("/control/deliveries", **about)
        return found

    async def settled(self, within: float = 60.0) -> None:
        """Wait until everything sent to the bot was acknowledged or given up; its own calls may go on."""
        end = time.monotonic() + within
        while (await self.status())["pending"]:
            if time.monotonic() > end:
                raise TimeoutError("events are still on their way to the bot")
            await asyncio.sleep(0.02)

    async def until(self, look: Callable[[], Awaitable[Any]], within: float = 20.0) -> Any:
        """Wait until a look finds something, and give it; TimeoutError when it does not."""
        end = time.monotonic() + within
        while not (found := await look()):
            if time.monotonic() > end:
                raise TimeoutError("what was waited for did not come")
            await asyncio.sleep(0.05)
        return found

    async def history(self, place: str) -> list[Json]:
        """The top-level messages of a channel, or of somebody's DM, oldest first, read by the Web API."""
        channel = await self.channel(place)
        return await self._messages("conversations.history", channel=channel)

    async def replies(self, channel: str, ts: str) -> list[Json]:
        """The messages of a thread, its parent first, read by the Web API."""
        return await self._messages("conversations.replies", channel=channel, ts=ts)

    async def channel(self, place: str) -> str:
        """A channel as it is, a person's DM with the bot by its id."""
        if not place.startswith("U"):
            return place
        return str((await self._api("conversations.open", users=place))["channel"]["id"])

    async def _messages(self, method: str, **arguments: str) -> list[Json]:
        found: list[Json] = []
        cursor = ""
        while True:
            read = await self._api(
                method, **arguments, limit="200", include_all_metadata="true", cursor=cursor
            )
            found += read["messages"]
            cursor = read["response_metadata"]["next_cursor"]
            if not cursor:
                return sorted(found, key=lambda message: str(message["ts"]))

    async def _api(self, method: str, **arguments: str) -> Json:
        read = await self._read(f"/api/{method}", **arguments)
        if not read["ok"]:
            raise LookupError(f"{method}: {read['error']}")
        return dict(read)

    async def _read(self, path: str, **arguments: str) -> Any:
        assert self._http is not None  # noqa: S101 - entered
        headers = {"Authorization": f"Bearer {self._token}"}
        async with self._http.get(path, params=arguments, headers=headers) as answer:
            return await answer.json()

    async def _do(self, deed: str, **asked: object) -> Json:
        assert self._http is not None  # noqa: S101 - entered
        async with self._http.post(f"/control/{deed}", json=asked) as answer:
            if answer.status != 200:
                raise LookupError(f"{deed}: {await answer.text()}")
            return dict(await answer.json())


@dataclass
class SandboxProcess:
    """The local Slack as a process, for `async with` or start and stop; it keeps port and state."""

    workspace_file: Path
    folder: Path
    clock: Path
    events_url: str | None = None
    port: int = 0
    retry_scale: float = 0.02
    zone: str = "UTC"
    manifest: Path | None = None  # the shipped one
    url: str = field(default="", init=False)
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def __aenter__(self) -> "SandboxProcess":
        await self.start()
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start it, and wait until it serves."""
        options = {
            "--workspace-file": self.workspace_file, "--state": self.folder / "slack.json",
            "--port": self.port, "--clock": self.clock, "--retry-scale": self.retry_scale,
            "--zone": self.zone,
            **({"--events-url": self.events_url} if self.events_url else {}),
            **({"--manifest": self.manifest} if self.manifest else {}),
        }  # fmt: skip
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.sandbox", *(str(part) for pair in options.items() for part in pair),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        line = (await asyncio.wait_for(self._process.stdout.readline(), 30)).decode()
        if not line:
            raise RuntimeError("the sandbox did not start; its last words are on stderr")
        self.url = line.split()[1]
        self.port = int(self.url.rpartition(":")[2])

    async def stop(self) -> None:
        """SIGTERM, and a wait for it: what stands there is kept."""
        await self._end(kill=False)

    async def kill(self) -> None:
        """SIGKILL: the last half second may be lost."""
        await self._end(kill=True)

    async def restart(self) -> None:
        """Stop it and start it again at the same address, where it goes on with what stood there."""
        await self.stop()
        await self.start()

    async def _end(self, *, kill: bool) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill() if kill else self._process.terminate()
            await self._process.wait()
