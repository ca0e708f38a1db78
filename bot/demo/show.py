"""The demo to walk in: starts the stage, prints the page's address, waits until told to stop."""

import asyncio
import signal
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bot.demo import players
from bot.demo.stage import Stage, database, stage

FIRST = "2.2"


async def show(*, transport: str, database_kind: str, keep: Path | None, port: int) -> None:
    """Run the demo until Ctrl-C; `keep` is a folder in which it goes on next time."""
    began = time.monotonic()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="plenary-")))
        url = stack.enter_context(database(database_kind, folder))
        async with stage(
            folder, transport=transport, database_url=url, port=port, company=players.SEVEN
        ) as set_up:
            if set_up.is_new:
                await _first_prompt(set_up)
                print(f"Rapporteur {FIRST} typed next; the first prompt stands after {_since(began)}.")
            print(f"Open {set_up.sandbox.url}/ and be somebody. The bot's log: {folder / 'bot.log'}")
            print(f"The bot is process {set_up.bot.pid}: kill -9 it, it comes back and has lost nothing.")
            ending = "the state stays" if keep else "it forgets everything"
            print(f"Ctrl-C ends it; {ending}.", flush=True)
            keeping = asyncio.create_task(_keep_running(set_up))
            await stop.wait()
            keeping.cancel()


async def _keep_running(set_up: Stage) -> None:
    """Start the bot again whenever somebody killed it."""
    while True:
        await set_up.bot.ended()
        await asyncio.sleep(1)
        await set_up.bot.start()
        print(f"The bot was killed and started again; it is process {set_up.bot.pid} now.", flush=True)


async def _first_prompt(set_up: Stage) -> None:
    """It is Thursday morning, and one of those who were contacted has just opened the chat."""
    person = players.rapporteur(FIRST)
    await set_up.driver.say(person, "next")
    await set_up.driver.until(lambda: _prompted(set_up, person))


async def _prompted(set_up: Stage, person: str) -> bool:
    return any("walk.next" in str(message.get("blocks")) for message in await set_up.driver.history(person))


def _since(began: float) -> str:
    return f"{time.monotonic() - began:.1f} s"
