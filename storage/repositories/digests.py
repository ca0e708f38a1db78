"""Digests: which messages of the digest stand in the channel."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.domain.event import EventKey, WorkspaceId
from bot.domain.moment import Ts
from storage.parameters import of_event, of_workspace
from storage.tables import digests

PARENT = ""


def reply_slot(session: str, page: int) -> str:
    """The slot of a page of a session's reply."""
    return f"{session}/{page}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A digest message. `ts` None: taken away by us; `gone_at`: deleted by hand, as noticed."""

    name: str
    ts: Ts | None
    drawn: str
    drawn_at: datetime
    gone_at: datetime | None


_SLOT = (digests.c.slot, digests.c.ts, digests.c.drawn, digests.c.drawn_at, digests.c.gone_at)

_slots = select(*_SLOT).where(digests.c.workspace == of_workspace, digests.c.event == of_event)
_insert = insert(digests)
_stand = _insert.on_conflict_do_update(
    index_elements=[digests.c.workspace, digests.c.event, digests.c.slot],
    set_={name: _insert.excluded[name] for name in ("ts", "drawn", "drawn_at")},
)
_gone = (
    update(digests)
    .where(
        digests.c.workspace == of_workspace,
        digests.c.event == of_event,
        digests.c.slot == bindparam("of_slot"),
    )
    .values(gone_at=bindparam("now"))
)
_doubt = (
    update(digests)
    .where(
        digests.c.workspace == of_workspace,
        digests.c.event == of_event,
        digests.c.slot == bindparam("of_slot"),
    )
    .values(drawn="")
)


class Digests:
    """Reading and noting what stands in the channel."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def slots(self, workspace: WorkspaceId, event: EventKey) -> dict[str, Slot]:
        """All digest messages of an event by slot."""
        rows = self._connection.execute(_slots, {"of_workspace": workspace, "of_event": event})
        return {
            name: Slot(
                name=name, ts=None if ts is None else Ts(ts), drawn=drawn, drawn_at=drawn_at, gone_at=gone_at
            )
            for name, ts, drawn, drawn_at, gone_at in rows
        }

    def stand(
        self, workspace: WorkspaceId, event: EventKey, slot: str, ts: Ts | None, drawn: str, now: datetime
    ) -> None:
        """Note that a message stands there with this content, or (ts None) no longer stands."""
        self._connection.execute(
            _stand,
            {"workspace": workspace, "event": event, "slot": slot, "ts": ts, "drawn": drawn, "drawn_at": now},
        )

    def doubt(self, workspace: WorkspaceId, event: EventKey, slot: str) -> None:
        """Note that nobody knows what a message shows now, so that the next drawing is sent."""
        self._connection.execute(_doubt, {"of_workspace": workspace, "of_event": event, "of_slot": slot})

    def gone(self, workspace: WorkspaceId, event: EventKey, slot: str, now: datetime) -> None:
        """Note that somebody deleted a message by hand."""
        self._connection.execute(
            _gone, {"of_workspace": workspace, "of_event": event, "of_slot": slot, "now": now}
        )
