"""What operators' commands do; they give lines, which bot.cli prints."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from bot.clock import real_now
from bot.config import Settings
from bot.domain import wall
from bot.domain.event import Programme, WorkspaceId
from bot.errors import BackupRefused
from bot.programme.yaml import load_event
from bot.services import organising
from bot.slack.connection import identify, web_client
from storage import Listed, Storage, current, head, open_storage, restore

_SECONDS = 10.0  # for one call to Slack


async def apply_event(
    settings: Settings, file: Path, closing: date | None, now: Callable[[], datetime] = real_now
) -> list[str]:
    """Store an event file for the token's workspace; gives what was done, in sentences."""
    load_event(file, WorkspaceId("unknown yet"), closing)  # its faults before anybody is asked
    async with web_client(settings.bot_token, settings.api_url, _SECONDS) as client:
        identity = await identify(client, waits=False)
    programme = load_event(file, identity.workspace, closing)
    storage = await _opened(settings.database_url)
    try:
        await storage.write(lambda tx: organising.apply_event(tx, programme, now()))
    finally:
        await storage.close()
    return _applied(programme)


def _applied(programme: Programme) -> list[str]:
    event = programme.event
    due = f"{wall.date(event.due_at, event.zone)}, {wall.clock(event.due_at, event.zone)} in {event.place}"
    unassigned = len(programme.sessions) - len(programme.assignments)
    return [
        f"{event.name}: {len(programme.sessions)} sessions, reports due {due}.",
        *([f"{unassigned} sessions have no rapporteur yet."] if unassigned else []),
        f"Invite the bot to the channel {event.channel}.",
    ]


def database_versions(url: str) -> list[str]:
    """The schema of the database and of this program."""
    return [f"database: {current(url) or 'empty'}", f"program: {head()}"]


def restore_lines(url: str, file: Path, *, confirmed: bool) -> list[str]:
    """Put a backup in the place of what the database holds; BackupRefused with the losses until confirmed."""
    done = restore(url, file, confirmed=confirmed)
    lost = [
        f"{loss.workspace} {loss.event or '-'}: {loss.count} {loss.what} that the backup does not have"
        for loss in done.lost
    ]
    if done.rows is None:
        asked = "Nothing was touched. To lose this, say `--yes`; a backup of it beforehand is wise."
        raise BackupRefused("\n".join([*lost, asked]))
    return [*lost, f"The database holds the {done.rows} rows of the backup."]


async def outbox_lines(url: str) -> list[str]:
    """What waits, what was given up, which digest messages are gone; ids only."""
    storage = await _opened(url)
    try:
        rows = await storage.read(lambda tx: tx.outbox.listing())
        gone = await storage.read(lambda tx: tx.digests.listing_gone())
    finally:
        await storage.close()
    lines = [
        *map(_row, rows),
        *(
            f"digest message deleted by hand: {event} {slot or 'parent'}, noticed {_minute(at)}"
            for event, slot, at in gone
        ),
    ]
    return lines or ["Nothing waits, and nothing was given up."]


def _row(row: Listed) -> str:
    told = (
        f"{row.number}  {row.state.value}  {row.kind}  {row.event or '-'} {row.session or '-'}  "
        f"to {row.address}  since {_minute(row.put_at)}  tried {row.attempts}"
    )
    return f"{told}  {row.reason}" if row.reason else told


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}Z"


async def _opened(url: str) -> Storage:
    return await asyncio.to_thread(open_storage, url, lambda: None)
