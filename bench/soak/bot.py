"""The soak's bot: the demo's, with the waits of `plenary run` where $SOAK_PACE says so."""

import os
import sys
from pathlib import Path

from bot.demo import bot
from bot.slack.delivery import Pace

REAL = Pace()

if __name__ == "__main__":
    bot.main(Path(sys.argv[1]), REAL if os.environ.get("SOAK_PACE") == "real" else bot.PACE)
