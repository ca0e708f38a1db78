"""What a database holds that a backup does not: counts by event, never a word."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Table, select

from storage.tables import (
    dialogues,
    digests,
    direct_messages,
    metadata,
    outbox,
    receipts,
    reminders,
    strangers,
)

_NAMES = {"versions": "messages", "submits": "reports", "outbox": "rows of the outbox"}
OTHERS = "other rows"
# kept, planned anew, or learned again; a dialogue's own row says when its person was last heard
_NO_LOSS = {receipts, digests, reminders, direct_messages, strangers, dialogues}


@dataclass(frozen=True, slots=True)
class Loss:
    """So many of a kind are in the database only. `event` None: they belong to no event."""

    workspace: str
    event: str | None
    what: str
    count: int


def losses(database: Connection, backup: Connection) -> tuple[Loss, ...]:
    """What restoring the backup would take away; both stand at this version's schema.

    Messages: versions of messages; reports: those submitted anew; rows of the outbox: those that are not in
    the backup in any state.
    """
    lost: Counter[tuple[str, str | None, str]] = Counter()
    for table in metadata.sorted_tables:
        if table not in _NO_LOSS:
            lost.update(_lost(table, database, backup))
    ordered = sorted(lost.items(), key=lambda each: tuple(part or "" for part in each[0]))
    return tuple(Loss(*where, count) for where, count in ordered)


def _lost(table: Table, database: Connection, backup: Connection) -> list[tuple[str, str | None, str]]:
    kept = {_likeness(table, row) for row in _rows(table, backup)}
    only_here = [row for row in _rows(table, database) if _likeness(table, row) not in kept]
    return [(row.workspace, row._mapping.get("event"), _name(table, row)) for row in only_here]


def _rows(table: Table, connection: Connection) -> list[Row[tuple[object, ...]]]:
    everything = select(table).execution_options(crosses_workspaces="backup")
    return list(connection.execute(everything).all())


def _likeness(table: Table, row: Row[tuple[object, ...]]) -> object:
    """What makes a row the same in both; one of the outbox stays the same whatever became of it."""
    return row._mapping["key"] if table is outbox else tuple(row)


def _name(table: Table, row: Row[tuple[object, ...]]) -> str:
    return _NAMES.get(table.name, OTHERS)
