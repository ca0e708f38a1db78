"""Buttons and menus in the DM."""

from collections.abc import Callable
from datetime import datetime
from secrets import token_hex
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.event import WorkspaceId
from bot.errors import OursToFix, in_brief
from bot.metrics import Metrics
from bot.services import intake
from bot.slack import inbound
from bot.slack.ids import MENU, PICK, Action
from bot.slack.listeners.taking import Came, ignored, take
from storage import Storage

log = structlog.get_logger(__name__)


def register(
    app: AsyncApp,
    workspace: WorkspaceId,
    storage: Storage,
    now: Callable[[], datetime],
    metrics: Metrics | None = None,
) -> None:
    """Take every button and menu. Slack does not send a press again: a failing one is answered in the DM."""
    counted = metrics or Metrics()

    async def press(ack: AsyncAck, body: dict[str, Any]) -> None:
        pressed = inbound.pressed(body, workspace)
        if pressed is None:
            ignored(counted)
        else:
            try:
                await take(
                    storage,
                    counted,
                    Came.PRESSED,
                    pressed.ts,
                    lambda tx: intake.take_pressed(tx, pressed, now()),
                    person=pressed.person,
                )
            except OursToFix as error:
                code = token_hex(2).upper()
                log.error("button failed", code=code, **in_brief(error))
                await storage.write(lambda tx: intake.apologise(tx, pressed, code, now()))
        await ack()

    for action in (*Action, MENU, PICK):
        app.action(str(action))(press)
