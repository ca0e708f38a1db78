"""To when a reminder can be put off."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain import wall
from bot.domain.duties import Duty, Facts
from bot.domain.event import SessionCode
from bot.domain.quiet import peace_of
from bot.domain.snoozes import offers
from bot.domain.spans import Span
from tests.builders import RAPPORTEUR, a_session, an_event

EVENT = an_event()
DUTY = Duty(
    session=SessionCode("2.2"),
    starts_at=a_session().starts_at,
    ends_at=a_session().ends_at,
    due_at=EVENT.due_at,
    since=EVENT.closing_at - timedelta(days=9),
)
OTHER = replace(
    DUTY,
    session=SessionCode("3.1"),
    starts_at=wall.instant_of(datetime(2018, 12, 7, 10), EVENT.zone),  # noqa: DTZ001 - a wall time
    ends_at=wall.instant_of(datetime(2018, 12, 7, 12), EVENT.zone),  # noqa: DTZ001 - a wall time
)


def offered(at: str, *duties: Duty, facts: Facts | None = None) -> list[str]:
    now = wall.instant_of(datetime.fromisoformat(f"2018-12-{at}"), EVENT.zone)
    peace = peace_of(EVENT, [a_session()], None)
    found = offers(EVENT, peace, duties or (DUTY,), facts or Facts(person=RAPPORTEUR), now)
    return [f"{each.later}: {wall.clock(each.until, EVENT.zone)}" for each in found]


@pytest.mark.parametrize(
    ("at", "found"),
    [
        (
            "06T16:40",
            ["in 15 minutes: 16:55", "in 1 hour: 17:40", "tonight: 20:30", "tomorrow morning: 08:30"],
        ),
        ("06T20:30", ["in 15 minutes: 20:45", "in 1 hour: 21:30", "tomorrow morning: 08:30"]),
        ("06T21:20", ["in 15 minutes: 21:35", "tomorrow morning: 08:30"]),  # 22:20 is quiet
        ("07T11:30", ["in 15 minutes: 11:45", "in 1 hour: 12:30"]),  # the evening is after the deadline
        ("07T13:30", ["in 15 minutes: 13:45"]),  # 14:30 is the deadline
        ("07T14:15", []),
        ("07T14:35", []),
    ],
)
def test_only_moments_before_the_deadline_and_outside_quiet_hours_are_offered(
    at: str, found: list[str]
) -> None:
    assert offered(at) == found


def test_a_moment_at_which_the_bot_would_be_silent_is_not_offered() -> None:
    assert offered("07T09:30", DUTY, OTHER) == ["in 15 minutes: 09:45"]  # 10:30 lies in 3.1
    leaves = wall.instant_of(datetime.fromisoformat("2018-12-07T12:00"), EVENT.zone)
    away = Facts(person=RAPPORTEUR, away=(Span(leaves, leaves + timedelta(hours=1)),))
    assert offered("07T11:30", facts=away) == ["in 15 minutes: 11:45"]


def test_the_first_deadline_of_a_message_counts() -> None:
    sooner = replace(OTHER, due_at=DUTY.due_at - timedelta(hours=1))
    assert offered("07T12:45", DUTY, sooner) == ["in 15 minutes: 13:00"]
    assert offered("07T12:45", DUTY, replace(sooner, is_in=True)) == [
        "in 15 minutes: 13:00",
        "in 1 hour: 13:45",
    ]
    assert offered("07T12:45", replace(DUTY, is_in=True)) == []
