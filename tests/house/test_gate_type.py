"""The gate is a type: mypy refuses what has not passed it."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

PROGRAM = """
from dataclasses import replace
from bot.domain.document import Document
from bot.domain.gate import Cleared, People, Rapporteur, Reader, clear_for_rapporteur, clear_for_readers
from bot.slack.screens import digest, walk

raw = Document()
digest.parent(raw)  # refused: never passed the gate
digest.reply_pages(raw)  # refused: never passed the gate
Cleared(raw)  # refused: only the gate makes these
Cleared[Reader](raw)  # refused: only the gate makes these
replace(clear_for_readers(raw, People(())), document=raw)  # refused: no way to put something else in
digest.parent(clear_for_rapporteur(raw))  # refused: for another audience
walk.review_pages(clear_for_readers(raw, People(())))  # refused: for another audience

digest.parent(clear_for_readers(raw, People(())))  # taken
digest.reply_pages(clear_for_readers(raw, People(())))  # taken
walk.review_pages(clear_for_rapporteur(raw))  # taken
"""


def test_mypy_refuses_what_has_not_passed_and_takes_what_has(tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    ended = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml"), str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    refused = {int(line) for line in re.findall(r"program\.py:(\d+): error", ended.stdout)}
    expected = {number for number, line in enumerate(PROGRAM.splitlines(), 1) if "# refused" in line}
    assert refused == expected, ended.stdout
