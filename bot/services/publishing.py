"""The digest in the channel: when it is drawn anew, and what readers may read."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from bot.domain.dialogue import Dialogue
from bot.domain.digest import parent_document, reply_document
from bot.domain.event import Assignment, Event, EventKey, Part, SessionCode, WorkspaceId
from bot.domain.fold import walks
from bot.domain.gate import Cleared, People, Reader, clear_for_readers
from bot.domain.replies import DigestLook, DigestParent, DigestReply, Uninvited, manner_of
from bot.domain.report import Report, report_of
from bot.programme.files import common_words
from bot.services.reporting import in_its_language, outlines_of, written_of
from storage import PARENT, Transaction, Wordings, reply_slot

K = TypeVar("K")

BETWEEN_UPDATES = timedelta(minutes=1)  # at most one change a minute for each message (conversation.md 7)


def refresh_digest(tx: Transaction, event: Event, session: SessionCode, now: datetime) -> None:
    """Have the digest follow a report: new messages at once, changes a minute after the first of several."""
    slots = tx.digests.slots(event.workspace, event.key)
    for reply, slot in ((DigestParent(), PARENT), (DigestReply(), reply_slot(session, 0))):
        after = BETWEEN_UPDATES if slot in slots else timedelta()
        put_digest(tx, event, reply, now, session=session, after=after)


def put_digest(
    tx: Transaction,
    event: Event,
    reply: DigestParent | DigestReply | DigestLook,
    now: datetime,
    *,
    session: SessionCode | None = None,
    after: timedelta = timedelta(),
) -> None:
    """Let a digest message wait for the channel."""
    manner = manner_of(reply, person="", session=session or "")
    tx.outbox.put(
        event.workspace, event.channel, reply, manner, now, event=event.key, session=session, after=after
    )


def parent(tx: Transaction, event: Event) -> Cleared[Reader]:
    """The top-level post as readers may read it."""
    reports = submitted_reports(tx, event)
    sessions = tx.events.sessions(event.workspace, event.key)
    return clear_for_readers(parent_document(event, sessions, reports), _people(tx, event))


def reply(tx: Transaction, event: Event, session: SessionCode) -> Cleared[Reader] | None:
    """A report as readers may read it; None when it is not in (any more)."""
    found = next(
        (each for each in submitted_reports(tx, event) if each.assignment.session.code == session), None
    )
    return None if found is None else clear_for_readers(reply_document(found), _people(tx, event))


def submitted_reports(tx: Transaction, event: Event) -> tuple[Report, ...]:
    """All reports that are in, as they were submitted and corrected since, in the order of the programme."""
    workspace, key = event.workspace, event.key
    submitted = tx.dialogues.submitted(workspace, key)
    dialogues = tx.dialogues.of_all(workspace, key)
    wordings = tx.dialogues.wordings_of_all(workspace, key)
    templates = in_its_language(event, tx.events.templates(workspace, key))
    assignments = tx.events.ever_assigned(workspace, key)
    stands = {
        person: walks(outlines_of(own, templates), dialogues.get(person, Dialogue()))
        for person, own in _grouped(assignments, lambda each: each.person).items()
    }
    return tuple(
        report_of(
            _in_front(those),
            templates[session],
            [
                written_of(stands[each.person], wordings.get(each.person, Wordings()), session, each.until)
                for each in those
            ],
            as_submitted=True,
        )
        for session, those in _grouped(assignments, lambda each: each.session.code).items()
        if session in submitted
    )


def _grouped(
    assignments: tuple[Assignment, ...], key: Callable[[Assignment], K]
) -> dict[K, list[Assignment]]:
    groups: dict[K, list[Assignment]] = {}
    for each in assignments:
        groups.setdefault(key(each), []).append(each)
    return groups


def _in_front(those: list[Assignment]) -> Assignment:
    """The one who leads now, or else who did."""
    return min(those, key=lambda each: (each.until is not None, each.part is not Part.LEAD))


def look_after_digests(tx: Transaction, workspace: WorkspaceId, now: datetime) -> None:
    """Have each digest that stands looked at, until its closing session is over."""
    for event in tx.events.all(workspace):
        if now <= event.closing_ends_at and PARENT in tx.digests.slots(workspace, event.key):
            put_digest(tx, event, DigestLook(), now)


def ask_for_invitation(tx: Transaction, event: Event, now: datetime) -> None:
    """Tell the organisers, once an event and channel, that the bot is not in the digest's channel."""
    organisers = tx.events.organisers(event.workspace, event.key)
    asked = f"invitation/{event.key}/{event.channel}"
    kept_from = max(now, event.closing_ends_at)  # swept by its age, so that it outlasts the event
    if not organisers or not tx.receipts.first_time(event.workspace, (asked,), kept_from):
        return
    for person in organisers:
        manner = manner_of(Uninvited(), person=person, session="")
        tx.outbox.put(event.workspace, person, Uninvited(), manner, now, event=event.key)


def event_of(tx: Transaction, workspace: WorkspaceId, key: EventKey | None) -> Event | None:
    """The event of a waiting reply, if it still is there."""
    return None if key is None else tx.events.one(workspace, key)


def _people(tx: Transaction, event: Event) -> People:
    return _compiled(tx.events.listed(event.workspace, event.key))


@lru_cache(maxsize=16)
def _compiled(names: tuple[str, ...]) -> People:
    return People(names, common_words())
