"""An outage: from the first failure to the next success. A long one means that events may be lost to us."""

import time
from collections.abc import Callable

LONG = 60.0  # seconds; Slack's own retries make up for a shorter one


class Outage:
    """Told of each failure and success of one thing; `over` is called when a long outage ends."""

    def __init__(self, over: Callable[[], None]) -> None:
        self._over = over
        self._since: float | None = None  # time.monotonic()

    def failed(self) -> None:
        """It failed now."""
        if self._since is None:
            self._since = time.monotonic()

    def succeeded(self) -> None:
        """It works now."""
        if self._since is None:
            return
        was_long = time.monotonic() - self._since > LONG
        self._since = None
        if was_long:
            self._over()
