"""A table of sessions, people or organisations -> rows like the event file's, each value with its cell."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.people import How
from bot.programme.columns import NEEDED, TABLES, meant
from bot.programme.faults import Fault, Place, nearest, shown
from bot.programme.folder import Folder
from bot.programme.grid import Grid, grid_of
from bot.programme.persons import how_of
from bot.programme.tree import Loc

_HEAD_WITHIN = 20  # rows: titles and logos may stand above the names of the columns
_TRUTHS = {"yes": True, "x": True, "true": True, "oui": True, "no": False, "false": False, "non": False}
_ALONE = re.compile(r"(\d{1,2}:\d{2})(:00)?")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a file; a path's first step is the row's place in `rows`."""

    grid: Grid
    columns: Mapping[str, int]
    numbers: tuple[int, ...]  # of the rows, in the file
    rows: list[dict[str, Any]]
    faults: tuple[Fault, ...]

    def place(self, loc: Loc) -> Place:
        """The cell of a value, of the row's first column when the row as a whole is meant."""
        if not loc or not isinstance(loc[0], int) or loc[0] >= len(self.numbers):
            return Place(file=self.grid.file)
        return self.grid.place(self.numbers[loc[0]], self._column(self.rows[loc[0]], loc[1:]))

    def lacks(self, key: str) -> bool:
        """Whether there is no column for a key, which is said once and not for each row."""
        return key not in self.columns

    def _column(self, row: dict[str, Any], loc: Loc) -> int:
        key = str(loc[0]) if loc else ""
        if key == "rapporteurs":
            is_lead = "rapporteur" in self.columns and _cell_is_filled(row, loc)
            named = "rapporteur name" if loc[2:] == ("name",) else "rapporteur"
            key = named if is_lead and named in self.columns else "co-rapporteurs"
        return self.columns.get(key, min(self.columns.values(), default=0))


def _cell_is_filled(row: dict[str, Any], loc: Loc) -> bool:
    """Whether a rapporteur of a row came from the column of the lead."""
    place = loc[1] if len(loc) > 1 and isinstance(loc[1], int) else 0
    return bool(row["rapporteurs"][place].get("part") == "lead")


def table_of(folder: Folder, name: str, table: str) -> Table:
    """A file as the table of a key of the event file: sessions, people, organisations."""
    grid = grid_of(folder, name)
    head = _head(grid, table)
    if head is None:
        is_unread = bool(grid.faults) and not grid.rows
        return Table(grid, {}, (), [], grid.faults if is_unread else (*grid.faults, _no_head(grid, table)))
    columns, faults = _columns(grid, head, table)
    numbers = tuple(number for number in grid.rows if number > head)
    rows = [_row(table, {key: _cell(grid.rows[each], at) for key, at in columns.items()}) for each in numbers]
    return Table(grid, columns, numbers, rows, (*grid.faults, *faults))


def _cell(row: tuple[str, ...], column: int) -> str:
    return row[column] if column < len(row) else ""


def _head(grid: Grid, table: str) -> int | None:
    """The row that names the columns: the first that names what is needed most."""
    needed = 1 if len(NEEDED[table]) == 1 else 2
    for number, row in grid.rows.items():
        if number <= _HEAD_WITHIN and len({meant(table, each) for each in row} - {None}) >= needed:
            return number
    return None


def _no_head(grid: Grid, table: str) -> Fault:
    if not grid.rows:
        return Fault(place=Place(file=grid.file), expected="holds no rows")
    return Fault(
        place=grid.place(min(grid.rows), 0),
        expected=f"expected a row that names the columns, such as {', '.join(_all_needed(table))}",
    )


def _all_needed(table: str) -> tuple[str, ...]:
    return NEEDED[table] if len(NEEDED[table]) > 1 else (*NEEDED[table], "spellings")


def _columns(grid: Grid, head: int, table: str) -> tuple[dict[str, int], list[Fault]]:
    columns: dict[str, int] = {}
    faults = []
    for column, heading in enumerate(grid.rows[head]):
        key = meant(table, heading)
        if key is not None and key not in columns:
            columns[key] = column
        elif heading:
            faults.append(_odd_column(grid.place(head, column), table, heading, is_double=key is not None))
    lacking = [key for key in NEEDED[table] if key not in columns]
    if table == "people" and {"given name", "surname"} <= columns.keys():
        lacking = []
    for key in lacking:
        names = ", ".join(TABLES[table][key][:3])
        faults.append(Fault(place=grid.place(head, 0), expected=f"has no column {key} (or: {names})"))
    return columns, faults


def _odd_column(place: Place, table: str, heading: str, *, is_double: bool) -> Fault:
    """A second column of a meaning is a fault, and so is a name nearly right: its cells would be lost."""
    if is_double:
        return Fault(place=place, expected=f"the column {shown(heading)} means the same as one before it")
    names = [name for names in TABLES[table].values() for name in names if len(name) > 3]
    hint = nearest(heading, names, alike=85)
    return Fault(
        place=place,
        expected=f"the column {shown(heading)} is not known, and not read",
        hint=hint,
        is_warning=not hint,
    )


def _row(table: str, cells: dict[str, str]) -> dict[str, Any]:
    filled = {key: text for key, text in cells.items() if text}
    return _session(filled) if table == "sessions" else _named(filled)


def _session(cells: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for key, text in cells.items():
        if key in ("starts", "ends", "due"):
            row[key] = _moment(text, cells.get("day", ""))
        elif key == "cancelled":
            row[key] = _TRUTHS.get(text.casefold(), text)
        elif key == "template":
            row[key] = text
        elif key not in ("day", "rapporteur", "rapporteur name", "rapporteur affiliation", "co-rapporteurs"):
            row[key] = " ".join(text.split())
    if reporting := _rapporteurs(cells):
        row["rapporteurs"] = reporting
    return row


def _moment(text: str, day: str) -> str:
    """A day and time; a time alone is of the row's day, and seconds that are none are left out."""
    text = re.sub(r"^(\d{4}-\d\d-\d\d)T", r"\1 ", text)
    if alone := _ALONE.fullmatch(text):
        return f"{day[:10]} {alone[1].zfill(5)}".strip()
    return re.sub(r"^(\d{4}-\d\d-\d\d \d\d:\d\d):00$", r"\1", text)


def _rapporteurs(cells: dict[str, str]) -> list[dict[str, Any]]:
    """The lead's cell names one person, that of the others as many as it holds, between semicolons."""
    found = []
    if "rapporteur" in cells:
        lead = {**_person(cells["rapporteur"]), "part": "lead"}
        for column, key in (("rapporteur name", "name"), ("rapporteur affiliation", "affiliation")):
            if column in cells:
                lead[key] = cells[column]
        found.append(lead)
    return [*found, *({**_person(each), "part": "co"} for each in _several(cells.get("co-rapporteurs", "")))]


def _person(text: str) -> dict[str, Any]:
    """A member id, an address, or else the name that Slack shows."""
    how = how_of(text)
    return {"slack" if how is How.ID else "email" if how is How.EMAIL else "handle": text}


def _named(cells: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {key: text for key, text in cells.items() if key not in ("given name", "surname")}
    parts = [cells[each] for each in ("given name", "surname") if each in cells]
    if parts and "name" not in row:
        row["name"] = " ".join(parts)
    if "spellings" in row:
        row["spellings"] = _several(row["spellings"])
    return row


def _several(text: str) -> list[str]:
    return [each.strip() for each in re.split(r"[;\n]", text) if each.strip()]
