"""Catching up: what a DM shows in Slack, held against what is kept; what differs goes through the intake.

Whole DMs are read, not only their end: an edit or a deletion of an early note may be what was missed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.dialogue import Kind
from bot.domain.event import ChannelId, PersonId, WorkspaceId
from bot.domain.moment import Ts, moment_of, ts_of
from bot.domain.moves import Said
from bot.services import intake
from storage import Kept, Transaction

REACHABLE_FOR = timedelta(days=1)  # after its closing session an event's reports may still be corrected
SETTLES_IN = timedelta(seconds=10)  # so long what was just taken in may not stand in Slack's history yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A message of the person as the history has it; `edited_at` is in whole seconds, as Slack gives it."""

    said: Said  # its as_of is its ts
    edited_at: Ts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A person's DM from `since` on, as Slack showed it at `read_at` or later, threads included."""

    workspace: WorkspaceId
    person: PersonId
    channel: ChannelId
    since: Ts
    read_at: Ts
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What differs from what is kept, in the order of ts. `is_too_early`: some of it cannot be told yet."""

    said: tuple[Said, ...]
    is_too_early: bool


def people_to_read(tx: Transaction, workspace: WorkspaceId, now: datetime) -> tuple[PersonId, ...]:
    """Everybody with an open or correctable report."""
    return tuple(
        dict.fromkeys(
            assignment.person
            for event in tx.events.all(workspace)
            if now <= event.closing_ends_at + REACHABLE_FOR
            for assignment in tx.events.assignments(workspace, event.key)
        )
    )


def is_in_session(tx: Transaction, workspace: WorkspaceId, now: datetime) -> bool:
    """Whether reports of an event are being written: from its first session to the end of its closing."""
    return any(
        min(session.starts_at for session in tx.events.sessions(workspace, event.key)) <= now
        for event in tx.events.all(workspace)
        if now <= event.closing_ends_at
    )


def missed(tx: Transaction, reading: Reading) -> Missed:
    """What was never taken in, is kept otherwise, or is no longer there."""
    kept = tx.dialogues.kept(reading.workspace, reading.person)
    there = {each.said.ts: each for each in reading.seen if each.said.ts >= reading.since}
    news = [_as_of_read(reading, each) for ts, each in there.items() if _is_news(reading, each, kept.get(ts))]
    absent = [
        _absent(reading, ts)
        for ts, each in kept.items()
        if ts not in there and ts >= reading.since and each.kind not in (Kind.GONE, Kind.MISSING)
    ]
    settled = ts_of(moment_of(reading.read_at) - SETTLES_IN)
    told = [
        *(said for said in news if said.as_of == said.ts or said.ts < reading.read_at),
        *(said for said in absent if kept[said.ts].as_of < settled),
    ]
    return Missed(
        said=tuple(sorted(told, key=lambda said: said.ts)),
        is_too_early=len(told) < len(news) + len(absent),
    )


def take(tx: Transaction, missed: Sequence[Said], now: datetime) -> None:
    """Take in what was missed; of several cards that this brings about only the newest is posted."""
    for said in missed:
        intake.take_said(tx, said, now, catches_up=True)


def _is_news(reading: Reading, seen: Seen, kept: Kept | None) -> bool:
    """Whether a message of the history says more than what is kept of it.

    Histories lag: a deletion that we heard of stays one, and an edit that we heard of is older only than an
    edit of its own second or a later one.
    """
    said = seen.said
    if kept is None:
        return said.words is not None
    if kept.kind is Kind.GONE or kept.as_of >= reading.read_at:
        return False
    if said.words is None or kept.kind is Kind.MISSING:
        return True
    if seen.edited_at is None or (kept.as_of != said.ts and seen.edited_at[:10] < kept.as_of[:10]):
        return False
    known = kept.wording
    return known.text != said.words.typed or _bare(known.rich_text) != _bare(
        None if said.rich_text is None else said.rich_text.typed
    )


def _bare(blocks: str | None) -> Any:
    """Blocks without the ids that Slack gives them."""
    found = json.loads(blocks or "[]")
    return [{**block, "block_id": None} if isinstance(block, dict) else block for block in found]


def _as_of_read(reading: Reading, seen: Seen) -> Said:
    """An original is as of its own moment; of what happened to it later only the read is known."""
    said = seen.said
    if said.words is not None and seen.edited_at is None:
        return said
    return replace(said, as_of=reading.read_at, receipts=(_receipt(reading, said.ts),))


def _absent(reading: Reading, ts: Ts) -> Said:
    return Said(
        receipts=(_receipt(reading, ts),),
        workspace=reading.workspace,
        person=reading.person,
        channel=reading.channel,
        ts=ts,
        as_of=reading.read_at,
        words=None,
        is_missing=True,
    )


def _receipt(reading: Reading, ts: Ts) -> str:
    return f"message/{reading.channel}/{ts}/{reading.read_at}"
