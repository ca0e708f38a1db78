"""The demo's clock, in a file that sandbox and bot read: so far from real time, at a rate, forward only."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

LAST = datetime(2200, 1, 1, tzinfo=UTC)  # a ts has ten digits for its seconds, which end in 2286
FASTEST = 3600.0  # an hour a second


class JsonFile:
    """A small file that others write; read again when it changed, empty when it is not there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._read: dict[str, Any] = {}

    def read(self) -> dict[str, Any]:
        """What stands in it."""
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return {}
        seen = (stat.st_mtime_ns, stat.st_ino)
        if seen != self._seen:
            self._read, self._seen = json.loads(self._path.read_text()), seen
        return self._read

    def write(self, **fields: float) -> None:
        """Write it, whole or not at all."""
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(fields))
        os.replace(beside, self._path)


class DemoClock:
    """What time it is in the demo: `offset` from real time at the real moment `since`, and on at `rate`."""

    def __init__(self, path: Path) -> None:
        self._file = JsonFile(path)
        self._latest = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """The time; never before one that was given already, whatever is set meanwhile."""
        self._latest = max(self._latest, datetime.now(UTC) + self.offset())
        return self._latest

    def offset(self) -> timedelta:
        """How far the demo is from real time now."""
        found = self._file.read()
        run_for = datetime.now(UTC).timestamp() - found["since"] if "since" in found else 0.0
        return timedelta(seconds=found.get("offset", 0.0) + (self.rate - 1) * run_for)

    @property
    def rate(self) -> float:
        """Seconds of the demo in a real second."""
        return float(self._file.read().get("rate", 1.0))

    @property
    def setting(self) -> tuple[float, ...]:
        """Changes whenever somebody moves the clock or sets its rate."""
        return tuple(self._file.read().values())

    def forward(self, seconds: float) -> None:
        """Move the clock; ValueError for a move backward or beyond the year 2200."""
        if not 0 <= seconds <= (LAST - self.now()).total_seconds():
            raise ValueError("the demo's clock moves forward only, and not beyond 2200")
        self._set(self.offset() + timedelta(seconds=seconds), self.rate)

    def set_rate(self, rate: float) -> None:
        """Let it run so many seconds a real second, from now on; ValueError for less than 1."""
        if not 1 <= rate <= FASTEST:
            raise ValueError(f"the demo's clock runs at a rate from 1 to {FASTEST:.0f}")
        self._set(self.offset(), rate)

    def _set(self, offset: timedelta, rate: float) -> None:
        since = {} if rate == 1 else {"rate": rate, "since": datetime.now(UTC).timestamp()}
        self._file.write(offset=offset.total_seconds(), **since)
