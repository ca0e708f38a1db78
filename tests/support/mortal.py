"""The demo's bot with its statements watched, which dies by its own hand after a commit of a message.

$DIE_AFTER_MESSAGES says after how many: killed there, before the caller goes on, nothing was acknowledged.
It leaves a line in $DEATHS, so that a kill that never struck is noticed.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from bot.demo import bot
from bot.domain.moves import Said
from bot.services import intake
from storage import Transaction, engine
from tests.support.statements import watch_into_file


def die_after(messages: int, deaths: Path) -> None:
    """Kill this process between the commit of so many messages and the acknowledgement of the last."""
    take, begin, commits = intake.take_said, engine.Doors.__init__, count(1)

    def marked(tx: Transaction, said: Said, now: datetime, *, catches_up: bool = False) -> intake.Taken:
        tx.took_a_message = True  # type: ignore[attr-defined] # a mark of this test's alone
        return take(tx, said, now, catches_up=catches_up)

    def begun(
        doors: object, url: str, open_tx: Callable[..., object], after_commit: Callable[..., None], *more: Any
    ) -> None:
        def deadly(tx: Transaction) -> None:
            after_commit(tx)
            if getattr(tx, "took_a_message", False) and next(commits) == messages:
                with deaths.open("a") as file:
                    file.write("between commit and acknowledgement\n")
                os.kill(os.getpid(), signal.SIGKILL)

        begin(doors, url, open_tx, deadly, *more)  # type: ignore[arg-type] # a method, called as a function

    intake.take_said = marked
    engine.Doors.__init__ = begun  # type: ignore[method-assign, assignment] # as above


if __name__ == "__main__":
    watch_into_file()
    if given := os.environ.get("DIE_AFTER_MESSAGES"):
        die_after(int(given), Path(os.environ["DEATHS"]))
    bot.main(Path(sys.argv[1]))
