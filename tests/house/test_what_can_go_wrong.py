"""Each row of docs/what-can-go-wrong.md names a test that there is."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "what-can-go-wrong.md").read_text()
ROW = re.compile(
    r"^\| (?!what \||---)(.+?) \| (.+?) \| (.+?) \| `(tests/[\w/]+\.py)::(test_\w+)` \|$", re.MULTILINE
)


def test_every_row_names_a_test_that_there_is() -> None:
    named = [(file, name) for *_, file, name in ROW.findall(PAGE)]
    assert [each for each in named if each not in there_are()] == []


def test_every_row_is_whole_and_no_two_are_alike() -> None:
    rows = [
        line
        for line in PAGE.splitlines()
        if line.startswith("| ") and not line.startswith(("| what | ", "| ---"))
    ]
    assert len(rows) == len(ROW.findall(PAGE)) == len(set(rows)) > 40


def there_are() -> set[tuple[str, str]]:
    return {
        (str(file.relative_to(ROOT)), node.name)
        for file in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
