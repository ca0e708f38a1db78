"""Buttons and menus in the DM."""

from collections.abc import Callable
from datetime import datetime
from secrets import token_hex
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.event import WorkspaceId
from bot.domain.moves import Decided, Pressed
from bot.errors import OursToFix, in_brief
from bot.metrics import Metrics
from bot.services import intake, talking
from bot.services.intake import Taken
from bot.slack import inbound
from bot.slack.ids import MENU, PICK, Action, EventAction, ids_of
from bot.slack.listeners.taking import Came, ignored, take
from storage import Storage, Transaction

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
        move = inbound.pressed(body, workspace) or inbound.decided(body, workspace)
        if move is None:
            ignored(counted)
        else:
            try:
                await take(
                    storage,
                    counted,
                    Came.PRESSED,
                    move.ts,
                    lambda tx: _taken(tx, move, now()),
                    person=move.person,
                )
            except OursToFix as error:
                code = token_hex(2).upper()
                log.error("button failed", code=code, **in_brief(error))
                await storage.write(lambda tx: _apologise(tx, move, code, now()))
        await ack()

    for action in (*Action, *EventAction):
        app.action(ids_of(action))(press)
    for menu in (MENU, PICK):
        app.action(menu)(press)


def _taken(tx: Transaction, move: Pressed | Decided, now: datetime) -> Taken:
    if isinstance(move, Pressed):
        return intake.take_pressed(tx, move, now)
    return Taken.KEPT if talking.take_decided(tx, move, now) else Taken.IGNORED


def _apologise(tx: Transaction, move: Pressed | Decided, code: str, now: datetime) -> None:
    if isinstance(move, Pressed):
        intake.apologise(tx, move, code, now)
    else:
        talking.apologise(tx, move, code, now)
