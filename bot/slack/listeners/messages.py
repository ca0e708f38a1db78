"""Messages in the DM: new, edited, deleted."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.domain.event import WorkspaceId
from bot.services import intake
from bot.slack import inbound
from storage import Storage


def register(
    app: AsyncApp,
    workspace: WorkspaceId,
    storage: Storage,
    now: Callable[[], datetime],
    succeeded: Callable[[], None],
) -> None:
    """Take every `message` event, whatever its subtype; acknowledged by Bolt after the commit.

    `succeeded` is told of each one that was taken in.
    """

    @app.event("message")
    async def message(body: dict[str, Any]) -> None:
        said = inbound.said(body, workspace)
        if said is not None:
            await storage.write(lambda tx: intake.take_said(tx, said, now()), person=said.person)
            succeeded()
