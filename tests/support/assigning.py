"""Assignments as the file of an event makes them in time: handed over, or a co-rapporteur's."""

from sqlalchemy import insert, update

from bot.domain.event import Part, PersonId
from storage import Transaction
from storage.tables import assignments
from tests.builders import WORKSPACE, an_event, ts

_KEY = {"workspace": WORKSPACE, "event": an_event().key}


def join(
    tx: Transaction, session: str, person: PersonId, *, part: Part = Part.LEAD, since: float | None = None
) -> None:
    """Somebody more reports a session."""
    row = {"session": session, "person": person, "position": 1, "name": "", "affiliation": ""}
    own = {"part": part.value, "since": None if since is None else ts(since)}
    tx.events._connection.execute(insert(assignments).values(**_KEY, **row, **own))


def leave(tx: Transaction, session: str, person: PersonId, *, until: float) -> None:
    """Somebody reports it no more."""
    tx.events._connection.execute(
        update(assignments)
        .where(
            assignments.c.workspace == WORKSPACE,
            assignments.c.event == an_event().key,
            assignments.c.session == session,
            assignments.c.person == person,
        )
        .values(until=ts(until))
    )


def take_over(tx: Transaction, session: str, former: PersonId, new: PersonId, *, at: float) -> None:
    """Somebody reports it in the place of who did."""
    leave(tx, session, former, until=at)
    join(tx, session, new, since=at)
