"""SQLite's writer: one thread that owns the writing connection and commits together what waits together.

No timer: what arrives during a commit goes into the next one. A lone work waits for nobody, and thirty share
the cost of one write to the disk.
"""

from asyncio import AbstractEventLoop, Future, get_running_loop
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine

from bot.errors import StorageUnavailable
from storage.troubles import in_our_words, perform

Tx = TypeVar("Tx")
T = TypeVar("T")

AT_MOST = 32  # works in one transaction: one that fails makes no more than these run again


@dataclass(slots=True, eq=False)
class _Job(Generic[Tx]):
    """A work, who waits for it, and what became of it."""

    work: Callable[[Tx], Any]
    loop: AbstractEventLoop
    waiting: "Future[Any]"
    result: Any = None
    error: Exception | None = None

    def resolve(self) -> None:
        """On its own loop only."""
        if self.waiting.cancelled():
            return
        if self.error is None:
            self.waiting.set_result(self.result)
        else:
            self.waiting.set_exception(self.error)


class Writer(Generic[Tx]):
    """Takes works from any event loop. `engine` has one connection, whose transactions begin IMMEDIATE."""

    def __init__(
        self, engine: Engine, open_tx: Callable[[Connection], Tx], after_commit: Callable[[Tx], None]
    ) -> None:
        self._engine = engine
        self._open_tx = open_tx
        self._after_commit = after_commit
        self._queue: SimpleQueue[_Job[Tx] | None] = SimpleQueue()
        self._thread = Thread(target=self._serve, name="plenary-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Tx], T]) -> "Future[T]":
        """Let a work wait for the thread; a future that is cancelled before its turn is left out."""
        loop = get_running_loop()
        waiting: Future[T] = loop.create_future()
        self._queue.put(_Job(work, loop, waiting))
        return waiting

    def stop(self) -> None:
        """Finish what waits, then end the thread and its connection; blocks until then."""
        self._queue.put(None)
        self._thread.join()
        self._engine.dispose()

    def _serve(self) -> None:
        more = True
        while more:
            group, more = self._next_group()
            jobs = [job for job in group if not job.waiting.cancelled()]
            self._settle(jobs)
            _resolve(jobs)

    def _next_group(self) -> tuple[list[_Job[Tx]], bool]:
        """What waits, and whether more may come; sleeps while nothing waits."""
        group: list[_Job[Tx]] = []
        with suppress(Empty):
            while len(group) < AT_MOST:
                job = self._queue.get(block=not group)
                if job is None:
                    return group, False
                group.append(job)
        return group, True

    def _settle(self, jobs: list[_Job[Tx]]) -> None:
        """Commit the works together; if that fails, each alone, so that only the one at fault fails.

        A database that is away is away for all of them: nobody waits for it thirty times.
        """
        failure = self._commit(jobs)
        if failure is None:
            return
        if len(jobs) == 1 or isinstance(in_our_words(failure), StorageUnavailable):
            for job in jobs:
                job.error = in_our_words(failure)
        else:
            for job in jobs:
                self._settle([job])

    def _commit(self, jobs: list[_Job[Tx]]) -> Exception | None:
        opened: list[Tx] = []
        try:
            with self._engine.begin() as connection:
                for job in jobs:
                    opened.append(self._open_tx(connection))
                    job.result = perform(job.work, opened[-1])
        except Exception as error:  # noqa: BLE001 # of any kind: it belongs to whoever awaits the work
            return error
        for job, tx in zip(jobs, opened, strict=True):
            self._announce(job, tx)
        return None

    def _announce(self, job: _Job[Tx], tx: Tx) -> None:
        try:
            self._after_commit(tx)
        except Exception as error:  # noqa: BLE001 # of any kind: the caller hears of it, the thread goes on
            job.error = error


def _resolve(jobs: list[_Job[Any]]) -> None:
    """Wake each event loop once, however many of its works are done."""
    by_loop: dict[AbstractEventLoop, list[_Job[Any]]] = defaultdict(list)
    for job in jobs:
        by_loop[job.loop].append(job)
    for loop, done in by_loop.items():
        with suppress(RuntimeError):  # the loop was closed: nobody waits there any more
            loop.call_soon_threadsafe(_resolve_all, done)


def _resolve_all(jobs: list[_Job[Any]]) -> None:
    for job in jobs:
        job.resolve()
