"""The demo's clock: real time plus an offset that stands in a file, forward only; sandbox and bot read it."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

LAST = datetime(2200, 1, 1, tzinfo=UTC)  # a ts has ten digits for its seconds, which end in 2286


class DemoClock:
    """What time it is in the demo."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = timedelta()
        self._seen: tuple[int, int] | None = None

    def now(self) -> datetime:
        """Real time plus the offset, which is read again when the file changed."""
        return datetime.now(UTC) + self.offset()

    def offset(self) -> timedelta:
        """How far the demo is from real time."""
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return timedelta()
        seen = (stat.st_mtime_ns, stat.st_ino)
        if seen != self._seen:
            self._offset = timedelta(seconds=json.loads(self._path.read_text())["offset"])
            self._seen = seen
        return self._offset

    def forward(self, seconds: float) -> None:
        """Move the clock; ValueError for a move backward or beyond the year 2200."""
        if not 0 <= seconds <= (LAST - self.now()).total_seconds():
            raise ValueError("the demo's clock moves forward only, and not beyond 2200")
        self.set_offset(self.offset() + timedelta(seconds=seconds))

    def set_offset(self, offset: timedelta) -> None:
        """Write the file, whole or not at all."""
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps({"offset": offset.total_seconds()}))
        os.replace(beside, self._path)
