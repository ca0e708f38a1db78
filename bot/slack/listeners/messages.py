"""Messages in the DM: new, edited, deleted."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.domain.event import WorkspaceId
from bot.metrics import Metrics
from bot.services import intake
from bot.slack import inbound
from bot.slack.listeners.taking import came_of, ignored, take
from storage import Storage


def register(
    app: AsyncApp,
    workspace: WorkspaceId,
    storage: Storage,
    now: Callable[[], datetime],
    succeeded: Callable[[], None],
    metrics: Metrics | None = None,
) -> None:
    """Take every `message` event, whatever its subtype; acknowledged by Bolt after the commit.

    `succeeded` is told of each one that was taken in.
    """
    counted = metrics or Metrics()

    @app.event("message")
    async def message(body: dict[str, Any]) -> None:
        said = inbound.said(body, workspace)
        if said is None:
            ignored(counted)
        else:
            await take(
                storage,
                counted,
                came_of(said),
                said.ts,
                lambda tx: intake.take_said(tx, said, now()),
                person=said.person,
            )
            succeeded()
