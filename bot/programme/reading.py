"""A file with its tables, held against its model: every fault as one sentence with its place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from bot.programme.faults import Fault, Place, nearest, shown
from bot.programme.fields import Strict, is_table
from bot.programme.folder import LARGEST_TEXT, TABLES, Folder, Unreadable, plain, text_of
from bot.programme.table import Table, table_of
from bot.programme.tree import Loc, Tree, tree_of

M = TypeVar("M", bound=Strict)


@dataclass(frozen=True, slots=True)
class Source:
    """What a YAML file says, its tables put in their places; `values` is None when it cannot be used."""

    tree: Tree
    values: dict[str, Any] | None
    tables: dict[str, Table] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    @property
    def label(self) -> str:
        """The file's name, as faults say it."""
        return self.tree.file

    def place(self, loc: Loc) -> Place:
        """Of a value: a line, or a cell of the table that it came from."""
        if len(loc) > 1 and loc[0] in self.tables:
            return self.tables[str(loc[0])].place(loc[1:])
        return self.tree.place(loc)

    def at(self, loc: Loc) -> Any:
        """The value that a path leads to; None when there is none."""
        value: Any = self.values
        for step in loc:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def rows(self, *loc: int | str) -> list[Any]:
        """The list that a path leads to; empty when there is none."""
        value = self.at(loc)
        return value if isinstance(value, list) else []

    def fault(self, loc: Loc, expected: str, **more: Any) -> Fault:
        """A fault of a value."""
        return Fault(place=self.place(loc), expected=expected, **more)

    def is_said(self, error: Any) -> bool:
        """Whether what is missing in a row is a whole column, or the row a whole table, of which we told."""
        key, rest = error["loc"][:1], error["loc"][1:]
        if not key or key[0] not in self.tables:
            return False
        table = self.tables[key[0]]
        if error["type"] == "missing" and len(rest) == 2:
            return table.lacks(str(rest[1]))
        return not rest and not table.rows and bool(table.faults)


@dataclass(frozen=True, slots=True)
class Read(Generic[M]):
    """A file's row, if it has no fault, and everything that is to be said about it."""

    source: Source
    row: M | None
    faults: tuple[Fault, ...]


def opened(folder: Folder, name: str) -> Tree:
    """A YAML file of the folder; what cannot be read is a fault of it."""
    label = folder.label(name)
    try:
        return tree_of(label, text_of(folder.content(name, LARGEST_TEXT)))
    except Unreadable as error:
        return Tree(label, faults=(Fault(place=Place(file=label), expected=str(error)),))


def source_of(tree: Tree) -> Source:
    """A file that names no tables."""
    return Source(tree, tree.values, faults=tree.faults)


def with_tables(folder: Folder, tree: Tree, keys: Iterable[str]) -> Source:
    """A file in which each of the keys may name a table beside it, with their rows in the place of names."""
    if tree.values is None:
        return source_of(tree)
    values, tables, faults = dict(tree.values), {}, list(tree.faults)
    for key in keys:
        named = values.get(key)
        if not isinstance(named, str):
            continue
        problem = _no_table(named)
        if problem is None:
            tables[key] = table_of(folder, named, key)
            values[key] = tables[key].rows
            faults += tables[key].faults
        else:
            values[key] = None
            faults.append(Fault(place=tree.place((key,)), what=key, expected=problem, found=shown(named)))
    return Source(tree, values, tables, tuple(faults))


def _no_table(name: str) -> str | None:
    """Why a text is not the name of a table beside the file."""
    if not is_table(name):
        return f"expected a list, one '- …' a line, or the name of a table ({' or '.join(TABLES)})"
    try:
        plain(name)
    except Unreadable as error:
        return str(error)
    return None


def read(source: Source, model: type[M]) -> Read[M]:
    """A source as a row of its model."""
    if source.values is None:
        return Read(source, None, source.faults)
    try:
        row = model.model_validate(source.values)
    except ValidationError as error:
        return Read(source, None, (*source.faults, *_faults(source, model, error)))
    grave = any(not each.is_warning for each in source.faults)
    return Read(source, None if grave else row, source.faults)


def _faults(source: Source, model: type[Strict], error: ValidationError) -> Iterator[Fault]:
    told = {fault.what for fault in source.faults if fault.what}
    for each in error.errors(include_url=False):
        loc = each["loc"]
        if source.is_said(each) or (len(loc) == 1 and loc[0] in told):
            continue
        context = each.get("ctx", {})
        is_unknown = each["type"] == "extra_forbidden"
        words = _keys(model, loc[:-1]) if is_unknown else context.get("choices", ())
        meant = loc[-1] if is_unknown and loc else each["input"]
        yield Fault(
            place=source.place(loc),
            what=path(loc),
            expected=_expected(each["type"], each["msg"], context),
            found="" if each["type"] in ("missing", "extra_forbidden") else shown(each["input"]),
            hint=nearest(meant, words),
        )


def path(loc: Loc) -> str:
    """The way to a value, as people count."""
    return " ".join(f"no. {step + 1}" if isinstance(step, int) else step for step in loc)


def _keys(model: type[BaseModel], loc: Loc) -> Iterable[str]:
    """The keys of the mapping that a path leads to."""
    for step in loc:
        if isinstance(step, str) and step in model.model_fields:
            inner = _models(model.model_fields[step].annotation)
            if not inner:
                return ()
            model = inner[0]
    return tuple(model.model_fields)


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models that a field may hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [each for inner in get_args(annotation) for each in _models(inner)]


_EXPECTED = {
    "missing": "is missing",
    "extra_forbidden": "is not a key of this file",
    "string_type": "expected text; put it in quotes",
    "int_type": "expected a whole number",
    "bool_type": "expected true or false",
    "list_type": "expected a list, one '- …' a line",
    "dict_type": "expected keys with values",
    "model_type": "expected keys with values",
    "model_attributes_type": "expected keys with values",
    "greater_than_equal": "expected a number from {ge}",
    "less_than_equal": "expected a number up to {le}",
    "too_short": "expected at least {min_length}",
    "too_long": "expected at most {max_length}",
    "string_too_short": "expected at least {min_length} character",
    "string_too_long": "expected at most {max_length} characters",
}


def _expected(kind: str, message: str, context: dict[str, Any]) -> str:
    return _EXPECTED[kind].format(**context) if kind in _EXPECTED else message
