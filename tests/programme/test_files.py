"""Event and template files: every fault by file and line, never a traceback."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.domain.event import WorkspaceId
from bot.domain.wall import on_the_wall
from bot.errors import EventRefused
from bot.programme.files import LIBRARY
from bot.programme.folder import LARGEST_TEXT, InMemory
from bot.programme.yaml import load_event, load_template, read_template

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
    assert len(programme.templates[0].sections) == 6
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


ALLOWED = (
    ("due_minutes_before", 7), ("freeze_minutes_before", 7), ("freeze_minutes_before", None),
    ("organisers", []), ("people", []),
)  # fmt: skip


def faulty() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of the file wrong in turn."""
    for key in filled():
        for wrong in (None, 7, [], {"x": 1}, "\t"):
            if (key, wrong) not in ALLOWED:
                yield f"{key} is {wrong!r}", filled() | {key: wrong}
        if key not in ("organisers", "people", "freeze_minutes_before"):
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
        assert fault.startswith(f"{file}:")
        assert fault.endswith((".", "?"))
        assert "Traceback" not in fault


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree["closing"].update(ends="2018-12-07 15:00"),
        lambda tree: tree["sessions"][0].update(ends="2018-12-06 09:00"),
        lambda tree: tree["sessions"][1].update(code="1.1"),
    ],
    ids=["closing ends before it starts", "session ends before it starts", "same code"],
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


@contextmanager
def without_rights() -> Iterator[None]:
    """Root reads everything, so for a while this process is nobody."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(own)


def test_a_file_that_may_not_be_read_is_a_sentence(tmp_path: Path) -> None:
    file = written(tmp_path, filled())
    file.chmod(0)
    with without_rights():
        (fault,) = refused(file)
    assert fault == f"{file}:1: cannot be read (Permission denied)."


@pytest.mark.parametrize("mark", ["\ufeff", ""], ids=["with a BOM", "without"])
def test_a_bom_and_crlf_do_not_matter(tmp_path: Path, mark: str) -> None:
    file = written(tmp_path, filled())
    file.write_bytes((mark + file.read_text().replace("\n", "\r\n")).encode())
    assert load_event(file, T1).event.key == "marrakesh-2018"


def test_there_is_no_other_template() -> None:
    with pytest.raises(EventRefused, match="there is: marrakesh-2018"):
        load_template("another")


def faults_of(file: Path, closing: date | None = None) -> list[str]:
    """The faults of a file that may have some; each a sentence with file and line."""
    try:
        load_event(file, T1, closing)
    except EventRefused as refusal:
        for fault in refusal.faults:
            number = fault.removeprefix(f"{file}:").split(":")[0]
            assert number.isdecimal(), fault
            assert fault.endswith((".", "?")), fault
        return refusal.faults
    return []


@pytest.mark.parametrize("closing", [date(2019, 5, 17), date(2027, 7, 2), date(2010, 1, 1)])
def test_only_the_date_moves_whichever_season_it_is(tmp_path: Path, closing: date) -> None:
    file = written(tmp_path, filled())
    as_shipped, moved = load_event(file, T1), load_event(file, T1, closing)
    shift = closing - date(2018, 12, 7)
    for was, is_now in zip(as_shipped.sessions, moved.sessions, strict=True):
        for before, after in ((was.starts_at, is_now.starts_at), (was.ends_at, is_now.ends_at)):
            wall, then = (
                on_the_wall(each, "Africa/Casablanca").replace(tzinfo=None) for each in (before, after)
            )
            assert (then - wall, then.weekday()) == (shift, wall.weekday())
    assert moved.event.closing_at - moved.event.due_at == timedelta(hours=1)


@pytest.mark.parametrize("days", [day for day in range(-13, 14) if day % 7])
def test_no_other_weekday_will_do(tmp_path: Path, days: int) -> None:
    (fault,) = refused(written(tmp_path, filled()), date(2019, 5, 17) + timedelta(days=days))
    assert fault.endswith("give a Friday.")


@pytest.mark.parametrize("closing", [date(1, 1, 5), date(9999, 12, 31)], ids=["first", "last"])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Pago_Pago"])
def test_a_closing_day_at_the_end_of_time_is_no_traceback(tmp_path: Path, closing: date, zone: str) -> None:
    faults_of(written(tmp_path, filled() | {"zone": zone}), closing)


@pytest.mark.parametrize(
    ("zone", "wall"), [("Asia/Tokyo", "0001-01-01 00:00"), ("Pacific/Pago_Pago", "9999-12-31 23:59")]
)
def test_a_session_at_the_end_of_time_is_no_traceback(tmp_path: Path, zone: str, wall: str) -> None:
    tree = filled() | {"zone": zone}
    tree["sessions"][0] |= {"starts": wall, "ends": wall}
    faults_of(written(tmp_path, tree))


def paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a tree, branches and leaves."""
    if path:
        yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in children:
        yield from paths(value, (*path, key))


def at(tree: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        tree = tree[step]
    return tree


WRONG: tuple[Any, ...] = (
    None, True, 7, -1, 2.5, "", " ", "\n", "x" * 301, [], {}, [[]], {"x": {}}, date(2018, 12, 7),
    datetime(2018, 12, 7, 15, 30, tzinfo=UTC), "2018-13-07 15:30", "07.12.2018", "../../etc/passwd",
)  # fmt: skip
PATHS = [path for path in paths(filled()) if not {3, 4, 5} & set(path)]  # three sessions will do


def _absent(parent: Any, key: Any) -> None:
    del parent[key]


def _another(parent: Any, key: Any) -> None:
    if isinstance(parent, dict):
        parent["never-seen"] = parent[key]
    else:
        parent.append(parent[key])


def _being(wrong: Any) -> Callable[[Any, Any], None]:
    return lambda parent, key: parent.__setitem__(key, wrong)


@pytest.mark.parametrize("path", PATHS, ids=[".".join(map(str, path)) for path in PATHS])
def test_anything_in_any_place_is_a_programme_or_sentences(tmp_path: Path, path: tuple[Any, ...]) -> None:
    for change in (_absent, _another, *map(_being, WRONG)):
        tree = filled()
        change(at(tree, path[:-1]), path[-1])
        faults_of(written(tmp_path, tree))


LEAVES = [path for path in PATHS if isinstance(at(filled(), path), str | int)]


@pytest.mark.parametrize("path", LEAVES, ids=[".".join(map(str, path)) for path in LEAVES])
def test_the_line_of_a_fault_is_the_line_of_the_value(tmp_path: Path, path: tuple[Any, ...]) -> None:
    tree = filled()
    at(tree, path[:-1])[path[-1]] = {"never-seen": 1}
    file = written(tmp_path, tree)
    fault = next(each for each in refused(file) if "stands here twice" not in each)
    line = file.read_text().splitlines()[int(fault.removeprefix(f"{file}:").split(":")[0]) - 1]
    assert (str(path[-1]) in line) or "never-seen" in line


@pytest.mark.parametrize(
    ("twice", "line"),
    [
        ("event: a\nname: x\nevent: b\n", 3),
        ("event: a\nclosing:\n  starts: x\n  starts: y\n", 4),
        ("event: a\nsessions:\n- code: x\n  code: y\n", 4),
    ],
)
def test_a_key_given_twice_is_refused_with_its_line(tmp_path: Path, twice: str, line: int) -> None:
    file = tmp_path / "twice.yaml"
    file.write_text(twice)
    twice_said = [fault for fault in refused(file) if "stands here twice" in fault]
    assert [fault.startswith(f"{file}:{line}: ") for fault in twice_said] == [True]


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    file = written(tmp_path, filled() | {"name": 7, "zone": "Mars/Olympus", "channel": "x", "chanel": 1})
    assert [fault.split(": ")[1] for fault in refused(file)] == ["name", "zone", "channel", "chanel"]


def nested(first: str, of: Callable[[str], str]) -> str:
    """Nine of the line above on each line, eight lines long."""
    names = "abcdefghi"
    return first + "".join(f"{names[n]}: &{names[n]} {of(names[n - 1])}\n" for n in range(1, 9))


BOMBS = {
    "aliases of aliases": nested("a: &a [x, x, x]\n", lambda last: f"[{', '.join([f'*{last}'] * 9)}]"),
    "merges of merges": nested("a: &a {x: 1}\n", lambda last: f"{{<<: [{', '.join([f'*{last}'] * 9)}]}}"),
    "an alias of itself": "event: &x [*x]\n",
    "a mapping of itself": "event: &x {a: *x}\n",
    "deep lists": "event: " + "[" * 100_000,
    "deep lists that end": "event: " + "[" * 400 + "]" * 400,
    "deep dashes": "event:\n" + "- " * 2000 + "x\n",
    "a number of digits": "due_minutes_before: " + "9" * 900_000,
    "many keys": "".join(f"k{number}: 1\n" for number in range(20_000)),
    "a long line": "event: " + "x " * 450_000,
    "a tag of Python": "event: !!python/object/apply:os.system [exit 3]\n",
    "an unknown tag": "event: !never-seen x\n",
    "two documents": "event: a\n---\nevent: b\n",
    "tabs": "event:\ta\nclosing:\n\tstarts: x\n",
    "a complex key": "? [a, b]\n: 1\n",
    "a null key": "~: 1\n",
    "controls": "event: \x01\x02\n",
}
BOUND = """
import resource, sys
from pathlib import Path
from bot.domain.event import WorkspaceId
from bot.errors import EventRefused
from bot.programme.yaml import load_event
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
try:
    load_event(Path(sys.argv[1]), WorkspaceId("T1"))
except EventRefused as refusal:
    print("\\n".join(refusal.faults[:50]))
"""


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_file_made_to_harm_is_a_sentence_within_seconds(tmp_path: Path, bomb: str) -> None:
    """In a process of its own, with 2 GB and 20 seconds."""
    file = tmp_path / "bomb.yaml"
    file.write_text(BOMBS[bomb])
    command = [sys.executable, "-c", BOUND, str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (ended.returncode, ended.stderr[-300:]) == (0, "")
    faults = ended.stdout.splitlines()
    assert faults != []
    assert [fault for fault in faults if not fault.startswith(f"{file}:")] == []


@pytest.mark.parametrize("size", [LARGEST_TEXT, LARGEST_TEXT + 1])
def test_a_huge_file_is_refused_for_its_size(tmp_path: Path, size: int) -> None:
    file = tmp_path / "huge.yaml"
    file.write_bytes(b"#" * size)
    (fault,) = refused(file)
    assert ("is larger than 1,000,000 bytes" in fault) == (size > LARGEST_TEXT)


def test_a_device_and_a_link_to_nowhere_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "nowhere").symlink_to(tmp_path / "absent")
    for file in (Path("/dev/null"), tmp_path / "nowhere", tmp_path / "x" / "y", tmp_path / ("n" * 300)):
        assert len(refused(file)) == 1


def test_a_time_with_seconds_is_told_what_is_expected(tmp_path: Path) -> None:
    file = written(tmp_path, filled())
    file.write_text(file.read_text().replace("2018-12-06 10:00", "2018-12-06 10:00:00"))
    faults = refused(file)
    assert len(faults) == 3
    assert all("such as 2018-12-07 15:30" in fault or "put it in quotes" in fault for fault in faults)


def template() -> str:
    return (LIBRARY / "templates" / "marrakesh-2018.yaml").read_text()


def test_the_shipped_template_is_the_form_of_marrakesh() -> None:
    loaded = load_template("marrakesh-2018")
    assert loaded.header == ("event", "place", "date", "session", "rapporteur", "affiliation")
    assert [section.short for section in loaded.sections] == [
        "Main points", "Challenges", "Opportunities", "Global Compact", "Agenda 2030", "Quotes",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("version: 1", "version: 0", "version"),
        ("version: 1", "version: one", "expected a whole number"),
        ("name: Roundtable report", "name: 7", "expected text"),
        ("name: Roundtable report", "", "name: is missing"),
        ("short: Challenges", "short: " + "x" * 41, "short"),
        ("short: Challenges", "shorter: Challenges", "is not a key"),
        ("key: challenges", "key: Challenges", "small letters"),
        ("sections:", "sections: []\nrest:", "sections"),
        ("[event, place", "[evnt, place", "header"),  # header_document looks each of them up
    ],
)
def test_a_faulty_template_is_a_sentence_with_its_line(old: str, new: str, says: str) -> None:
    assert old in template()
    form = template().replace(old, new, 1).encode()
    refused_form, faults = read_template(InMemory({"form.yaml": form}), "form.yaml")
    assert refused_form is None
    assert any(says in str(fault) for fault in faults)
    assert all(str(fault).startswith("form.yaml:") for fault in faults)
