"""Receipts: proof that something came in once. Kept 48 hours; Slack's own retries end long before."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete
from sqlalchemy.dialects.postgresql import insert

from bot.domain.event import WorkspaceId
from storage.tables import receipts

KEPT_FOR = timedelta(hours=48)

_PROBE = "probe"
_insert = insert(receipts)
_probe = _insert.on_conflict_do_update(
    index_elements=[receipts.c.workspace, receipts.c.key], set_={"at": _insert.excluded.at}
)
_take = insert(receipts).on_conflict_do_nothing().returning(receipts.c.key)
_sweep = delete(receipts).where(
    receipts.c.workspace == bindparam("of_workspace"), receipts.c.at < bindparam("before")
)


class Receipts:
    """Taking receipts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def first_time(self, workspace: WorkspaceId, keys: tuple[str, ...], now: datetime) -> bool:
        """Whether none of the keys was seen before; all are kept from now on."""
        new = [
            self._connection.execute(_take, {"workspace": workspace, "key": key, "at": now}).first()
            for key in keys
        ]
        return all(row is not None for row in new)

    def probe(self, workspace: WorkspaceId, now: datetime) -> None:
        """Write one row, always the same, to learn whether the database takes it; harmless at any moment."""
        self._connection.execute(_probe, {"workspace": workspace, "key": _PROBE, "at": now})

    def sweep(self, workspace: WorkspaceId, now: datetime) -> None:
        """Forget receipts older than 48 hours."""
        self._connection.execute(_sweep, {"of_workspace": workspace, "before": now - KEPT_FOR})
