"""A process that takes moves in: each line of its input is a JSON list of them, taken all at once.

python -m tests.support.taker DATABASE_URL; says "done" after each line.
"""

import asyncio
import json
import sys
from typing import Any

from bot.domain.dialogue import Deed
from bot.domain.event import ChannelId, EventKey, SessionCode, WorkspaceId
from bot.domain.moves import Pressed, Said
from bot.domain.words import Words
from bot.services import intake
from storage import Storage, Transaction, open_storage
from tests.builders import RAPPORTEUR, THURSDAY, ts
from tests.support.statements import watch_into_file

Json = dict[str, Any]


def move_of(workspace: str, told: Json) -> Said | Pressed:
    """A move from what a test tells: {at, as_of, text} for a message, {at, deed, section} for a press."""
    at = told["at"]
    if "deed" in told:
        return Pressed(
            receipts=(f"trigger/{at}",),
            workspace=WorkspaceId(workspace),
            person=RAPPORTEUR,
            channel=ChannelId("D1"),
            ts=ts(at),
            deed=Deed(told["deed"]),
            event=EventKey("marrakesh-2018"),
            session=SessionCode("2.2"),
            section=told["section"],
        )
    as_of, text = told["as_of"], told["text"]
    return Said(
        receipts=(f"event/{at}/{as_of}", f"message/D1/{at}/{as_of}"),
        workspace=WorkspaceId(workspace),
        person=RAPPORTEUR,
        channel=ChannelId("D1"),
        ts=ts(at),
        as_of=ts(as_of),
        words=None if text is None else Words(text),
    )


async def take(storage: Storage, workspace: str, moves: list[Json]) -> None:
    """Take moves in, all at once."""

    def work(move: Said | Pressed) -> Any:
        def taken(tx: Transaction) -> None:
            match move:
                case Said():
                    intake.take_said(tx, move, THURSDAY)
                case Pressed():
                    intake.take_pressed(tx, move, THURSDAY)

        return taken

    await asyncio.gather(*(storage.write(work(move_of(workspace, each))) for each in moves))


async def main(url: str) -> None:
    storage = open_storage(url, lambda: None)
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        told = json.loads(line)
        await take(storage, told["workspace"], told["moves"])
        print("done", flush=True)
    await storage.close()


if __name__ == "__main__":
    watch_into_file()
    asyncio.run(main(sys.argv[1]))
