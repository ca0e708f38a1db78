"""A fresh database with a programme in it, and how far a bot has come with it."""

import asyncio
import sys
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from bench.servers import TEAM
from bot.demo.stage import database
from bot.domain.event import ChannelId, Event, EventKey, PersonId, Session, SessionCode, WorkspaceId
from bot.domain.people import How, Role, Sought
from bot.domain.programme import Programme
from bot.errors import MendableError
from bot.programme.yaml import load_template
from bot.services import organising
from storage import State, Storage, open_storage

WORKSPACE, EVENT = WorkspaceId(TEAM), EventKey("bench")
_PATIENCE = 60.0  # seconds

Fresh = Callable[[], AbstractContextManager[str]]  # gives the URL of an empty database, gone after the block


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Fresh]:
    """A maker of fresh databases: files in the folder, or databases on one PostgreSQL server.

    Raises MendableError when there is no server, or when its role may not create databases.
    """
    if kind == "sqlite":
        yield lambda: _file(folder)
        return
    with ExitStack() as stack:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR")  # of pgserver's, and nothing hangs on it
            server = stack.enter_context(database(kind, folder))
        yield lambda: _on_server(server)


@contextmanager
def _file(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / uuid4().hex}.db"


@contextmanager
def _on_server(server: str) -> Iterator[str]:
    address, name = make_url(server).set(drivername="postgresql"), f"plenary_bench_{uuid4().hex}"
    admin = address.render_as_string(hide_password=False)
    try:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    except psycopg.Error:
        raise MendableError(
            "The PostgreSQL of DATABASE_URL cannot be reached, or its role may not create databases."
        ) from None
    try:
        yield address.set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


@asynccontextmanager
async def prepared(url: str, rapporteurs: Sequence[str]) -> AsyncIterator[Storage]:
    """The database with a programme in which each of them reports a session; opened for looking at it."""
    storage = await asyncio.to_thread(open_storage, url, lambda: None)
    try:
        now = datetime.now(UTC)
        await storage.write(lambda tx: organising.apply_event(tx, programme_of(rapporteurs, now), now))
        yield storage
    finally:
        await storage.close()


async def emptied(storage: Storage) -> None:
    """Wait until nothing waits in the outbox: ticks wait five seconds for the end of a burst.

    Raises RuntimeError when nothing moves for a minute: the bot is dead, or does not deliver.
    """
    least, since = sys.maxsize, time.monotonic()
    while waiting := await _waiting(storage):
        if waiting < least:
            least, since = waiting, time.monotonic()
        elif time.monotonic() - since > _PATIENCE:
            raise RuntimeError(f"{waiting} rows wait in the outbox and none goes out")
        await asyncio.sleep(0.1)


async def _waiting(storage: Storage) -> int:
    listing = await storage.read(lambda tx: tx.operators.listing())
    return sum(row.state is State.WAITING for row in listing)


async def kept(storage: Storage) -> int:
    """How many messages are kept."""
    dialogues = await storage.read(lambda tx: tx.dialogues.of_all(WORKSPACE, EVENT))
    return sum(len(dialogue.versions) for dialogue in dialogues.values())


def programme_of(rapporteurs: Sequence[str], now: datetime) -> Programme:
    """An event in which each of them reports a session of their own."""
    closing = now + timedelta(days=30)  # no reminder is due while we measure
    event = Event(
        workspace=WORKSPACE, key=EVENT, name="Bench", place="Marrakesh", zone="Africa/Casablanca",
        closing_at=closing, closing_ends_at=closing + timedelta(hours=1),
        due_at=closing - timedelta(hours=1), freeze_at=closing - timedelta(minutes=30),
        channel=ChannelId("CBENCH"),
    )  # fmt: skip
    template = load_template("marrakesh-2018")
    sessions = tuple(
        Session(
            code=SessionCode(f"1.{number}"),
            title=f"Roundtable {number}",
            starts_at=now,
            ends_at=closing,
            template=template.key,
        )
        for number, _ in enumerate(rapporteurs, 1)
    )
    sought = tuple(
        Sought(
            event=EVENT, role=Role.RAPPORTEUR, session=session.code, how=How.ID, whom=person, person=person
        )
        for session, person in zip(sessions, map(PersonId, rapporteurs), strict=True)
    )
    return Programme(
        event=event, templates=(template,), sessions=sessions, sought=sought,
        listed=(),
    )  # fmt: skip
