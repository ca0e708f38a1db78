"""The bot's own process in demo and plays: `run` as it is, with a clock that can be moved and short waits.

python -m bot.demo.bot CLOCKFILE, settings from the environment. `plenary run` accepts none of this. A file
beside the clock's, CLOCKFILE with the ending .step, puts the clock of the bot alone forth or back.
"""

import asyncio
import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from bot import app
from bot.config import Settings
from bot.errors import MendableError
from bot.sandbox.demo_clock import DemoClock, JsonFile
from bot.slack.delivery import Pace
from bot.slack.tickets import Waits
from bot.watch import configure_logs

PACE = Pace(
    lease=3.0, timeout=1.5, rest=0.0, reading=0.02, asking=0.2,
    late=600.0,  # a second at the page's fastest
)  # fmt: skip
WAITS = Waits(attempt=2.0, reach=1.0, ping=2.0, pause=0.2, longest=1.0, refused=1.0, linger=2.0, ticket=2.0)
_LOOK = 0.2  # seconds between two looks at the clock's file
_RINGS = 60.0  # seconds of the demo between two rings of the alarm while its clock runs at a rate
_OFTEN = 0.1  # real seconds; it rings no more often


def step_file(clock_file: Path) -> JsonFile:
    """How many `seconds` the clock of the bot alone is off; nothing tells the bot that it was stepped."""
    return JsonFile(clock_file.with_suffix(".step"))


def rings_every(rate: float) -> float:
    """Real seconds between two rings: so few that nothing is late by the demo's clock."""
    return max(_RINGS / rate, _OFTEN)


def main(clock_file: Path, pace: Pace = PACE) -> None:
    """Run until told to stop."""
    settings = Settings.load(os.environ)
    configure_logs(settings.log_level, settings.log_format)
    clock, step = DemoClock(clock_file), step_file(clock_file)

    def now() -> datetime:
        return clock.now() + timedelta(seconds=step.read().get("seconds", 0.0))

    async def moved() -> None:
        before, began, wait = clock.setting, time.monotonic(), rings_every(clock.rate)
        while clock.setting == before and (clock.rate == 1 or time.monotonic() - began < wait):  # noqa: ASYNC110 - a file
            await asyncio.sleep(min(_LOOK, wait))

    asyncio.run(app.run(settings, clock=app.Clock(now=now, moved=moved), pace=pace, waits=WAITS))


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except MendableError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
