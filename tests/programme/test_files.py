"""Event and template files: every fault by file and line, never a traceback."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.domain.event import WorkspaceId
from bot.errors import EventRefused
from bot.programme.files import LIBRARY
from bot.programme.yaml import load_event, load_template

SHIPPED = LIBRARY / "events" / "marrakesh-2018.yaml"
T1 = WorkspaceId("T1")


def filled() -> dict[str, Any]:
    """The shipped event, filled in."""
    tree: dict[str, Any] = YAML(typ="safe", pure=True).load(SHIPPED)
    tree |= {"channel": "C0123456789", "organisers": ["UORGANISER"], "people": ["Some Body"]}
    for number, row in enumerate(tree["sessions"]):
        row["rapporteur"] = {"slack": f"U{number}", "name": f"Rapporteur {number}", "affiliation": "Office"}
    return tree


def written(folder: Path, tree: object) -> Path:
    file = folder / "event.yaml"
    with file.open("w") as target:
        YAML().dump(tree, target)
    return file


def refused(file: Path, closing: date | None = None) -> list[str]:
    with pytest.raises(EventRefused) as caught:
        load_event(file, T1, closing)
    return caught.value.faults


def test_the_shipped_event_is_marrakesh_at_the_right_instants(tmp_path: Path) -> None:
    programme = load_event(written(tmp_path, filled()), T1)
    event = programme.event
    assert (event.closing_at, event.due_at) == (
        datetime(2018, 12, 7, 14, 30, tzinfo=UTC),
        datetime(2018, 12, 7, 13, 30, tzinfo=UTC),
    )
    assert [session.code for session in programme.sessions] == ["1.1", "2.1", "3.1", "1.2", "2.2", "3.2"]
    assert len(programme.template.sections) == 6
    assert programme.listed == ("Some Body", *(f"Rapporteur {number}" for number in range(6)))


def test_it_moves_to_another_year_with_the_same_weekdays_and_wall_times(tmp_path: Path) -> None:
    programme = load_event(written(tmp_path, filled()), T1, date(2019, 5, 17))  # Ramadan: UTC+0
    assert programme.event.closing_at == datetime(2019, 5, 17, 15, 30, tzinfo=UTC)
    assert programme.sessions[4].starts_at == datetime(2019, 5, 16, 14, 0, tzinfo=UTC)


def test_another_weekday_is_refused_with_its_line(tmp_path: Path) -> None:
    file = written(tmp_path, filled())
    (fault,) = refused(file, date(2019, 5, 18))
    assert fault.startswith(f"{file}:{_line(file, 'closing:') + 1}: the closing session is on a Friday")


def _line(file: Path, begins: str) -> int:
    return next(
        number for number, line in enumerate(file.read_text().splitlines(), 1) if line.startswith(begins)
    )


def test_the_shipped_file_alone_asks_for_its_channel() -> None:
    (fault,) = refused(SHIPPED)
    assert fault.startswith(f"{SHIPPED}:{_line(SHIPPED, 'channel:')}: channel: expected a Slack channel id")


def faulty() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of the file wrong in turn."""
    for key in filled():
        for wrong in (None, 7, [], {"x": 1}, "\t"):
            if (key, wrong) not in (("due_minutes_before", 7), ("organisers", []), ("people", [])):
                yield f"{key} is {wrong!r}", filled() | {key: wrong}
        if key not in ("organisers", "people"):
            yield f"{key} is missing", {name: value for name, value in filled().items() if name != key}
    for key in ("code", "title", "starts", "ends", "rapporteur"):
        for wrong in (7, [], "\t", {"slack": "somebody"}):
            tree = filled()
            tree["sessions"][2][key] = wrong
            yield f"a session's {key} is {wrong!r}", tree
    yield "an unknown key", filled() | {"chanel": "C1"}


@pytest.mark.parametrize("tree", [pytest.param(tree, id=what) for what, tree in faulty()])
def test_every_field_wrong_in_turn_is_a_sentence_with_its_line(tmp_path: Path, tree: dict[str, Any]) -> None:
    file = written(tmp_path, tree)
    for fault in refused(file):
        assert fault.startswith(f"{file}:") or "there is no template" in fault
        assert fault.endswith(".")
        assert "Traceback" not in fault


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree["closing"].update(ends="2018-12-07 15:00"),
        lambda tree: tree["sessions"][0].update(ends="2018-12-06 09:00"),
        lambda tree: tree["sessions"][1].update(code="1.1"),
        lambda tree: tree["sessions"][1].update(rapporteur={"slack": "U0"}),
    ],
    ids=["closing ends before it starts", "session ends before it starts", "same code", "two sessions"],
)
def test_what_contradicts_itself_is_refused(tmp_path: Path, change: Any) -> None:
    tree = filled()
    change(tree)
    file = written(tmp_path, tree)
    assert all(fault.startswith(f"{file}:") for fault in refused(file))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"- a list", b"just words", b"a: [", b"a: 1\na: 2", b"\xff\xfe\x00", b"\x00" * 99, b"{" * 5000,
        b"a: &x [1]\nb: *y", b"\ta: 1", b"x" * 1_000_001, b"? : :", b"%YAML 9.9\n---\na: 1",
    ],
)  # fmt: skip
def test_junk_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "junk.yaml"
    file.write_bytes(content)
    assert all(fault.startswith(f"{file}:") for fault in refused(file))


def test_a_directory_and_an_absent_file_are_a_sentence(tmp_path: Path) -> None:
    assert len(refused(tmp_path)) == len(refused(tmp_path / "absent.yaml")) == 1


@pytest.mark.parametrize("mark", ["\ufeff", ""], ids=["with a BOM", "without"])
def test_a_bom_and_crlf_do_not_matter(tmp_path: Path, mark: str) -> None:
    file = written(tmp_path, filled())
    file.write_bytes((mark + file.read_text().replace("\n", "\r\n")).encode())
    assert load_event(file, T1).event.key == "marrakesh-2018"


def test_there_is_no_other_template() -> None:
    with pytest.raises(EventRefused, match="there is: marrakesh-2018"):
        load_template("another")
