"""What a soak is asked for, and what follows from its length."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from pathlib import Path

from bot.demo.bot import PACE
from bot.demo.breaks import Break
from bot.slack.delivery import Pace

_REAL = Pace()
# of the breaks of a play, those that a soak has a place for
PLANTED = (
    Break.LOSES_NOTE, Break.DOUBLES_POST, Break.LEAKS_NAME, Break.FORGETS_EDIT, Break.FORGETS_REMINDER,
)  # fmt: skip
_LEAST = 0.12  # a start on a busy machine may take half a minute, and Slack's last retry must come after it
_LONG = 10  # minutes: from here on all waits are Slack's and `plenary run`'s own


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of the command."""

    minutes: float
    seed: int
    database: str = "sqlite"
    transport: str = "socket"
    processes: int = 1
    broken: Break | None = None
    beyond_retries: bool = False
    keep: Path | None = None
    days: float = 0.0  # of the demo, which pass at the rate; `minutes` are those that they take
    rate: float = 1.0
    only: tuple[str, ...] = ()  # kinds of downtime and fault; none named is all that there are

    @property
    def looks_again(self) -> float:
        """Seconds after which the bot has looked for a post that Slack did not answer; and some."""
        return max(5.0, self.pace.lease - self.pace.timeout) + 1.0

    @property
    def later(self) -> timedelta:
        """How much later than the shipped event's the closing session is."""
        return timedelta(days=ceil(self.days))

    @property
    def is_unscaled(self) -> bool:
        """Whether Slack's retries and the bot's waits are the real ones."""
        return self.minutes >= _LONG

    @property
    def retry_scale(self) -> float:
        """What Slack's retry times are multiplied by."""
        return 1.0 if self.is_unscaled else max(_LEAST, self.minutes / _LONG)

    @property
    def pace(self) -> Pace:
        """The bot's waits."""
        return _REAL if self.is_unscaled else PACE

    @property
    def pause(self) -> float:
        """Mean seconds between two deeds of a person."""
        return max(1.5, self.minutes * 60 / 150 if self.days else min(4.0, self.minutes * 60 / 200))

    @property
    def last_retry(self) -> float:
        """Seconds from Slack's third attempt to its last one: no downtime may be longer."""
        return 300 * self.retry_scale

    def title(self) -> str:
        """One line."""
        processes = f", {self.processes} processes" if self.processes > 1 else ""
        broken = f", --break {self.broken.value}" if self.broken else ""
        return f"{self.database}, {self.transport}{processes}, seed {self.seed}{broken}"
