"""A row of the outbox: a reply as it is put, and as it is claimed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from bot.domain.event import EventKey, SessionCode, WorkspaceId
from bot.domain.replies import Manner, Reply
from storage.codec import reply_from_json, reply_to_json


class State(StrEnum):
    """What became of a row. Only *waiting* rows are delivered or hold others up."""

    WAITING = "waiting"
    SETTLED = "settled"
    DROPPED = "dropped"  # too late, or no longer true
    GIVEN_UP = "given up"  # its target is gone
    ASIDE = "set aside"  # our own or an unknown error for over a minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A claimed reply. `attempts` counts this one; `first_tried_at` and `leased_until` are real time."""

    number: int
    workspace: WorkspaceId
    key: str
    address: str
    event: EventKey | None
    session: SessionCode | None
    reply: Reply
    ordered: bool
    attempts: int
    first_tried_at: datetime
    leased_until: datetime  # real time: from then on another process may try
    put_at: datetime
    not_before: datetime
    stale_after: datetime | None


def put_row(
    workspace: WorkspaceId,
    address: str,
    reply: Reply,
    manner: Manner,
    now: datetime,
    *,
    event: EventKey | None,
    session: SessionCode | None = None,
    after: timedelta = timedelta(),
) -> dict[str, Any]:
    """What is kept of a reply; `after` adds to the manner's delay."""
    not_before = now + manner.delay + after
    return {
        "workspace": workspace,
        "key": str(uuid4()),
        "address": address,
        "event": event,
        "session": session,
        "lane": int(manner.lane),
        "ordered": manner.ordered,
        "reply": reply_to_json(reply),
        "state": State.WAITING.value,
        "put_at": now,
        "not_before": not_before,
        "hold_until": now + max(manner.hold, manner.delay + after),
        "stale_after": None if manner.stale_for is None else not_before + manner.stale_for,
        "replaces": None if manner.replaces is None else f"{event or ''}/{manner.replaces}",
        "attempts": 0,
    }


def claimed_row(workspace: WorkspaceId, cells: Sequence[Any]) -> Row | None:
    """What `claim` returns, by position; None for a reply that a newer version wrote."""
    (
        number, key, address, event, session, reply, ordered, attempts, first_tried_at, leased_until, put_at,
        not_before, stale_after,
    ) = cells  # fmt: skip
    known = reply_from_json(reply)
    if known is None:
        return None
    return Row(
        number=number,
        workspace=workspace,
        key=key,
        address=address,
        event=event,
        session=session,
        reply=known,
        ordered=ordered,
        attempts=attempts,
        first_tried_at=first_tried_at,
        leased_until=leased_until,
        put_at=put_at,
        not_before=not_before,
        stale_after=stale_after,
    )
