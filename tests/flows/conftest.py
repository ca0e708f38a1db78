"""A stage for a flow: sandbox and bot, each its own process, both databases, both ways in."""

import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.demo import players
from bot.demo.stage import Stage, stage
from tests.support import statements

MORTAL = "tests.support.mortal"  # the demo's bot, its statements watched

Staged = Callable[..., AbstractAsyncContextManager[Stage]]


@pytest.fixture
def staged(tmp_path: Path, sqlite_url: str) -> Staged:
    """Opens a stage where everybody was contacted; SQLite and Socket Mode unless told otherwise."""

    @asynccontextmanager
    async def opened(**options: Any) -> AsyncIterator[Stage]:
        watched = {name: os.environ[name] for name in (statements.FILE,) if name in os.environ}
        environ = {"PYTHONPATH": os.pathsep.join(sys.path), **watched, **options.pop("environ", {})}
        defaults = {"transport": "socket", "database_url": sqlite_url, "bot_module": MORTAL}
        async with stage(tmp_path, environ=environ, **{**defaults, **options}) as set_up:
            if options.get("is_organised", True):
                await all_contacted(set_up)
            yield set_up

    return opened


async def all_contacted(set_up: Stage) -> None:
    """What a test plants is not to meet the first contact, which comes right after the start."""
    for person in map(players.rapporteur, players.SESSIONS):
        await set_up.driver.until(lambda person=person: set_up.driver.history(person))
