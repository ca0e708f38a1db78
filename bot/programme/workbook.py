"""An .xlsx workbook -> the text of its first sheet's cells; only what is bounded is let near the reader."""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import islice
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.cell import range_boundaries

from bot.programme.folder import Unreadable

LARGEST = 64_000_000  # bytes of all parts, unpacked: a million empty rows take 45
_PARTS = 500
_MERGES = 2_000
_HEAD = 65_536
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z0-9:]{2,24})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_MINUTE = timedelta(minutes=1)

Cells = dict[int, tuple[str, ...]]


def cells_of(content: bytes, *, rows: int, empty: int, columns: int) -> tuple[Cells, list[tuple[int, int]]]:
    """Filled rows by number, and the cells (row, column from 0) whose formula has no result in the file.

    Reading ends after `empty` empty rows. A merged cell counts in each of its rows.
    Raises Unreadable for what is no workbook, or not one for us.
    """
    _inspect(content)
    bounds = {"rows": rows, "empty": empty, "columns": columns}
    try:
        values, path = _sheet(content, formulas=False, **bounds)
        with ZipFile(BytesIO(content)) as packed:
            sheet = packed.read(path)
        unsolved: list[tuple[int, int]] = []
        if _FORMULA.search(sheet):
            formulas, _ = _sheet(content, formulas=True, **bounds)
            unsolved = list(_unsolved(values, formulas))
        _spread(values, sheet, columns)
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - an odd workbook makes the reader raise anything at all
        raise Unreadable("is no workbook that can be read; save it anew as .xlsx") from None
    return {number: row for number, row in values.items() if any(row)}, unsolved


def _inspect(content: bytes) -> None:
    """Nothing in the file is larger or other than it should be, or Unreadable."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("is an old .xls workbook, or locked with a password; save it as .xlsx without one")
    try:
        with ZipFile(BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > _PARTS or sum(part.file_size for part in parts) > LARGEST:
                raise Unreadable(f"unpacks to over {LARGEST:,} bytes; is it the right file")
            if not any(part.filename == "xl/workbook.xml" for part in parts):
                raise Unreadable("is no .xlsx workbook, whatever its name says; save it as .xlsx")
            if any(_defines(packed, part.filename) for part in parts):
                raise Unreadable("holds definitions that no workbook needs; save it anew as .xlsx")
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - what is no archive, or a damaged one, raises anything at all
        raise Unreadable("is no .xlsx workbook, whatever its name says; save it as .xlsx or .csv") from None


def _defines(packed: ZipFile, part: str) -> bool:
    """Whether XML brings entities of its own, which may grow without end."""
    with packed.open(part) as opened:
        head = opened.read(_HEAD)
    return b"<!DOCTYPE" in head or b"<!ENTITY" in head


def _sheet(content: bytes, *, rows: int, empty: int, columns: int, formulas: bool) -> tuple[Cells, str]:
    """The first sheet's filled rows, and the name of its part in the archive."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions, which nobody here needs
        book = load_workbook(BytesIO(content), read_only=True, data_only=not formulas, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its size need not be true
        found: Cells = {}
        last = 0
        for number, cells in enumerate(sheet.iter_rows(max_col=columns), 1):
            texts = tuple(_text(cell) for cell in cells)
            if any(texts):
                found[number], last = texts, number
            if len(found) > rows:
                raise Unreadable(f"holds over {rows:,} rows; is it the right file")
            if number - last > empty:
                break
        book.close()
    return found, sheet._worksheet_path  # no public name tells which part of the archive it is


def _text(cell: object) -> str:
    """A cell as it is read: days and times in the form of ours, whole numbers without a point."""
    value = getattr(cell, "value", None)
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{_to_minute(value):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case time():
            return f"{_to_minute(datetime.combine(date(2000, 1, 1), value)):%H:%M}"
        case int() | float():
            return _number(value, str(getattr(cell, "number_format", "") or ""))
        case _:
            return str(value).strip()


def _to_minute(moment: datetime) -> datetime:
    """A spreadsheet's day is a fraction: 10:00 may be 9:59:59.9999 in it."""
    rounded = moment.replace(second=0, microsecond=0)
    return rounded + _MINUTE if moment - rounded >= _MINUTE / 2 else rounded


def _number(value: int | float, number_format: str) -> str:
    """A number as its cell shows it: 1.1 in a cell of the format 0.00 is the code 1.10."""
    places = re.fullmatch(r"0\.(0+)", number_format)
    if places is not None:
        return f"{value:.{len(places[1])}f}"
    return str(int(value)) if value == int(value) else repr(value)


def _unsolved(values: Cells, formulas: Cells) -> Iterator[tuple[int, int]]:
    """Cells that hold a formula and no result."""
    for number, row in formulas.items():
        for column, text in enumerate(row):
            known = values.get(number, ())
            if text.startswith("=") and not (column < len(known) and known[column]):
                yield number, column


def _spread(values: Cells, sheet: bytes, columns: int) -> None:
    """Put the value of each merged cell into all of its rows; rows that are empty stay so."""
    merged = list(islice(_MERGED.finditer(sheet), _MERGES + 1))
    if len(merged) > _MERGES:
        raise Unreadable(f"has over {_MERGES:,} merged cells; undo them")
    for found in merged:
        left, top, _, bottom = range_boundaries(found[1].decode())
        text = "".join(values.get(top, ())[left - 1 : left])
        if not text or left > columns:
            continue
        for number in [each for each in values if top < each <= bottom]:
            row = [*values[number], *[""] * (left - len(values[number]))]
            row[left - 1] = row[left - 1] or text
            values[number] = tuple(row)


def workbook_of(title: str, rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook of one sheet; every cell is text, also one that looks like a number or a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        cells = [WriteOnlyCell(sheet, value=each) for each in row]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    target = BytesIO()
    book.save(target)
    return target.getvalue()
