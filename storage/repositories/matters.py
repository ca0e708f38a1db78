"""Matters that organisers are told of: where each was told, and the first answer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from bot.domain.event import EventKey, PersonId, WorkspaceId
from bot.domain.matters import Decision, Matter, Topic
from storage.parameters import of_event, of_workspace
from storage.tables import decisions, notices


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The first answer to a matter."""

    person: PersonId
    decision: Decision
    at: datetime


_insert_notice = insert(notices)
_note = _insert_notice.on_conflict_do_update(
    index_elements=[notices.c.workspace, notices.c.event, notices.c.about, notices.c.person],
    set_={"message": _insert_notice.excluded.message},
)
_of_matter = (
    notices.c.workspace == of_workspace,
    notices.c.event == of_event,
    notices.c.about == bindparam("of_about"),
)
_noted = select(notices.c.person, notices.c.message).where(*_of_matter).order_by(notices.c.person)
_of_topic = (
    select(notices.c.about)
    .where(
        notices.c.workspace == of_workspace,
        notices.c.event == of_event,
        notices.c.about.like(bindparam("prefix")),
    )
    .distinct()
    .order_by(notices.c.about)
)
_decide = insert(decisions).on_conflict_do_nothing().returning(decisions.c.person)
_decided = select(decisions.c.person, decisions.c.decision, decisions.c.at).where(
    decisions.c.workspace == of_workspace,
    decisions.c.event == of_event,
    decisions.c.about == bindparam("of_about"),
)


class Matters:
    """Noting, reading and deciding matters."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(
        self, workspace: WorkspaceId, event: EventKey, about: str, person: PersonId, message: str
    ) -> None:
        """Somebody reads of a matter in an outbox row's message; the newest one counts."""
        row = {"workspace": workspace, "event": event, "about": about}
        self._connection.execute(_note, {**row, "person": person, "message": message})

    def noted(self, workspace: WorkspaceId, event: EventKey, about: str) -> dict[PersonId, str]:
        """Who reads of a matter, and in which outbox row's message."""
        rows = self._connection.execute(_noted, _key(workspace, event, about))
        return {PersonId(person): message for person, message in rows}

    def of_topic(self, workspace: WorkspaceId, event: EventKey, topic: Topic) -> tuple[Matter, ...]:
        """All matters of a topic that somebody was told of, in the order in which they were raised."""
        asked = {"of_workspace": workspace, "of_event": event, "prefix": f"{topic}/%"}
        found = (Matter.read(about) for (about,) in self._connection.execute(_of_topic, asked))
        return tuple(each for each in found if each is not None)

    def decide(
        self,
        workspace: WorkspaceId,
        event: EventKey,
        about: str,
        person: PersonId,
        decision: Decision,
        at: datetime,
    ) -> bool:
        """Keep an answer; False when somebody answered before."""
        row = {"workspace": workspace, "event": event, "about": about, "person": person}
        found = self._connection.execute(_decide, {**row, "decision": decision.value, "at": at})
        return found.first() is not None

    def decided(self, workspace: WorkspaceId, event: EventKey, about: str) -> Decided | None:
        """The answer to a matter, if there is one."""
        row = self._connection.execute(_decided, _key(workspace, event, about)).one_or_none()
        if row is None:
            return None
        return Decided(person=PersonId(row[0]), decision=Decision(row[1]), at=row[2])


def _key(workspace: WorkspaceId, event: EventKey, about: str) -> dict[str, str]:
    return {"of_workspace": workspace, "of_event": event, "of_about": about}
