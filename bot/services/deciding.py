"""What organisers answer: more time or none, and who takes care of what is missing. The first counts."""

from datetime import datetime

from bot.domain.event import Event
from bot.domain.matters import Decision, Matter, Topic
from bot.domain.nudges import PastFreeze
from bot.domain.wishes import Wish, Wished
from bot.services import planning, raising
from storage import Transaction

DECISIONS = {
    Wish.GIVE_HALF: Decision.GIVE_HALF,
    Wish.GIVE_HOUR: Decision.GIVE_HOUR,
    Wish.REFUSE: Decision.REFUSE,
    Wish.TAKE: Decision.TAKE,
}


def decide_time(tx: Transaction, event: Event, wished: Wished, now: datetime) -> bool:
    """Answer who asked for more time. What would be after the freeze is refused, and is no answer."""
    matter, decision = _matter(tx, event, wished), DECISIONS[wished.wish]
    if matter is None or matter.topic is not Topic.MORE_TIME or matter.session is None:
        return False
    tx.sought.lock(event.workspace, event.key)  # a file that is applied meanwhile would not know of it
    if tx.matters.decided(event.workspace, event.key, matter.about) is not None:
        return False
    session = next(
        (each for each in tx.events.sessions(event.workspace, event.key) if each.code == matter.session), None
    )
    if session is None:
        return False
    given = decision.gives
    due_at = None
    if given is not None:
        due_at = max(session.due(event), now.replace(second=0, microsecond=0)) + given
        if due_at > event.freeze_at:
            raising.put(tx, event, wished.person, PastFreeze(), now)
            return True
    if not _decide(tx, event, wished, matter, now):
        return False
    if due_at is not None:
        tx.parts.give_time(event, session.code, due_at)
        people = [
            each.person
            for each in tx.events.assignments(event.workspace, event.key)
            if each.session.code == session.code
        ]
        planning.replan(tx, event, now, people)
    raising.tell_anew(tx, event, matter.about, now)
    return True


def take(tx: Transaction, event: Event, wished: Wished, now: datetime) -> bool:
    """Take care of what is missing; the other organisers read who does."""
    matter = _matter(tx, event, wished)
    if matter is None or not _decide(tx, event, wished, matter, now):
        return False
    raising.tell_anew(tx, event, matter.about, now)
    return True


def _matter(tx: Transaction, event: Event, wished: Wished) -> Matter | None:
    """The matter, if the person organises this event."""
    if len(wished.parts) != 1 or wished.person not in tx.events.organisers(event.workspace, event.key):
        return None
    return Matter.read(wished.parts[0])


def _decide(tx: Transaction, event: Event, wished: Wished, matter: Matter, now: datetime) -> bool:
    decision = DECISIONS[wished.wish]
    return tx.matters.decide(event.workspace, event.key, matter.about, wished.person, decision, now)
