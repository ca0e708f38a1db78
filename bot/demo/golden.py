"""The day's reminders as a person wrote them down: wall time in Marrakesh, who is told, first sentence.

Nothing here is planned or computed. The players wait for each row, and the checker counts them.
"""

from collections.abc import Collection

from bot.demo import players
from bot.demo.record import Rung

_DAYS = {"Thu": "2018-12-06", "Fri": "2018-12-07"}

NEVER, LATE, TWO = (players.rapporteur(each) for each in ("1.1", "2.1", "3.1"))
CANNOT, AWAY, BESIDE = (players.rapporteur(each) for each in ("1.2", "2.2", "3.2"))
RESERVE, ORGANISER = players.RESERVE, players.ORGANISER

SITTINGS = {
    NEVER: [("Thu 10:00", "Thu 12:30")],
    LATE: [("Thu 10:00", "Thu 12:30")],
    TWO: [("Thu 10:00", "Thu 12:30"), ("Thu 12:30", "Thu 15:00")],  # the second as it was moved
    CANNOT: [("Thu 14:00", "Thu 16:30")],
    AWAY: [("Thu 14:00", "Thu 16:30")],
    BESIDE: [("Thu 14:00", "Thu 16:30")],
}


def wall(moment: str) -> str:
    """'Thu 08:30' as '2018-12-06 08:30'"""
    day, clock = moment.split()
    return f"{_DAYS[day]} {clock}"


def _at(moment: str, *told: tuple[str, str] | tuple[str, str, str], late: str = "") -> tuple[Rung, ...]:
    """Who is told what at a moment, and how it reads afterwards; `late`: when it may come instead."""
    return tuple(
        Rung(wall(moment), person, says, "".join(afterwards), wall(late) if late else "")
        for person, says, *afterwards in told
    )


DAY = (
    *_at(
        "Thu 08:30",
        (NEVER, "Roundtable 1.1 is yours to report."),
        (LATE, "Roundtable 2.1 is yours to report."),
        (TWO, "Roundtable 3.1 is yours to report."),
        (TWO, "Roundtable 3.2 is yours to report."),
        (CANNOT, "Roundtable 1.2 is yours to report."),
        (AWAY, "Roundtable 2.2 is yours to report."),
        (BESIDE, "Roundtable 2.2 is yours to report."),
    ),
    *_at("Thu 12:00", (TWO, "3.2 is now at 12:30 in Marrakesh. The report is due as before.")),
    *_at(
        "Thu 12:35",
        (NEVER, "Roundtable 1.1 has ended."),
        (LATE, "Roundtable 2.1 has ended."),
    ),
    *_at("Thu 15:05", (TWO, "Two reports are due tomorrow, Fri 7 Dec, 14:30 in Marrakesh.")),  # not at 12:35
    *_at("Thu 16:35", (CANNOT, "Roundtable 1.2 has ended."), (AWAY, "Roundtable 2.2 has ended.")),
    *_at(
        "Thu 20:30",
        (NEVER, "1.1 is due tomorrow, Fri 7 Dec, 14:30 in Marrakesh."),
        (LATE, "2.1 is due tomorrow, Fri 7 Dec, 14:30 in Marrakesh."),
        (TWO, "Two reports are due tomorrow, Fri 7 Dec, 14:30 in Marrakesh."),
        (CANNOT, "1.2 is due tomorrow, Fri 7 Dec, 14:30 in Marrakesh.", "Thank you for saying so."),
        (AWAY, "2.2 is due tomorrow, Fri 7 Dec, 14:30 in Marrakesh."),
    ),
    *_at("Thu 20:40", (ORGANISER, "1.2: its rapporteur cannot report it.")),
    *_at(
        "Thu 20:50",
        (RESERVE, "Roundtable 1.2 is yours to report."),
        (CANNOT, "1.2 is no longer yours to report. Nothing is asked of you."),
    ),
    *_at(
        "Fri 08:30",
        (NEVER, "Good morning. 1.1 is due today, 14:30 in Marrakesh."),
        (LATE, "Good morning. 2.1 is due today, 14:30 in Marrakesh."),
        (TWO, "Two reports are due at 14:30 in Marrakesh."),
        (RESERVE, "Good morning. 1.2 is due today, 14:30 in Marrakesh."),
        (AWAY, "Good morning. 2.2 is due today, 14:30 in Marrakesh."),
        late="Fri 08:50",  # the bot is down meanwhile
    ),
    *_at("Fri 09:10", (ORGANISER, "The rapporteur of 2.2 is away Fri 7 Dec, 12:00-18:00 in Marrakesh.")),
    *_at(
        "Fri 11:30",
        (NEVER, "1.1 is due at 14:30 in Marrakesh, in three hours."),
        (LATE, "2.1 is due at 14:30 in Marrakesh, in three hours."),
        (
            TWO,
            "Two reports are due at 14:30 in Marrakesh.",
            "3.2 is due at 14:30 in Marrakesh, in three hours.",
        ),
        (
            RESERVE,
            "1.2 is due at 14:30 in Marrakesh, in three hours.",
            "1.2 was submitted at 11:50 in Marrakesh.",
        ),
        (AWAY, "2.2 is due at 14:30 in Marrakesh, in three hours."),
    ),
    *_at(
        "Fri 11:45",
        (
            AWAY,
            "Before you leave: 2.2 is due at 14:30 in Marrakesh.",
            "2.2 was submitted at 13:40 in Marrakesh.",
        ),
    ),
    *_at(
        "Fri 13:30",
        (NEVER, "One hour left: 1.1 is due at 14:30 in Marrakesh."),
        (LATE, "One hour left: 2.1 is due at 14:30 in Marrakesh."),
        (TWO, "One hour left: 3.2 is due at 14:30 in Marrakesh."),
        (
            BESIDE,
            "One hour left: 2.2 is due at 14:30 in Marrakesh.",
            "2.2 was submitted at 13:40 in Marrakesh.",
        ),
        (ORGANISER, "Four reports are not in, due 14:30 in Marrakesh."),
    ),
    *_at(
        "Fri 14:15",
        (NEVER, "15 minutes left for 1.1."),
        (LATE, "15 minutes left for 2.1."),
        (TWO, "15 minutes left for 3.2.", "3.2 was submitted at 14:20 in Marrakesh."),
    ),
    *_at(
        "Fri 14:35",
        (NEVER, "1.1 was due at 14:30 in Marrakesh."),
        (LATE, "2.1 was due at 14:30 in Marrakesh.", "2.1 was submitted at 14:45 in Marrakesh."),
        (ORGANISER, "Two reports were due at 14:30 in Marrakesh and are not in."),
    ),
)
"""Who never answers, who is late, who has two sessions, who cannot, who is away, who writes beside a lead."""

LATE_EVENING = _at(
    "Thu 21:45",
    (NEVER, "1.1 is due tomorrow, Fri 7 Dec, 14:30 in Marrakesh."),
    (LATE, "2.1 is due tomorrow, Fri 7 Dec, 14:30 in Marrakesh."),
    (TWO, "Two reports are due tomorrow, Fri 7 Dec, 14:30 in Marrakesh."),
    (CANNOT, "1.2 is due tomorrow, Fri 7 Dec, 14:30 in Marrakesh."),
    (AWAY, "2.2 is due tomorrow, Fri 7 Dec, 14:30 in Marrakesh."),
)
"""A rung meant for 22:30, which is inside quiet hours and cannot wait for the next day."""


def until(moment: str) -> list[Rung]:
    """The rows up to a moment."""
    return [row for row in DAY if row.at <= wall(moment)]


def first_wave(*, without: Collection[str]) -> list[Rung]:
    """The rows up to the end of the first wave, where no session moves and some reports are in already."""
    ended = {f"Roundtable {code} has ended." for code in without}
    as_planned = [row for row in until("Thu 12:35") if row.at != wall("Thu 12:00")]
    return [row for row in (*as_planned, *_UNMOVED) if row.says not in ended]


_UNMOVED = _at("Thu 12:35", (TWO, "Roundtable 3.1 has ended."))
