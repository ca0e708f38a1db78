"""YAML text -> plain values, with the line of each and every key that stands twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from itertools import count
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.programme.faults import Fault, Place, shown

MOST = 100_000  # values, repeated ones counted each time: aliases of aliases grow without end
_CORE = "tag:yaml.org,2002:"

Loc: TypeAlias = tuple[int | str, ...]


class _TooMany(Exception):
    """More values than any file of ours has."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A YAML file: `values` is what it says, or None when it says nothing that can be used."""

    file: str
    values: dict[str, Any] | None = None
    node: Node | None = None
    faults: tuple[Fault, ...] = ()
    keys: dict[int, dict[str, tuple[int, Node]]] = field(default_factory=dict)  # of mappings asked about

    def place(self, loc: Loc) -> Place:
        """Of the value that a path leads to, or of the nearest thing above it."""
        node, line = self.node, 1
        for step in loc:
            found = self._below(node, step)
            if found is None:
                break
            line, node = found
        return Place(file=self.file, line=line)

    def _below(self, node: Node | None, step: int | str) -> tuple[int, Node] | None:
        """The line and the node of a key or of a number in a list."""
        if isinstance(node, MappingNode) and isinstance(step, str):
            if id(node) not in self.keys:
                self.keys[id(node)] = dict(_lines(node))
            return self.keys[id(node)].get(step)
        if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
            child = node.value[step]
            return child.start_mark.line + 1, child
        return None


def tree_of(file: str, text: str) -> Tree:
    """A YAML text, with what is wrong with it as YAML."""
    try:
        node = YAML(typ="safe", pure=True).compose(StringIO(text))
        if not isinstance(node, MappingNode):
            return _broken(file, 1, "expected keys with values, such as 'name: ...'")
        reading = _Reading(file)
        return Tree(file, reading.value(node), node, tuple(reading.faults))
    except _TooMany:
        return _broken(file, 1, f"holds over {MOST:,} values; is it the right file?")
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return _broken(file, line, _reason(error, text, line))
    except Exception:  # noqa: BLE001 - an odd file makes the parser raise anything at all
        return _broken(file, 1, "is not YAML")


def _reason(error: MarkedYAMLError, text: str, line: int) -> str:
    """The parser's words, and what is behind them most often."""
    problem = str(error.problem or "is not YAML")
    written = text.splitlines()[line - 1 : line]
    if "'@'" in problem:
        return f"{problem}; put text that begins with @ in quotes"
    if any("\t" in each[: len(each) - len(each.lstrip())] for each in written):
        return f"{problem}; put spaces in the place of tabs"
    return problem


def _broken(file: str, line: int, expected: str) -> Tree:
    expected = expected.rstrip("?.")
    return Tree(file, faults=(Fault(place=Place(file=file, line=line), expected=expected),))


def _lines(node: MappingNode) -> Iterator[tuple[str, tuple[int, Node]]]:
    """The keys of a mapping with their lines; the first counts when one stands twice."""
    for key, value in reversed(node.value):
        if isinstance(key, ScalarNode):
            yield str(key.value), (key.start_mark.line + 1, value)


@dataclass(slots=True)
class _Reading:
    """One walk through the nodes of a file."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    counted: Iterator[int] = field(default_factory=lambda: count(1))

    def value(self, node: Node) -> Any:
        if next(self.counted) > MOST:
            raise _TooMany
        if isinstance(node, MappingNode):
            return self._mapping(node)
        if isinstance(node, SequenceNode):
            return [self.value(each) for each in node.value]
        return self._scalar(node)

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode) or key.tag == f"{_CORE}merge":
                self._fault(key, "expected a plain key")
                continue
            if key.value in values:
                self._fault(key, f"the key {shown(key.value)} stands here twice")
                continue
            values[str(key.value)] = self.value(value)
        return values

    def _scalar(self, node: Node) -> Any:
        """Numbers and truths are what they look like; a date stays the text that it is."""
        text = str(node.value)
        match str(node.tag).removeprefix(_CORE):
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return _number(text, int)
            case "float":
                return _number(text, float)
            case "str" | "timestamp":
                return text
            case tag:
                self._fault(node, f"has the tag {shown(tag)}, which means nothing here")
                return text

    def _fault(self, node: Node, expected: str) -> None:
        place = Place(file=self.file, line=node.start_mark.line + 1)
        self.faults.append(Fault(place=place, expected=expected))


def _number(text: str, kind: type[int] | type[float]) -> int | float | str:
    """The number; the text, which no field takes for one, when it is none of ours (hexadecimal, endless)."""
    try:
        return kind(text)
    except ValueError:
        return text
