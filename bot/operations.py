"""What operators' commands do; they give lines, which bot.cli prints."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from bot.clock import real_now
from bot.config import Settings
from bot.domain import wall
from bot.domain.event import WorkspaceId
from bot.domain.people import Answer, Role, Sought, asked_afresh
from bot.domain.programme import Programme
from bot.errors import BackupRefused, NoSuchRow
from bot.programme.yaml import load_event
from bot.services import organising, seeking
from bot.slack.connection import identify, web_client
from bot.slack.directory import Directory
from bot.slack.remedies import problem_line
from storage import Listed, Storage, Transaction, current, head, open_storage, restore

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
        rows = await storage.read(lambda tx: tx.operators.listing())
        gone = await storage.read(lambda tx: tx.operators.digests_gone())
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


async def show_row(url: str, number: int) -> list[str]:
    """All that is known of a row that has not ended."""
    storage = await _opened(url)
    try:
        rows = await storage.read(lambda tx: tx.operators.listing())
    finally:
        await storage.close()
    for row in rows:
        if row.number == number:
            return _all_of(row)
    raise NoSuchRow(_no_row(number))


async def retry_rows(url: str, numbers: Sequence[int]) -> list[str]:
    """Let rows go out that were given up or set aside: all of them, or none."""
    await _each(url, numbers, lambda tx, number: tx.operators.retry(number), _no_ended_row)
    return [f"{number} waits again." for number in numbers]


async def drop_rows(url: str, numbers: Sequence[int]) -> list[str]:
    """End rows unsent: all of them, or none."""
    now = real_now()
    await _each(url, numbers, lambda tx, number: tx.operators.drop(number, now), _no_row)
    return [f"{number} is dropped." for number in numbers]


async def _each(
    url: str,
    numbers: Sequence[int],
    deed: Callable[[Transaction, int], bool],
    refused: Callable[[int], str],
) -> None:
    def work(tx: Transaction) -> None:
        for number in numbers:
            if not deed(tx, number):
                raise NoSuchRow(refused(number))

    storage = await _opened(url)
    try:
        await storage.write(work)
    finally:
        await storage.close()


def _no_row(number: int) -> str:
    return f"The outbox lists no row {number}. Nothing was changed."


def _no_ended_row(number: int) -> str:
    told = f"Row {number} was neither given up nor set aside"
    return f"{told}; what waits goes out by itself. Nothing was changed."


def _all_of(row: Listed) -> list[str]:
    told = {
        "row": row.number,
        "state": row.state.value,
        "reason": row.reason,
        "kind": row.kind,
        "workspace": row.workspace,
        "event": row.event,
        "session": row.session,
        "address": row.address,
        "waits since": _minute(row.put_at),
        "not before": _minute(row.not_before),
        "tried": row.attempts,
        "next try": None if row.retry_at is None else _minute(row.retry_at),
        "key in its metadata": row.key,
    }
    return [f"{name}: {value}" for name, value in told.items() if value is not None]


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
