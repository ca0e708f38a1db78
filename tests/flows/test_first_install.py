"""docs/first-install.md followed by its letter, with the local Slack's address in the place of Slack's.

Every block of shell lines runs as it stands, but for the one that installs Plenary; what the page has one do
in an editor or in Slack is done here.
"""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bot.demo import players
from bot.demo.stage import free_port
from tests.sandbox.local import Json, Local, local_slack

PAGE = (Path(__file__).parents[2] / "docs" / "first-install.md").read_text()
INSTALL, FOLDER, SETTINGS, READ, SHOW, APPLY, RUN, AGAIN, MESSAGE = re.findall(
    r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL
)
SECRETS, ME = players.Secrets(), players.rapporteur("1.1")
EVENTS = ("message.im", "member_joined_channel")


@dataclass
class Newcomer:
    """Somebody at a terminal, whose home is empty."""

    home: Path

    async def begins(self, lines: str) -> Process:
        """Type lines into a new terminal, in which the settings are read as the page says."""
        own = self.home / "plenary"
        read = READ.replace("plenary doctor\n", "") if (own / "plenary.env").exists() else ""
        return await asyncio.create_subprocess_exec(
            "/bin/bash", "-e", "-c", read + lines,
            cwd=own if own.exists() else self.home, stdout=PIPE, stderr=STDOUT, start_new_session=True,
            env={
                "HOME": str(self.home),
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
        )  # fmt: skip

    async def types(self, lines: str) -> tuple[int | None, str]:
        """Type lines, wait for their end; the code and what was said."""
        process = await self.begins(lines)
        said, _ = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode, said.decode()

    def edits(self, name: str, *changes: tuple[str, str]) -> None:
        """Open a file in an editor, and put one thing in the place of another."""
        file = self.home / "plenary" / name
        text = file.read_text()
        for old, new in changes:
            assert old in text, f"the page speaks of {old}, which is not in {name}"
            text = text.replace(old, new, 1)
        file.write_text(text)

    @asynccontextmanager
    async def runs_the_bot(self) -> AsyncIterator[str]:
        """The terminal that is left open; gives the line that says the bot is ready."""
        process = await self.begins(RUN)
        assert process.stdout is not None
        try:
            async with asyncio.timeout(30):
                while not (line := (await process.stdout.readline()).decode()).startswith("plenary"):
                    assert line, "the bot ended"
            yield line
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            await process.communicate()


def a_workspace() -> Json:
    """One in which nobody has invited the bot to a channel yet."""
    return deepcopy(players.workspace("TFIRST", SECRETS, invited=False))


def a_friday() -> str:
    today = date.today()  # noqa: DTZ011 - a day ahead, wherever this runs
    return (today + timedelta(days=7 + (4 - today.weekday()) % 7)).isoformat()


async def bots(slack: Local, place: str, part: str) -> Json:
    """Wait for a message of the bot that shows something."""

    async def look() -> list[Json]:
        return [each for each in await slack.driver.history(place) if part in str(each.get("blocks"))]

    found: list[Json] = await slack.driver.until(look)
    return found[-1]


async def test_a_newcomer_comes_from_nothing_to_a_first_note(tmp_path: Path) -> None:
    me, home = Newcomer(tmp_path / "home"), tmp_path / "home"
    home.mkdir()
    async with local_slack(tmp_path, workspace=a_workspace(), events=EVENTS) as slack:
        assert await me.types(FOLDER) == (0, "")
        assert (home / "plenary" / "app.yaml").read_text().startswith("# The Slack app manifest")
        assert await me.types(SETTINGS) == (0, "")
        made = home / "plenary" / "plenary.env"
        assert (made.stat().st_mode & 0o777, (home / "plenary").stat().st_mode & 0o777) == (0o600, 0o700)
        elsewhere = f"SLACK_API_URL={slack.url}/api/\nPORT={free_port()}\n"
        me.edits("plenary.env", ("xoxb-replace-me", SECRETS.bot), ("xapp-replace-me", SECRETS.app))
        me.edits("plenary.env", ("DATABASE_URL", f"{elsewhere}DATABASE_URL"))  # not of the page

        code, told = await me.types(READ)
        assert (code, "No event is stored" in told, told.count("  problem")) == (1, True, 1), told
        assert await me.types(SHOW) == (0, "")
        me.edits(
            "mine.yaml",
            ('channel: ""', f"channel: {players.DIGEST}"),
            ("organisers: []", f"organisers: [{players.ORGANISER}]"),
            ("# rapporteur: {slack: U0123456789", f"rapporteur: {{slack: {ME}"),
        )
        code, told = await me.types(re.sub(r"\d{4}-\d\d-\d\d", a_friday(), APPLY))
        assert (code, "is new: 6 sessions, 1 rapporteur" in told, "It is applied." in told) == (
            0,
            True,
            True,
        ), told
        async with me.runs_the_bot() as line:
            assert line.startswith("plenary is ready on http://127.0.0.1:"), line
            code, told = await me.types(AGAIN)
            assert (code, "/invite @Plenary" in told, told.count("  problem")) == (1, True, 1), told
            await slack.driver.invite(players.ORGANISER, players.DIGEST)
            code, told = await me.types(AGAIN)
            assert (code, "A report could be made today." in told) == (0, True), told
            code, told = await me.types(MESSAGE.replace("U0123456789", ME))
            assert (code, f"One message was sent to {ME}" in told) == (0, True), told
            await a_first_note(slack)
        assert (home / "plenary" / "plenary.db").exists()


async def a_first_note(slack: Local) -> None:
    """Step 11, in Slack's own window."""
    await slack.driver.say(ME, "next")
    await bots(slack, ME, "1. Main points")
    note = await slack.driver.say(ME, "A first sentence")

    async def ticked() -> bool:
        return any(each["ts"] == note and each.get("reactions") for each in await slack.driver.history(ME))

    await slack.driver.until(ticked)
    await slack.driver.say(ME, "submit")
    review = await bots(slack, ME, "report.submit")
    await slack.driver.press(ME, review["ts"], "report.submit")
    parent = await bots(slack, players.DIGEST, "Marrakesh 2018")

    async def in_digest() -> bool:
        return "A first sentence" in str(await slack.driver.replies(players.DIGEST, parent["ts"]))

    await slack.driver.until(in_digest)
