"""The demo to walk in: starts the stage, prints the page's address, waits until told to stop."""

import asyncio
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.demo import own, players
from bot.demo.herald import tell_what_comes
from bot.demo.stage import SHIPPED, Stage, database, stage
from bot.demo.writers import Writers
from bot.domain.event import WorkspaceId
from bot.operations.opening import opened
from bot.programme.yaml import load_event

FIRST = "2.2"


@dataclass(frozen=True, slots=True)
class Scene:
    """What the demo opens with: the shipped event, or one's `own`, or (`is_organised` false) none yet."""

    company: players.Company
    own: Path | None = None
    is_organised: bool = True


def scene_of(event: Path | None, *, is_empty: bool) -> Scene:
    """The scene that was asked for; EventRefused with every fault of the event file."""
    if is_empty:
        return Scene(own.nobody_yet(datetime.now(UTC)), is_organised=False)
    if event is None:
        return Scene(players.SEVEN)
    return Scene(own.company_of(load_event(event, WorkspaceId("the demo's"))), event)


async def show(scene: Scene, *, transport: str, database_kind: str, keep: Path | None, port: int) -> None:
    """Run the demo until Ctrl-C; `keep` is a folder in which it goes on next time."""
    began = time.monotonic()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="plenary-")))
        url = stack.enter_context(database(database_kind, folder))
        async with stage(
            folder,
            transport=transport,
            database_url=url,
            port=port,
            event_file=scene.own or SHIPPED,
            is_own=scene.own is not None,
            is_organised=scene.is_organised,
            company=scene.company,
        ) as set_up:
            if set_up.is_new and scene.company is players.SEVEN:
                await _first_prompt(set_up)
                print(f"Rapporteur {FIRST} typed next; the first prompt stands after {_since(began)}.")
            elif set_up.is_new:
                print("\n".join(_first_words(scene)))
            print(f"Open {set_up.sandbox.url}/ and be somebody. The bot's log: {folder / 'bot.log'}")
            print(f"The bot is process {set_up.bot.pid}: kill -9 it, it comes back and has lost nothing.")
            ending = "the state stays" if keep else "it forgets everything"
            print(f"Ctrl-C ends it; {ending}.", flush=True)
            async with opened(url) as storage:
                tasks = [
                    _keep_running(set_up),
                    tell_what_comes(set_up, storage),
                    Writers(set_up, storage).write(),
                ]
                going = [asyncio.create_task(each) for each in tasks]
                await stop.wait()
                for task in going:
                    task.cancel()


def _first_words(scene: Scene) -> Iterator[str]:
    """What can be done where the event is one's own, and who is there."""
    if scene.own is None:
        yield "Nothing is organised yet. Be the administrator and type to Plenary: new event"
        yield f"The digest's channel is {players.DIGEST}. A table names people by any of these:"
    else:
        yield f"{scene.own} is applied. Whoever reports is told so in their waking hours."
    yield from own.lines_of(scene.company)


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
