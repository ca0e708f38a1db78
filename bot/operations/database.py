"""What commands about the database and its outbox do."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from bot.clock import real_now
from bot.errors import BackupRefused, NoSuchRow
from bot.operations.opening import opened
from storage import Listed, Transaction, current, head, restore


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
    async with opened(url) as storage:
        rows = await storage.read(lambda tx: tx.operators.listing())
        gone = await storage.read(lambda tx: tx.operators.digests_gone())
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
    async with opened(url) as storage:
        rows = await storage.read(lambda tx: tx.operators.listing())
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

    async with opened(url) as storage:
        await storage.write(work)


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
