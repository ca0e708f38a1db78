"""People at work on a stage, and the record of what they did."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.demo import players
from bot.demo.record import Kept, Record, Told
from bot.demo.stage import Stage
from bot.demo.texts import NOTHING, Form

PATIENCE = 20.0  # real seconds until something that was done must be seen


@dataclass
class Play:
    """People at work on a stage, and the record of what they did."""

    stage: Stage
    record: Record
    patience: float = PATIENCE

    async def say(self, session: str, text: str) -> str:
        """Type a message; gives its ts."""
        await asyncio.sleep(0.03)  # so that a kill finds people in mid-section
        return await self.stage.driver.say(players.rapporteur(session), text)

    def told(self, session: str) -> Told:
        """The record of a session."""
        return self.record.reports.setdefault(session, Told(players.rapporteur(session)))

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
        await self.stage.driver.edit(players.rapporteur(session), ts, text)

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
        person = players.rapporteur(session)
        message = await self.until(f"button {action}", lambda: self._with_button(person, action))
        await self.stage.driver.press(person, message["ts"], action)

    async def submit(self, session: str, *, typed: bool = False) -> None:
        """Submit, by button or by typing it twice."""
        await self.say(session, "submit")
        if typed:
            await self.stage.driver.settled()
            await self.say(session, "submit")
        else:
            await self.press(session, "report.submit")
        self.told(session).submitted = True

    async def stands(self, session: str, text: str) -> None:
        """Wait until the bot's newest messages in a DM hold a text."""
        await self.until(
            f"{text!r} in the DM of {session}", lambda: self._in_dm(players.rapporteur(session), text)
        )

    async def until(self, what: str, look: Callable[[], Awaitable[Any]]) -> Any:
        """Wait for something to be there."""
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            if found := await look():
                return found
            await asyncio.sleep(0.1)
        print(f"  waited {self.patience:.0f} s in vain: {what}", flush=True)
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

    async def to(self, moment: datetime) -> None:
        """Move the clock forward to a moment."""
        await self.stage.driver.forward((moment - self.stage.clock.now()).total_seconds())

    async def _with_button(self, person: str, action: str) -> dict[str, Any] | None:
        for message in reversed(await self.stage.driver.history(person)):
            for block in message.get("blocks") or ():
                if any(element.get("action_id") == action for element in block.get("elements") or ()):
                    return dict(message)
        return None

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
