"""People of the workspace: who joins, comes back, is deactivated or changes a name."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.domain.event import WorkspaceId
from bot.services import seeking
from bot.slack import inbound
from storage import Storage


def register(app: AsyncApp, workspace: WorkspaceId, storage: Storage, now: Callable[[], datetime]) -> None:
    """Take every change of a member. Most concern nobody of an event, and cost one read."""

    async def changed(body: dict[str, Any]) -> None:
        member = inbound.changed_member(body, workspace)
        if member is None or not await storage.read(
            lambda tx: seeking.is_concerned(tx, workspace, member, now())
        ):
            return
        await storage.write(lambda tx: seeking.take_member(tx, workspace, member, now()))

    app.event("user_change")(changed)
    app.event("team_join")(changed)
