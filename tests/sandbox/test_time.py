"""The ts and the demo's clock: fixed width, forward only, the same in every process."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.moment import is_ts, moment_of
from bot.sandbox.demo_clock import DemoClock
from bot.sandbox.state import State
from tests.sandbox.local import WORKSPACE

NOW = datetime(2018, 12, 6, 13, 0, 0, 999_998, tzinfo=UTC)


def test_a_ts_is_given_once_even_within_one_microsecond() -> None:
    state = State(WORKSPACE, lambda: NOW, None)
    assert [state.next_ts() for _ in range(4)] == [
        "1544101200.999998",
        "1544101200.999999",
        "1544101201.000000",
        "1544101201.000001",
    ]


def test_a_ts_rises_though_the_clock_falls() -> None:
    moments = iter([NOW, NOW - timedelta(hours=1), NOW + timedelta(seconds=1)])
    state = State(WORKSPACE, lambda: next(moments), None)
    given = [state.next_ts() for _ in range(3)]
    assert given == sorted(set(given))
    assert all(is_ts(ts) for ts in given)
    assert moment_of(given[-1]) == NOW + timedelta(seconds=1)


def test_no_ts_comes_again_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "slack.json"
    before = State(WORKSPACE, lambda: NOW, file)
    last = [before.next_ts() for _ in range(3)][-1]
    before.save()
    assert State(WORKSPACE, lambda: NOW, file).next_ts() > last


def behind(clock: DemoClock) -> float:
    return (clock.now() - datetime.now(UTC)).total_seconds()


def test_without_a_file_it_is_real_time(tmp_path: Path) -> None:
    assert behind(DemoClock(tmp_path / "clock.json")) == pytest.approx(0, abs=1)


def test_it_goes_forward_and_the_moves_add_up(tmp_path: Path) -> None:
    clock = DemoClock(tmp_path / "clock.json")
    for _ in range(2):
        clock.forward(3600)
    assert behind(clock) == pytest.approx(7200, abs=1)


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf"), 1e12])
def test_it_goes_neither_backward_nor_beyond_all_bounds(tmp_path: Path, seconds: float) -> None:
    clock = DemoClock(tmp_path / "clock.json")
    clock.forward(60)
    with pytest.raises(ValueError, match="forward only"):
        clock.forward(seconds)
    assert behind(clock) == pytest.approx(60, abs=1)


def test_another_clock_on_the_same_file_sees_each_move(tmp_path: Path) -> None:
    mine, yours = DemoClock(tmp_path / "clock.json"), DemoClock(tmp_path / "clock.json")
    for moved in (60, 120):
        mine.forward(60)
        assert behind(yours) == pytest.approx(moved, abs=1)


def test_another_process_sees_it(tmp_path: Path) -> None:
    DemoClock(tmp_path / "clock.json").forward(86_400)
    program = (
        "import sys; from pathlib import Path; from bot.sandbox.demo_clock import DemoClock;"
        "print(DemoClock(Path(sys.argv[1])).offset().total_seconds())"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "clock.json")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert float(told.stdout) == 86_400


def test_it_runs_at_a_rate_from_then_on_and_each_process_sees_it(tmp_path: Path) -> None:
    mine, yours = DemoClock(tmp_path / "clock.json"), DemoClock(tmp_path / "clock.json")
    mine.forward(3600)
    mine.set_rate(3600)
    began, real = yours.now(), time.monotonic()
    time.sleep(0.05)
    ran, took = (yours.now() - began).total_seconds(), time.monotonic() - real
    assert behind(yours) > 3600 + 3599 * 0.05
    assert ran == pytest.approx(3600 * took, rel=0.2)


def test_it_can_be_moved_while_it_runs_and_slowed_down_without_going_back(tmp_path: Path) -> None:
    clock, reader = DemoClock(tmp_path / "clock.json"), DemoClock(tmp_path / "clock.json")
    given = []
    for rate in (600, 60, 3600, 1):
        clock.set_rate(rate)
        clock.forward(10)
        given += [reader.now() for _ in range(50)]
    assert given == sorted(given)
    assert clock.rate == 1
    left = behind(clock)
    time.sleep(0.05)
    assert behind(clock) == pytest.approx(left, abs=0.01)


@pytest.mark.parametrize("rate", [0.5, 0.0, -60.0, float("nan"), 1e9])
def test_no_rate_stops_it_or_turns_it_round(tmp_path: Path, rate: float) -> None:
    clock = DemoClock(tmp_path / "clock.json")
    with pytest.raises(ValueError, match="rate"):
        clock.set_rate(rate)
    assert clock.rate == 1
