"""The tables of the pages about both files, made from the schemas and the lists of columns."""

import re
from typing import Any

from bot.programme.columns import NEEDED, TABLES
from bot.programme.schemas import Schema, schema

_BEGIN = "<!-- made from the schema: {} -->"
_END = "<!-- end -->"
_REGION = re.compile(r"<!-- made from the schema: ([\w ]+) -->\n.*?<!-- end -->", re.DOTALL)


def renewed(page: str, file: Schema) -> str:
    """A page with the tables between its marks made anew."""
    whole = schema(file)

    def made(found: re.Match[str]) -> str:
        return f"{_BEGIN.format(found[1])}\n{_table(found[1], whole)}\n{_END}"

    return _REGION.sub(made, page)


def named(page: str) -> list[str]:
    """The tables that a page has."""
    return _REGION.findall(page)


def tables_of(file: Schema) -> list[str]:
    """The tables that a page must have: the file's own, one a kind of row, and those of columns."""
    columns = [f"columns of {table}" for table in TABLES] if file is Schema.EVENT else []
    return ["the file", *schema(file)["$defs"], *columns]


def _table(name: str, whole: dict[str, Any]) -> str:
    if name.startswith("columns of "):
        return _columns(name.removeprefix("columns of "))
    shape = whole if name == "the file" else whole["$defs"][name]
    shape = shape if "properties" in shape else shape["anyOf"][0]
    rows = [
        f"| `{key}` | {'yes' if key in shape.get('required', ()) else ''} | {_holds(one)} | {_about(one)} |"
        for key, one in shape["properties"].items()
    ]
    return "\n".join(["| key | needed | holds | what it is |", "| --- | --- | --- | --- |", *rows])


def _about(one: dict[str, Any]) -> str:
    default = one.get("default")
    told = str(one["description"])
    if default in (None, [], {}) or isinstance(default, dict):
        return told
    text = " ".join(map(str, default)) if isinstance(default, list) else str(default)
    return f"{told} Without it: {text.lower() if isinstance(default, bool) else text}."


def _holds(one: dict[str, Any]) -> str:
    """What a value looks like, for somebody who never saw a schema."""
    if "enum" in one:
        return "one of: " + ", ".join(f"`{word}`" for word in one["enum"])
    if "anyOf" in one:
        return " or ".join(map(_holds, one["anyOf"]))
    if "$ref" in one:
        return "keys, below"
    match one["type"]:
        case "array":
            return "a list"
        case "object":
            return "keys"
        case "boolean":
            return "`true` or `false`"
        case "integer":
            return _number(one)
        case _:
            return "a table's file" if one.get("pattern", "").startswith(r"\.(xlsx") else "text"


def _number(one: dict[str, Any]) -> str:
    low, high = one.get("minimum"), one.get("maximum")
    bounds = f", {low} to {high:,}" if high is not None else f" from {low}" if low is not None else ""
    return f"a whole number{bounds}"


def _columns(table: str) -> str:
    rows = [
        f"| {key} | {'yes' if key in NEEDED[table] else ''} | {', '.join(names)} |"
        for key, names in TABLES[table].items()
    ]
    return "\n".join(["| column | needed | any of these names |", "| --- | --- | --- |", *rows])
