"""Storage: all that others may import. Two doors, `write` and `read`; what a work gets is a Transaction."""

from collections.abc import Callable

from storage.backup import back_up
from storage.depths import Depth
from storage.engine import Doors
from storage.examining import Standing, standing
from storage.operators import Listed
from storage.outbox_rows import Row, State
from storage.outbox_statements import FURTHEST, LONGEST
from storage.presence import presence
from storage.reminders import AT_ONCE, Due, Ended
from storage.repositories.dialogues import Kept, Wording, Wordings
from storage.repositories.digests import PARENT, Slot, reply_slot
from storage.repositories.owed import Owed, Sent
from storage.repositories.times import WallTime
from storage.restore import Restored, restore
from storage.transaction import Transaction
from storage.upgrade import current, head, upgrade

__all__ = [
    "AT_ONCE",
    "CROSSES_WORKSPACES",
    "FURTHEST",
    "LONGEST",
    "PARENT",
    "Depth",
    "Due",
    "Ended",
    "Kept",
    "Listed",
    "Owed",
    "Restored",
    "Row",
    "Sent",
    "Slot",
    "Standing",
    "State",
    "Storage",
    "Transaction",
    "WallTime",
    "Wording",
    "Wordings",
    "back_up",
    "current",
    "head",
    "open_storage",
    "presence",
    "reply_slot",
    "restore",
    "standing",
    "upgrade",
]

Storage = Doors[Transaction]

# Statements that look at more than one workspace, by the name in their execution options, and why they may.
CROSSES_WORKSPACES = {
    "migration": "an upgrade is of the whole database, and each row keeps its workspace",
    "outbox for operators": "the operator of a database sees and orders all that waits in it; never words",
    "backup": "a backup holds the whole database, and brings the whole back",
    "what was submitted": "migration 0004 notes of which session each submit was; moments only",
    "who has a part": "migration 0003 notes of everybody how they were named; ids only, and none is shown",
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
