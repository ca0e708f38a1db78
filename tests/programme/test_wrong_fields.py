"""Every field of both files wrong in turn: a sentence with the line, never a traceback."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from bot.domain.event import WorkspaceId
from bot.programme.faults import Fault
from bot.programme.folder import InMemory
from bot.programme.schemas import Schema, schema
from bot.programme.yaml import read_event, read_template
from tests.programme.full import full_event, full_template, yaml_text

FILES = {Schema.EVENT: full_event(), Schema.TEMPLATE: full_template()}
T1 = WorkspaceId("T1")


def all_faults(file: Schema, tree: Any) -> tuple[Fault, ...]:
    folder = InMemory({"file.yaml": yaml_text(tree)})
    if file is Schema.EVENT:
        return read_event(folder, "file.yaml", T1).faults
    return read_template(folder, "file.yaml")[1]


def leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from leaves(value, (*path, index))
    if path:
        yield path


def at(tree: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        tree = tree[step]
    return tree


PATHS = [(file, path) for file, tree in FILES.items() for path in leaves(tree)]
NAMES = [f"{file}: {'.'.join(map(str, path))}" for file, path in PATHS]


def test_the_files_here_use_every_key_there_is() -> None:
    for file, tree in FILES.items():
        used = {step for path in leaves(tree) for step in path if isinstance(step, str)}
        known = schema(file)
        keys = set(known["properties"])
        for row in known["$defs"].values():
            shape = row if "properties" in row else row["anyOf"][0]
            keys |= set(shape["properties"])
        assert keys - used == set()


def test_the_files_here_have_no_fault() -> None:
    assert [str(each) for file, tree in FILES.items() for each in all_faults(file, tree)] == []


@pytest.mark.parametrize(("file", "path"), PATHS, ids=NAMES)
def test_a_mapping_in_the_place_of_any_value_is_a_fault_of_its_line(file: Schema, path: Any) -> None:
    tree = deepcopy(FILES[file])
    at(tree, path[:-1])[path[-1]] = {"never-seen": 1}
    text = yaml_text(tree).decode().splitlines()
    found = [each for each in all_faults(file, tree) if not each.is_warning]
    assert found != []
    said = [text[each.place.line - 1] for each in found]
    assert any("never-seen" in line or str(path[-1]) in line for line in said)


WRONG: tuple[Any, ...] = (
    None, True, 7, -1, 2.5, "", " ", "\n", "x" * 2_001, [], [[]], {}, "2018-13-07 15:30", "25:61", "../../x",
    "a/b.yaml", "x.csv", "@", "U1", "on the record", 10**30, float("inf"), float("nan"), "\ud7ff\u202e",
)  # fmt: skip


@pytest.mark.parametrize(("file", "path"), PATHS, ids=NAMES)
def test_any_value_in_any_place_comes_to_a_file_or_to_sentences(file: Schema, path: Any) -> None:
    for wrong in WRONG:
        tree = deepcopy(FILES[file])
        at(tree, path[:-1])[path[-1]] = wrong
        check_sentences(all_faults(file, tree))


@pytest.mark.parametrize(("file", "path"), PATHS, ids=NAMES)
def test_any_part_left_out_comes_to_a_file_or_to_sentences(file: Schema, path: Any) -> None:
    tree = deepcopy(FILES[file])
    del at(tree, path[:-1])[path[-1]]
    check_sentences(all_faults(file, tree))


def check_sentences(faults: tuple[Fault, ...]) -> None:
    for each in faults:
        said = str(each)
        assert "\n" not in said
        assert said.endswith((".", "?")), said
        assert "Input should" not in said, said  # pydantic's own words, which are no organiser's
        assert "validation" not in said, said
        assert len(said) < 500, said
