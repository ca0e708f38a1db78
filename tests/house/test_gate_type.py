"""The gate is a type: mypy refuses what has not passed it, and nothing in the code goes around it."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
GATE = ROOT / "bot" / "domain" / "gate.py"

PROGRAM = """
from dataclasses import replace
from bot.domain.document import Document
from bot.domain.gate import Cleared, People, Rapporteur, Reader, clear_for_rapporteur, clear_for_readers
from bot.slack.screens import digest, walk

raw = Document()
digest.parent(raw)  # refused arg-type: never passed the gate
digest.reply_pages(raw)  # refused arg-type: never passed the gate
walk.review_pages(raw)  # refused arg-type: never passed the gate
Cleared(raw)  # refused arg-type: only the gate makes these
Cleared[Reader](raw)  # refused arg-type: only the gate makes these
Cleared()  # refused call-arg: only the gate makes these
replace(clear_for_readers(raw, People(())), document=raw)  # refused type-var: nothing else can be put in
digest.parent(clear_for_rapporteur(raw))  # refused arg-type: for another audience
digest.reply_pages(clear_for_rapporteur(raw))  # refused arg-type: for another audience
walk.review_pages(clear_for_readers(raw, People(())))  # refused arg-type: for another audience
clear_for_rapporteur(raw).document = raw  # refused misc: what was let out stays as it is
class Mine(Cleared[Reader]): ...  # refused misc: no other maker

digest.parent(clear_for_readers(raw, People(())))  # taken
digest.reply_pages(clear_for_readers(raw, People(())))  # taken
walk.review_pages(clear_for_rapporteur(raw))  # taken
"""

WAYS_AROUND = """
from typing import cast
typing.cast(Cleared[Reader], raw)
object.__new__(Cleared)
object.__setattr__(cleared, "document", raw)
setattr(cleared, "document", raw)
cleared.document = raw
class Mine(Cleared[Reader]): ...
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
    refused = {
        (int(line), why)
        for line, why in re.findall(r"program\.py:(\d+): error: .*\[([a-z-]+)\]", ended.stdout)
    }
    expected = {
        (number, found[1])
        for number, line in enumerate(PROGRAM.splitlines(), 1)
        if (found := re.search(r"# refused ([a-z-]+)", line))
    }
    assert refused == expected, ended.stdout + ended.stderr


def test_nothing_goes_around_the_gate() -> None:
    files = [file for room in ("bot", "storage") for file in sorted((ROOT / room).rglob("*.py"))]
    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in files
        if file != GATE
        for line in ways_around(ast.parse(file.read_text()))
    ]
    assert found == []


def test_every_way_around_the_gate_is_seen() -> None:
    seen = set(ways_around(ast.parse(WAYS_AROUND)))
    assert seen == set(range(2, len(WAYS_AROUND.splitlines()) + 1))
    assert list(ways_around(ast.parse(GATE.read_text()))) != []


def ways_around(tree: ast.Module) -> Iterator[int]:
    """The lines that could make or change something cleared without mypy's noticing."""
    for node in ast.walk(tree):
        match node:
            case ast.alias(name="cast") | ast.Name(id="cast" | "setattr"):
                yield node.lineno
            case ast.Attribute(attr="cast" | "__new__" | "__setattr__"):
                yield node.lineno
            case ast.Attribute(attr="document", ctx=ast.Store()):
                yield node.lineno
            case ast.ClassDef(bases=bases) if any("Cleared" in ast.unparse(base) for base in bases):
                yield node.lineno
