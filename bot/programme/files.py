"""YAML -> a checked pydantic model; every fault as one sentence with file and line."""

from collections.abc import Iterator
from functools import lru_cache
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from bot.errors import EventRefused

MOST = 100_000  # values, repeated ones counted each time: aliases of aliases grow without end
LARGEST = 1_000_000  # bytes; the largest event file seen in the planning had 60,000


class Strict(BaseModel):
    """A mapping of a file: no unknown keys, nothing converted in silence, no values in error texts."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


M = TypeVar("M", bound=Strict)

LIBRARY = Path(__file__).parent.parent / "library"


def manifest_path() -> Path:
    """Where app.yaml is: in a checkout at the top level, in an installed package in the library."""
    top = LIBRARY.parent.parent / "app.yaml"
    return top if top.is_file() else LIBRARY / "app.yaml"


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Surnames that are everyday words, in lower case."""
    text = (LIBRARY / "common_words.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def read(path: Path) -> str:
    """The text of a file, or EventRefused with what is wrong with it."""
    try:
        if path.stat().st_size > LARGEST:
            raise EventRefused([f"{path}: is larger than {LARGEST:,} bytes; is it the right file?"])
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise EventRefused([f"{path}: is not UTF-8 text; save it as UTF-8."]) from None
    except OSError as error:
        raise EventRefused([f"{path}: cannot be read ({error.strerror or 'unknown reason'})."]) from None


def parse(name: str, text: str, model: type[M]) -> tuple[M, CommentedMap]:
    """The model of a YAML text and the tree with its line numbers; raises EventRefused with all faults."""
    yaml = YAML(typ="rt", pure=True)
    try:
        tree = yaml.load(StringIO(text))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        hint = "; put text that begins with @ in quotes" if "'@'" in (error.problem or "") else ""
        raise EventRefused([f"{name}:{line}: {error.problem or 'is not YAML'}{hint}."]) from None
    except Exception:  # noqa: BLE001 - an odd file makes the parser raise anything at all
        raise EventRefused([f"{name}:1: is not YAML."]) from None
    if not isinstance(tree, CommentedMap):
        raise EventRefused([f"{name}:1: expected keys with values, such as 'name: ...'."])
    try:
        return model.model_validate(_plain(tree, count(1))), tree
    except _TooMany:
        raise EventRefused([f"{name}:1: holds over {MOST:,} values; is it the right file?"]) from None
    except ValidationError as error:
        raise EventRefused(
            [
                f"{name}:{line_of(tree, each['loc'])}: {_path(each['loc'])}: {_sentence(each)}"
                for each in error.errors(include_url=False, include_input=False)
            ]
        ) from None


def line_of(tree: CommentedMap, loc: tuple[int | str, ...]) -> int:
    """The line (from 1) of the value that a path leads to, or of the nearest thing above it."""
    node: Any = tree
    line = 1
    for step in loc:
        try:
            line = int(node.lc.data[step][0]) + 1
            node = node[step]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line


class _TooMany(Exception):
    """More values than any file of ours has."""


def _plain(node: object, counted: Iterator[int]) -> Any:
    if next(counted) > MOST:
        raise _TooMany
    if isinstance(node, CommentedMap):
        return {str(key): _plain(value, counted) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(each, counted) for each in node]
    return str(node) if isinstance(node, str) else node


def _path(loc: tuple[int | str, ...]) -> str:
    return " ".join(f"no. {step + 1}" if isinstance(step, int) else step for step in loc)


_SENTENCES = {
    "missing": "is missing.",
    "extra_forbidden": "is not a key of this file.",
    "string_type": "expected text; put it in quotes.",
    "int_type": "expected a whole number.",
    "list_type": "expected a list, one '- ...' a line.",
    "dict_type": "expected keys with values.",
    "model_type": "expected keys with values.",
}


def _sentence(error: Any) -> str:
    return _SENTENCES.get(error["type"], f"{error['msg'].removeprefix('Value error, ')}.")
