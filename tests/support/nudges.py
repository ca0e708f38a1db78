"""What tests of reminders do again and again: ring, read what waits, write, submit."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import select

from bot.domain import wall
from bot.domain.event import PersonId
from bot.domain.moment import ts_of
from bot.domain.moves import Said
from bot.domain.words import Words
from bot.services import intake, reminding
from storage import Storage
from storage.codec import reply_from_json
from storage.tables import outbox as table
from tests.builders import WORKSPACE, an_event

R = TypeVar("R")
ZONE = an_event().zone


def clock(moment: datetime) -> str:
    """The time on the wall of the event."""
    return wall.clock(moment, ZONE)


async def ring(storage: Storage, at: datetime) -> list[str]:
    """Let everything that is due be done; gives who is sent a reminder by it."""
    before = len(await _reminded(storage))
    while (await storage.write(lambda tx: reminding.remind(tx, WORKSPACE, at))).is_full:
        pass
    return (await _reminded(storage))[before:]


async def _reminded(storage: Storage) -> list[str]:
    listing = await storage.read(lambda tx: tx.operators.listing())
    return [row.address for row in listing if row.kind == "Reminder"]


async def outbox(storage: Storage, kind: type[R]) -> list[tuple[str, R]]:
    """The replies of a kind that wait or waited, with whom they are for, in order."""
    rows = await storage.read(
        lambda tx: list(
            tx.outbox._connection.execute(
                select(table.c.address, table.c.reply)
                .where(table.c.workspace == WORKSPACE)
                .order_by(table.c.number)
            )
        )
    )
    found = [(address, reply_from_json(reply)) for address, reply in rows]
    return [(address, reply) for address, reply in found if isinstance(reply, kind)]


def said(person: PersonId, text: str, at: datetime, as_of: datetime | None = None) -> Said:
    """A message typed at a moment, or its newer version."""
    ts, newest = ts_of(at), ts_of(as_of or at)
    return Said(
        receipts=(f"message/{person}/{ts}/{newest}",),
        workspace=WORKSPACE,
        person=person,
        channel=f"D{person}",  # type: ignore[arg-type] # a channel's id
        ts=ts,
        as_of=newest,
        words=Words(text),
    )


async def wrote(storage: Storage, person: PersonId, at: datetime, text: str = "A note") -> None:
    """Somebody types something."""
    await storage.write(lambda tx: intake.take_said(tx, said(person, text, at), at))


async def submit(storage: Storage, person: PersonId, at: datetime) -> None:
    """Somebody submits what they report, by typing it twice."""
    for seconds in (0, 1):
        moment = at.replace(second=seconds)
        await wrote(storage, person, moment, "submit")
