"""The schemas that ship say what the models say, and fit the files that ship."""

import os
from copy import deepcopy
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.programme.schemas import SHIPPED, Schema, first_line, schema, schema_text
from tests.programme.full import full_event, full_template
from tests.programme.json_schema import faults
from tests.programme.test_check import plenary

FILES = {Schema.EVENT: full_event(), Schema.TEMPLATE: full_template()}


@pytest.mark.parametrize("file", Schema)
def test_the_schema_that_ships_is_the_models(file: Schema) -> None:
    """UPDATE_GOLDENS=1 writes it anew."""
    if os.environ.get("UPDATE_GOLDENS"):
        SHIPPED[file].write_text(schema_text(file))
    assert SHIPPED[file].read_text() == schema_text(file)


@pytest.mark.parametrize("file", Schema)
def test_every_key_is_explained(file: Schema) -> None:
    def unexplained(node: Any) -> list[str]:
        inner = [each for part in node.values() if isinstance(part, dict) for each in unexplained(part)]
        own = [key for key, one in node.get("properties", {}).items() if "description" not in one]
        return [*own, *inner]

    assert unexplained(schema(file)) == []


@pytest.mark.parametrize("file", Schema)
def test_a_file_that_uses_every_key_fits_its_schema(file: Schema) -> None:
    assert faults(FILES[file], schema(file), schema(file)) == []


@pytest.mark.parametrize(
    ("file", "path", "wrong"),
    [
        (Schema.EVENT, ("chanel",), "C1"),
        (Schema.EVENT, ("sessions", 0, "level"), "secret"),
        (Schema.EVENT, ("sessions", 0, "starts"), "noon"),
        (Schema.EVENT, ("due_minutes_before",), -1),
        (Schema.EVENT, ("people",), "people.txt"),
        (Schema.TEMPLATE, ("sections", 0, "kind"), "poem"),
        (Schema.TEMPLATE, ("version",), 0),
    ],
)
def test_an_editor_underlines_what_is_wrong(file: Schema, path: tuple[Any, ...], wrong: object) -> None:
    tree: Any = deepcopy(FILES[file])
    inner = tree
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = wrong
    assert faults(tree, schema(file), schema(file)) != []


@pytest.mark.parametrize("name", ["people", "sessions", "organisations"])
def test_a_list_may_be_a_table(name: str) -> None:
    assert (
        faults(FILES[Schema.EVENT] | {name: f"{name}.xlsx"}, schema(Schema.EVENT), schema(Schema.EVENT)) == []
    )


@pytest.mark.parametrize("file", Schema)
def test_shipped_files_name_their_schema_and_fit_it(file: Schema) -> None:
    for path in SHIPPED[file].parent.glob("*.yaml"):
        text = path.read_text()
        tree = YAML(typ="safe", pure=True).load(text)
        assert text.startswith(f"{first_line(file)}\n")
        unfilled = ["'' is not like ^(?:[CG][A-Z0-9]+)$"] if file is Schema.EVENT else []
        assert faults(tree, schema(file), schema(file)) == unfilled


@pytest.mark.parametrize("file", Schema)
def test_the_command_prints_the_schema(file: Schema, tmp_path: Any) -> None:
    said = plenary("schema", file.value, folder=tmp_path)
    assert (said.returncode, said.stdout) == (0, schema_text(file))
