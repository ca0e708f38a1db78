"""The cells of a table, from CSV or a workbook, before anybody knows what they mean."""

import csv
from dataclasses import dataclass
from io import StringIO
from itertools import islice

from bot.programme.faults import Fault, Place
from bot.programme.folder import LARGEST_TABLE, Folder, Unreadable, guessed_text
from bot.programme.workbook import cells_of

MOST_ROWS = 5_000  # filled ones; an event of 400 sessions has 400
EMPTY_ROWS = 1_000  # in a row, after which a table is at its end
MOST_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows by their number in the file (from 1), empty ones left out; cells are stripped text."""

    file: str
    rows: dict[int, tuple[str, ...]]
    faults: tuple[Fault, ...] = ()

    def place(self, row: int, column: int) -> Place:
        """Of a cell; columns count from 0."""
        return Place(file=self.file, line=row, cell=f"{letters(column)}{row}")


def letters(column: int) -> str:
    """A column's name in spreadsheets; columns count from 0: A, ..., Z, AA."""
    name = ""
    while column >= 0:
        name, column = chr(ord("A") + column % 26) + name, column // 26 - 1
    return name


def grid_of(folder: Folder, name: str) -> Grid:
    """A table of the folder; what cannot be read is a fault of it."""
    label = folder.label(name)
    try:
        content = folder.content(name, LARGEST_TABLE)
        if name.lower().endswith(".csv"):
            return _separated(label, content)
        cells, unsolved = cells_of(content, rows=MOST_ROWS, empty=EMPTY_ROWS, columns=MOST_COLUMNS)
        grid = Grid(label, cells)
        faults = [_unsolved(grid.place(row, column)) for row, column in unsolved]
        return Grid(label, cells, tuple(faults))
    except Unreadable as error:
        return Grid(label, {}, (Fault(place=Place(file=label), expected=str(error)),))


def _unsolved(place: Place) -> Fault:
    return Fault(
        place=place,
        expected="holds a formula without its result; open the workbook, save it, or type the value",
    )


def _separated(label: str, content: bytes) -> Grid:
    """CSV with commas, semicolons or tabs, whichever its first line has most of."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable("is a workbook; name it .xlsx")
    text, guessed = guessed_text(content)
    head = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows: dict[int, tuple[str, ...]] = {}
    try:
        for number, row in enumerate(csv.reader(StringIO(text, newline=""), delimiter=delimiter), 1):
            cells = tuple(cell.strip() for cell in islice(row, MOST_COLUMNS))
            if any(cells):
                rows[number] = cells
            if len(rows) > MOST_ROWS:
                raise Unreadable(f"holds over {MOST_ROWS:,} rows; is it the right file")
    except csv.Error:
        raise Unreadable("is no table of comma-separated values") from None
    return Grid(label, rows, (_guess(label, guessed),) if guessed else ())


def _guess(label: str, encoding: str) -> Fault:
    return Fault(
        place=Place(file=label),
        expected=f"was read as {encoding}, which is a guess; save it as UTF-8 if names look wrong",
        is_warning=True,
    )
