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
from pathlib import Path
from typing import Any

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

    return list(await driver.until(look))


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
