"""How long to wait for what, and how often Slack may be asked for a new ticket."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Seconds; shorter ones only in demo and tests.

    apps.connections.open is of Tier 1: one a minute and more, with bursts. So `burst` are asked for at once,
    then one in each `ticket`, and what never reached Slack does not count. A line stands a minute after the
    network is back, whatever was tried before.
    """

    attempt: float = 15.0  # for ticket, handshake and hello together
    reach: float = 5.0  # for a connection to be accepted
    ping: float = 10.0  # a line is pinged after so long without a sign, and dead half as long after that
    pause: float = 1.0  # after a failed attempt, doubled each time,
    longest: float = 10.0  # up to this
    refused: float = 30.0  # after a refusal that somebody must mend
    linger: float = 10.0  # for an old line to bring what is on its way, once a new one stands
    life: float = 3600.0  # then a line is replaced unasked: pings may be answered by who brings nothing
    burst: int = 5
    ticket: float = 55.0


class Tickets:
    """How long until Slack may be asked for another one."""

    def __init__(self, waits: Waits) -> None:
        self._waits, self._now = waits, asyncio.get_running_loop().time
        self._left, self._at = float(waits.burst), self._now()

    @property
    def wait(self) -> float:
        """Seconds; 0 when one is left."""
        now = self._now()
        self._left = min(self._waits.burst, self._left + (now - self._at) / self._waits.ticket)
        self._at = now
        return max(0.0, (1 - self._left) * self._waits.ticket)

    def spend(self) -> None:
        """One is asked for."""
        self._left -= 1

    def restore(self) -> None:
        """It was not: Slack could not be reached."""
        self._left += 1
