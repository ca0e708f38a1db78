"""Matters are raised with the organisers, each of whom reads of one in one message; and read anew there."""

from datetime import datetime

from bot.domain.event import Event, PersonId, SessionCode
from bot.domain.matters import Matter
from bot.domain.nudges import TimeAsked, Told
from bot.domain.replies import Reply, Rewritten, manner_of
from storage import Transaction


def tell_organisers(tx: Transaction, event: Event, matter: Matter, now: datetime) -> None:
    """Tell each organiser of a matter; whoever was told of it before reads of it in a new message now."""
    for person in tx.events.organisers(event.workspace, event.key):
        note(tx, event, matter.about, person, Told(matter.about), now)


def note(tx: Transaction, event: Event, about: str, person: PersonId, reply: Reply, now: datetime) -> None:
    """Let somebody read of a matter, in a message that can read otherwise once it is decided."""
    message = put(tx, event, person, reply, now)
    tx.matters.note(event.workspace, event.key, about, person, message)


def tell_anew(tx: Transaction, event: Event, about: str, now: datetime) -> None:
    """Have all messages about a matter read as things are now."""
    organisers = tx.events.organisers(event.workspace, event.key)
    for person, message in tx.matters.noted(event.workspace, event.key, about).items():
        reply = Told(about) if person in organisers else TimeAsked(about)
        put(tx, event, person, Rewritten(of=message, into=reply), now)


def put(
    tx: Transaction,
    event: Event,
    person: PersonId,
    reply: Reply,
    now: datetime,
    session: SessionCode | None = None,
) -> str:
    """Let a reply wait for somebody's DM; gives the row's key."""
    manner = manner_of(reply, person=person, session=session or "")
    return tx.outbox.put(event.workspace, person, reply, manner, now, event=event.key, session=session)
