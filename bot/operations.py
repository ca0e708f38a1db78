"""What operators' commands do; they give lines, which bot.cli prints."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from bot.clock import real_now
from bot.config import Settings
from bot.domain import wall
from bot.domain.event import WorkspaceId
from bot.domain.people import Answer, Role, Sought, asked_afresh
from bot.domain.programme import Programme
from bot.programme.yaml import load_event
from bot.services import organising, seeking
from bot.slack.connection import identify, web_client
from bot.slack.directory import Directory
from bot.slack.remedies import problem_line
from storage import Listed, Storage, current, head, open_storage

_SECONDS = 10.0  # for one call to Slack


async def apply_event(
    settings: Settings, file: Path, closing: date | None, now: Callable[[], datetime] = real_now
) -> list[str]:
    """Store an event file for the token's workspace; gives what was done, in sentences."""
    load_event(file, WorkspaceId("unknown yet"), closing)  # its faults before anybody is asked
    async with web_client(settings.bot_token, settings.api_url, _SECONDS) as client:
        identity = await identify(client, waits=False)
        programme = load_event(file, identity.workspace, closing)
        workspace, event = identity.workspace, programme.event.key
        storage = await _opened(settings.database_url)
        try:
            known = await storage.read(lambda tx: tx.sought.of_event(workspace, event))
            answers = await _looked_up(Directory(client), programme, known)
            await storage.write(lambda tx: organising.apply_event(tx, programme, now(), answers))
            problems = await storage.read(lambda tx: seeking.people_problems(tx, workspace, event))
        finally:
            await storage.close()
    return [*_applied(programme), *map(problem_line, problems)]


async def _looked_up(
    directory: Directory, programme: Programme, known: tuple[Sought, ...]
) -> dict[str, Answer]:
    """Slack's answers about everybody of a file; who was found before is looked at by member id."""
    before = {each.key: asked_afresh(each) for each in known}
    return await directory.answers(before.get(each.key, each) for each in programme.sought)


def _applied(programme: Programme) -> list[str]:
    event = programme.event
    due = f"{wall.date(event.due_at, event.zone)}, {wall.clock(event.due_at, event.zone)} in {event.place}"
    named = sum(each.role is Role.RAPPORTEUR for each in programme.sought)
    unassigned = len(programme.sessions) - named
    return [
        f"{event.name}: {len(programme.sessions)} sessions, reports due {due}.",
        *([f"{unassigned} sessions have no rapporteur yet."] if unassigned else []),
        f"Invite the bot to the channel {event.channel}.",
    ]


async def people_lines(settings: Settings) -> list[str]:
    """Who of the workspace's event files cannot be served, why, and what to do."""
    async with web_client(settings.bot_token, settings.api_url, _SECONDS) as client:
        workspace = (await identify(client, waits=False)).workspace
    storage = await _opened(settings.database_url)
    try:
        events = await storage.read(lambda tx: tx.events.all(workspace))
        problems = await storage.read(
            lambda tx: [each for one in events for each in seeking.people_problems(tx, workspace, one.key)]
        )
    finally:
        await storage.close()
    lines = [f"{each.event}: {problem_line(each)}" for each in problems]
    return lines or ["Everybody whom the event files name is found."]


def database_versions(url: str) -> list[str]:
    """The schema of the database and of this program."""
    return [f"database: {current(url) or 'empty'}", f"program: {head()}"]


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
