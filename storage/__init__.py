"""Storage: all that others may import. Two doors, `write` and `read`; what a work gets is a Transaction."""

from collections.abc import Callable

from storage.engine import Doors
from storage.examining import Standing, standing
from storage.outbox import Listed, Row, State
from storage.reminders import Outcome
from storage.repositories.dialogues import Kept, Wording
from storage.repositories.digests import PARENT, Slot, reply_slot
from storage.transaction import Transaction
from storage.upgrade import current, head, upgrade

__all__ = [
    "CROSSES_WORKSPACES",
    "PARENT",
    "Kept",
    "Listed",
    "Outcome",
    "Row",
    "Slot",
    "Standing",
    "State",
    "Storage",
    "Transaction",
    "Wording",
    "current",
    "head",
    "open_storage",
    "reply_slot",
    "standing",
    "upgrade",
]

Storage = Doors[Transaction]

# Statements that look at more than one workspace, by the name in their execution options, and why they may.
CROSSES_WORKSPACES = {
    "migration": "an upgrade is of the whole database, and each row keeps its workspace",
    "outbox listing": "the operator of a database sees all that waits in it; ids and reasons, never words",
}


def open_storage(url: str, wake: Callable[[], None]) -> Storage:
    """A database, upgraded and opened; `wake` is called after each commit that put something to send now.

    Raises DatabaseRefused for one that must not be touched, StorageUnavailable for one that is away.
    """
    upgrade(url)

    def after_commit(tx: Transaction) -> None:
        if tx.outbox.is_due:
            wake()

    return Doors(url, Transaction, after_commit)
