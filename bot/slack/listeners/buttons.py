"""Buttons and menus in the DM."""

from collections.abc import Callable
from datetime import datetime
from secrets import token_hex
from typing import Any, assert_never

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.event import WorkspaceId
from bot.domain.moves import Decided, Pressed
from bot.domain.wishes import Wished
from bot.errors import OursToFix, in_brief
from bot.metrics import Metrics
from bot.services import answering, intake, talking
from bot.services.taken import Taken
from bot.slack import inbound
from bot.slack.ids import MENU, PICK, Action, Ask, EventAction, ids_of
from bot.slack.listeners.taking import Came, ignored, take
from storage import Storage, Transaction

log = structlog.get_logger(__name__)

Move = Pressed | Decided | Wished


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
        readers = (inbound.pressed, inbound.decided, inbound.wished)
        move = next((found for read in readers if (found := read(body, workspace)) is not None), None)
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

    for action in (*Action, *EventAction, *Ask):
        app.action(ids_of(action))(press)
    for menu in (MENU, PICK):
        app.action(menu)(press)


def _taken(tx: Transaction, move: Move, now: datetime) -> Taken:
    match move:
        case Pressed():
            return intake.take_pressed(tx, move, now)
        case Decided():
            return Taken.KEPT if talking.take_decided(tx, move, now) else Taken.IGNORED
        case Wished():
            return answering.take_wish(tx, move, now)
        case _:
            assert_never(move)


def _apologise(tx: Transaction, move: Move, code: str, now: datetime) -> None:
    match move:
        case Pressed():
            intake.apologise(tx, move, code, now)
        case Decided():
            talking.apologise(tx, move, code, now)
        case Wished():
            answering.apologise(tx, move, code, now)
        case _:
            assert_never(move)
