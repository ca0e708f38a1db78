"""*away 12:00-18:00*: which lines say it, and what they mean."""

from datetime import UTC, datetime

import pytest

from bot.domain.away import away_in
from bot.domain.spans import Span
from bot.domain.wall import on_the_wall

ZONE = "Africa/Casablanca"
NOW = datetime(2018, 12, 7, 9, 30, tzinfo=UTC)  # Friday, 10:30 in Marrakesh

LINES = {
    "away 12:00-18:00": "7 12:00 7 18:00",
    "Away 12:00 – 18:00": "7 12:00 7 18:00",
    "away 12-18": "7 12:00 7 18:00",
    "away 12.30-18.15": "7 12:30 7 18:15",
    "away from 12 to 18": "7 12:00 7 18:00",
    "away between 12 and 18": "7 12:00 7 18:00",
    "I am away 12-18.": "7 12:00 7 18:00",
    "I\u2019m away today from 12 until 18": "7 12:00 7 18:00",
    "away until 15:00": "7 10:30 7 15:00",
    "away till 3pm": "7 10:30 7 15:00",
    "away until 3 p.m.": "7 10:30 7 15:00",
    "away until noon": "7 10:30 7 12:00",
    "away until midnight": "7 10:30 8 00:00",
    "away until 9": "7 10:30 8 09:00",  # nine is over: tomorrow's
    "away tomorrow 9-12": "8 09:00 8 12:00",
    "away tomorrow, 9 to 12": "8 09:00 8 12:00",
    "away tomorrow until 12:00": "8 00:00 8 12:00",
    "away tomorrow": "8 00:00 9 00:00",
    "away today": "7 10:30 8 00:00",
    "away 9-10": "8 09:00 8 10:00",  # over today
    "away 9-12": "7 09:00 7 12:00",  # has begun
    "away 3-5pm": "7 15:00 7 17:00",
    "away 11-2pm": "7 11:00 7 14:00",
    "away 11am-2pm": "7 11:00 7 14:00",
    "away 12pm-1pm": "7 12:00 7 13:00",
    "away 10pm-2am": "7 22:00 8 02:00",
    "away 22:00-02:00": "7 22:00 8 02:00",
    "away 18-24": "7 18:00 8 00:00",
    "away 18:00 - midnight": "7 18:00 8 00:00",
    "away ١٢:٠٠-١٨:٠٠": "7 12:00 7 18:00",
    "away १२-१८": "7 12:00 7 18:00",
    "absent 12h-18h": "7 12:00 7 18:00",
    "absente de 12h à 18h30": "7 12:00 7 18:30",
    "absente de 12 h 15 à 18 h": "7 12:15 7 18:00",
    "Absent jusqu'à 15h": "7 10:30 7 15:00",
    "absent jusqu’à midi": "7 10:30 7 12:00",
    "absent demain 9h-12h": "8 09:00 8 12:00",
    "absente demain de 9 h à 12 h": "8 09:00 8 12:00",
    "absent aujourd'hui": "7 10:30 8 00:00",
    "je suis absente demain": "8 00:00 9 00:00",
}

NOTES = [
    "",
    "away",
    "absent",
    "away 12",
    "away at 12",
    "away 25-26",
    "away 12:60-18:00",
    "away 13pm-14pm",
    "away 0am-2am",
    "away 12-18 and then back",
    "far away 12-18",
    "The delegate was away 12-18",
    "away until the desk opens",
    "away until",
    "• away 12-18",
    "away 12:00\n18:00 is when we met",
    "absents de 12 à 18 personnes",
    "away today 9-10",  # over, and said to be today
    "away " + "1" * 50,
    "away 12²-18",
]


def told(span: Span | None) -> str:
    assert span is not None
    ends = (span.starts_at, span.ends_at)
    return " ".join(f"{wall.day} {wall:%H:%M}" for wall in (on_the_wall(each, ZONE) for each in ends))


@pytest.mark.parametrize(("line", "means"), LINES.items())
def test_a_line_says_when_somebody_is_away(line: str, means: str) -> None:
    assert told(away_in(line, ZONE, NOW)) == means


@pytest.mark.parametrize("note", NOTES)
def test_everything_else_is_a_note(note: str) -> None:
    assert away_in(note, ZONE, NOW) is None


def test_the_times_are_read_where_the_clock_changes() -> None:
    eve = datetime(2019, 3, 10, 1, tzinfo=UTC)
    found = away_in("away tomorrow 1-4", "America/New_York", eve)
    assert found is not None
    assert (found.ends_at - found.starts_at).total_seconds() == 2 * 3600  # from 2 to 3 is leapt over
