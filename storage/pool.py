"""Works in a few threads, one transaction each: both doors of PostgreSQL, and the reading door of SQLite."""

from asyncio import Future, get_running_loop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import uniform
from time import sleep
from typing import Generic, TypeVar

from sqlalchemy import Connection, Engine

from storage.troubles import in_our_words, is_lost_connection, is_lost_race, perform

Tx = TypeVar("Tx")
T = TypeVar("T")

TRIES = 5  # of a work that lost a race or its connection; each waits a little longer
LONGEST_WAIT = 0.02  # seconds, before the second try


class Pool(Generic[Tx]):
    """`engine` should have as many connections as there are threads, so that no thread waits for one."""

    def __init__(
        self,
        engine: Engine,
        open_tx: Callable[[Connection], Tx],
        after_commit: Callable[[Tx], None] | None = None,
        *,
        threads: int,
    ) -> None:
        self._engine = engine
        self._open_tx = open_tx
        self._after_commit = after_commit
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="plenary-storage")

    def submit(self, work: Callable[[Tx], T]) -> "Future[T]":
        """Let a work wait for a thread; a future that is cancelled before its turn is left out."""
        return get_running_loop().run_in_executor(self._threads, self._run, work)

    def stop(self) -> None:
        """Finish what waits, then end the threads and their connections; blocks until then."""
        self._threads.shutdown()
        self._engine.dispose()

    def _run(self, work: Callable[[Tx], T]) -> T:
        for tried in range(1, TRIES + 1):
            attempt = _Attempt(self._open_tx, work)
            try:
                with self._engine.begin() as connection:
                    attempt.perform(connection)
                break
            except Exception as error:  # noqa: BLE001 # of any kind; it is raised again below, without its chain
                failure = error
            if tried == TRIES or not attempt.may_be_made_again(failure):
                raise in_our_words(failure)
            sleep(uniform(0, tried * LONGEST_WAIT))  # noqa: S311 # spreads rivals, keeps no secret
        if self._after_commit is not None:
            self._after_commit(attempt.tx)
        return attempt.result


class _Attempt(Generic[Tx, T]):
    """A work, done once over; what it gave is to be read after the commit only."""

    tx: Tx
    result: T

    def __init__(self, open_tx: Callable[[Connection], Tx], work: Callable[[Tx], T]) -> None:
        self._open_tx, self._work = open_tx, work
        self._is_performed = False

    def perform(self, connection: Connection) -> None:
        self.tx = self._open_tx(connection)
        self.result = perform(self._work, self.tx)
        self._is_performed = True

    def may_be_made_again(self, failure: Exception) -> bool:
        """After a lost race always; after a lost connection unless the commit may have gone through on it."""
        return is_lost_race(failure) or (not self._is_performed and is_lost_connection(failure))
