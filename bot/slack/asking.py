"""Asking Slack about people whom an event file names, a call at a time, for as long as the bot runs."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from itertools import groupby

import structlog

from bot.domain.event import EventKey, WorkspaceId
from bot.domain.people import Answer
from bot.errors import OursToFix
from bot.services import seeking
from bot.slack.directory import Directory
from storage import Storage

log = structlog.get_logger(__name__)


class Asking:
    """Looks every `rest` seconds for who is to be looked up: often who is not served, now and then who is."""

    def __init__(
        self,
        storage: Storage,
        directory: Directory,
        workspace: WorkspaceId,
        now: Callable[[], datetime],
        *,
        rest: float,
    ) -> None:
        self._storage, self._directory = storage, directory
        self._workspace, self._now, self._rest = workspace, now, rest

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            await asyncio.sleep(self._rest)
            try:
                await self._ask()
            except OursToFix as error:
                log.warning("people not looked up", error=type(error).__name__)
            except Exception as error:  # noqa: BLE001 - a fault of ours here must not end the bot's looking
                log.error("people not looked up", error=type(error).__name__)

    async def _ask(self) -> None:
        asked = await self._storage.read(lambda tx: seeking.to_ask(tx, self._workspace, self._now()))
        if not asked:
            return
        answers = await self._directory.answers(asked)
        for event, people in groupby(asked, key=lambda each: each.event):
            await self._take(event, {each.key: answers[each.key] for each in people})

    async def _take(self, event: EventKey, answers: dict[str, Answer]) -> None:
        now = self._now()
        await self._storage.write(lambda tx: seeking.take_answers(tx, self._workspace, event, answers, now))
