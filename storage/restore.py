"""Bringing a backup back, in the place of all that a database holds."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, RowMapping, bindparam, case, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from storage import backup_file
from storage.copying import copy_rows
from storage.engine import address_of, is_sqlite
from storage.losses import Loss, losses
from storage.presence import alone_on, must_be_alone
from storage.private_files import keep_private
from storage.refusals import SEALS, must_be_usable_file
from storage.tables import digests, events, metadata, outbox, reminders
from storage.upgrade import bring_up, file_of, in_transaction, migrate, revisions, upgrade

_ALL = {"crosses_workspaces": "backup"}
_insert = insert(digests)
_stands = _insert.on_conflict_do_update(
    index_elements=list(digests.primary_key.columns),
    set_={column.name: _insert.excluded[column.name] for column in digests.columns if not column.primary_key},
    where=_insert.excluded.drawn_at > digests.c.drawn_at,
)
_is_settled = (
    update(reminders)
    .where(
        *(column == bindparam(f"of_{column.name}") for column in reminders.primary_key.columns),
        reminders.c.settled_at.is_(None),
    )
    .values(settled_at=bindparam("at"), outcome=bindparam("what"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """How many rows were brought back, None when nothing was touched yet; and what that costs."""

    rows: int | None
    lost: tuple[Loss, ...]


class _Unconfirmed(Exception):
    """Undoes the transaction and tells what it would have lost."""

    def __init__(self, lost: tuple[Loss, ...]) -> None:
        super().__init__()
        self.lost = lost


def restore(url: str, file: Path, *, confirmed: bool) -> Restored:
    """Put a backup in the place of what a database holds, or tell what that would lose and touch nothing.

    Without a loss it needs no confirmation. Raises BackupRefused for a file that is no whole backup of this
    version or an older one, DatabaseRefused while a bot is at work and for what `upgrade` refuses.
    """
    address = address_of(url)
    engine = backup_file.in_memory(file)
    try:
        with ExitStack() as stack:
            with engine.begin() as backup:
                backup_file.must_be_whole(backup, file, revisions())
                backup.execute(text(f"DROP TABLE {SEALS}"))
                migrate(backup, revisions()[-1])
            backup = stack.enter_context(engine.connect())
            if is_sqlite(address):
                must_be_usable_file(file_of(address))
                stack.enter_context(alone_on(file_of(address)))
                keep_private(file_of(address))
            done = in_transaction(
                address, lambda database, name: _put_back(backup, database, name, confirmed=confirmed)
            )
    except _Unconfirmed as unconfirmed:
        return Restored(rows=None, lost=unconfirmed.lost)
    finally:
        engine.dispose()
    upgrade(url)
    return done


def _put_back(backup: Connection, database: Connection, name: str, *, confirmed: bool) -> Restored:
    if database.dialect.name != "sqlite":
        must_be_alone(database, name)
    bring_up(database, name)
    if database.dialect.name != "sqlite":
        tables = ", ".join(f'"{table}"' for table in metadata.tables)
        database.execute(text(f"LOCK TABLE {tables} IN EXCLUSIVE MODE"))  # commands may write without a bot
    lost = losses(database, backup)
    if lost and not confirmed:
        raise _Unconfirmed(lost)
    stand, settled = _what_slack_holds(database)
    for table in reversed(metadata.sorted_tables):
        database.execute(delete(table).execution_options(**_ALL))
    rows = copy_rows(backup, database, frozenset(metadata.tables))
    _look_first(database)
    _go_on_from(database, stand, settled)
    _number_on(database)
    return Restored(rows=rows, lost=lost)


def _look_first(database: Connection) -> None:
    """What waited may have been posted since: to delivery it is a second attempt, which looks first."""
    tried = case((outbox.c.attempts < 1, 1), else_=outbox.c.attempts)
    waiting = update(outbox).where(outbox.c.state == "waiting").execution_options(**_ALL)
    database.execute(waiting.values(attempts=tried, first_tried_at=None, retry_at=None))


def _what_slack_holds(database: Connection) -> tuple[Sequence[RowMapping], Sequence[RowMapping]]:
    """Digest messages and settled reminders as this database knows them: they stay true after a restore."""
    stand = select(digests).where(digests.c.ts.is_not(None))
    settled = select(reminders).where(reminders.c.settled_at.is_not(None))
    found = [database.execute(each.execution_options(**_ALL)).mappings().all() for each in (stand, settled)]
    return found[0], found[1]


def _go_on_from(database: Connection, stand: Sequence[RowMapping], settled: Sequence[RowMapping]) -> None:
    """Messages of the digest are updated instead of posted anew; what was reminded of is not again."""
    events_there = set(database.execute(select(events.c.workspace, events.c.event).execution_options(**_ALL)))
    for row in stand:
        if (row["workspace"], row["event"]) in events_there:
            database.execute(_stands, dict(row))
    for row in settled:
        values = {f"of_{key.name}": row[key.name] for key in reminders.primary_key.columns}
        values |= {"at": row["settled_at"], "what": row["outcome"]}
        database.execute(_is_settled, values)
    database.execute(
        update(digests).values(drawn="").execution_options(**_ALL)
    )  # drawn anew, whatever it was


def _number_on(database: Connection) -> None:
    """PostgreSQL counts row numbers apart from the rows. No number is given twice: logs name them."""
    if database.dialect.name == "sqlite":
        return
    for table in metadata.tables.values():
        if (column := table.autoincrement_column) is not None:
            sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
            highest = f'SELECT max("{column.name}") FROM "{table.name}"'  # noqa: S608 # names of our own tables
            last = f"greatest(({highest}), pg_sequence_last_value({sequence}::regclass), 1)"
            database.execute(text(f"SELECT setval({sequence}, {last})"), execution_options=_ALL)
