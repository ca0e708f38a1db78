"""Errands in Slack for organisers: who administers the workspace, the bytes of a file, an event to apply."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.dropped import MOST_BYTES, Dropped, Unread
from bot.domain.errands import Admit, Apply, Errand, Fetch
from bot.domain.event import WorkspaceId
from bot.errors import EventRefused, OursToFix
from bot.services import new_event, talking
from bot.services.talking import Whom
from bot.slack import inbound
from bot.slack.files import Files
from bot.slack.refusals import Kind, refusal_of
from storage import Storage

log = structlog.get_logger(__name__)

GIVES_UP_AFTER = timedelta(minutes=10)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=2)


class Errands:
    """Looks every `rest` seconds for what is to be done. What fails is done again; nothing is done twice."""

    def __init__(
        self,
        storage: Storage,
        client: AsyncWebClient,
        workspace: WorkspaceId,
        now: Callable[[], datetime],
        *,
        rest: float,
    ) -> None:
        self._storage, self._client, self._workspace = storage, client, workspace
        self._files = Files(client, workspace)
        self._now, self._rest = now, rest

    async def run(self) -> None:
        """Do errands until cancelled."""
        while True:
            await asyncio.sleep(self._rest)
            try:
                await self.do()
            except OursToFix as error:
                log.warning("errand not done", error=type(error).__name__)

    async def do(self) -> None:
        """Do what is due, one after another."""
        due = await self._storage.read(lambda tx: tx.errands.due(self._workspace, self._now()))
        for errand, since in due:
            try:
                outcome = await self._do(errand, since)
            except OursToFix:
                raise
            except Exception as error:  # noqa: BLE001 - a fault of ours in one errand must not stop the others
                log.error("errand failed", error=type(error).__name__)
                outcome = "failed"
                await self._wait(errand)
            log.info("errand", errand=type(errand.task).__name__, outcome=outcome, tried=errand.tries + 1)

    async def _do(self, errand: Errand, since: datetime) -> str:
        whom = Whom(workspace=self._workspace, person=errand.person)
        match errand.task:
            case Admit() as task:
                return await self._admit(whom, errand, task)
            case Fetch() as task:
                return await self._fetch(whom, errand, task, since)
            case Apply() as task:
                return await self._apply(whom, errand, task)

    async def _admit(self, whom: Whom, errand: Errand, task: Admit) -> str:
        try:
            answer = await self._client.users_info(user=whom.person)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            if refusal.kind not in (Kind.TARGET_GONE, Kind.OURS):
                await self._wait(errand)
                return "again"
            is_admin = False  # Slack does not say so, now or later
        else:
            is_admin = inbound.is_admin(answer.get("user"))
        await self._storage.write(
            lambda tx: talking.admitted(tx, whom, errand, task, self._now(), is_admin=is_admin)
        )
        return "admitted" if is_admin else "not admitted"

    async def _fetch(self, whom: Whom, errand: Errand, task: Fetch, since: datetime) -> str:
        found = await self._files.fetch(task.file, MOST_BYTES)
        if found is Unread.BUSY and abs(self._now() - since) < GIVES_UP_AFTER:
            await self._wait(errand)
            return "again"
        file = Dropped(
            file=task.file,
            ts=task.ts,
            name="",
            body=found if isinstance(found, bytes) else None,
            unread=found if isinstance(found, Unread) else None,
        )
        await self._storage.write(lambda tx: talking.fetched(tx, whom, errand, file, self._now()))
        return "fetched" if isinstance(found, bytes) else found.value

    async def _apply(self, whom: Whom, errand: Errand, task: Apply) -> str:
        files = await self._storage.read(lambda tx: talking.folder(tx, whom, task.ts))
        try:
            programme, _ = await asyncio.to_thread(new_event.check, files, self._workspace)
        except EventRefused:
            programme = None
        await self._storage.write(lambda tx: talking.applied(tx, whom, errand, task, programme, self._now()))
        return "done"

    async def _wait(self, errand: Errand) -> None:
        whom = Whom(workspace=self._workspace, person=errand.person)
        wait = min(_FIRST_WAIT * 2**errand.tries, _LONGEST_WAIT)
        now = self._now()
        await self._storage.write(lambda tx: talking.waits(tx, whom, errand, now + wait, now))
