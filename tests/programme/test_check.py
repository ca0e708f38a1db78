"""`plenary check`: all faults and warnings of a run, each with its place and the nearest right word."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.programme.check import check
from bot.programme.faults import nearest
from bot.programme.folder import InMemory
from tests.programme.full import full_event, full_template, yaml_text

PLENARY = Path(sys.executable).with_name("plenary")


def lines(tree: Any, **others: bytes) -> list[str]:
    """What is said of an event file, without the line that counts."""
    files = {name.replace("_", "."): content for name, content in others.items()}
    (verdict, *_) = check(InMemory({"event.yaml": yaml_text(tree), **files}), ["event.yaml"])
    return verdict.lines[:-1]


def test_a_file_without_faults_is_told_what_it_comes_to() -> None:
    (verdict,) = check(InMemory({"event.yaml": yaml_text(full_event())}), ["event.yaml"])
    assert verdict.lines == ["event.yaml: 2 sessions, 6 names masked."]
    assert not verdict.is_refused


Change = Callable[[dict[str, Any]], object]
FAULTS: dict[str, tuple[Change, str]] = {
    "unknown key": (
        lambda tree: tree.update(peopel=[]),
        "peopel: is not a key of this file. Did you mean people?",
    ),
    "unknown key of a session": (
        lambda tree: tree["sessions"][1].update(titel="x"),
        "sessions no. 2 titel: is not a key of this file. Did you mean title?",
    ),
    "zone": (
        lambda tree: tree.update(zone="Africa/Casablanka"),
        'zone: is no time zone; expected a name such as Africa/Casablanca, found "Africa/Casablanka". '
        "Did you mean Africa/Casablanca?",
    ),
    "template": (
        lambda tree: tree.update(template="takeaway"),
        "template: there is no template of this name; there is: marrakesh-2018, one-text, takeaways, "
        'found "takeaway". Did you mean takeaways?',
    ),
    "level": (
        lambda tree: tree["sessions"][0].update(level="off record"),
        "sessions no. 1 level: expected one of: on the record; Chatham House Rule; Chatham House Rule, "
        'written consent for quotes; off the record, found "off record". Did you mean off the record?',
    ),
    "a time that does not exist": (
        lambda tree: tree["sessions"][0].update(starts="2027-03-14 02:30"),
        "sessions no. 1 starts: this time does not exist in America/Toronto, where clocks go forward then, "
        'found "2027-03-14 02:30". Did you mean 2027-03-14 03:30?',
    ),
    "a session that ends before it starts": (
        lambda tree: tree["sessions"][0].update(ends="2027-05-19 08:00"),
        'session A1 ends before it starts, found "2027-05-19 08:00".',
    ),
    "a session that ends after the closing": (
        lambda tree: tree["sessions"][1].update(ends="2027-05-20 16:01"),
        'session A2 ends after the closing session begins, found "2027-05-20 16:01".',
    ),
    "a closing that ends before it starts": (
        lambda tree: tree["closing"].update(ends="2027-05-20 15:00"),
        "the closing session ends before it starts.",
    ),
    "due after the freeze": (
        lambda tree: tree.update(due_minutes_before=30),
        "due_minutes_before: reports are due after corrections close (freeze_minutes_before); "
        "expected at least as many, found 30.",
    ),
    "a session due after the freeze": (
        lambda tree: tree["sessions"][0].update(due="2027-05-20 15:30"),
        'the report of session A1 is due after corrections close, found "2027-05-20 15:30".',
    ),
    "a session due before it ends": (
        lambda tree: tree["sessions"][0].update(due="2027-05-19 10:00"),
        'the report of session A1 is due before it ends, found "2027-05-19 10:00".',
    ),
    "doubled code": (
        lambda tree: tree["sessions"][1].update(code="A1"),
        'sessions no. 2 code: the code stands here twice, as no. 1 too, found "A1".',
    ),
    "doubled rung": (
        lambda tree: tree["rungs"].append(dict(tree["rungs"][0])),
        'rungs no. 3 key: the key stands here twice, as no. 1 too, found "session end".',
    ),
    "a rung of two times": (
        lambda tree: tree["rungs"][1].update(minutes=5),
        "rungs no. 2: eve expects at, and nothing else.",
    ),
    "quiet hours of no length": (
        lambda tree: tree["quiet_hours"].update(ends="21:30"),
        "quiet_hours: the quiet hours end when they start; expected two times.",
    ),
    "a token in the wrong place": (
        lambda tree: tree.update(channel="xoxb-1-secret"),
        "channel: expected a Slack channel id such as C0123456789, found what looks like a token of Slack "
        "(it does not belong here).",
    ),
}  # fmt: skip
WARNINGS: dict[str, tuple[Change, str]] = {
    "a time that comes twice": (
        lambda tree: tree["sessions"][0].update(starts="2026-11-01 01:30"),
        "sessions no. 1 starts: this time comes twice in America/Toronto, where clocks go back then; the "
        'first is taken, found "2026-11-01 01:30".',
    ),
    "nobody assigned": (
        lambda tree: tree["sessions"][1].pop("rapporteur"),
        "nobody reports session A2 yet.",
    ),
    "one person in two rooms": (
        lambda tree: tree["sessions"][1].update(rapporteur={"slack": "U1"}, starts="2027-05-19 10:00"),
        "U1 reports session A1 and session A2 at the same time.",
    ),
    "an empty list under the Rule": (
        lambda tree: tree.update(people=[]),
        "nobody is listed, so no name but the rapporteurs' is masked; list who takes part.",
    ),
    "a surname that is a common word": (
        lambda tree: tree["people"].append("Some House"),
        'the surname "House" is a common word; it is masked in the full name only.',
    ),
    "a name twice": (
        lambda tree: tree["people"].append("Any One"),
        'people no. 3: the name stands here twice, as no. 2 too, found "Any One".',
    ),
    "no organiser": (
        lambda tree: tree.update(organisers=[]),
        "nobody runs this event; nobody is told who is missing.",
    ),
    "a session after the reports are due": (
        lambda tree: tree["sessions"][1].update(ends="2027-05-20 15:00"),
        "session A2 ends after the reports are due; give it a due of its own.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_said_in_one_sentence(what: str) -> None:
    change, sentence = FAULTS[what]
    tree = full_event()
    change(tree)
    (said,) = [line for line in lines(tree) if "warning" not in line]
    place, _, told = said.partition(": ")
    assert (told, place.startswith("event.yaml:")) == (sentence, True)


@pytest.mark.parametrize("what", WARNINGS)
def test_a_warning_is_said_and_refuses_nothing(what: str) -> None:
    change, sentence = WARNINGS[what]
    tree = full_event()
    change(tree)
    (said,) = lines(tree)
    assert said.partition(": warning: ")[2] == sentence


def test_on_the_record_nobody_need_be_listed() -> None:
    tree = full_event() | {"people": [], "level": "on the record"}
    tree["sessions"][0]["level"] = "On The Record"
    assert lines(tree) == []


def test_a_cancelled_session_needs_no_rapporteur_and_is_in_nobodys_way() -> None:
    tree = full_event()
    tree["sessions"][1] |= {"cancelled": True, "starts": "2027-05-19 10:00"}
    del tree["sessions"][1]["rapporteur"]
    assert lines(tree) == []


SEPARATE = [  # what spoils no other's place
    "unknown key", "unknown key of a session", "zone", "template", "level", "due after the freeze",
    "doubled rung", "quiet hours of no length", "a token in the wrong place", "a session due before it ends",
    "a closing that ends before it starts", "doubled code",
]  # fmt: skip


def test_all_faults_come_in_one_run_each_on_its_line() -> None:
    tree = full_event()
    for what in SEPARATE:
        FAULTS[what][0](tree)
    text = yaml_text(tree).decode().splitlines()
    said = [line for line in lines(tree) if "warning" not in line]
    told = {line.partition(": ")[2]: int(line.split(":")[1]) for line in said}
    wanted = {FAULTS[what][1]: what for what in SEPARATE}
    assert wanted.keys() - told.keys() == {FAULTS["due after the freeze"][1]} - told.keys()
    assert "titel" in text[told[FAULTS["unknown key of a session"][1]] - 1]
    assert "zone" in text[told[FAULTS["zone"][1]] - 1]
    assert "ends" in text[told[FAULTS["a closing that ends before it starts"][1]] - 1]
    assert list(told.values()) == sorted(told.values())


def test_faults_of_single_values_hide_no_contradictions() -> None:
    """In one row: its title is no text, and it ends before it starts."""
    tree = full_event()
    tree["sessions"][0] |= {"title": 7, "ends": "2027-05-19 08:00"}
    said = [line for line in lines(tree) if "warning" not in line]
    assert len(said) == 2


@pytest.mark.parametrize(
    ("word", "words", "meant"),
    [
        ("Casablanca", ["Africa/Casablanca", "Africa/Cairo"], "Africa/Casablanca"),
        ("africa/casablanca", ["Africa/Casablanca"], "Africa/Casablanca"),
        ("Mars/Olympus", ["Africa/Casablanca", "Asia/Tokyo"], ""),
        ("", ["a"], ""),
        (7, ["7"], ""),
    ],
)
def test_the_nearest_right_word_is_one_that_was_meant(word: object, words: list[str], meant: str) -> None:
    assert nearest(word, words) == meant


def test_a_template_alone_is_checked_as_one() -> None:
    form = full_template()
    form["sections"][1]["options"][1]["code"] = "a"
    form["sections"][2]["key"] = "points"
    (verdict,) = check(InMemory({"form.yaml": yaml_text(form)}), ["form.yaml"])
    assert [line.partition(": ")[2] for line in verdict.lines] == [
        'sections no. 2 options no. 2 code: the code stands here twice, as no. 1 too, found "a".',
        'sections no. 3 key: the section stands here twice, as no. 1 too, found "points".',
        "2 faults.",
    ]


def test_a_table_alone_is_said_to_belong_to_an_event_file() -> None:
    files = InMemory({"sessions.csv": b"code\n"})
    (verdict,) = check(files, ["sessions.csv"])
    assert verdict.is_refused
    assert "check the event file that names it" in verdict.lines[0]


def test_a_table_that_an_event_file_names_is_checked_with_it() -> None:
    tree = full_event() | {"people": "people.csv"}
    files = InMemory({"event.yaml": yaml_text(tree), "people.csv": b"name\nSome Body\n"})
    assert [each.file for each in check(files, ["people.csv", "event.yaml"])] == ["event.yaml"]


def plenary(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [PLENARY, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60,
        env={"PATH": os.environ["PATH"]},
    )  # fmt: skip


def test_the_command_ends_with_0_on_warnings_and_2_on_faults(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_bytes(yaml_text(full_event() | {"organisers": []}))
    (tmp_path / "bad.yaml").write_bytes(yaml_text(full_event() | {"zone": "Africa/Casablanka"}))
    good = plenary("check", "good.yaml", folder=tmp_path)
    assert (good.returncode, good.stdout.splitlines()[-1]) == (
        0, "good.yaml: 1 warning, 2 sessions, 6 names masked.",
    )  # fmt: skip
    both = plenary("check", "good.yaml", "bad.yaml", folder=tmp_path)
    assert both.returncode == 2
    assert "Did you mean Africa/Casablanca?" in both.stdout
    assert both.stderr == ""


def test_the_command_says_what_to_do_about_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    said = plenary("check", "folder", "absent.yaml", folder=tmp_path)
    assert said.returncode == 2
    assert said.stdout.splitlines()[0].startswith("folder:1: is a folder")
    assert "absent.yaml:1: cannot be read (No such file or directory)." in said.stdout


def test_a_day_is_moved_as_apply_moves_it(tmp_path: Path) -> None:
    (tmp_path / "event.yaml").write_bytes(yaml_text(full_event()))
    said = plenary("check", "event.yaml", "--closing", "2027-05-21", folder=tmp_path)
    assert said.returncode == 2
    assert "the closing session is on a Thursday" in said.stdout
