"""What a page of the documentation shows: its blocks, its tables, and whether something reads as it says."""

import re


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def section(page: str, title: str) -> str:
    """What stands under a heading, up to the next one of any level."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def rows(section: str) -> list[dict[str, str]]:
    """The rows of the first table, by the names of its columns."""
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    head, _, *body = [[cell.strip() for cell in cells] for cells in lines]
    return [dict(zip(head, cells, strict=True)) for cells in body]


def fits(seen: str, shown: str) -> bool:
    """Whether the lines are those shown; … stands for any lines, and for the rest of one."""
    lines = shown.strip("\n").splitlines()
    pattern = "\n".join(".*" if line == "…" else re.escape(line).replace("…", "[^\n]*") for line in lines)
    return re.fullmatch(pattern, seen.strip("\n"), re.DOTALL) is not None
