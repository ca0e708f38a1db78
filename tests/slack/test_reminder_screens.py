"""What is said unasked, as it was agreed: each rung's words and buttons (conversation.md 5)."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.event import Level, Part, SessionCode, Stopped
from bot.domain.moment import ts_of
from bot.domain.nudges import Reminded, Reminder
from bot.domain.progress import Progress
from bot.domain.rungs import LADDER
from bot.domain.snoozes import Later
from bot.slack import limits
from bot.slack import reminder_words as words
from bot.slack.ids import Ask, Detail
from bot.slack.kit import Screen
from bot.slack.reminder_words import Clock
from bot.slack.screens import reminders as screens
from tests.builders import a_session, an_assignment, an_event
from tests.slack.test_screens import check

GOLDENS = Path(__file__).parent / "reminder_goldens"
EVENT = an_event()
DUE = EVENT.due_at
ABOUT = Detail(event=EVENT.key, parts=("time/1544187600.000000/UX/2.2",))
MOMENTS = {
    "session end": a_session().ends_at + timedelta(minutes=5),
    "evening": datetime(2018, 12, 6, 19, 30, tzinfo=UTC),
    "morning": datetime(2018, 12, 7, 7, 30, tzinfo=UTC),
    "three hours left": DUE - timedelta(hours=3),
    "one hour left": DUE - timedelta(hours=1),
    "a quarter left": DUE - timedelta(minutes=15),
    "overdue": DUE + timedelta(minutes=5),
}


def a_progress(code: str = "2.2", **changes: Any) -> Progress:
    fields: dict[str, Any] = {
        "session": a_session(code),
        "due_at": DUE,
        "part": Part.LEAD,
        "notes": 9,
        "unsorted": 4,
        "open_sections": (3, 4),
        "sections": 6,
        "first": "1. Main points",
    }
    return Progress(**{**fields, **changes})


def drawn(says: str, *reports: Progress, at: datetime | None = None, own: str = "", **changes: Any) -> Screen:
    moment = at or MOMENTS[says]
    told = [
        Reminded(
            session=each.session.code,
            rung=says,
            says=says,
            meant_for=MOMENTS[says],
            missed_at=changes.get("missed_at"),
            is_before_leaving=changes.get("leaves", False),
        )
        for each in reports
    ]
    standing = screens.Standing(
        reminder=Reminder(rungs=tuple(told), at=MOMENTS[says]),
        reports=tuple(zip(told, reports, strict=True)),
        laters=frozenset(Later),
        missed_at=changes.get("missed_at"),
        asks_time=frozenset(changes.get("asks_time", [each.session.code for each in reports])),
    )
    return screens.reminder(standing, Clock(event=EVENT, at=moment, own=own))


def clock(says: str = "one hour left", own: str = "") -> Clock:
    return Clock(event=EVENT, at=MOMENTS[says], own=own)


NOTHING = a_progress(notes=0, unsorted=0, open_sections=(0, 1, 2, 3, 4, 5))
LINE_ALONE = replace(NOTHING, has_line=True)
LINE_AND_NOTES = a_progress(has_line=True)
IN = a_progress(submitted_at=ts_of(DUE - timedelta(minutes=38)))
SCREENS = {
    **{key.replace(" ", "_"): drawn(key, a_progress()) for key in MOMENTS},
    "session_end_nothing_written": drawn("session end", NOTHING),
    "session_end_with_a_line": drawn("session end", LINE_AND_NOTES),
    "evening_with_a_line_alone": drawn("evening", LINE_ALONE),
    "one_hour_left_with_a_line": drawn("one hour left", LINE_AND_NOTES),
    "a_quarter_left_with_a_line_alone": drawn("a quarter left", LINE_ALONE),
    "a_quarter_left_with_a_line_of_a_co_rapporteur": drawn(
        "a quarter left", replace(LINE_ALONE, part=Part.CO)
    ),
    "two_reports_one_line": drawn(
        "a quarter left", replace(LINE_ALONE, session=a_session("1.2")), a_progress()
    ),
    "three_reports": drawn("a quarter left", a_progress("1.2"), a_progress(), a_progress("3.1")),
    "session_end_all_unsorted": drawn("session end", a_progress(notes=4)),
    "one_hour_left_all_answered": drawn("one hour left", a_progress(open_sections=())),
    "one_hour_left_of_a_co_rapporteur": drawn("one hour left", a_progress(part=Part.CO)),
    "one_hour_left_with_nothing_written": drawn("one hour left", a_progress(notes=0)),
    "one_hour_left_by_another_clock": drawn("one hour left", a_progress(), own="Europe/London"),
    "one_hour_left_late": drawn(
        "one hour left",
        a_progress(),
        at=MOMENTS["one hour left"] + timedelta(minutes=20),
        missed_at=MOMENTS["one hour left"],
    ),
    "three_hours_left_before_leaving": drawn(
        "three hours left", a_progress(), at=DUE - timedelta(hours=4), leaves=True
    ),
    "two_reports": drawn("one hour left", a_progress("1.2", open_sections=()), a_progress()),
    "two_reports_due_apart": drawn(
        "three hours left", a_progress("1.2", due_at=DUE - timedelta(minutes=10)), a_progress()
    ),
    "two_reports_one_in": drawn("one hour left", replace(IN, session=a_session("1.2")), a_progress()),
    "over_submitted": screens.over([IN], clock()),
    "over_stopped": screens.over([a_progress(is_asked=False)], clock()),
    "snoozed": screens.snoozed(DUE - timedelta(hours=2), ABOUT, clock("three hours left")),
    "first_contact": screens.first_contact(
        replace(an_assignment(), session=replace(a_session(), room="Oliveraie")), DUE, clock("evening")
    ),
    "first_contact_of_a_co_rapporteur": screens.first_contact(
        replace(an_assignment(), part=Part.CO), DUE, clock("evening", "Europe/London")
    ),
    "first_contact_off_the_record": screens.first_contact(
        replace(an_assignment(), session=replace(a_session(), level=Level.OFF_THE_RECORD)),
        DUE,
        clock("evening"),
    ),
    "cannot_with_a_line": screens.stood_down(Stopped.CANNOT, LINE_AND_NOTES, EVENT, ABOUT.parts[0]),
    "cannot": screens.stood_down(Stopped.CANNOT, a_progress(), EVENT, ABOUT.parts[0]),
    "not_me": screens.stood_down(Stopped.NOT_ME, a_progress(notes=0), EVENT, ABOUT.parts[0]),
    "after_all": screens.stood_down(None, a_progress(), EVENT, ABOUT.parts[0]),
    "away": screens.away(
        words.away(DUE - timedelta(hours=3), DUE - timedelta(hours=1), clock("morning"), counts=True),
        [words.moves("2.2", DUE - timedelta(hours=4), DUE - timedelta(hours=3), clock("morning"))],
        ABOUT,
    ),
    "not_away": screens.away(words.away(DUE, DUE, clock(), counts=False), [], None),
    "time_asked": screens.line(words.time_asked("2.2")),
    "time_given": screens.line(words.time_given("2.2", DUE, clock())),
    "time_refused": screens.line(words.time_refused("2.2", DUE, clock())),
    "asks_time": screens.asks_time(
        words.asks_time("2.2", DUE, clock()), words.who_asks("", a_progress()), ABOUT, timedelta(hours=1)
    ),
    "answered_time": screens.told(words.answered_time("2.2", words.SOMEBODY, DUE, clock())),
    "refused_time": screens.told(words.answered_time("2.2", words.SOMEBODY, None, clock())),
    "past_the_freeze": screens.line(words.past_the_freeze(clock())),
    "told_cannot": screens.told(
        words.stopped("2.2", Stopped.CANNOT), "", words.stopped_next(Stopped.CANNOT, has_notes=True)
    ),
    "told_away": screens.line(
        words.is_away(["1.2", "2.2"], DUE - timedelta(days=1), DUE, clock(), counts=True)
    ),
    "missing": screens.missing(
        words.missing(12, DUE, clock()),
        [
            words.missing_line("2.1", "", None, None, (DUE - timedelta(hours=3),), clock()),
            words.missing_line("3.2", "", (1, 6), DUE - timedelta(minutes=66), (), clock()),
            words.not_asked_line("3.1", "", Stopped.NOT_ME),
        ],
        10,
        "",
        ABOUT,
    ),
    "missing_taken": screens.missing(
        words.missing(1, DUE, clock("overdue")), [], 0, words.taken(words.SOMEBODY), ABOUT
    ),
}


@pytest.mark.parametrize("name", SCREENS)
def test_they_are_as_they_were_agreed(name: str) -> None:
    screen = SCREENS[name]
    drawn_now = json.dumps({"text": screen.text, "blocks": screen.as_json()}, indent=1, ensure_ascii=False)
    file = GOLDENS / f"{name}.json"
    if os.environ.get("UPDATE_GOLDENS"):
        file.write_text(f"{drawn_now}\n")
    assert f"{drawn_now}\n" == file.read_text()


def test_no_golden_is_left_over() -> None:
    assert {file.stem for file in GOLDENS.glob("*.json")} == set(SCREENS)


@pytest.mark.parametrize("name", SCREENS)
def test_they_keep_within_slacks_limits(name: str) -> None:
    check(SCREENS[name])


def test_every_rung_of_the_ladder_has_its_screen() -> None:
    assert {rung.key for rung in LADDER} == set(MOMENTS)


def buttons(screen: Screen) -> list[str | list[str]]:
    """What can be pressed or chosen, in order; a menu's lines are in brackets."""
    found = []
    for block in screen.as_json():
        for element in (*block.get("elements", ()), block.get("accessory") or {}):
            if element.get("type") == "button":
                found.append(element["text"]["text"])
            elif element.get("type") == "overflow":
                found.append([option["text"]["text"] for option in element["options"]])
    return found


def test_the_buttons_are_those_of_the_table() -> None:
    found = {key: buttons(drawn(key, a_progress())) for key in MOMENTS}
    assert found == {
        "session end": ["Go on", "Tonight", ["One line is all I have", "Tomorrow", "Not me"]],
        "evening": ["Go on", "Tomorrow", ["I cannot", "Not me"]],
        "morning": ["Go on", "Review", ["In 1 hour", "I cannot"]],
        "three hours left": ["Go on", "Submit as it is", ["In 1 hour", "Ask for time", "I cannot"]],
        "one hour left": [
            "Go on",
            "Submit as it is",
            ["In 15 minutes", "One line is all I have", "Ask for time", "I cannot"],
        ],
        "a quarter left": ["Go on", "Submit as it is", ["One line is all I have", "I cannot"]],
        "overdue": ["Submit as it is", "Go on", "I cannot"],
    }


def test_one_line_is_a_button_while_nothing_is_written_and_not_offered_once_it_is_there() -> None:
    offering = ("session end", "one hour left", "a quarter left")
    reports = (NOTHING, a_progress(), LINE_ALONE, LINE_AND_NOTES, a_progress(open_sections=()))
    found = {
        key: ["One line is all I have" in str(buttons(drawn(key, each))) for each in reports]
        for key in MOMENTS
    }
    assert found == {key: [key in offering] * 2 + [False] * 3 for key in MOMENTS}
    assert [buttons(drawn(key, NOTHING))[1] for key in offering] == ["One line is all I have"] * 3


def test_a_closing_line_alone_can_be_submitted_from_the_last_rungs() -> None:
    found = [buttons(drawn(key, LINE_ALONE)) for key in ("one hour left", "a quarter left", "overdue")]
    assert [each[:2] for each in found] == [["Go on", "Submit as it is"]] * 2 + [["Submit as it is", "Go on"]]


def test_with_several_reports_each_offers_its_line_or_says_how_to_type_it() -> None:
    (_, _, menu) = buttons(drawn("a quarter left", a_progress("1.2"), a_progress()))
    assert [each for each in menu if "One line" in each] == [
        "One line: 1.2",
        "One line: 2.2",
    ]
    three = drawn("a quarter left", a_progress("1.2"), a_progress(), a_progress("3.1"))
    assert "One line" not in str(buttons(three))
    assert words.ONE_LINE_TYPED in json.dumps(three.as_json())


def test_with_several_reports_time_is_asked_for_each_where_the_menu_has_room() -> None:
    two = (a_progress("1.2"), a_progress())
    before, answered = "three hours left", [replace(each, open_sections=()) for each in two]
    found = {
        "both": drawn(before, *two),
        "an answer is waited for": drawn(before, *two, asks_time=["2.2"]),
        "nothing else to offer": drawn("one hour left", *answered),
        "a line each": drawn("one hour left", *two),
        "the last one": drawn("a quarter left", *answered),
        "three": drawn(before, *two, a_progress("3.1")),
    }
    asked = [["More time: 1.2", "More time: 2.2"], ["More time: 2.2"]]
    assert [[label for label in buttons(screen)[-1] if "time" in label] for screen in found.values()] == [
        *asked, asked[0], [], [], [],
    ]  # fmt: skip
    assert buttons(found["both"])[-1][:3] == ["In 1 hour", "I cannot: 1.2", "I cannot: 2.2"]


def test_no_label_is_cut_by_a_phone_also_of_the_longest_code() -> None:
    code = "C" * 12  # bot/programme/fields.py
    screens = [
        *SCREENS.values(),
        drawn("one hour left", a_progress(code), a_progress(open_sections=())),
        drawn("a quarter left", a_progress(code)),
        drawn("three hours left", a_progress(code), a_progress()),
    ]
    found = [each for screen in screens for each in buttons(screen)]
    labels = {label for each in found for label in ([each] if isinstance(each, str) else each)}
    assert labels >= {f"One line: {code}", f"I cannot: {code}", f"More time: {code}"}
    assert [each for each in labels if len(each) > limits.CHOICE_LABEL] == []


def test_an_escalation_shows_ten_rows_and_a_count_and_its_preview_names_nobody() -> None:
    assert SCREENS["missing"].text == "12 reports are not in, due 14:30 in Marrakesh."
    assert "And 10 more." in json.dumps(SCREENS["missing"].as_json())


def test_the_answers_of_buttons_are_all_drawn_somewhere() -> None:
    shown = "\n".join(json.dumps(screen.as_json()) for screen in SCREENS.values())
    assert {ask for ask in Ask if ask.value in shown} == set(Ask)


def test_a_session_code_is_no_link() -> None:
    odd = drawn("one hour left", a_progress(session=replace(a_session(), code=SessionCode("<!here>"))))
    assert "<!" not in odd.text
