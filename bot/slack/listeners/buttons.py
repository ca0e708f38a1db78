"""Buttons and menus in the DM."""

from collections.abc import Callable
from datetime import datetime
from secrets import token_hex
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.event import WorkspaceId
from bot.domain.wishes import Wished
from bot.errors import OursToFix, in_brief
from bot.metrics import Metrics
from bot.services import answering, intake
from bot.slack import inbound
from bot.slack.ids import MENU, PICK, Action, Ask
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
        pressed, wished = inbound.pressed(body, workspace), inbound.wished(body, workspace)
        if wished is not None:
            await wish(wished)
        elif pressed is None:
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

    async def wish(wished: Wished) -> None:
        try:
            await take(
                storage,
                counted,
                Came.PRESSED,
                wished.ts,
                lambda tx: answering.take_wish(tx, wished, now()),
                person=wished.person,
            )
        except OursToFix as error:
            code = token_hex(2).upper()
            log.error("button failed", code=code, **in_brief(error))
            await storage.write(lambda tx: answering.apologise(tx, wished, code, now()))

    for action in (*Action, *Ask, MENU, PICK):
        app.action(str(action))(press)
