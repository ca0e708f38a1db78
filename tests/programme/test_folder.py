"""Files of a disk and of a message: whatever they are, they are read within bounds or refused in words."""

import os
from pathlib import Path

import pytest

from bot.domain.event import WorkspaceId
from bot.programme.faults import Fault
from bot.programme.folder import Folder, InMemory, OnDisk, Unreadable
from bot.programme.yaml import load_event, read_event
from tests.programme.full import full_event, yaml_text

T1 = WorkspaceId("T1")
GOOD = yaml_text(full_event())


def faults(folder: Folder, name: str = "event.yaml") -> list[Fault]:
    return [each for each in read_event(folder, name, T1).faults if not each.is_warning]


def on_disk(folder: Path, content: bytes) -> list[Fault]:
    (folder / "event.yaml").write_bytes(content)
    return faults(OnDisk(folder))


@pytest.mark.parametrize(
    "content",
    [
        GOOD.decode().encode("utf-8-sig"),
        GOOD.decode().encode("utf-16"),
        GOOD.replace(b"\n", b"\r\n"),
        b"\n\n# a comment\n" + GOOD,
    ],
    ids=["BOM", "UTF-16", "CRLF", "comments"],
)
def test_how_a_text_is_saved_does_not_matter(tmp_path: Path, content: bytes) -> None:
    assert on_disk(tmp_path, content) == []
    assert load_event(tmp_path / "event.yaml", T1).event.key == "dialogue-2027"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (GOOD.decode().encode("cp1252"), "is not UTF-8 text; save it as UTF-8"),
        (b"\xff\xfea", "is not UTF-8 text; save it as UTF-8"),
        (b"x" * 50_000_000, "is larger than 1,000,000 bytes"),
        (b"event: a\n\tname: b\n", "put spaces in the place of tabs"),
        (b"organisers:\n- @name\n", "put text that begins with @ in quotes"),
        (b"event: !ruby/object x\nname: y\n", "has the tag"),
        (b"base: &b {x: 1}\nevent:\n  <<: *b\n", "expected a plain key"),
        (b"? [a, b]\n: 1\n", "expected a plain key"),
        (b"\x00\x00", "is not YAML"),
    ],
)
def test_what_is_wrong_with_a_text_is_said(tmp_path: Path, content: bytes, says: str) -> None:
    found = on_disk(tmp_path, content)
    assert any(says in str(each) for each in found), [str(each) for each in found]
    assert all(each.place.line > 0 for each in found)


def test_the_same_files_say_the_same_from_a_disk_and_from_a_message(tmp_path: Path) -> None:
    files = {
        "event.yaml": yaml_text(full_event() | {"zone": "Africa/Casablanka", "people": "people.csv"}),
        "people.csv": b"nom;courriel\nSome Body;none\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    here = [str(each).replace(f"{tmp_path}/", "") for each in faults(OnDisk(tmp_path))]
    assert here == [str(each) for each in faults(InMemory(files))]
    assert len(here) == 2


@pytest.mark.parametrize("name", ["..", ".", "", "../event.yaml", "a/b.yaml", "a\\b.yaml", "a\0b.yaml"])
def test_a_name_leads_to_no_other_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "here" / "a").mkdir(parents=True)
    for there in ("event.yaml", "here/a/b.yaml", "here/a\\b.yaml"):
        (tmp_path / there).write_bytes(b"x")
    with pytest.raises(Unreadable, match="is not the name of a file beside this one"):
        OnDisk(tmp_path / "here").content(name, 10)


def test_what_cannot_be_read_is_said_with_the_reason() -> None:
    """This file of the system is there, and refuses its first byte to everybody."""
    (fault,) = faults(OnDisk(Path("/proc/self")), "mem")
    assert str(fault) == "/proc/self/mem:1: cannot be read (Input/output error)."


def test_an_endless_file_and_a_pipe_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for folder, name in ((Path("/dev"), "zero"), (tmp_path, "pipe")):
        (fault,) = faults(OnDisk(folder), name)
        assert str(fault).endswith("is no file.")


def test_a_file_that_did_not_come_is_asked_for() -> None:
    tree = full_event() | {"people": "people.csv"}
    (fault,) = faults(InMemory({"event.yaml": yaml_text(tree)}))
    assert str(fault) == "people.csv:1: is not here; send it together with the file that names it."
