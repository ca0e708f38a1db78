"""The days of a soak: what is told to grow, and what is not."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bench.soak.asked import Asked
from bench.soak.days import Figure, grows, lines

GOOD = Figure(
    hours=0.0, memory=100.0, database=1.0, wal=4.1, receipts=10, receipt_age=30.0, waiting=0, ended=10,
    ended_age=30.0, log=0.5, sent=1000,
)  # fmt: skip


def days(*last: Figure, rising: float = 0.0, wal: float = 4.1) -> list[Figure]:
    working = [replace(GOOD, hours=float(hour), memory=100.0 + rising * hour, wal=wal) for hour in range(24)]
    return [*working, *(last or (replace(GOOD, hours=75.0, receipt_age=0.0, ended_age=0.0),))]


def test_what_stays_within_its_bounds_does_not_grow() -> None:
    assert list(grows(days(rising=1.0))) == []


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        (days(replace(GOOD, receipt_age=51.0)), "receipts of 51 hours ago are still there"),
        (days(replace(GOOD, ended_age=75.0)), "ended rows of the outbox of 75 hours ago are still there"),
        (days(rising=5.0), "memory rose from 142 to 202 MB"),
        (days(wal=17.0), "SQLite's write-ahead log had 17 MB"),
        (days(replace(GOOD, log=3.0)), "the log has 3000 bytes for each event"),
    ],
)
def test_each_kind_of_growth_is_told(figures: Sequence[Figure], told: str) -> None:
    assert list(grows(figures)) == [told]


def test_the_figures_are_printed_to_the_last_with_the_log_of_each_day() -> None:
    *table, log = lines(days(replace(GOOD, hours=75.0, log=1.25)))
    assert table[-1].split()[0] == "75.0"
    assert log == "  log by day: day 1: 0.75 MB"


def test_the_closing_session_lies_beyond_the_days() -> None:
    assert [Asked(minutes=1, seed=1, days=each).later.days for each in (0, 0.1, 1.0, 2.5)] == [0, 1, 1, 3]
