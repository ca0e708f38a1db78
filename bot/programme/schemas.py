"""JSON Schemas of both files, so that editors complete and underline while an organiser writes."""

import json
from enum import StrEnum
from typing import Any

from bot.programme.event_rows import EventFile
from bot.programme.fields import Strict
from bot.programme.files import LIBRARY
from bot.programme.form_rows import TemplateFile


class Schema(StrEnum):
    """The files that have one."""

    EVENT = "event"
    TEMPLATE = "template"


MODELS: dict[str, type[Strict]] = {"event": EventFile, "template": TemplateFile}
SHIPPED = {
    "event": LIBRARY / "events" / "event.schema.json",
    "template": LIBRARY / "templates" / "template.schema.json",
}


def first_line(file: str) -> str:
    """The first line of an event or template file, by which editors find its schema beside it."""
    return f"# yaml-language-server: $schema={SHIPPED[file].name}"


def schema(file: str) -> dict[str, Any]:
    """The schema of an event or template file, made from its model."""
    made = MODELS[file].model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Plenary: the {file} file",
        **{key: _plainer(value) for key, value in made.items() if key != "title"},
    }


def schema_text(file: str) -> str:
    """As it ships."""
    return json.dumps(schema(file), ensure_ascii=False, indent=1) + "\n"


def _plainer(node: Any) -> Any:
    """Without the titles that repeat a key, and without the null that stands for "left out"."""
    if isinstance(node, list):
        return [_plainer(each) for each in node]
    if not isinstance(node, dict):
        return node
    node = {
        key: {name: _plainer(each) for name, each in value.items()} if key in _NAMED else _plainer(value)
        for key, value in node.items()
        if key != "title" and not (key == "default" and value is None)
    }
    return _without_null(node)


def _without_null(node: dict[str, Any]) -> dict[str, Any]:
    kinds = [each for each in node.get("anyOf", ()) if each != {"type": "null"}]
    if not kinds:
        return node
    others = {key: value for key, value in node.items() if key != "anyOf"}
    return {**kinds[0], **others} if len(kinds) == 1 else {**others, "anyOf": kinds}


_NAMED = ("properties", "$defs")  # what is below is named by us: "title" is a key there
