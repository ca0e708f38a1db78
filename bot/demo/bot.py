"""The bot's own process in demo and plays: `run` as it is, with a clock that can be moved and short waits.

python -m bot.demo.bot CLOCKFILE, settings from the environment. `plenary run` accepts none of this.
"""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

from bot import app
from bot.clock import real_now
from bot.config import Settings
from bot.errors import MendableError
from bot.sandbox.demo_clock import DemoClock
from bot.slack.delivery import Pace
from bot.slack.tickets import Waits
from bot.watch import configure_logs

PACE = Pace(lease=3.0, timeout=1.5, rest=0.0, reading=0.02, asking=0.2)
WAITS = Waits(attempt=2.0, reach=1.0, ping=2.0, pause=0.2, longest=1.0, refused=1.0, linger=2.0, ticket=2.0)
_LOOK = 0.2  # seconds between two looks at the clock's file


def main(clock_file: Path) -> None:
    """Run until told to stop."""
    settings = Settings.load(os.environ)
    configure_logs(settings.log_level, settings.log_format)
    clock = DemoClock(clock_file)

    async def moved() -> None:
        before = clock.now() - real_now()
        while abs(clock.now() - real_now() - before) < timedelta(seconds=1):  # noqa: ASYNC110 - a file
            await asyncio.sleep(_LOOK)

    asyncio.run(app.run(settings, clock=app.Clock(now=clock.now, moved=moved), pace=PACE, waits=WAITS))


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except MendableError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
