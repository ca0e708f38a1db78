"""Right instants: wall time and zone give them, by the data of our package and no other."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest
import tzdata

from bot.domain import wall, zones

MARRAKESH = "Africa/Casablanca"
NEW_YORK = "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def naive(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("at", "zone", "instant"),
    [
        ("2018-12-07T15:30", MARRAKESH, "2018-12-07T14:30"),  # decided six weeks before: +01 for good
        ("2017-12-07T15:30", MARRAKESH, "2017-12-07T15:30"),
        ("2019-05-04T12:00", MARRAKESH, "2019-05-04T11:00"),  # the day before the clocks of Ramadan
        ("2019-05-15T12:00", MARRAKESH, "2019-05-15T12:00"),
        ("2019-06-10T12:00", MARRAKESH, "2019-06-10T11:00"),
        ("2019-03-10T01:59", NEW_YORK, "2019-03-10T06:59"),
        ("2019-03-10T02:30", NEW_YORK, "2019-03-10T07:30"),  # leapt over: 03:30
        ("2019-11-03T01:30", NEW_YORK, "2019-11-03T05:30"),  # the first of two
        ("2019-10-06T02:15", LORD_HOWE, "2019-10-05T15:45"),  # half an hour is leapt over: 02:45
        ("2019-04-07T01:45", LORD_HOWE, "2019-04-06T14:45"),  # the first of two
    ],
)
def test_a_wall_time_has_its_instant(at: str, zone: str, instant: str) -> None:
    assert wall.instant_of(naive(at), zone) == utc(instant)


@pytest.mark.parametrize(
    ("at", "zone", "exists", "is_twice"),
    [
        ("2018-12-07T15:30", MARRAKESH, True, False),
        ("2019-03-10T01:59", NEW_YORK, True, False),
        ("2019-03-10T02:00", NEW_YORK, False, False),
        ("2019-03-10T02:59", NEW_YORK, False, False),
        ("2019-03-10T03:00", NEW_YORK, True, False),
        ("2019-11-03T00:59", NEW_YORK, True, False),
        ("2019-11-03T01:00", NEW_YORK, True, True),
        ("2019-11-03T01:59", NEW_YORK, True, True),
        ("2019-11-03T02:00", NEW_YORK, True, False),
        ("2019-10-06T02:00", LORD_HOWE, False, False),
        ("2019-10-06T02:29", LORD_HOWE, False, False),
        ("2019-10-06T02:30", LORD_HOWE, True, False),
        ("2019-04-07T01:29", LORD_HOWE, True, False),
        ("2019-04-07T01:30", LORD_HOWE, True, True),
        ("2019-04-07T02:00", LORD_HOWE, True, False),
        ("2019-05-05T02:30", MARRAKESH, True, True),  # put back for Ramadan
        ("2019-06-09T02:30", MARRAKESH, False, False),
    ],
)
def test_a_clock_that_changes_shows_times_twice_or_never(
    at: str, zone: str, exists: bool, is_twice: bool
) -> None:
    assert (wall.exists(naive(at), zone), wall.is_twice(naive(at), zone)) == (exists, is_twice)


def test_of_a_time_that_the_clock_leaps_over_both_readings_are_known() -> None:
    leapt = naive("2019-03-10T02:30")
    assert (wall.earliest(leapt, NEW_YORK), wall.latest(leapt, NEW_YORK)) == (
        utc("2019-03-10T06:30"),
        utc("2019-03-10T07:30"),
    )


def test_what_a_release_of_zone_data_moved_is_found_by_its_wall_time() -> None:
    before = utc("2018-12-07T15:30")  # as planned before 26 October 2018, when +01 became permanent
    stale = wall.Stored(key="closing", at=before, wall=naive("2018-12-07T15:30"), zone=MARRAKESH)
    right = wall.Stored(key="2.2", at=utc("2018-12-06T13:00"), wall=naive("2018-12-06T14:00"), zone=MARRAKESH)
    second = wall.Stored(key="x", at=utc("2019-11-03T06:30"), wall=naive("2019-11-03T01:30"), zone=NEW_YORK)
    assert wall.shifted([right, stale, second]) == (
        wall.Shifted(stored=stale, is_now=utc("2018-12-07T14:30")),
    )


def test_the_machines_own_zone_data_is_not_looked_at() -> None:
    told = "from bot.domain import wall; from datetime import datetime as d;" + (
        f"print(wall.instant_of(d(2018, 12, 7, 15, 30), '{MARRAKESH}'))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", told],
            env={**os.environ, "PYTHONTZPATH": path},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for path in ("", "/usr/share/zoneinfo", "/nowhere")
    }
    assert answers == {"2018-12-07 14:30:00+00:00\n"}


def test_a_machine_with_stale_data_keeps_the_packages_instants(tmp_path: Path) -> None:
    """A zone file of UTC stands under Casablanca's name, as an old database would say of December 2018."""
    (tmp_path / "Africa").mkdir()
    (tmp_path / MARRAKESH).write_bytes((Path(tzdata.__file__).parent / "zoneinfo" / "UTC").read_bytes())
    asks = (
        "from bot.domain import wall; from datetime import datetime as d; from zoneinfo import ZoneInfo;"
        f"at = d(2018, 12, 7, 15, 30); print(at.replace(tzinfo=ZoneInfo('{MARRAKESH}')).utcoffset(),"
        f"wall.instant_of(at, '{MARRAKESH}').hour)"
    )
    env = {**os.environ, "PYTHONTZPATH": str(tmp_path)}
    said = subprocess.run([sys.executable, "-c", asks], env=env, capture_output=True, text=True, check=True)
    assert said.stdout == "0:00:00 14\n"


@pytest.mark.parametrize("name", ["", "CET+1", "../UTC", "/etc/passwd", "africa/casablanca", "Africa"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    assert not zones.is_zone(name)
    with pytest.raises(ZoneInfoNotFoundError):
        zones.zone_of(name)


DUE = utc("2018-12-07T13:30")
THURSDAY = utc("2018-12-06T15:35")


@pytest.mark.parametrize(
    ("moment", "now", "own", "said"),
    [
        (DUE, None, "", "Fri 7 Dec, 14:30 in Marrakesh"),
        (DUE, utc("2018-12-05T12:00"), MARRAKESH, "Fri 7 Dec, 14:30 in Marrakesh"),
        (DUE, THURSDAY, "", "tomorrow, Fri 7 Dec, 14:30 in Marrakesh"),
        (DUE, utc("2018-12-06T23:00"), "", "14:30 in Marrakesh"),  # midnight in Marrakesh
        (DUE, DUE, "Europe/London", "14:30 in Marrakesh (13:30 by your London clock)"),
        (DUE, DUE, "Europe/Paris", "14:30 in Marrakesh"),  # another zone, the same clock in December
        (DUE, DUE, "America/New_York", "14:30 in Marrakesh (08:30 by your New York clock)"),
        (DUE, DUE, "Pacific/Auckland", "14:30 in Marrakesh (Sat 8 Dec, 02:30 by your Auckland clock)"),
        (DUE, DUE, "America/Argentina/Ushuaia", "14:30 in Marrakesh (10:30 by your Ushuaia clock)"),
        (DUE, DUE, "Etc/UTC", "14:30 in Marrakesh (13:30 by your own clock)"),
        (DUE, DUE, "UTC", "14:30 in Marrakesh (13:30 by your own clock)"),
        (DUE, DUE, "Mars/Olympus", "14:30 in Marrakesh"),
    ],
)
def test_a_moment_is_said_with_its_city(moment: datetime, now: datetime | None, own: str, said: str) -> None:
    assert wall.spoken(moment, MARRAKESH, "Marrakesh", now=now, own=own) == said


def test_the_own_clock_is_compared_at_the_moment_itself() -> None:
    july = utc("2019-07-05T13:30")
    assert wall.spoken(july, MARRAKESH, "Marrakesh", now=july, own="Europe/London") == "14:30 in Marrakesh"
