"""An event file names people by member id, e-mail or handle."""

from pathlib import Path
from typing import Any

import pytest

from bot.domain.people import How, Role
from bot.programme.yaml import load_event
from tests.programme.test_files import T1, filled, refused, written


def naming(rapporteur: object, organisers: list[str] | None = None) -> dict[str, Any]:
    """The shipped event with one rapporteur named so."""
    tree = filled()
    for row in tree["sessions"]:
        del row["rapporteur"]
    tree["sessions"][4]["rapporteur"] = rapporteur
    return tree | {"organisers": organisers or []}


@pytest.mark.parametrize(
    ("row", "how", "whom", "person"),
    [
        ({"slack": "U0123456789"}, How.ID, "U0123456789", "U0123456789"),
        ({"email": "Name@office.example"}, How.EMAIL, "Name@office.example", None),
        ({"handle": "@some.name"}, How.HANDLE, "@some.name", None),
        ({"handle": "Given Surname"}, How.HANDLE, "Given Surname", None),
    ],
)
def test_a_rapporteur_is_named_in_one_of_three_ways(
    tmp_path: Path, row: dict[str, str], how: How, whom: str, person: str | None
) -> None:
    programme = load_event(written(tmp_path, naming(row | {"name": "Some One"})), T1)
    (sought,) = programme.sought
    assert (sought.role, sought.session, sought.how, sought.whom, sought.person, sought.name) == (
        Role.RAPPORTEUR, "2.2", how, whom, person, "Some One",
    )  # fmt: skip
    assert [each.person for each in programme.assignments] == ([person] if person else [])
    assert "Some One" in programme.listed  # masked for readers, found or not


def test_organisers_are_told_apart_by_their_words_and_stand_once(tmp_path: Path) -> None:
    words = ["U0123456789", "name@office.example", "@name", "U0123456789", "Name@Office.Example"]
    programme = load_event(written(tmp_path, naming({"slack": "U1"}, words)), T1)
    organisers = [(each.how, each.whom) for each in programme.sought if each.role is Role.ORGANISER]
    assert organisers == [
        (How.ID, "U0123456789"),
        (How.EMAIL, "Name@Office.Example"),
        (How.HANDLE, "@name"),
    ]
    assert programme.organisers == ("U0123456789",)


@pytest.mark.parametrize(
    "row",
    [
        {"name": "Some One"}, {"slack": "U1", "email": "name@office.example"}, {"email": "no address"},
        {"email": "<name@office.example>"}, {"handle": "@"}, {"handle": "a@b"}, {"slack": "@name"},
        {"handle": "two\nlines"}, {"handle": "x" * 81},
    ],
)  # fmt: skip
def test_a_rapporteur_who_is_not_named_or_named_twice_is_refused_with_the_line(
    tmp_path: Path, row: dict[str, str]
) -> None:
    file = written(tmp_path, naming(row))
    (fault,) = refused(file)
    place, _, sentence = fault.removeprefix(f"{file}:").partition(": ")
    assert int(place) > 0
    assert sentence.startswith("sessions no. 5 rapporteur")
    assert "expected" in sentence


@pytest.mark.parametrize("text", ["somebody", "@", "C0123456789", "a@b@c"])
def test_an_organiser_who_is_none_of_the_three_is_refused(tmp_path: Path, text: str) -> None:
    (fault,) = refused(written(tmp_path, naming({"slack": "U1"}, [text])))
    assert "organisers no. 1: expected a Slack member id" in fault


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"email": "name@office.example"}, {"email": "NAME@office.example"}),
        ({"handle": "@name"}, {"handle": "Name"}),
    ],
)
def test_one_person_may_report_several_sessions(
    tmp_path: Path, first: dict[str, str], second: dict[str, str]
) -> None:
    tree = naming(first)
    tree["sessions"][0]["rapporteur"] = second
    programme = load_event(written(tmp_path, tree), T1)
    assert [each.session for each in programme.sought] == ["1.1", "2.2"]
    assert len({each.words for each in programme.sought}) == 1


def test_a_handle_without_quotes_is_said_to_need_them(tmp_path: Path) -> None:
    file = written(tmp_path, naming({"slack": "U1"}, ["@name"]))
    text = file.read_text()
    file.write_text(text.replace("'@name'", "@name").replace('"@name"', "@name"))
    (fault,) = refused(file)
    assert fault.endswith("put text that begins with @ in quotes.")
