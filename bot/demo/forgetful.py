"""The demo's bot, broken: it never learns that a report is in, and goes on reminding whoever wrote it.

python -m bot.demo.forgetful CLOCKFILE. Only `plenary demo --play --break reminds-submitted` starts it.
"""

import sys
from pathlib import Path

from bot.demo import bot
from bot.domain.duties import Duty
from bot.domain.progress import Progress

if __name__ == "__main__":
    Duty.is_open = property(lambda duty: not (duty.is_cancelled or duty.is_stopped))  # type: ignore[assignment, method-assign]
    Progress.is_open = property(lambda each: each.is_asked)  # type: ignore[assignment, method-assign]
    bot.main(Path(sys.argv[1]))
