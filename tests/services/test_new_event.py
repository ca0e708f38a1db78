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


EVENT, TABLE = event_file(a_sketch(), ORGANISER), sessions_table(a_sketch())
CSV = b"code,title,day,starts,ends,rapporteur\r\n2.2,Ports,2031-03-11,10:00,%s,U0123456789\r\n"


@pytest.mark.parametrize(
    "sketch",
    [
        a_sketch(),
        a_sketch(sessions=1),
        a_sketch(sessions=400),
        a_sketch(name='A "quoted": {name} # with everything \\ & émigrés'),
        a_sketch(name="会议"),
        a_sketch(place="São Paulo: north"),
        a_sketch(closing_starts=datetime(2031, 3, 11, 13), closing_ends=datetime(2031, 3, 11, 14)),  # noqa: DTZ001
    ],
)
def test_what_is_made_is_accepted_as_it_is(sketch: Sketch) -> None:
    programme, _ = check(dict([event_file(sketch, ORGANISER), sessions_table(sketch)]), WORKSPACE)
    event = programme.event
    assert (event.name, event.place, programme.organisers) == (sketch.name, sketch.place, (ORGANISER,))
    assert event.closing_ends_at - event.closing_at == sketch.closing_ends - sketch.closing_starts  # type: ignore[operator]
    assert len(programme.sessions) == sketch.sessions
    assert all(each.ends_at <= event.closing_at for each in programme.sessions)


@given(st.text(min_size=1, max_size=200).filter(lambda text: text.isprintable() and text.strip() == text))
def test_any_name_makes_a_file_that_is_accepted(name: str) -> None:
    file, body = event_file(a_sketch(name=name), ORGANISER)
    assert check({file: body, TABLE[0]: TABLE[1]}, WORKSPACE)[0].event.name == name


def test_a_table_may_come_back_as_another_kind_of_file() -> None:
    programme, _ = check({EVENT[0]: EVENT[1], "sessions.csv": CSV % b"11:30"}, WORKSPACE)
    assert [(each.person, each.session.code) for each in programme.assignments] == [("U0123456789", "2.2")]


def test_what_should_be_looked_at_is_named_by_cell_though_it_stops_nothing() -> None:
    same_time = CSV % b"11:30" + b"2.3,Registers,2031-03-11,11:00,12:00,U0123456789\r\n"
    programme, warnings = check({EVENT[0]: EVENT[1], "sessions.csv": same_time}, WORKSPACE)
    assert len(programme.sessions) == 2
    (twice,) = [each for each in warnings if "2.2" in each and "2.3" in each]
    assert twice.startswith("sessions.csv, cell ")
    assert "at the same time" in twice
    assert [each for each in warnings if "warning:" in each] == []


def test_what_is_wrong_is_named_by_line_or_cell() -> None:
    faults_of_cells = faults({EVENT[0]: EVENT[1], "sessions.csv": CSV % b"9:61"})
    assert [each.partition(":")[0] for each in faults_of_cells] == ["sessions.csv, cell E2"]
    wrong = EVENT[1].replace(b"Europe/Lisbon", b"Europe/Lisbonn")
    (fault,) = faults({"mine.yaml": wrong, TABLE[0]: TABLE[1]})
    assert fault.startswith("mine.yaml:8: ")
    assert "Europe/Lisbon" in fault


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"sessions.csv": TABLE[1]},
            "No event file (.yaml) is here to go with this; one that came more than",
        ),
        ({"x.yaml": b"a: 1"}, "No event file (.yaml) is here"),
        ({"one.yaml": EVENT[1], "two.yaml": EVENT[1]}, "Send one event file (.yaml)"),
    ],
)
def test_one_event_file_is_asked_for(files: dict[str, bytes], said: str) -> None:
    (fault,) = faults(files)
    assert fault.startswith(said)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_event_file_may_come_back_in_any_encoding_that_is_read(encoding: str) -> None:
    event = EVENT[1].decode().encode(encoding)
    assert len(check({EVENT[0]: event, "sessions.csv": CSV % b"11:30"}, WORKSPACE)[0].sessions) == 1


def test_only_the_table_that_is_named_is_another_kind_of_file() -> None:
    event = EVENT[1].replace(b"sessions.xlsx", b"my-sessions.xlsx")
    files = {EVENT[0]: event, "my-sessions.xlsx": TABLE[1], "sessions.csv": CSV % b"11:30"}
    assert len(check(files, WORKSPACE)[0].sessions) == 3


def test_an_event_file_with_a_key_mistyped_or_that_is_no_text_is_told_what_is_wrong_with_it() -> None:
    mistyped = faults({EVENT[0]: EVENT[1].replace(b"\nsessions:", b"\nsesions:"), TABLE[0]: TABLE[1]})
    assert [each for each in mistyped if "sesions: is not a key" in each]
    (renamed,) = faults({"event.yaml": TABLE[1]})
    assert renamed == "event.yaml:1: is not UTF-8 text; save it as UTF-8."
