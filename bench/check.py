"""How long `plenary check` takes for an event of 400 sessions and 400 people, as YAML and as tables."""

import argparse
import csv
import statistics
import tempfile
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from ruamel.yaml import YAML

from bot.programme.check import check_files

SIZE = 400
AIM = 3.0  # seconds; printed beside the figures, never asserted


def main(arguments: list[str]) -> int:
    """Seconds of `plenary check` for an event of 400 sessions and 400 people, as YAML, .xlsx and .csv."""
    parser = argparse.ArgumentParser(prog="python -m bench check", description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=SIZE)
    chosen = parser.parse_args(arguments)
    print(f"{chosen.size} sessions, {chosen.size} people, {chosen.rounds} rounds (aim {AIM:.0f} s)")
    for kind in ("yaml", "xlsx", "csv"):
        with tempfile.TemporaryDirectory() as folder:
            file = written(Path(folder), kind, chosen.size)
            taken = [_seconds(file) for _ in range(chosen.rounds)]
        print(f"{kind:<5} median {statistics.median(taken):.2f} s, longest {max(taken):.2f} s")
    return 0


def _seconds(file: Path) -> float:
    began = time.perf_counter()
    (verdict,) = check_files([file])
    taken = time.perf_counter() - began
    if verdict.faults:
        raise RuntimeError("\n".join(verdict.lines))
    return taken


def written(folder: Path, kind: str, size: int) -> Path:
    """An event file in a folder, its sessions and people in it or, but for yaml, in tables beside it."""
    sessions, people = list(_sessions(size)), [{"name": f"Some Body{number}"} for number in range(size)]
    lists: dict[str, Any] = {"people": people, "sessions": sessions}
    if kind != "yaml":
        for name, rows in (("sessions", map(_flat, sessions)), ("people", people)):
            (folder / f"{name}.{kind}").write_bytes(_table(kind, list(rows)))
            lists[name] = f"{name}.{kind}"
    file = folder / "event.yaml"
    with file.open("w") as target:
        YAML().dump({**_event(), **lists}, target)
    return file


def _event() -> dict[str, Any]:
    return {
        "event": "large",
        "name": "A large event",
        "place": "Marrakesh",
        "zone": "Africa/Casablanca",
        "closing": {"starts": "2027-05-21 15:30", "ends": "2027-05-21 17:00"},
        "due_minutes_before": 60,
        "template": "takeaways",
        "channel": "C0123456789",
        "organisers": ["UORGANISER"],
    }


def _sessions(size: int) -> Iterable[dict[str, Any]]:
    first = datetime(2027, 5, 17, 9)  # noqa: DTZ001 - a wall time
    for number in range(size):
        starts = first + timedelta(days=number % 4, hours=2 * (number // 4 % 4))
        yield {
            "code": f"S{number}",
            "title": f"Session {number} of a programme that is as long as programmes are",
            "starts": f"{starts:%Y-%m-%d %H:%M}",
            "ends": f"{starts + timedelta(minutes=90):%Y-%m-%d %H:%M}",
            "room": f"Hall {number}",
            "track": "Mobility",
            "rapporteurs": [{"slack": f"U{number}", "name": f"Rapporteur {number}", "affiliation": "Office"}],
        }


def _flat(session: dict[str, Any]) -> dict[str, Any]:
    (lead,) = session["rapporteurs"]
    row = {key: value for key, value in session.items() if key != "rapporteurs"}
    return {**row, "rapporteur": lead["slack"], "rapporteur name": lead["name"]}


def _table(kind: str, rows: list[dict[str, Any]]) -> bytes:
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    if kind == "csv":
        text = StringIO()
        csv.writer(text).writerows(lines)
        return text.getvalue().encode()
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in lines:
        sheet.append(line)
    target = BytesIO()
    book.save(target)
    return target.getvalue()
