"""The event file in full: what each key comes to in the programme."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from bot.domain.event import EventSettings, Level, Part, WorkspaceId
from bot.domain.gate import SOMEBODY, People
from bot.domain.moment import Ts
from bot.domain.programme import Programme
from bot.domain.rungs import LADDER, Anchor, QuietHours, Rung
from bot.domain.template import Fill
from bot.programme.folder import InMemory
from bot.programme.yaml import Checked, read_event
from storage import Storage
from tests.programme.full import full_event, full_template, yaml_text

T1 = WorkspaceId("T1")


def checked(tree: Any, **others: bytes) -> Checked:
    """An event file in memory, with other files beside it (`form_yaml` is form.yaml)."""
    files = {name.replace("_", "."): content for name, content in others.items()}
    return read_event(InMemory({"event.yaml": yaml_text(tree), **files}), "event.yaml", T1)


def programme(tree: Any, **others: bytes) -> Programme:
    found = checked(tree, **others)
    assert found.programme is not None, [str(each) for each in found.faults]
    return found.programme


def test_everything_that_the_file_says_is_in_the_programme() -> None:
    loaded = programme(full_event())
    event, (first, second) = loaded.event, loaded.sessions
    assert event.settings == EventSettings(
        languages=("fr", "en"),
        rungs=(
            Rung(key="session end", anchor=Anchor.SESSION_END, offset=timedelta(minutes=10)),
            Rung(key="evening", anchor=Anchor.EVE, at=time(19)),
        ),
        quiet=QuietHours(starts=time(21, 30), ends=time(8)),
        escalates=False,
    )
    assert event.closing_at - event.freeze_at == timedelta(minutes=45)
    assert (first.room, first.track, first.level, first.template) == (
        "Hall 1", "Mobility", Level.OFF_THE_RECORD, "one-text",
    )  # fmt: skip
    assert first.due_at == datetime(2027, 5, 20, 16, tzinfo=UTC)  # noon in Montréal
    assert (second.level, second.template, second.due_at) == (Level.RULE, "takeaways", None)
    assert [each.key for each in loaded.templates] == ["takeaways", "one-text"]


def test_a_session_has_a_lead_and_others_who_help() -> None:
    loaded = programme(full_event())
    parts = [(each.session, each.whom, each.part) for each in loaded.sought if each.session]
    assert parts == [
        ("A1", "U1", Part.CO), ("A1", "name@office.example", Part.LEAD), ("A2", "@two", Part.LEAD),
    ]  # fmt: skip
    assert [each.part for each in loaded.assignments] == [Part.CO]


def test_without_a_word_the_first_of_several_leads() -> None:
    tree = full_event()
    tree["sessions"][0]["rapporteurs"] = [{"slack": "U1"}, {"slack": "U2"}, {"slack": "U3"}]
    parts = [each.part for each in programme(tree).assignments]
    assert parts == [Part.LEAD, Part.CO, Part.CO]


@pytest.mark.parametrize(
    ("parts", "says"), [(["lead", "lead"], "two rapporteurs are its lead"), (["co", "co"], "none of its")]
)
def test_a_session_has_one_lead_exactly(parts: list[str], says: str) -> None:
    tree = full_event()
    rows = [{"slack": f"U{place}", "part": part} for place, part in enumerate(parts)]
    tree["sessions"][0]["rapporteurs"] = rows
    (fault,) = [str(each) for each in checked(tree).faults if not each.is_warning]
    assert says in fault
    assert fault.startswith("event.yaml:")


def test_every_listed_name_and_spelling_is_masked_for_readers() -> None:
    people = People(programme(full_event()).listed)
    for name in ("Some Body", "S. Body", "Sombody", "Any One", "Rapporteur 1", "Rapporteur 2"):
        assert people.unnamed(f"As {name} said") == f"As {SOMEBODY} said"
    assert people.unnamed("As the Regional Bank said") == "As the Regional Bank said"  # a topic, for now


def test_what_is_left_out_has_the_defaults_of_the_records() -> None:
    tree = full_event()
    for key in ("languages", "freeze_minutes_before", "rungs", "quiet_hours", "switches", "level"):
        del tree[key]
    event = programme(tree).event
    assert event.settings == EventSettings()
    assert event.settings.rungs == LADDER
    assert event.closing_at - event.freeze_at == timedelta(minutes=30)


def test_corrections_never_close_before_the_reports_are_due_by_default() -> None:
    tree = full_event() | {"due_minutes_before": 10}
    del tree["freeze_minutes_before"]
    event = programme(tree).event
    assert event.freeze_at == event.due_at


def test_an_own_form_lies_beside_the_event_file() -> None:
    tree = full_event() | {"template": "form.yaml"}
    loaded = programme(tree, form_yaml=yaml_text(full_template()))
    assert loaded.templates[0].key == "our-form"
    assert loaded.sessions[1].template == "our-form"
    assert [each.fill for each in loaded.templates[0].sections] == [
        Fill.BULLETS, Fill.CHOICE, Fill.NUMBER, Fill.STATIC, Fill.HEADER,
    ]  # fmt: skip
    assert loaded.templates[0].in_language("fr").sections[1].options[0].title == "Travail"


def test_faults_of_a_form_beside_stand_with_its_own_lines() -> None:
    form = full_template() | {"version": 0}
    tree = full_event() | {"template": "form.yaml"}
    faults = [str(each) for each in checked(tree, form_yaml=yaml_text(form)).faults if not each.is_warning]
    assert faults == ["form.yaml:2: version: expected a number from 1, found 0."]


@pytest.mark.parametrize("name", ["../form.yaml", "/etc/passwd.yaml", "absent.yaml", "a\\b.yaml"])
def test_a_form_is_looked_for_beside_the_file_and_nowhere_else(name: str) -> None:
    faults = [str(each) for each in checked(full_event() | {"template": name}).faults]
    assert any("template" in each or "is not here" in each for each in faults)


def test_two_forms_of_one_key_are_refused() -> None:
    form = full_template() | {"template": "takeaways"}
    tree = full_event()
    tree["sessions"][1]["template"] = "form.yaml"
    faults = [str(each) for each in checked(tree, form_yaml=yaml_text(form)).faults if not each.is_warning]
    assert any("give each form its own" in each for each in faults)


async def test_the_programme_is_stored_and_read_again(storage: Storage) -> None:
    loaded = programme(full_event())
    key = loaded.event.key

    await storage.write(lambda tx: tx.programmes.save(loaded, Ts("1544100000.000000")))
    await storage.write(lambda tx: tx.sought.replace(T1, key, loaded.sought))
    assert await storage.read(lambda tx: tx.events.one(T1, key)) == loaded.event
    assert await storage.read(lambda tx: tx.events.sessions(T1, key)) == loaded.sessions
    assert await storage.read(lambda tx: tx.sought.of_event(T1, key)) == loaded.sought
    assert await storage.read(lambda tx: tx.events.assignments(T1, key)) == loaded.assignments
    stored = await storage.read(lambda tx: tx.events.templates(T1, key))
    assert stored == {"A1": loaded.templates[1], "A2": loaded.templates[0]}


def test_a_cancelled_session_says_so() -> None:
    tree = full_event()
    tree["sessions"][0]["cancelled"] = True
    first = programme(tree).sessions[0]
    assert first == replace(first, is_cancelled=True)
