"""Files that organisers drop into the DM: which ones, and why one could not be read."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from bot.domain.moment import Ts

FileId = NewType("FileId", str)  # Slack's

MOST_BYTES = 5_000_000  # of one file: five times the largest event file, and a table with room to spare


class Unread(StrEnum):
    """Why a file could not be read."""

    BUSY = "Slack does not give it now"  # the only one that may pass
    NOT_ALLOWED = "Slack does not let the bot read it"
    ELSEWHERE = "it does not lie on Slack's own host"
    FOREIGN = "it is another workspace's"
    GONE = "it was deleted"
    TOO_LARGE = "it is too large"
    EMPTY = "it is empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A file of a message. `body` None: not read yet, or never (`unread`)."""

    file: FileId
    ts: Ts
    name: str
    body: bytes | None = None
    unread: Unread | None = None
