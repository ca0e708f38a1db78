"""Habits that a machine can see."""

import ast
import re
import subprocess
import sys
from pathlib import Path

from bot.demo.names import LISTED, RAPPORTEURS, UNLISTED
from bot.domain.replies import Saying
from bot.slack.ids import DECISIONS, DEEDS, Action, EventAction
from bot.slack.screens.walk import _SENTENCES

ROOT = Path(__file__).parents[2]
CODE = [file for room in ("bot", "storage") for file in sorted((ROOT / room).rglob("*.py"))]
WORDS = [file for file in CODE if file.stem.endswith("words") and file.parent.name == "slack"]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607 - git
    return [ROOT / line for line in listed.stdout.splitlines()]


def test_imports_go_in_one_direction() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    ended = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


def test_ids_declared_are_ids_used() -> None:
    screens = "\n".join(file.read_text() for file in (ROOT / "bot" / "slack" / "screens").glob("*.py"))
    walk = {action for action in Action if re.search(rf"(?<!Event)Action\.{action.name}\b", screens)}
    talk = {action for action in EventAction if f"EventAction.{action.name}" in screens}
    assert walk == set(Action) == set(DEEDS)
    assert talk == set(EventAction) == set(DECISIONS)


def test_every_saying_has_its_sentence() -> None:
    assert set(_SENTENCES) == set(Saying)


def test_sentences_are_short_and_do_not_shout() -> None:
    assert len(WORDS) == 4
    texts = [
        node.value
        for file in WORDS
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    sentences = [sentence for text in texts for sentence in re.split(r"(?<=[.?])\s", text)]
    assert [each for each in sentences if "!" in each or len(each.split()) > 24] == []


def test_no_block_is_written_by_hand_outside_the_sandbox() -> None:
    raw = re.compile(r'"type": *"(section|actions|header|context|modal|home|rich_text)"')
    assert [file for file in CODE if "sandbox" not in file.parts and raw.search(file.read_text())] == []


def test_invented_names_stand_in_their_one_file() -> None:
    names = [part for name in (*LISTED, *UNLISTED, *RAPPORTEURS) for part in name.split() if part != "May"]
    home = ROOT / "bot" / "library" / "invented_names.yaml"
    found = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in tracked()
        if file != home and file.is_file() and file.suffix not in (".png", ".lock")
        for name in names
        if name in file.read_text(errors="replace")
    ]
    assert found == []


def test_the_lock_names_public_hosts_only() -> None:
    hosts = set(re.findall(r"https?://([^/\"]+)", (ROOT / "uv.lock").read_text()))
    assert hosts == {"pypi.org", "files.pythonhosted.org"}


def test_no_path_of_a_machine_is_written_anywhere() -> None:
    path = re.compile(r"/(work|farm|root|home)/[A-Za-z.]")
    assert [
        file for file in tracked() if file.is_file() and path.search(file.read_text(errors="replace"))
    ] == []
