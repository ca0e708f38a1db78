"""The screens of the talk about an event, against goldens and within Slack's limits whatever is typed."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.asking_event import asked
from bot.domain.dropped import Dropped, FileId, Unread
from bot.programme.places import ATLAS
from bot.sandbox import blocks as slack_limits
from bot.services.new_event import Difference
from bot.slack.ids import About
from bot.slack.kit import Screen
from bot.slack.screens import events
from tests.builders import an_event, ts
from tests.slack.test_screens import elements

GOLDENS = Path(__file__).parent / "goldens" / "events"
ANSWERS = ("Dialogue", "Lisbon", "2031-03-11", "2031-03-12 15:30-17:00", "12", "<#C0123>")


def question(*typed: str) -> Screen:
    return events.question(asked(typed, ATLAS), ts(1))


def difference(
    *sentences: str,
    refusals: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
    changed: bool = False,
) -> list[Screen]:
    shown = Difference(name="Dialogue", sentences=sentences, refusals=refusals, base="abc")
    return events.difference(shown, ts(1), warnings, changed=changed)


def dropped(unread: Unread | None, name: str = "event.yaml") -> Dropped:
    return Dropped(file=FileId("F1"), ts=ts(1), name=name, unread=unread)


LONG = ["sessions.csv, cell C4: starts: expected a day and time. " * 3] * 60
SCREENS = {
    **{f"question_{number}": question(*ANSWERS[: number - 1]) for number in range(1, 7)},
    "unclear": question("Dialogue", "Casablanka"),
    "unclear_zones": question("Dialogue", "Montréal, Canada"),
    "stopped": question("Dialogue", "stop"),
    "file_waits": events.file_waits(),
    "unread": events.unread(tuple(map(dropped, [None, *Unread]))),
    "fault": events.faults(["event.yaml:6: zone: is no time zone."])[0],
    "faults_first_of_several": events.faults(LONG)[0],
    "faults_last_of_several": events.faults(LONG)[-1],
    "faults_of_a_wrong_column": events.faults(
        [f"t.csv, cell C{at}: starts: expected a time." for at in range(2, 302)]
    )[0],
    "difference": difference("2.2 is new: Ports <and> registers.", "Reports are due Fri 7 Dec.")[0],
    "difference_changed": difference("2.2 is new: Ports.", changed=True)[0],
    "difference_with_a_warning": difference(
        "2.2 is new.", warnings=("event.yaml:12: people: is empty, so no name is masked.",)
    )[0],
    "difference_last_of_several": difference(*LONG)[-1],
    "nothing_changes": difference()[0],
    "refused": difference("2.2 is new.", refusals=("This event has other organisers.",))[0],
    "applied": events.applied(an_event(), 6),
    "left_alone": events.left_alone(),
}


@pytest.mark.parametrize("name", SCREENS)
def test_screens_are_as_they_were_agreed(name: str) -> None:
    screen = SCREENS[name]
    drawn = json.dumps({"text": screen.text, "blocks": screen.as_json()}, indent=1, ensure_ascii=False) + "\n"
    file = GOLDENS / f"{name}.json"
    if os.environ.get("UPDATE_GOLDENS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(drawn)
    assert drawn == file.read_text()


def test_no_golden_is_left_over() -> None:
    assert {file.stem for file in GOLDENS.glob("*.json")} == set(SCREENS)


def check(screen: Screen) -> None:
    blocks = screen.as_json()
    slack_limits.check(blocks)
    assert 0 < len(screen.text) <= 4000
    found = list(elements(blocks))
    values = [each["value"] for each in found if each.get("type") == "button"]
    values += [each["value"].partition(" ")[2] for node in found for each in node.get("options", ())]
    assert [value for value in values if About.read(value) is None] == []
    assert [each for each in found if each.get("type") == "mrkdwn"] == []
    assert len([each for each in found if each.get("style") == "primary"]) <= 1


@pytest.mark.parametrize("name", SCREENS)
def test_screens_are_within_slacks_limits(name: str) -> None:
    check(SCREENS[name])


anything = st.text(min_size=1, max_size=300)


@given(st.lists(anything, max_size=3), anything)
def test_whatever_is_typed_or_found_is_within_slacks_limits(lines: list[str], name: str) -> None:
    long = [line * 30 for line in lines] * 20
    for screen in (
        question(*lines),
        events.unread((dropped(Unread.GONE, name),)),
        *(events.faults(long) if long else []),
        *difference(*long),
        *difference(name, warnings=tuple(long)),
    ):
        check(screen)


def test_a_decision_stands_once_below_the_last_page() -> None:
    pages = [json.dumps(each.as_json()) for each in difference(*LONG)]
    assert len(pages) > 1
    assert ["event.apply" in page for page in pages] == [False] * (len(pages) - 1) + [True]


def test_a_table_with_300_faults_lists_20_and_counts_the_rest() -> None:
    (screen,) = events.faults([f"sessions.csv, cell C{at}: starts." for at in range(2, 302)])
    drawn = json.dumps(screen.as_json())
    assert drawn.count("cell C") == 20
    assert "cell C21:" in drawn
    assert "And 280 more" in drawn
    (screen,) = events.faults([f"sessions.csv, cell C{at}: starts." for at in range(2, 22)])
    assert "more, often" not in json.dumps(screen.as_json())


def test_what_is_applied_for_all_its_warnings_lists_20_above_the_decision_and_counts_the_rest() -> None:
    many = tuple(f"sessions.csv, cell H{at}: one person in two rooms." for at in range(2, 302))
    drawn = "".join(json.dumps(each.as_json()) for each in difference("2.2 is new.", warnings=many))
    assert drawn.count("cell H") == 20
    assert drawn.index("Look at these 300 first.") < drawn.index("cell H2:") < drawn.index("And 280 more.")
    assert drawn.index("And 280 more.") < drawn.index("event.apply")
    assert "more." not in json.dumps(difference("2.2 is new.", warnings=many[:20])[0].as_json())
    assert "cell H" not in json.dumps(difference(refusals=("Not yours.",), warnings=many)[0].as_json())


def test_nothing_can_be_applied_that_is_refused_or_changes_nothing() -> None:
    for name in ("refused", "nothing_changes"):
        assert "event.apply" not in json.dumps(SCREENS[name].as_json())


def test_what_takes_the_place_of_a_difference_is_taken_by_slack() -> None:
    for after in ("applied", "left_alone"):
        for before in ("difference", "difference_changed"):
            slack_limits.check_replacement(SCREENS[before].as_json(), SCREENS[after].as_json())


def test_the_lock_screen_shows_nothing_that_was_typed() -> None:
    marker = "zanzibarquux"
    shown = [
        question(marker),
        events.unread((dropped(Unread.GONE, marker),)),
        *difference(marker, warnings=(marker,)),
    ]
    assert [each.text for each in (*shown, *events.faults([marker])) if marker in each.text] == []
