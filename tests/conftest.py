"""The fixtures of the whole suite: a fresh database, of both kinds, and nothing else."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from storage import Storage, open_storage
from tests.support import statements
from tests.support.postgres import Server, running_server

settings.register_profile("ours", deadline=None)  # a loaded machine is no fault
settings.load_profile("ours")


def pytest_configure(config: pytest.Config) -> None:
    """Every statement of the session is looked at, bots in their own processes included."""
    statements.begin_session(config)


def pytest_sessionfinish(session: pytest.Session) -> None:
    for fault in statements.end_session(session):
        print(f"\nSTATEMENT {fault}")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'plenary.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, empty database."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[Storage]:
    """A database of this version, opened."""
    opened = open_storage(database_url, lambda: None)
    yield opened
    await opened.close()
