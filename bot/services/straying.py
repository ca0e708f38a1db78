"""Notes that were typed during one session into another report: their author is asked once, after it."""

from collections.abc import Iterable

from bot.domain.event import Event, PersonId, SessionCode
from bot.domain.walks import strayed
from bot.services import reporting
from storage import Transaction

Who = tuple[SessionCode, PersonId]


def with_strayed_notes(tx: Transaction, event: Event, ended: Iterable[Who]) -> tuple[Who, ...]:
    """Whose notes of the time of a session are in another report of theirs.

    Few people type during a session of theirs into another report, and only they are read in full.
    """
    candidates = {*ended}
    typed = tx.dialogues.typed_during(event.workspace, event.key, {code for code, _ in candidates})
    return tuple(who for who in sorted(candidates & typed) if _has_strayed(tx, event, who))


def _has_strayed(tx: Transaction, event: Event, who: Who) -> bool:
    session, person = who
    hand = reporting.in_hand(tx, event.workspace, event.key, person)
    return hand is not None and bool(strayed(hand.walks, session))
