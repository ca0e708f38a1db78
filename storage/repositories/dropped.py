"""Files that organisers drop into the DM. Kept for a week; nobody else's come here."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.domain.dropped import Dropped, FileId, Unread
from bot.domain.event import PersonId, WorkspaceId
from bot.domain.moment import Ts
from storage.parameters import of_person, of_workspace
from storage.tables import dropped

_add = insert(dropped).on_conflict_do_nothing()
_own = (dropped.c.workspace == of_workspace) & (dropped.c.person == of_person)
_of_person = (
    select(dropped.c.file, dropped.c.ts, dropped.c.name, dropped.c.body, dropped.c.unread)
    .where(_own)
    .order_by(dropped.c.ts, dropped.c.position)
)
_one = _own & (dropped.c.ts == bindparam("of_ts")) & (dropped.c.file == bindparam("of_file"))
_read = update(dropped).where(_one).values(body=bindparam("to_body"), unread=bindparam("why"))
_forget = delete(dropped).where(_own, dropped.c.ts == bindparam("of_ts"))
_sweep = delete(dropped).where(dropped.c.workspace == of_workspace, dropped.c.ts < bindparam("before"))


class DroppedFiles:
    """Reading and keeping files."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, workspace: WorkspaceId, person: PersonId, files: Sequence[Dropped]) -> None:
        """Note the files of a message; their bytes come later."""
        rows = [
            {
                "workspace": workspace, "person": person, "ts": each.ts, "file": each.file,
                "position": position, "name": each.name,
            }
            for position, each in enumerate(files)
        ]  # fmt: skip
        self._connection.execute(_add, rows)

    def read(self, workspace: WorkspaceId, person: PersonId, file: Dropped) -> None:
        """Keep a file's bytes, or why there are none."""
        self._connection.execute(
            _read,
            {
                "of_workspace": workspace, "of_person": person, "of_ts": file.ts, "of_file": file.file,
                "to_body": file.body, "why": None if file.unread is None else file.unread.value,
            },
        )  # fmt: skip

    def of(self, workspace: WorkspaceId, person: PersonId) -> tuple[Dropped, ...]:
        """All that somebody dropped, oldest first."""
        rows = self._connection.execute(_of_person, {"of_workspace": workspace, "of_person": person})
        return tuple(
            Dropped(
                file=FileId(file),
                ts=Ts(ts),
                name=name,
                body=body,
                unread=None if unread is None else Unread(unread),
            )
            for file, ts, name, body, unread in rows
        )

    def forget(self, workspace: WorkspaceId, person: PersonId, ts: Ts) -> None:
        """Keep the files of a message no longer."""
        key = {"of_workspace": workspace, "of_person": person, "of_ts": ts}
        self._connection.execute(_forget, key)

    def sweep(self, workspace: WorkspaceId, before: Ts) -> None:
        """Forget the files of messages before a moment."""
        self._connection.execute(_sweep, {"of_workspace": workspace, "before": before})
