"""Works in a few threads, one transaction each: both doors of PostgreSQL, and the reading door of SQLite."""

from asyncio import Future, get_running_loop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import uniform
from time import sleep
from typing import Generic, TypeVar

from sqlalchemy import Connection, Engine

from storage.troubles import in_our_words, is_lost_race, perform

Tx = TypeVar("Tx")
T = TypeVar("T")

TRIES = 5  # of a work that lost a race; each waits a little longer
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
            try:
                tx, result = self._commit(work)
                break
            except Exception as error:  # noqa: BLE001 # of any kind; it is raised again below, without its chain
                failure = error
            if tried == TRIES or not is_lost_race(failure):
                raise in_our_words(failure)
            sleep(uniform(0, tried * LONGEST_WAIT))  # noqa: S311 # spreads rivals, keeps no secret
        if self._after_commit is not None:
            self._after_commit(tx)
        return result

    def _commit(self, work: Callable[[Tx], T]) -> tuple[Tx, T]:
        with self._engine.begin() as connection:
            tx = self._open_tx(connection)
            return tx, perform(work, tx)
