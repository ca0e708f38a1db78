"""Sessions and people as tables: forgiving about names of columns, exact about cells."""

import re
import time
from collections.abc import Sequence
from datetime import datetime
from datetime import time as clock
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from bot.domain.event import Level, Part, WorkspaceId
from bot.domain.people import How
from bot.programme.columns import TABLES, folded
from bot.programme.folder import LARGEST_TABLE, InMemory
from bot.programme.grid import letters
from bot.programme.workbook import LARGEST
from bot.programme.yaml import Checked, read_event
from tests.programme.full import full_event, yaml_text

HEAD = ("Code", "Title", "Starts", "Ends")
ROW = ("A1", "First panel", "2027-05-19 09:00", "2027-05-19 10:30")


def wall(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """As a cell holds it: without a zone."""
    return datetime(2027, month, day, hour, minute)  # noqa: DTZ001 - a workbook takes no other


def workbook(*rows: Sequence[Any]) -> Workbook:
    book = Workbook()
    for row in rows:
        sheet(book).append(list(row))
    return book


def sheet(book: Workbook) -> Worksheet:
    assert isinstance(book.active, Worksheet)
    return book.active


def saved(book: Workbook) -> bytes:
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def with_sessions(content: bytes, name: str = "sessions.xlsx") -> Checked:
    files = {"event.yaml": yaml_text(full_event() | {"sessions": name}), name: content}
    return read_event(InMemory(files), "event.yaml", WorkspaceId("T1"))


def with_people(content: bytes, name: str = "people.csv") -> Checked:
    files = {"event.yaml": yaml_text(full_event() | {"people": name}), name: content}
    return read_event(InMemory(files), "event.yaml", WorkspaceId("T1"))


def grave(found: Checked) -> list[str]:
    return [str(each) for each in found.faults if not each.is_warning]


def test_a_workbook_of_sessions_comes_to_the_same_as_rows_of_the_file() -> None:
    book = workbook(
        ("Programme of the dialogue",),
        (),
        ("Session", "Topic", "Start time", "End", "Hall", "Theme", "Level", "Form", "Deadline", "Cancelled",
         "Rapporteur", "Rapporteur name", "Rapporteur organisation", "Co-rapporteurs"),
        ("A1", "First panel", wall(5, 19, 9), wall(5, 19, 10, 30), "Hall 1", "Mobility",
         "Off the record", "one-text", wall(5, 20, 12), "no",
         "name@office.example", "Rapporteur 1", "Office", "U2; @three"),
        ("A2", "Second panel", "2027-05-19 11:00", "2027-05-19 12:30"),
    )  # fmt: skip
    found = with_sessions(saved(book))
    assert grave(found) == []
    assert found.programme is not None
    first, second = found.programme.sessions
    assert (first.room, first.track, first.level, first.template) == (
        "Hall 1", "Mobility", Level.OFF_THE_RECORD, "one-text",
    )  # fmt: skip
    assert first.due_at is not None
    assert (second.code, second.level) == ("A2", Level.RULE)
    reporting = [(each.how, each.whom, each.part, each.name) for each in found.programme.sought[:3]]
    assert reporting == [
        (How.EMAIL, "name@office.example", Part.LEAD, "Rapporteur 1"),
        (How.ID, "U2", Part.CO, ""),
        (How.HANDLE, "@three", Part.CO, ""),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_comes_with_any_delimiter_and_mark(delimiter: str, encoding: str) -> None:
    text = "\r\n".join(delimiter.join(row) for row in (HEAD, ROW))
    found = with_sessions(text.encode(encoding), "sessions.csv")
    assert grave(found) == []
    assert found.programme is not None
    assert found.programme.sessions[0].title == "First panel"


def test_an_old_encoding_is_read_and_said() -> None:
    rows = "name;affiliation\n" + "".join(f"Prénom Été {n};Délégation à Montréal\n" for n in range(20))
    found = with_people(rows.encode("cp1252"))
    assert found.programme is not None
    assert "Prénom Été 0" in found.programme.listed
    assert any(", which is a guess; save it as UTF-8" in str(each) for each in found.faults)


def test_people_have_spellings_and_may_have_their_name_in_two_columns() -> None:
    text = 'First name,Last name,Other spellings,E-mail\nSome,Body,"S. Body; Sombody",some@office.example\n'
    found = with_people(text.encode())
    assert found.programme is not None
    assert found.programme.listed[:3] == ("Some Body", "S. Body", "Sombody")


def test_a_time_alone_is_of_the_days_column() -> None:
    book = workbook(
        ("code", "title", "day", "from", "to"),
        ("A1", "First panel", wall(5, 19), clock(9), "10:30"),
    )
    found = with_sessions(saved(book))
    assert found.programme is not None
    session = found.programme.sessions[0]
    assert (session.ends_at - session.starts_at).total_seconds() == 90 * 60


def test_a_code_that_a_spreadsheet_took_for_a_number_is_read_as_it_is_shown() -> None:
    book = workbook(HEAD, (1.1, *ROW[1:]), (2, *ROW[1:]))
    sheet(book)["A2"].number_format = "0.00"
    found = with_sessions(saved(book))
    assert found.programme is not None
    assert [each.code for each in found.programme.sessions] == ["1.10", "2"]


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        (0, "a code with spaces", "sessions.xlsx, cell A3: sessions no. 2 code: expected a short code"),
        (1, None, "sessions.xlsx, cell B3: sessions no. 2 title: is missing"),
        (2, "19/05/2027", "sessions.xlsx, cell C3: sessions no. 2 starts: expected a day and time"),
        (3, "2027-05-19 08:00", "sessions.xlsx, cell D3: session A2 ends before it starts"),
        (4, "off record", "sessions.xlsx, cell E3: sessions no. 2 level: expected one of"),
        (5, "perhaps", "sessions.xlsx, cell F3: sessions no. 2 cancelled: expected true or false"),
        (6, "two@addresses@x", "sessions.xlsx, cell G3: sessions no. 2 rapporteurs no. 1 handle"),
        (7, "U1; a@b@c", "sessions.xlsx, cell H3: sessions no. 2 rapporteurs no. 2 handle"),
        (8, "takeaway", "sessions.xlsx, cell I3: sessions no. 2 template: there is no template"),
    ],
)
def test_a_faulty_cell_is_named(column: int, value: object, says: str) -> None:
    head = (*HEAD, "Level", "Cancelled", "Rapporteur", "Co-rapporteurs", "Template")
    row: list[Any] = ["A2", *ROW[1:], None, None, "U7", None, None]
    row[column] = value
    if column == 7:
        row[6] = "U7"
        says = says.replace("rapporteurs no. 2", "rapporteurs no. 3")
    (fault,) = grave(with_sessions(saved(workbook(head, ROW, row))))
    assert fault.startswith(says)


def test_a_column_that_is_needed_is_missed_once_and_not_in_each_row() -> None:
    rows = [("code", "title", "starts"), *[(f"A{n}", "Panel", "2027-05-19 09:00") for n in range(30)]]
    faults = grave(with_sessions(saved(workbook(*rows))))
    assert faults == ["sessions.xlsx, cell A1: has no column ends (or: ends, end, end time)."]


def test_a_column_nearly_right_is_a_fault_since_its_cells_would_be_lost() -> None:
    book = workbook((*HEAD, "Confidentialty", "Catering"), (*ROW, "off the record", "tea"))
    found = with_sessions(saved(book))
    assert grave(found) == [
        'sessions.xlsx, cell E1: the column "Confidentialty" is not known, and not read. '
        "Did you mean confidentiality?"
    ]
    assert any('the column "Catering" is not known' in str(each) for each in found.faults if each.is_warning)


def test_a_second_column_of_one_meaning_is_a_fault() -> None:
    (fault,) = grave(with_sessions(saved(workbook((*HEAD, "Topic"), (*ROW, "Other")))))
    assert "means the same as one before it" in fault


def test_no_name_of_a_column_has_two_meanings() -> None:
    for names in TABLES.values():
        spelled = [folded(each) for key in names for each in {folded(name) for name in names[key]}]
        assert len(spelled) == len(set(spelled))


def test_a_merged_cell_counts_in_each_of_its_rows() -> None:
    book = workbook((*HEAD, "Level"), (*ROW, "off the record"), ("A2", *ROW[1:]), ("A3", *ROW[1:]))
    sheet(book).merge_cells("E2:E3")
    found = with_sessions(saved(book))
    assert found.programme is not None
    assert [each.level for each in found.programme.sessions] == [
        Level.OFF_THE_RECORD, Level.OFF_THE_RECORD, Level.RULE,
    ]  # fmt: skip


def test_a_merge_of_the_whole_sheet_is_no_harm() -> None:
    """Said in the file only: to write it with all of its cells would take a library for ever."""
    merged = b'<mergeCells count="1"><mergeCell ref="D1:XFD1048576"/></mergeCells>'
    content = rewritten(
        saved(workbook(HEAD, ROW)),
        "xl/worksheets/sheet1.xml",
        b"</sheetData>",
        b"</sheetData>" + merged,
    )
    found = with_sessions(content)
    assert grave(found) == []
    assert found.programme is not None
    assert len(found.programme.sessions) == 1


def test_a_formula_without_its_result_is_a_fault_of_its_cell() -> None:
    """As a program writes it that does not calculate; a spreadsheet stores the result beside it."""
    book = workbook(HEAD, (*ROW[:3], "=C2"))
    faults = grave(with_sessions(saved(book)))
    assert faults[0].startswith("sessions.xlsx, cell D2: holds a formula without its result")


def test_a_formula_with_its_result_is_read_as_the_result() -> None:
    content = saved(workbook(HEAD, (*ROW[:3], "=C2")))
    part = "xl/worksheets/sheet1.xml"
    with ZipFile(BytesIO(content)) as packed:
        (formula,) = re.findall(rb'<c r="D2">.*?</c>', packed.read(part))
    solved = b'<c r="D2" t="str"><f>C2</f><v>2027-05-19 10:30</v></c>'
    found = with_sessions(rewritten(content, part, formula, solved))
    assert grave(found) == []
    assert found.programme is not None
    assert found.programme.sessions[0].ends_at.hour == 14


def rewritten(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The workbook with one of its parts changed."""
    target = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(target, "w", ZIP_DEFLATED) as changed:
        for name in source.namelist():
            held = source.read(name)
            assert name != part or old in held
            changed.writestr(name, held.replace(old, new) if name == part else held)
    return target.getvalue()


def test_a_million_empty_rows_are_no_row() -> None:
    empty = b"".join(b'<row r="%d"/>' % number for number in range(3, 1_000_001))
    content = rewritten(
        saved(workbook(HEAD, ROW)), "xl/worksheets/sheet1.xml", b"</sheetData>", empty + b"</sheetData>"
    )
    began = time.monotonic()
    found = with_sessions(content)
    assert grave(found) == []
    assert found.programme is not None
    assert len(found.programme.sessions) == 1
    assert time.monotonic() - began < 60  # seconds, of a busy machine: an endless loop is what is looked for


def test_a_cell_in_the_last_row_there_is_is_no_harm() -> None:
    book = workbook(HEAD, ROW)
    sheet(book)["A1048576"] = "far away"
    found = with_sessions(saved(book))
    assert found.programme is not None
    assert len(found.programme.sessions) == 1


def bomb() -> bytes:
    """60 KB that unpack to over 64 MB."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=9) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/sharedStrings.xml", b"\0" * (LARGEST + 1))
    return target.getvalue()


def lying_bomb() -> bytes:
    """As above, and its directory says that it unpacks to a hundred bytes."""
    content = bytearray(bomb())
    real = (LARGEST + 1).to_bytes(4, "little")
    assert content.count(real) == 2
    return bytes(content).replace(real, (100).to_bytes(4, "little"))


def locked() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000


def entities() -> bytes:
    lol = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    return rewritten(saved(workbook(HEAD, ROW)), "xl/workbook.xml", b"<workbook ", lol + b"<workbook ")


def damaged() -> bytes:
    content = bytearray(saved(workbook(HEAD, *[ROW] * 200)))
    content[len(content) // 3 : len(content) // 3 + 400] = b"\xff" * 400
    return bytes(content)


def another() -> bytes:
    target = BytesIO()
    with ZipFile(target, "w") as packed:
        packed.writestr("word/document.xml", "<document/>")
    return target.getvalue()


BAD = {
    "a zip bomb": (bomb, "unpacks to over 64,000,000 bytes"),
    "a zip bomb that lies": (lying_bomb, "save it"),
    "a locked or old workbook": (locked, "is an old .xls workbook, or locked"),
    "entities": (entities, "holds definitions that no workbook needs"),
    "a damaged one": (damaged, "save it"),
    "a Word document": (another, "is no .xlsx workbook, whatever its name says"),
    "a CSV": (lambda: b"code,title\nA1,x\n", "is no .xlsx workbook, whatever its name says"),
    "nothing": (lambda: b"", "is no .xlsx workbook, whatever its name says"),
    "50 MB": (lambda: b"x" * 50_000_000, f"is larger than {LARGEST_TABLE:,} bytes"),
    "no rows": (lambda: saved(workbook()), "holds no rows"),
    "no names of columns": (lambda: saved(workbook(ROW)), "expected a row that names the columns"),
    "too many rows": (lambda: saved(workbook(HEAD, *[ROW] * 5_001)), "holds over 5,000 rows"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_workbook_that_is_none_is_one_sentence(what: str) -> None:
    make, says = BAD[what]
    (fault,) = grave(with_sessions(make()))
    assert fault.startswith("sessions.xlsx")
    assert says in fault


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04rest", "is a workbook; name it .xlsx"),
        (b"\x00\x01\x02" * 50, "expected a row that names the columns"),
        (b'code,title\n"' + b"x" * 200_000, "is no table of comma-separated values"),
        (b"name\n" + b"x\n" * 5_001, "holds over 5,000 rows"),
        (b"", "holds no rows"),
    ],
)
def test_a_csv_that_is_none_is_one_sentence(content: bytes, says: str) -> None:
    (fault,) = grave(with_people(content))
    assert says in fault


@pytest.mark.parametrize("name", ["../people.csv", "/etc/people.csv", "absent.csv", "people.txt", "x"])
def test_a_table_is_looked_for_beside_the_file_and_nowhere_else(name: str) -> None:
    files = InMemory({"event.yaml": yaml_text(full_event() | {"people": name})})
    faults = grave(read_event(files, "event.yaml", WorkspaceId("T1")))
    assert len(faults) == 1


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA")])
def test_columns_are_named_as_in_spreadsheets(column: int, name: str) -> None:
    assert letters(column) == name
