"""People at work on a stage, and the record of what they did."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.demo import golden, players
from bot.demo.record import Kept, Record, Rung, Told
from bot.demo.stage import Stage
from bot.demo.texts import NOTHING, Form
from bot.domain import wall
from bot.domain.moment import Ts, moment_of

PATIENCE = 20.0  # real seconds until something that was done must be seen
GLANCE = 1.0  # real seconds in which what is not to come would have come
_SECOND = timedelta(seconds=1)


@dataclass
class Play:
    """People at work on a stage, and the record of what they did."""

    stage: Stage
    record: Record
    patience: float = PATIENCE
    writers: dict[str, str] = field(default_factory=dict)  # by session, where it is not its own rapporteur

    def writer(self, session: str) -> str:
        """Who writes the report of a session."""
        return self.writers.get(session, players.rapporteur(session))

    async def say(self, session: str, text: str) -> str:
        """Type a message; gives its ts."""
        await asyncio.sleep(0.03)  # so that a kill finds people in mid-section
        return await self.stage.driver.say(self.writer(session), text)

    def told(self, session: str) -> Told:
        """The record of a session."""
        return self.record.reports.setdefault(session, Told(self.writer(session)))

    async def note(
        self, session: str, section: int, typed: str, reads: str | None = None
    ) -> tuple[str, Kept]:
        """Type a note into the section that is open."""
        ts = await self.say(session, typed)
        return ts, self.told(session).keep(section, typed, reads)

    async def edit(self, session: str, ts: str, kept: Kept, text: str) -> None:
        """Edit a note; the old wording must not be readable any more."""
        kept.was.append(kept.reads)
        kept.reads = kept.typed = text
        await self.stage.driver.edit(self.writer(session), ts, text)

    async def strike(self, session: str, text: str) -> str:
        """Type something that must not be readable in the end; gives its ts."""
        self.record.gone.append(text)
        return await self.say(session, text)

    async def fill(self, session: str, form: Form) -> None:
        """Walk through the form, section by section."""
        for section in range(len(self.record.titles)):
            await self.say(session, "next" if section in (0, 2) else str(section + 1))
            told = form.sections.get(section, ())
            if isinstance(told, str):
                await self.say(session, NOTHING)
                self.told(session).nothing.append(section)
                continue
            for each in told:
                await self.note(session, section, each.typed, each.reads)

    async def press(self, session: str, action: str) -> None:
        """Press the newest button of a kind, once it is there."""
        person = self.writer(session)
        message = await self.until(f"button {action}", lambda: self._with_button(person, action))
        await self.stage.driver.press(person, message["ts"], action)

    async def choose(self, session: str, text: str, label: str) -> None:
        """Choose the line of a menu under the message that begins so, once it is there."""
        person = self.writer(session)

        async def found() -> dict[str, Any] | None:
            stand = await self.stage.driver.history(person)
            return next((each for each in stand if each["text"].startswith(text)), None)

        message = await self.until(f"{text!r}", found)
        await self.stage.driver.choose(person, message["ts"], label)

    async def submit(self, session: str, *, typed: bool = False) -> None:
        """Submit, by button or by typing it twice."""
        await self.say(session, "submit")
        if typed:
            await self.stage.driver.settled()
            await self.say(session, "submit")
        else:
            await self.press(session, "report.submit")
        told = self.told(session)
        told.submitted, told.submitted_at = True, self.stage.clock.now().isoformat()

    async def stands(self, session: str, text: str) -> None:
        """Wait until the bot's newest messages in a DM hold a text."""
        await self.until(f"{text!r} in the DM of {session}", lambda: self._in_dm(self.writer(session), text))

    async def until(self, what: str, look: Callable[[], Awaitable[Any]]) -> Any:
        """Wait for something to be there."""
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            if found := await look():
                return found
            await asyncio.sleep(0.1)
        print(f"  waited {self.patience:.0f} s in vain: {what}", flush=True)
        self.record.in_vain.append(what)
        return {"ts": "0000000000.000000"}

    async def calm(self) -> None:
        """Wait until nothing comes and nothing goes any more, digests included."""
        for _ in range(2):
            await self.stage.driver.settled()
            await self.stage.driver.forward(65)
            await self._unchanged_for(1.0)

    async def check(self) -> tuple[int, str]:
        """Have another process compare what stands in Slack with the record: its exit code and words."""
        path = self.stage.folder / "record.json"
        self.record.write(path)
        checker = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.demo.checker", str(path),
            f"{self.stage.sandbox.url}/api/", self.stage.secrets.checker,
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, _ = await checker.communicate()
        return checker.returncode or 0, said.decode()

    def expect(self, rungs: list[Rung]) -> None:
        """From now on this is what is to be told unasked, from the first to the last."""
        self.record.rungs = rungs

    async def to(self, at: str) -> None:
        """Let it become a wall time, 'Thu 12:35', and a second; nothing when it is later already."""
        await self.stage.driver.settled()
        wait = instant(golden.wall(at)) + _SECOND - self.stage.clock.now()
        await self.stage.driver.forward(max(wait.total_seconds(), 0))

    async def rungs(self, at: str) -> None:
        """Let it become a wall time, and wait until all that is to be told unasked then stands."""
        await self.to(at)
        await self.told_at(at)

    async def told_at(self, at: str, *, late: bool = False) -> None:
        """Wait until what the table has for a wall time stands; `late`: or stands as what came late."""
        moment = golden.wall(at)
        due = [row for row in self.record.rungs if moment == (row.late_at if late else row.at)]
        await asyncio.gather(
            *(self.until(f"{row.says!r} to {row.person}", partial(self._was_told, row)) for row in due)
        )

    async def nothing_at(self, at: str) -> None:
        """Let it become a wall time at which nothing is to come; the bot has a moment to do wrong."""
        await self.to(at)
        await asyncio.sleep(GLANCE)

    async def _with_button(self, person: str, action: str) -> dict[str, Any] | None:
        for message in reversed(await self.stage.driver.history(person)):
            for block in message.get("blocks") or ():
                if any(element.get("action_id") == action for element in block.get("elements") or ()):
                    return dict(message)
        return None

    async def _was_told(self, row: Rung) -> bool:
        return any(
            message["text"] == row.says and moment_of(Ts(message["ts"])) >= instant(row.at)
            for message in await self.stage.driver.history(row.person)
            if message.get("bot_id")
        )

    async def _in_dm(self, person: str, text: str) -> bool:
        return any(
            text in str(message)
            for message in await self.stage.driver.history(person)
            if message.get("bot_id")
        )

    async def _unchanged_for(self, seconds: float) -> None:
        """The channel and all DMs, read again and again until they stay as they are."""
        end = time.monotonic() + self.patience
        before, since = "", time.monotonic()
        while time.monotonic() < end and time.monotonic() - since < seconds:
            now = str(await self.stage.driver.version())
            if now != before:
                before, since = now, time.monotonic()
            await asyncio.sleep(0.1)


def instant(written: str) -> datetime:
    """The moment of a wall time of the record."""
    return wall.instant_of(datetime.fromisoformat(written), players.SEVEN.zone)
