"""Invitations of the bot to channels."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.domain.event import WorkspaceId
from bot.slack import inbound
from bot.slack.refusals import UNINVITED, Kind
from storage import Storage

# Why delivery lets a row wait while the bot is not in its channel, in its words.
AWAITS_INVITATION = tuple(f"{Kind.AGAIN.value}: {code}" for code in UNINVITED)


def register(app: AsyncApp, workspace: WorkspaceId, bot_user: str, storage: Storage) -> None:
    """Try what waits for a channel as soon as the bot is in it; who else joins is of no interest."""

    @app.event("member_joined_channel")
    async def joined(body: dict[str, Any]) -> None:
        channel = inbound.invited(body, workspace, bot_user)
        if channel is not None:
            await storage.write(lambda tx: tx.outbox.due_now(workspace, channel, reasons=AWAITS_INVITATION))
