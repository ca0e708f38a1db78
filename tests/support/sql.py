"""As much of SQL as SQLAlchemy writes: which tables a statement touches without keeping to one workspace."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""
      (?P<value> '(?:[^']|'')*' | \? | %\(\w+\)s | :\w+ | \d+ )
    | (?P<name> (?:"[^"]+"|\w+) (?: \. (?:"[^"]+"|\w+) )* )
    | (?P<mark> <>|!=|<=|>=|\|\||\S )
    """,
    re.VERBOSE,
)
_CAST = re.compile(r"::(?:TIMESTAMP WITH(?:OUT)? TIME ZONE|\w+)(?:\(\d+\))?")
_VALUE = "a value"  # what a parameter or a literal is read as
_WORKSPACE = "workspace"

_SET_OPERATIONS = {"UNION", "INTERSECT", "EXCEPT"}
_TABLES_FOLLOW = {"FROM", "JOIN", "INTO", "UPDATE", "USING"}
_CONDITIONS_FOLLOW = {"WHERE", "ON"}
_OTHERS_FOLLOW = {
    "SELECT", "SET", "VALUES", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "RETURNING", "FOR", "CONFLICT",
    "LEFT", "RIGHT", "FULL", "INNER", "OUTER", "CROSS", "DELETE", "INSERT", "DO", "DEFAULT",
}  # fmt: skip
_CLAUSES = _TABLES_FOLLOW | _CONDITIONS_FOLLOW | _OTHERS_FOLLOW


def unfiltered(statement: str, ours: Collection[str]) -> list[str]:
    """The tables among `ours` that a statement reads or changes across workspaces, in order of appearance.

    A table is kept to one workspace by `workspace = value` among the conditions that must all hold, or by
    being equal in it to a table that is; an INSERT by setting it. What is under OR or NOT keeps nothing.
    """
    parts = iter(_TOKEN.finditer(_CAST.sub("", statement)))
    return list(_judged(_nested(parts), frozenset(ours), frozenset()))


def _nested(tokens: Iterator[re.Match[str]]) -> list[object]:
    """Words, with what stands in parentheses as a list of its own."""
    found: list[object] = []
    for token in tokens:
        text = token.group()
        if text == "(":
            found.append(_nested(tokens))
        elif text == ")":
            return found
        else:
            found.append(_VALUE if token.lastgroup == "value" else text.replace('"', ""))
    return found


@dataclass
class _Scope:
    """One SELECT, UPDATE, DELETE or INSERT without what is nested in it."""

    tables: dict[str, str] = field(default_factory=dict)  # alias -> table
    conditions: list[list[object]] = field(default_factory=list)
    inserted: str | None = None
    sets: list[object] = field(default_factory=list)  # columns of the INSERT


def _judged(parts: list[object], ours: frozenset[str], outer: frozenset[str]) -> Iterator[str]:
    for branch in _split(parts, _SET_OPERATIONS):
        scope = _scope(branch, ours)
        if scope.inserted in ours and _WORKSPACE not in scope.sets:
            yield str(scope.inserted)
        kept = _kept(scope, outer)
        yield from (table for alias, table in scope.tables.items() if table in ours and alias not in kept)
        for part in branch:
            if isinstance(part, list):
                yield from _judged(part, ours, outer | scope.tables.keys())


def _scope(parts: list[object], ours: frozenset[str]) -> _Scope:
    scope = _Scope()
    clause = before = ""
    for place, part in enumerate(parts):
        word = part.upper() if isinstance(part, str) else ""
        if word in _CLAUSES:
            clause = word
            if word in _CONDITIONS_FOLLOW:
                scope.conditions.append([])
        elif clause == "INTO":
            _read_insert(scope, part)
        elif clause in _CONDITIONS_FOLLOW:
            scope.conditions[-1].append(part)
        elif clause in _TABLES_FOLLOW and (before in _TABLES_FOLLOW or before == ","):
            _read_table(scope, part, parts[place + 1 : place + 3], ours)
        before = word
    return scope


def _read_insert(scope: _Scope, part: object) -> None:
    if isinstance(part, list):
        scope.sets = scope.sets or part
    elif scope.inserted is None:
        scope.inserted = str(part)


def _read_table(scope: _Scope, part: object, after: list[object], ours: frozenset[str]) -> None:
    if isinstance(part, list):
        if part[:1] != ["SELECT"]:  # joins in parentheses belong to this scope
            inner = _scope(["FROM", *part], ours)
            scope.tables |= inner.tables
            scope.conditions += inner.conditions
        return
    words = [word for word in after if word != "AS"]
    alias = words[0] if words and isinstance(words[0], str) and words[0].isidentifier() else part
    scope.tables[str(part if str(alias).upper() in _CLAUSES else alias)] = str(part)


def _kept(scope: _Scope, outer: frozenset[str]) -> set[str]:
    """The aliases that keep to one workspace, or to that of the statement around this one."""
    equal = [pair for condition in scope.conditions for pair in _equalities(condition, scope.tables)]
    kept: set[str] = {_VALUE} | (outer - scope.tables.keys())
    for _ in equal:
        for one, other in equal:
            if one in kept or other in kept:
                kept |= {one, other}
    return kept


def _equalities(condition: list[object], tables: Collection[str]) -> Iterator[tuple[str, str]]:
    """Pairs of what has the same workspace if this condition holds: aliases, or an alias and a value."""
    if any(isinstance(part, str) and part.upper() == "OR" for part in condition):
        return
    for term in _split(condition, {"AND"}):
        match term:
            case [list() as inner]:
                yield from _equalities(inner, tables)
            case [str() as left, "=", str() as right]:
                sides = [_owner(side, tables) for side in (left, right)]
                if sides[0] and sides[1]:
                    yield sides[0], sides[1]


def _owner(side: str, tables: Collection[str]) -> str | None:
    """Whose workspace this is; a bare column is of the only table."""
    if side == _VALUE:
        return _VALUE
    if side == _WORKSPACE and len(tables) == 1:
        return next(iter(tables))
    alias, _, column = side.rpartition(".")
    return alias if column == _WORKSPACE else None


def _split(parts: list[object], at: set[str]) -> list[list[object]]:
    found: list[list[object]] = [[]]
    for part in parts:
        if isinstance(part, str) and part.upper() in at:
            found.append([])
        else:
            found[-1].append(part)
    return found
