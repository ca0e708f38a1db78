"""People who write by themselves while the page's switch is on; nobody types for whom somebody looks at."""

import asyncio
from contextlib import suppress
from datetime import datetime

import aiohttp

from bot.demo.script import Line, forms_of, lines
from bot.demo.stage import Stage
from bot.errors import StorageUnavailable
from storage import Storage, Transaction

_EVERY = 0.5  # seconds; a person types one line at most meanwhile, however far the clock was moved


class Writers:
    """Everybody's place in their lines."""

    def __init__(self, set_up: Stage, storage: Storage) -> None:
        self._set_up, self._storage = set_up, storage
        self._on_since: datetime | None = None
        self._typed: dict[str, datetime] = {}  # each person's last line, or until when they were left to you

    async def write(self) -> None:
        """Go on until cancelled; a bot that is away hears of everything later, as Slack would tell it."""
        while True:
            with suppress(StorageUnavailable, aiohttp.ClientError, LookupError):
                await self._look()
            await asyncio.sleep(_EVERY)

    async def _look(self) -> None:
        status, now = await self._set_up.driver.status(), self._set_up.clock.now()
        if not status["others_write"]:
            self._on_since = None
            return
        if self._on_since is None:
            self._on_since, self._typed = now, {}
        for person in status["you"]:
            self._typed[person] = now
        script = await self._storage.read(self._lines)
        for line in self._next(script, now):
            await self._set_up.driver.say(line.person, line.text)
            self._typed[line.person] = line.at

    def _next(self, script: tuple[Line, ...], now: datetime) -> list[Line]:
        """The first line of everybody whose moment has come since their last one."""
        first: dict[str, Line] = {}
        for line in script:
            since = self._typed.get(line.person, self._on_since)
            if since is not None and since < line.at <= now:
                first.setdefault(line.person, line)
        return list(first.values())

    def _lines(self, tx: Transaction) -> tuple[Line, ...]:
        workspace, found = self._set_up.workspace, list[Line]()
        for event in tx.events.all(workspace):
            templates = tx.events.templates(workspace, event.key)
            assignments = tx.events.assignments(workspace, event.key)
            masked = tx.events.listed(workspace, event.key)
            found += lines(assignments, forms_of(assignments, templates, masked), templates)
        return tuple(found)
