"""The watch over statements: each must keep to one workspace, or say by name why it does not.

Every process of a test session (pytest's workers, bots that tests start) appends what it executes to one
file, named by an environment variable; at the end the whole is judged.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import ExecutionContext

from storage import CROSSES_WORKSPACES
from storage.tables import metadata
from tests.support.sql import unfiltered

FILE = "PLENARY_TEST_STATEMENTS"
_JUDGED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@dataclass(frozen=True)
class Statement:
    """A statement as it went to the driver, with the name under which it says that it crosses workspaces."""

    text: str
    crosses: str | None


def watch(heard: Callable[[Statement], None]) -> Callable[[], None]:
    """Hear each distinct statement of all engines, once; what comes back ends the watch."""
    seen: set[Statement] = set()

    def before(
        _connection: Connection,
        _cursor: object,
        text: str,
        _values: object,
        context: ExecutionContext,
        _many: bool,
    ) -> None:
        options = context.execution_options if context else {}
        statement = Statement(text, options.get("crosses_workspaces"))
        if statement not in seen:
            seen.add(statement)
            heard(statement)

    event.listen(Engine, "before_cursor_execute", before)
    return lambda: event.remove(Engine, "before_cursor_execute", before)


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Every statement of all engines while it lasts, as often as it is executed."""
    executed: list[str] = []

    def before(_one: Connection, _cursor: object, text: str, *_rest: object) -> None:
        executed.append(text)

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield executed
    finally:
        event.remove(Engine, "before_cursor_execute", before)


def faults(statements: Iterable[Statement]) -> list[str]:
    """A line for each statement that touches a table of ours across workspaces without a listed reason."""
    return sorted({fault for statement in statements for fault in _faults(statement)})


def _faults(statement: Statement) -> list[str]:
    text = " ".join(statement.text.split())
    if not text.upper().startswith(_JUDGED):
        return []
    if statement.crosses is not None:
        if statement.crosses in CROSSES_WORKSPACES:
            return []
        return [f"crosses workspaces under an unlisted name, {statement.crosses!r}: {text}"]
    return [f"{table} without workspace: {text}" for table in unfiltered(text, metadata.tables)]


def watch_into_file() -> None:
    """Append what this process executes to the file of the session, if there is one. One line a statement."""
    name = os.environ.get(FILE)
    if name is None:
        return

    def heard(statement: Statement) -> None:
        line = json.dumps([statement.text, statement.crosses]) + "\n"
        with Path(name).open("a") as file:  # opened each time: a bot may be killed at any moment
            file.write(line)

    watch(heard)


def heard_in(file: Path) -> list[Statement]:
    """What all processes of a session appended; a line cut off by a kill is left out."""
    lines = file.read_text().splitlines() if file.exists() else []
    return [Statement(*json.loads(line)) for line in lines if line.endswith("]")]


def begin_session(config: pytest.Config) -> None:
    """For pytest_configure: name the file, unless a controller did, and watch."""
    if not hasattr(config, "workerinput"):
        handle, os.environ[FILE] = tempfile.mkstemp(prefix="plenary-statements-")
        os.close(handle)
    watch_into_file()


def end_session(session: pytest.Session) -> list[str]:
    """For pytest_sessionfinish: the faults of all processes; a session with any fails. Workers give none."""
    if hasattr(session.config, "workerinput"):
        return []
    file = Path(os.environ.pop(FILE))
    found = faults(heard_in(file))
    file.unlink(missing_ok=True)
    if found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    return found


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement of all engines while it lasts, one entry each time that one is executed."""
    executed: list[str] = []

    def before(_connection: Connection, _cursor: object, text: str, *_: object) -> None:
        executed.append(text)

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield executed
    finally:
        event.remove(Engine, "before_cursor_execute", before)
