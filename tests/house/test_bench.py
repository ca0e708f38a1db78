"""The benchmark runs and prints all its figures; what they are is nobody's promise."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WHAT = ("CPU us a turn", "ack p50 ms", "ack p99 ms", "delivered a second")


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def test_without_a_name_the_benchmarks_are_listed() -> None:
    told = bench()
    assert (told.returncode, told.stdout.partition(":")[0]) == (0, "python -m bench turn")


def test_the_turn_is_measured_on_both_servers_and_no_message_is_lost() -> None:
    told = bench("turn", "--rounds", "1", "--turns", "8", "--json")
    assert told.returncode == 0, told.stderr
    figures = json.loads(told.stdout)["figures"]
    compared = {f"{what}, {at_once} at once" for at_once in (1, 64) for what in WHAT}
    assert compared <= figures.keys()
    assert all(figures[name][who]["median"] > 0 for name in compared for who in ("noop", "ours", "ratio"))
    assert figures["calls to Slack a turn"]["median"] > 0


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_reminders_are_measured_beside_raw_batches_and_none_is_left(database: str) -> None:
    told = bench("reminders", "--count", "600", "--database", database, "--json")
    assert told.returncode == 0, told.stderr
    figures = json.loads(told.stdout)["figures"]
    assert figures["reminders"] == 600
    assert all(figures[f"{who}, rows a second"] > 0 for who in ("raw", "ours"))
