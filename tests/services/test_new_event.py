"""The files of a new event: what is made is accepted, what is wrong is named by line or cell."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.asking_event import Sketch
from bot.domain.event import ChannelId, PersonId
from bot.errors import EventRefused
from bot.services.new_event import check, event_file, sessions_table
from tests.builders import WORKSPACE

ORGANISER = PersonId("UORGANISER")


def a_sketch(**changes: object) -> Sketch:
    fields: dict[str, object] = {
        "name": "Lisbon dialogue", "place": "Lisbon", "zone": "Europe/Lisbon",
        "first_day": date(2031, 3, 11), "closing_starts": datetime(2031, 3, 12, 15, 30),  # noqa: DTZ001
        "closing_ends": datetime(2031, 3, 12, 17, 0), "sessions": 3, "channel": ChannelId("C0123"),  # noqa: DTZ001
    }  # fmt: skip
    return Sketch(**{**fields, **changes})  # type: ignore[arg-type]


def faults(files: dict[str, bytes]) -> list[str]:
    with pytest.raises(EventRefused) as refused:
        check(files, WORKSPACE)
    return refused.value.faults


EVENT = event_file(a_sketch(), ORGANISER)[1]
TABLE = sessions_table(a_sketch())[1]


@pytest.mark.parametrize(
    "sketch",
    [
        a_sketch(),
        a_sketch(sessions=1),
        a_sketch(sessions=400),
        a_sketch(name='A "quoted": {name} # with everything \\ & émigrés'),
        a_sketch(name="会议"),
        a_sketch(place="São Paulo: north"),
        a_sketch(closing_starts=datetime(2031, 3, 11, 9), closing_ends=datetime(2031, 3, 11, 10)),  # noqa: DTZ001
    ],
)
def test_what_is_made_is_accepted_as_it_is_alone_and_with_the_table(sketch: Sketch) -> None:
    name, body = event_file(sketch, ORGANISER)
    alone = check({name: body}, WORKSPACE)
    assert (alone.event.name, alone.event.place, alone.organisers) == (
        sketch.name,
        sketch.place,
        (ORGANISER,),
    )
    assert len(alone.sessions) == sketch.sessions
    assert all(each.ends_at <= alone.event.closing_at for each in alone.sessions)
    assert check({name: body, "sessions.csv": sessions_table(sketch)[1]}, WORKSPACE) == alone


@given(st.text(min_size=1, max_size=300).filter(lambda text: text.isprintable() and text.strip()))
def test_any_name_makes_a_file_that_is_accepted(name: str) -> None:
    file, body = event_file(a_sketch(name=name), ORGANISER)
    assert check({file: body}, WORKSPACE).event.name == name


def test_the_tables_sessions_take_the_place_of_the_files() -> None:
    table = TABLE.decode("utf-8-sig").splitlines()[:2]
    table.append("2.2,Ports and registers,2031-03-11 14:00,2031-03-11 16:00,U0123456789,,,A role,An office")
    programme = check({"event.yaml": EVENT, "sessions.csv": "\r\n".join(table).encode()}, WORKSPACE)
    assert [each.code for each in programme.sessions] == ["1", "2.2"]
    assert [
        (each.person, each.session.code, each.name, each.affiliation) for each in programme.assignments
    ] == [("U0123456789", "2.2", "A role", "An office")]


def test_a_table_with_semicolons_as_spreadsheets_of_many_countries_write_it_is_read() -> None:
    table = TABLE.replace(b",", b";")
    assert len(check({"event.yaml": EVENT, "sessions.csv": table}, WORKSPACE).sessions) == 3


def test_all_faults_of_the_event_file_are_named_with_their_lines() -> None:
    wrong = EVENT.replace(b"Europe/Lisbon", b"Europe/Lisboa").replace(b"due_minutes_before: 60", b"due: 60")
    assert [each.split(": ")[0] for each in faults({"mine.yaml": wrong})] == [
        "mine.yaml:6",
        "mine.yaml:1",  # what is missing stands nowhere
        "mine.yaml:8",
    ]


def test_all_faults_of_the_table_are_named_with_their_cells() -> None:
    rows = [
        "code,title,starts,ends,room",
        "1,First,soon,2031-03-11 16:00,",
        ",Second,2031-03-11 14:00,later,",
    ]
    found = faults({"event.yaml": EVENT, "sessions.csv": "\n".join(rows).encode()})
    assert [each.split(": ")[0] for each in found] == [
        "sessions.csv, cell E1", "sessions.csv, cell C2", "sessions.csv, cell A3", "sessions.csv, cell D3",
    ]  # fmt: skip


def test_a_fault_between_rows_of_the_table_is_not_blamed_on_a_line_of_the_event_file() -> None:
    rows = ["code,title,starts,ends", "1,First,2031-03-11 16:00,2031-03-11 14:00"]
    (fault,) = faults({"event.yaml": EVENT, "sessions.csv": "\n".join(rows).encode()})
    assert fault == "sessions.csv: session 1 ends before it starts."


@pytest.mark.parametrize(
    "files",
    [
        {"sessions.csv": TABLE},
        {"a.yaml": EVENT, "b.yaml": EVENT},
        {"a.yaml": EVENT, "a.csv": TABLE, "b.csv": TABLE},
        {"a.yaml": b""},
        {"a.yaml": b"\xff\xfe"},
        {"a.yaml": b"a: &a [x]\nb: [*a, *a]\n" + b"x" * 1_000_001},
        {"a.yaml": b"{"},
        {"../../a.yaml": b"- x"},
        {"a.yaml": EVENT, "a.csv": b""},
        {"a.yaml": EVENT, "a.csv": b"code"},
        {"a.yaml": EVENT, "a.csv": b"\xff\xfe"},
        {"a.yaml": EVENT, "a.xlsx": b"PK"},
        {"a.yaml": EVENT, "a.csv": b'code,title\n1,"' + b"x" * 200_000},
    ],
)
def test_whatever_is_dropped_there_is_a_sentence_without_a_path(files: dict[str, bytes]) -> None:
    found = faults(files)
    assert found
    assert [each for each in found if "/tmp" in each or "Traceback" in each] == []  # noqa: S108 - looked for
