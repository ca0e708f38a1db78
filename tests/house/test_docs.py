"""The documentation cannot lie: settings, commands, links and words are compared with the code."""

import re
from pathlib import Path

import typer.main

from bot.cli import main
from bot.config import NAMES

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()


def commands() -> set[str]:
    group = typer.main.get_command(main)
    found = set()
    for name, command in group.commands.items():  # type: ignore[attr-defined] # a group
        inner = getattr(command, "commands", None)
        found |= {f"{name} {each}" for each in inner} if inner else {name}
    return found


def test_every_setting_is_in_the_table_and_no_other() -> None:
    assert re.findall(r"^\| `([A-Z_]+)` \|", OPERATIONS, re.MULTILINE) == list(NAMES)


def test_every_command_is_in_the_table_and_no_other() -> None:
    told = re.findall(r"^\| `plenary ([a-z]+(?: [a-z]+)?)", OPERATIONS, re.MULTILINE)
    assert set(told) == commands()


def test_links_lead_somewhere() -> None:
    broken = [
        f"{page.name}: {link}"
        for page in PAGES
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text())
        if "://" not in link and not (page.parent / link).exists()
    ]
    assert broken == []


def test_every_test_that_the_readme_names_is_there() -> None:
    named = re.findall(r"tests/[\w/.]+", (ROOT / "README.md").read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_word_of_the_glossary_is_used() -> None:
    code = "\n".join(
        file.read_text() for room in ("bot", "storage") for file in (ROOT / room).rglob("*.py")
    ).lower()
    rows = re.findall(r"^\| ([^|]+) \|", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)[1:]
    said = [word.strip() for row in rows if "---" not in row for word in row.split(",")]
    assert [word for word in said if word not in code] == []
