"""The documentation cannot lie: settings, commands, log lines, links, words and the conversation are compared
with the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from bot.cli import main
from bot.config import NAMES
from bot.demo import players
from bot.demo.breaks import Break
from bot.demo.names import LISTED
from bot.demo.stage import Stage, stage
from bot.doctor.result import Check
from bot.metrics import Metrics

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
README = (ROOT / "README.md").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
WARNINGS = (ROOT / "docs" / "warnings.md").read_text()
_OPTION = r"--[a-z]+(?:-[a-z]+)*"
CODE = [file for room in ("bot", "storage") for file in sorted((ROOT / room).rglob("*.py"))]


def commands() -> dict[str, set[str]]:
    """Every command as it is typed, with the names of its options."""
    found: dict[str, set[str]] = {}

    def walk(command: Any, name: str) -> None:
        for each, inner in getattr(command, "commands", {}).items():
            walk(inner, f"{name} {each}".strip())
        if not hasattr(command, "commands"):
            options = [option for one in command.params for option in one.opts if option.startswith("--")]
            found[name] = set(options) - {"--help"}

    walk(typer.main.get_command(main), "")
    return found


def first_cells(page: str, title: str) -> list[str]:
    """The first column of the first table under a heading, without its head."""
    _, found, section = page.partition(f"\n## {title}\n")
    assert found, title
    rows = re.findall(r"^\| (.+?) \|", section.partition("\n## ")[0], re.MULTILINE)
    return [row for row in rows if not row.startswith("---")][1:]


def in_code(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_every_setting_is_in_the_table_and_no_other() -> None:
    assert [in_code(cell)[0] for cell in first_cells(OPERATIONS, "Settings")] == list(NAMES)


def test_every_command_is_in_the_table_with_its_options_and_no_other() -> None:
    told: dict[str, set[str]] = {}
    for row in re.findall(r"^\| (`plenary .+) \|$", OPERATIONS, re.MULTILINE):
        command = re.match(r"`plenary ([a-z]+(?: [a-z]+)?)", row)
        assert command is not None, row
        told.setdefault(command[1], set()).update(re.findall(_OPTION, row))
    assert told == commands()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_and_options_that_a_page_names_are_there(page: Path) -> None:
    first = "|".join(sorted({name.split()[0] for name in commands()}))
    for line in re.findall(rf"plenary (?:{first})\b[^`\n]*", page.read_text()):
        words = line.split()[1:]
        name = next((each for each in (" ".join(words[:2]), words[0]) if each in commands()), None)
        if name is not None:  # else `plenary event show | apply` and the like
            assert set(re.findall(_OPTION, line)) <= commands()[name], line


def test_every_check_of_doctor_is_in_the_table_and_no_other() -> None:
    assert first_cells(OPERATIONS, "`plenary doctor`") == [check.value for check in Check]


def test_every_line_of_the_log_is_explained_and_no_other() -> None:
    told = {line for cell in first_cells(OPERATIONS, "What the log says") for line in in_code(cell)}
    assert told == {line for line, level in logged() if level in ("debug", "info")}


def test_every_warning_has_its_meaning_and_what_to_do_and_no_other() -> None:
    rows = re.findall(r"^\| `(.+?)` \| ([a-z]+) \| (.+) \| (.+) \|$", WARNINGS, re.MULTILINE)
    told = [(line, level) for line, level, meaning, remedy in rows if meaning.strip() and remedy.strip()]
    raised = {(line, level) for line, level in logged() if level not in ("debug", "info")}
    assert sorted(told) == sorted(raised)
    assert len(first_cells(WARNINGS, "The lines")) == len(told), "a row has no level, meaning or remedy"


def logged() -> Iterator[tuple[str, str]]:
    """What the bot says to its log, and at which level; `log` says what others say, at theirs."""
    for call in (node for file in CODE for node in ast.walk(ast.parse(file.read_text()))):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        level = call.func.attr
        if level not in ("debug", "info", "warning", "error", "critical", "exception", "log"):
            continue
        yield from (
            (each.value, "any" if level == "log" else level)
            for each in call.args
            if isinstance(each, ast.Constant)
        )


def test_every_metric_is_in_the_table_and_no_other() -> None:
    told = [in_code(cell)[0] for cell in first_cells(OPERATIONS, "Metrics")]
    counted = [
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in Metrics().registry.collect()
    ]
    assert sorted(told) == sorted(counted)
    assert [name for name in told if not name.startswith("plenary_")] == []


def test_links_lead_somewhere() -> None:
    broken = [
        f"{page.name}: {link}"
        for page in PAGES
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text())
        if "://" not in link and not _leads_somewhere(page, link)
    ]
    assert broken == []


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    if not anchor:
        return target.exists()
    titles = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE) if target.is_file() else []
    return anchor in {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_a_page_names_are_there(page: Path) -> None:
    named = re.findall(r"\b(?:bot|storage|tests|bench|docs)/[\w./-]*\w", page.read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_tests_that_the_readme_picks_by_name_are_there() -> None:
    for picked, folder in re.findall(r"pytest -k (\w+) (tests/[\w/.]+)", README):
        files = [ROOT / folder] if folder.endswith(".py") else (ROOT / folder).rglob("test_*.py")
        assert any(re.search(rf"def test_\w*{picked}", file.read_text()) for file in files), picked


def test_ci_runs_the_readmes_tests_and_plants_every_fault() -> None:
    ci = (ROOT / ".ci" / "run").read_text()
    planted = re.search(r"for fault in ([a-z -]+);", ci)
    assert planted is not None
    assert planted[1].split() == [each.value for each in Break]
    assert "pip install uv && uv run pytest\n" in README
    assert re.search(r"^step .* uv run pytest$", ci, re.MULTILINE)


def test_every_word_of_the_glossary_is_used() -> None:
    soak = sorted((ROOT / "bench" / "soak").glob("*.py"))
    code = "\n".join(file.read_text() for file in (*CODE, *soak)).lower()
    rows = first_cells((ROOT / "docs" / "glossary.md").read_text(), "Words")
    said = [word.strip() for row in rows for word in row.split(",")]
    assert [word for word in said if not re.search(rf"(?<![a-z]){re.escape(word)}", code)] == []
    assert len(said) == len(set(said)), "a word has two meanings"


# The README's conversation, held with the real bot in front of the local Slack.

Message = tuple[str, list[str]]  # who, and the lines that one sees
R22 = players.rapporteur("2.2")
A_NAME = "[a name of the list]"
BUTTON = re.compile(r"\[([A-Z][a-z ]+)\]")


def conversation() -> list[Message]:
    """What the README shows."""
    block = next(part for part in README.split("```") if "rapporteur: " in part)
    told: list[Message] = []
    for line in block.strip("\n").splitlines():
        who, text = line[:12].strip().rstrip(":"), line[12:]
        if who:
            told.append((who, [text]))
        else:
            told[-1][1].append(text)
    return told


async def test_the_readmes_conversation_is_what_people_read(tmp_path: Path, sqlite_url: str) -> None:
    told = conversation()
    async with stage(tmp_path, transport="socket", database_url=sqlite_url) as set_up:
        posts = 0
        for who, lines in told:
            if who == "bot":
                posts += 1
                await set_up.driver.until(lambda posts=posts: _stand(set_up, posts))
            elif who == "rapporteur":
                await _do(set_up, [line for line in lines if line != "✅"])
        await set_up.driver.forward(10)
        await set_up.driver.until(lambda: _ticked(set_up))
        read = [_seen(each) for each in await set_up.driver.history(R22)]
        (parent,) = [each for each in await set_up.driver.history(players.DIGEST) if each.get("bot_id")]
        digest = [_seen(each) for each in await set_up.driver.replies(players.DIGEST, parent["ts"])]
    shown = [(who, lines) for who, lines in told if not _is_press(who, lines)]
    dm = [each for each in shown if each[0] != "channel"]
    channel = [lines for who, lines in shown if who == "channel"]
    assert [who for who, _ in read] == [who for who, _ in dm]
    for (_, seen), (_, lines) in zip(read, dm, strict=True):
        assert _fits(seen, lines), f"{lines}\nreads in truth\n{seen}"
    for lines in channel:
        assert any(_fits(seen, lines) for _, seen in digest), f"{lines}\nis not in\n{digest}"
    assert len(channel) > 0


async def _do(set_up: Stage, lines: list[str]) -> None:
    if not _is_press("rapporteur", lines):
        await set_up.driver.say(R22, "\n".join(lines).replace(A_NAME, LISTED[0]))
        return
    label = BUTTON.findall(lines[0])[0]
    for message in reversed(await set_up.driver.history(R22)):
        for button in _buttons(message):
            if button["text"]["text"] == label:
                await set_up.driver.press(R22, message["ts"], button["action_id"])
                return
    raise AssertionError(f"there is no button {label}")


def _is_press(who: str, lines: list[str]) -> bool:
    return who == "rapporteur" and BUTTON.fullmatch(lines[0]) is not None


async def _stand(set_up: Stage, posts: int) -> bool:
    return len([each for each in await set_up.driver.history(R22) if each.get("bot_id")]) >= posts


async def _ticked(set_up: Stage) -> bool:
    return any(each.get("reactions") for each in await set_up.driver.history(R22))


def _seen(message: dict[str, Any]) -> Message:
    """Who wrote a message, and its lines as Slack shows them."""
    if not message.get("bot_id"):
        tick = ["✅"] if message.get("reactions") else []
        return "rapporteur", [*message["text"].replace(LISTED[0], A_NAME).splitlines(), *tick]
    lines: list[str] = []
    for block in message["blocks"]:
        match block["type"]:
            case "header" | "section":
                lines += block["text"]["text"].splitlines()
            case "context":
                lines += [each["text"] for each in block["elements"]]
            case "rich_text":
                lines += [line for element in block["elements"] for line in _rich(element)]
    buttons = " ".join(f"[{each['text']['text']}]" for each in _buttons(message))
    return "bot", [*lines, *([buttons] if buttons else [])]


def _buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [block for block in message.get("blocks") or () if block["type"] == "actions"]
    return [each for row in rows for each in row["elements"] if each["type"] == "button"]


def _rich(element: dict[str, Any]) -> list[str]:
    def text(runs: dict[str, Any]) -> str:
        return "".join(run["text"] for run in runs["elements"]).strip()

    if element["type"] == "rich_text_list":
        return [f"{'  ' * element.get('indent', 0)}• {text(each)}" for each in element["elements"]]
    return [text(element)]


def _fits(seen: list[str], lines: list[str]) -> bool:
    """Whether the lines are those seen; … stands for any lines, and for the rest of one. Any time will do."""
    pattern = "\n".join(".*" if line == "…" else re.escape(line).replace("…", "[^\n]*") for line in lines)
    pattern = re.sub(r"\d\d:\d\d\\ in", r"\\d\\d:\\d\\d\\ in", pattern)
    return re.fullmatch(pattern, "\n".join(seen), re.DOTALL) is not None
