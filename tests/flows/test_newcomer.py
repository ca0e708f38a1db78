"""docs/your-own-event.md followed by its letter, from an empty folder to the first contact.

Every block of shell lines runs as it stands, but for the one that installs Plenary, and one must read what it
shows. What one is to type into a spreadsheet or an editor is typed there.
"""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import load_workbook

from bot.demo import players
from bot.programme.new import QUESTIONS
from bot.sandbox.driver import Driver
from tests.support.pages import blocks, fits, rows, section
from tests.support.terminal import at_a_terminal

PAGE = (Path(__file__).parents[2] / "docs" / "your-own-event.md").read_text()
FILES, SESSIONS, EVENT, CHECK, TRY, STORE, CHANGES = (
    section(PAGE, title)
    for title in (
        "1. Two files", "2. The sessions", "3. The event", "4. Look for mistakes", "5. Try it", "6. Store it",
        "7. When the programme changes",
    )
)  # fmt: skip
ASKED = [*(each.text for each in QUESTIONS), "Which time zone?", "Apply this? [y/N]:"]
SECRETS = players.Secrets()


class Newcomer:
    """Somebody at a terminal, whose home is empty."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "forum"
        self.environ = {
            "HOME": str(home),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }

    async def types(self, lines: str, shown: str = "", *, code: int = 0) -> None:
        """Type lines; answer and read what is shown, if anything is."""
        answers = [
            line.removeprefix(f"{asked} ")
            for line in shown.splitlines()
            for asked in ASKED
            if line.startswith(f"{asked} ")
        ]
        ended, seen = await asyncio.to_thread(
            at_a_terminal, ["/bin/bash", "-e", "-c", lines], answers, cwd=self._here, env=self.environ
        )
        assert ended == code, seen
        assert fits(seen, shown), f"the page shows\n{shown}\nbut one reads\n{seen}"

    def fills_in(self, cells: list[dict[str, str]]) -> None:
        """Type rows into the spreadsheet, under the columns of those names."""
        file = self.folder / "forum-sessions.xlsx"
        book = load_workbook(file)
        sheet = book.active
        head = [str(cell.value) for cell in sheet[1]]
        for at, row in enumerate(cells, 2):
            for name, text in row.items():
                sheet.cell(at, head.index(name) + 1).value = text or None
        book.save(file)

    def edits(self, lines: str) -> None:
        """Put each line in the place of the one of its key, or of its example."""
        file = self.folder / "forum.yaml"
        text = file.read_text()
        for line in lines.splitlines():
            key = line.partition(":")[0]
            text, count = re.subn(
                rf"^(# )?{key}: [^\n]*", lambda _, line=line: line, text, count=1, flags=re.M
            )
            assert count == 1, f"no line of the file is about {key}"
        file.write_text(text)

    @asynccontextmanager
    async def runs(self, lines: str) -> AsyncIterator[list[str]]:
        """A terminal that is left open; gives what stands there once the page's address does."""
        process = await asyncio.create_subprocess_exec(
            "/bin/bash", "-c", lines,
            cwd=self._here, env=self.environ, stdout=PIPE, stderr=STDOUT, start_new_session=True,
        )  # fmt: skip
        assert process.stdout is not None
        said: list[str] = []
        try:
            async with asyncio.timeout(120):
                while not said or not said[-1].startswith("Ctrl-C"):
                    line = (await process.stdout.readline()).decode()
                    assert line, "".join(said)
                    said.append(line)
            yield said
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            await process.communicate()

    @property
    def _here(self) -> Path:
        return self.folder if self.folder.exists() else self.folder.parent


async def first_contacts(driver: Driver, reporting: set[tuple[str, str]]) -> list[str]:
    """Wait until everybody was contacted about each of their sessions, once; the messages."""

    async def look() -> list[str]:
        told = [
            (person, each)
            for person in {person for person, _ in reporting}
            for each in await driver.history(person)
            if each["text"].endswith("is yours to report.")
        ]
        found = [(person, each["text"].split()[1]) for person, each in told]
        return ["\n".join(texts(each)) for _, each in told] if sorted(found) == sorted(reporting) else []

    return list(await driver.until(look, within=90))  # who had to be found is contacted at a heartbeat


def texts(message: dict[str, Any]) -> list[str]:
    """The lines of a message, without its small ones."""
    return [block["text"]["text"] for block in message["blocks"] if "text" in block]


async def test_a_newcomer_comes_from_an_empty_folder_to_the_first_contact(tmp_path: Path) -> None:
    me = Newcomer(tmp_path)
    await me.types(*blocks(FILES, "sh"), *blocks(FILES, "text"))
    me.fills_in(rows(SESSIONS))
    me.edits(*blocks(EVENT, "yaml"))
    (me.folder / "people.csv").write_text(*blocks(EVENT, "csv"))
    for line in re.findall(r"`(plenary [^`]+ > [^`]+)`", EVENT):
        await me.types(line)
    await finds_mistakes(me)
    async with me.runs(*blocks(TRY, "sh")) as said:
        (url,) = re.findall(r"http://[\d.:]+", "".join(said))
        reporting = {
            (person, code)
            for person, codes in re.findall(r"(U\w+),.* reports (.+)", "".join(said))
            for code in codes.split(", ")
        }
        assert sorted(code for _, code in reporting) == ["A1", "A2", "A2", "B1"]
        async with Driver(url, checker_token=SECRETS.checker) as driver:
            contacts = await first_contacts(driver, reporting)
        (shown,) = blocks(TRY, "text")
        assert [each for each in contacts if fits(each, shown)] != [], contacts
        me.environ |= {
            "SLACK_BOT_TOKEN": SECRETS.bot,
            "SLACK_API_URL": f"{url}/api/",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'plenary.db'}",
        }
        apply = blocks(STORE, "sh")[0]
        await me.types(apply, *blocks(STORE, "text"))
        me.fills_in(rows(CHANGES))
        await me.types(apply, *blocks(CHANGES, "text"))


async def finds_mistakes(me: Newcomer) -> None:
    """The check of step 4, without a mistake and with the one that the page shows."""
    (check,), (fine, wrong) = blocks(CHECK, "sh"), blocks(CHECK, "text")
    await me.types(check, fine)
    (mistake,) = re.findall(r"Had you written `([^`]+)`", CHECK)
    before = (me.folder / "forum.yaml").read_text()
    me.edits(mistake)
    await me.types(check, wrong, code=2)
    (me.folder / "forum.yaml").write_text(before)


ADMIN = "UADMIN"
TYPED = ("Forum de l'eau", "Montréal, Toronto", "2031-05-21", "2031-05-22 16:00-17:30", "3", players.DIGEST)


async def test_a_newcomer_without_a_terminal_comes_to_the_first_contact(tmp_path: Path) -> None:
    """The other way of the page: the talk, the two files filled in and dropped back, Apply."""
    me = Newcomer(tmp_path)
    me.folder.mkdir()
    async with me.runs("plenary demo --empty") as said:
        (url,) = re.findall(r"http://[\d.:]+", "".join(said))
        people = re.findall(r"(URAPPORTEUR\d), (\S+), (@\S+)", "".join(said))
        async with Driver(url, checker_token=SECRETS.checker) as driver:
            for typed in ("new event", *TYPED):
                before = len(await driver.history(ADMIN))
                await driver.say(ADMIN, typed)
                await driver.until(lambda before=before: has_more(driver, before + 1))
            sent = await driver.until(lambda: files_of(driver))
            for file in sent:
                name = "forum.yaml" if file["name"].endswith(".yaml") else "forum-sessions.xlsx"
                (me.folder / name).write_bytes(await driver.download(ADMIN, file["id"]))
            (first, mail, _), (second, other, _), (third, _, handle), *_ = people
            named = {"first@office.example": mail, "second@office.example": other, "@third": handle}
            me.fills_in([{key: named.get(text, text) for key, text in row.items()} for row in rows(SESSIONS)])
            me.edits("template: takeaways")
            dropped = {
                "forum.yaml": (me.folder / "forum.yaml").read_bytes(),
                "sessions.xlsx": (me.folder / "forum-sessions.xlsx").read_bytes(),
            }
            await driver.share_files(ADMIN, dropped)
            shown = await driver.until(lambda: last_with(driver, "event.apply"))
            await driver.press(ADMIN, shown["ts"], "event.apply")
            await driver.until(lambda: last_with(driver, "The event is stored."))
            await driver.forward(until_noon("America/Toronto"))  # it may be night there
            told = {(first, "A1"), (second, "A2"), (third, "A2"), (third, "B1")}
            assert len(await first_contacts(driver, told)) == 4


def until_noon(zone: str) -> float:
    """Seconds until tomorrow's."""
    now = datetime.now(ZoneInfo(zone))
    return ((now + timedelta(days=1)).replace(hour=12) - now).total_seconds()


async def has_more(driver: Driver, than: int) -> bool:
    return len(await driver.history(ADMIN)) > than


async def files_of(driver: Driver) -> list[dict[str, Any]]:
    """The two files that the bot sent, once both are there."""
    sent = [file for each in await driver.history(ADMIN) for file in each.get("files") or ()]
    return sent if len(sent) == 2 else []


async def last_with(driver: Driver, part: str) -> dict[str, Any] | None:
    found = [each for each in await driver.history(ADMIN) if part in str(each.get("blocks"))]
    return found[-1] if found else None
