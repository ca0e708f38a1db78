"""A PostgreSQL of one test alone, which may be stopped, started and paused; it ends with the test."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from tests.support import postgres_server

_PATIENCE = 30  # seconds for a start or a stop

# The shell waits for its input to end, which happens when this process closes it or is gone; then it stops
# the server: SIGINT ends the connections of everybody.
_TIED = '"$@" </dev/null & server=$!; read -r _; kill -INT $server; wait $server'


class OwnPostgres:
    """One database, `plenary`, of a role of that name that is no superuser."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._user = postgres_server.user_for(folder)
        self._programs = postgres_server.programs_for(folder, self._user)
        self._process: subprocess.Popen[bytes] | None = None
        postgres_server.initialise(folder, self._programs, self._user)

    @property
    def url(self) -> str:
        """What the bot gets."""
        return f"postgresql://plenary@/plenary?host={self.folder}"

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _TIED, "sh", *postgres_server.command(self.folder, self._programs)],
            user=self._user,
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + _PATIENCE
        while not postgres_server.is_ready(self.folder):
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the test's own PostgreSQL did not start")
            time.sleep(0.01)

    def stop(self) -> None:
        """End all connections and the server; harmless twice."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait(_PATIENCE)
            self._process = None

    def do(self, *statements: str) -> None:
        """As superuser, each in a transaction of its own; in the database of the bot once it is there."""
        with self.superuser() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @contextmanager
    def superuser(self, database: str = "plenary") -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
        """A session that no limit applies to."""
        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname=database, autocommit=True
        ) as connection:
            yield connection

    def move_to(self, folder: Path) -> None:
        """Keep the bot's tables, which nobody uses yet, below a folder; the log stays where it is."""
        if self._user is not None:
            shutil.chown(folder, self._user)
        with self.superuser("postgres") as connection:
            connection.execute(f"CREATE TABLESPACE elsewhere LOCATION '{folder}'".encode())
            connection.execute("ALTER DATABASE plenary SET TABLESPACE elsewhere")

    def throw_everybody_out(self) -> None:
        """End every session of the bot's role."""
        self.do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'plenary'")

    def pause(self) -> None:
        """SIGSTOP to all of it: connections stand, nobody answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        main = int((self.folder / "cluster" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for process in (main, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(process, number)


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """A running server with an empty database for the bot."""
    folder = Path(tempfile.mkdtemp(prefix="plenary-pg-"))  # a socket's path must be short
    try:
        server = OwnPostgres(folder)
        server.start()
        try:
            with server.superuser("postgres") as connection:
                connection.execute("CREATE ROLE plenary LOGIN")
                connection.execute("CREATE DATABASE plenary OWNER plenary")
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
