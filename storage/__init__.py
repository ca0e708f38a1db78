"""Storage: all that others may import. Two doors, `write` and `read`; what a work gets is a Transaction."""

from collections.abc import Callable

from storage.depths import Depth
from storage.engine import Doors
from storage.outbox import Listed, Row, State
from storage.reminders import Due, Outcome
from storage.repositories.dialogues import Wording
from storage.repositories.digests import PARENT, Slot, reply_slot
from storage.transaction import Transaction
from storage.upgrade import current, head, upgrade

__all__ = [
    "CROSSES_WORKSPACES",
    "PARENT",
    "Depth",
    "Due",
    "Listed",
    "Outcome",
    "Row",
    "Slot",
    "State",
    "Storage",
    "Transaction",
    "Wording",
    "current",
    "head",
    "open_storage",
    "reply_slot",
    "upgrade",
]

Storage = Doors[Transaction]

# Statements that look at more than one workspace, by the name in their execution options, and why they may.
CROSSES_WORKSPACES = {
    "outbox listing": "the operator of a database sees all that waits in it; ids and reasons, never words",
}


def open_storage(
    url: str, wake: Callable[[], None], took: Callable[[float], None] = lambda _: None
) -> Storage:
    """A database, upgraded and opened; `wake` is called after each commit that put something to send now.

    `took` hears of each write how many seconds its caller waited.

    Raises DatabaseRefused for one that must not be touched, StorageUnavailable for one that is away.
    """
    upgrade(url)

    def after_commit(tx: Transaction) -> None:
        if tx.outbox.is_due:
            wake()

    return Doors(url, Transaction, after_commit, took)
