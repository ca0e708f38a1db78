"""Quiet hours: by whose clock, and how the clock's own changes lengthen them."""

from datetime import UTC, datetime, time

import pytest

from bot.domain.event import EventSettings
from bot.domain.quiet import peace_of
from bot.domain.rungs import QuietHours
from tests.builders import THURSDAY, a_session, an_event


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "own", "waking"),
    [
        ("2018-12-03T12:00", None, "2018-12-03T12:00"),
        ("2018-12-03T21:00", None, "2018-12-04T06:30"),  # 22:00 in Marrakesh
        ("2018-12-04T06:30", None, "2018-12-04T06:30"),
        ("2018-12-03T12:00", "Pacific/Auckland", "2018-12-03T18:30"),  # 01:00 at home: until 07:30 there
        ("2018-12-03T23:00", "Pacific/Auckland", "2018-12-03T23:00"),  # noon at home, night in Marrakesh
        ("2018-12-05T12:00", "Pacific/Auckland", "2018-12-05T12:00"),  # the eve: they are here by now
        ("2018-12-05T23:00", "Pacific/Auckland", "2018-12-06T06:30"),
        ("2018-12-04T22:59", "Pacific/Auckland", "2018-12-04T22:59"),  # noon at home still
        ("2018-12-04T23:00", "Pacific/Auckland", "2018-12-05T06:30"),  # the eve begins, in the night
        ("2018-12-03T21:00", "Mars/Olympus", "2018-12-04T06:30"),
    ],
)
def test_people_wake_by_their_own_clock_until_the_eve(moment: str, own: str | None, waking: str) -> None:
    peace = peace_of(an_event(), [a_session()], own)
    assert peace.waking(utc(moment)) == utc(waking)


def test_the_eve_is_that_of_the_first_session_that_takes_place() -> None:
    assert peace_of(an_event(), [a_session()], None).eve_at == utc("2018-12-04T23:00")
    assert peace_of(an_event(), [], None).eve_at == utc("2018-12-05T23:00")
    assert utc("2018-12-06T13:00") == THURSDAY


@pytest.mark.parametrize(
    ("zone", "starts", "ends", "asleep_at", "waking"),
    [
        ("America/New_York", "22:00", "02:30", "2019-03-10T06:45", "2019-03-10T07:30"),  # an end leapt over
        (
            "America/New_York",
            "22:00",
            "01:30",
            "2019-11-03T05:45",
            "2019-11-03T06:30",
        ),  # an end that is twice
        ("America/New_York", "02:30", "06:00", "2019-03-10T07:15", "2019-03-10T10:00"),  # a start leapt over
        ("Australia/Lord_Howe", "22:00", "01:45", "2019-04-06T14:50", "2019-04-06T15:15"),
    ],
)
def test_where_the_clock_changes_the_longer_reading_holds(
    zone: str, starts: str, ends: str, asleep_at: str, waking: str
) -> None:
    quiet = QuietHours(starts=time.fromisoformat(starts), ends=time.fromisoformat(ends))
    event = an_event(zone=zone, settings=EventSettings(quiet=quiet))
    assert peace_of(event, [a_session()], None).waking(utc(asleep_at)) == utc(waking)


def test_two_equal_times_are_no_quiet_hours() -> None:
    settings = EventSettings(quiet=QuietHours(starts=time(3), ends=time(3)))
    midnight = utc("2018-12-07T00:00")
    assert peace_of(an_event(settings=settings), [a_session()], None).waking(midnight) == midnight
