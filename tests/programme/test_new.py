"""`plenary event new`: two files that can be checked as they are, never over others."""

import os
import subprocess
import sys
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import main
from bot.domain.event import WorkspaceId
from bot.errors import EventRefused
from bot.operations import write_event
from bot.programme.check import check_files
from bot.programme.new import QUESTIONS, new_event
from bot.programme.places import alike, zones_of
from bot.programme.yaml import load_event
from tests.support.terminal import at_a_terminal

ANSWERS = {
    "name": "Journées de l'eau: Québec 2027",
    "place": "Montréal, Canada",
    "zone": "America/Toronto",
    "first": "2027-03-04",
    "closing": "2027-03-05 15:30",
    "sessions": "11",
    "channel": "C0123456789",
}


@pytest.mark.parametrize("table", ["csv", "xlsx"])
def test_what_is_written_passes_the_check_and_can_be_applied(tmp_path: Path, table: str) -> None:
    file = tmp_path / "mine.yaml"
    lines = write_event(ANSWERS, file, table)
    commands = [f"plenary {each} {file}" for each in ("check", "demo --event", "event apply")]
    assert [line.strip() for line in lines[2:]] == commands
    (verdict,) = check_files([file])
    assert not verdict.is_refused, verdict.lines
    programme = load_event(file, WorkspaceId("T"))
    assert (programme.event.name, programme.event.place) == (ANSWERS["name"], "Montréal")
    assert (programme.event.zone, programme.event.channel) == ("America/Toronto", "C0123456789")
    assert [each.code for each in programme.sessions] == [str(number) for number in range(1, 12)]
    assert f"{programme.event.due_at:%Y-%m-%d %H:%M}" == "2027-03-05 19:30"


def test_without_a_channel_the_check_asks_for_that_alone(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    write_event({**ANSWERS, "channel": ""}, file, "csv")
    (verdict,) = check_files([file])
    assert verdict.is_refused
    assert "channel: expected a Slack channel id" in verdict.lines[0]
    assert verdict.lines[-1].endswith(": 1 fault, 3 warnings.")


@pytest.mark.parametrize("there", ["mine.yaml", "mine-sessions.csv"])
def test_nothing_is_overwritten_and_neither_file_is_written_then(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine")
    with pytest.raises(EventRefused, match="is there already; nothing was written"):
        write_event(ANSWERS, tmp_path / "mine.yaml", "csv")
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [(there, "mine")]


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("name", ""),
        ("name", "two\nlines"),
        ("place", " "),
        ("first", "4 March"),
        ("first", "2027-02-30"),
        ("first", "0001-01-01"),
        ("closing", "2027-03-05"),
        ("closing", "2027-03-05 25:00"),
        ("closing", "2027-03-04 01:00"),
        ("closing", "2027-03-01 15:30"),
        ("sessions", "0"),
        ("sessions", "eleven"),
        ("sessions", "1001"),
        ("channel", "#digest"),
        ("zone", "Africa/Casablanka"),
    ],
)
def test_each_answer_that_is_of_no_use_has_its_sentence(key: str, answer: str) -> None:
    with pytest.raises(EventRefused) as refused:
        new_event({**ANSWERS, key: answer})
    assert [each.partition(":")[0] for each in refused.value.faults] == [key]


def test_all_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(EventRefused) as refused:
        new_event({})
    assert [each.partition(":")[0] for each in refused.value.faults] == [
        each.key for each in QUESTIONS if each.key != "channel"
    ]


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ("Marrakesh, Morocco", "Africa/Casablanca"),
        ("Casablanca", "Africa/Casablanca"),
        ("new york", "America/New_York"),
        ("São Paulo, Brazil", "America/Sao_Paulo"),
        ("Europe/Paris", "Europe/Paris"),
        ("UTC", "UTC"),
    ],
)
def test_a_place_tells_its_zone(place: str, zone: str) -> None:
    assert zones_of(place) == (zone,)


def test_a_place_that_tells_no_zone_or_several_is_asked_about() -> None:
    assert zones_of("Marrakesh") == ()
    assert len(zones_of("Montréal, Canada")) > 1
    assert "Morocco" in alike("Marrakesh, Moroco")
    assert "Africa/Casablanca" in alike("Africa/Casablanka")
    with pytest.raises(EventRefused, match="Did you mean"):
        new_event({**ANSWERS, "place": "Paris, Frence", "zone": "Europe/Pariss"})


@pytest.mark.parametrize("closing", ["2027-03-04 15:30", "2027-03-04 11:00", "2027-03-04 09:00"])
def test_an_event_of_one_day_has_its_sessions_before_the_closing(tmp_path: Path, closing: str) -> None:
    write_event({**ANSWERS, "closing": closing}, tmp_path / "mine.yaml", "csv")
    assert not check_files([tmp_path / "mine.yaml"])[0].is_refused


def test_a_name_without_latin_letters_still_makes_a_key() -> None:
    event = new_event({**ANSWERS, "name": "مؤتمر"})
    assert (event.key, event.first_day) == ("event-2027", date(2027, 3, 4))


@pytest.mark.parametrize(
    "name", ['"quoted": {yes}', "# no remark", "- item", "a \\ b", "null", "2027", "👩🏽‍🌾"]
)
def test_any_name_survives_the_file(tmp_path: Path, name: str) -> None:
    write_event({**ANSWERS, "name": name}, tmp_path / "mine.yaml", "csv")
    assert load_event(tmp_path / "mine.yaml", WorkspaceId("T")).event.name == name


def test_zone_data_of_the_machine_is_not_looked_at(tmp_path: Path) -> None:
    """Neither the system's files nor PYTHONTZPATH: a zone that is only there is none."""
    there = tmp_path / "zoneinfo" / "Nowhere"
    there.mkdir(parents=True)
    data = resources.files("tzdata").joinpath("zoneinfo", "Africa", "Casablanca").read_bytes()
    (there / "Land").write_bytes(data)
    file = tmp_path / "mine.yaml"
    write_event(ANSWERS, file, "csv")
    file.write_text(file.read_text().replace("zone: America/Toronto", "zone: Nowhere/Land"))
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "check", str(file)],
        env={**os.environ, "PYTHONTZPATH": str(there.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "zone: is no time zone" in ended.stdout


def test_without_a_terminal_options_are_all_it_takes(tmp_path: Path) -> None:
    options = [part for key, value in ANSWERS.items() for part in (f"--{key}", value)]
    ended = CliRunner().invoke(main, ["event", "new", str(tmp_path / "mine.yaml"), *options])
    assert ended.exit_code == 0, ended.output
    assert {each.name for each in tmp_path.iterdir()} == {"mine.yaml", "mine-sessions.xlsx"}


def test_at_a_terminal_each_question_waits_for_an_answer_of_use(tmp_path: Path) -> None:
    typed = ("Forum", "Montréal, Canada", "toronto", "4 March", "2027-03-04", "2027-03-05 15:30", "11", "")
    command = [sys.executable, "-m", "bot", "event", "new", "mine.yaml"]
    code, seen = at_a_terminal(command, typed, cwd=tmp_path, env=dict(os.environ))
    assert code == 0, seen
    asked = [line for line in seen.splitlines() if "time zone" in line or line.startswith("Which day")]
    assert [line.partition(":")[0] for line in asked[:3]] == [
        "Montréal, Canada has 23 time zones",
        "Which time zone? toronto",
        "Which day is its first? Such as 2027-03-04",
    ]
    assert "Expected a day such as 2027-03-04." in seen
    assert "The zone is America/Toronto." in seen
