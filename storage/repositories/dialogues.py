"""Dialogues: what people typed and pressed, one person and event under one lock."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, case, delete, func, select, union, update
from sqlalchemy.dialects.postgresql import insert

from bot.domain.commands import Command, Digits, Go, To, Typed
from bot.domain.dialogue import Deed, Dialogue, Kind, Press, Version
from bot.domain.event import EventKey, PersonId, SessionCode, WorkspaceId
from bot.domain.moment import Ts
from storage.parameters import of_event, of_person, of_session, of_workspace
from storage.tables import dialogues, presses, submits, versions

_begin = insert(dialogues).on_conflict_do_nothing()
_lock = (
    select(dialogues.c.person)
    .where(
        dialogues.c.workspace == of_workspace,
        dialogues.c.event == of_event,
        dialogues.c.person == of_person,
    )
    .with_for_update()
)
_add_version = insert(versions).on_conflict_do_nothing()
_add_press = insert(presses).on_conflict_do_nothing()
_heard: BindParameter[str] = bindparam("heard")
_hear = (
    update(dialogues)
    .where(
        dialogues.c.workspace == of_workspace,
        dialogues.c.event == of_event,
        dialogues.c.person == of_person,
    )
    .values(
        heard_ts=case(
            (dialogues.c.heard_ts.is_(None) | (dialogues.c.heard_ts < _heard), _heard),
            else_=dialogues.c.heard_ts,
        )
    )
)
_heard_of = select(dialogues.c.person, dialogues.c.heard_ts).where(
    dialogues.c.workspace == of_workspace,
    dialogues.c.event == of_event,
    dialogues.c.heard_ts.is_not(None),
)
_people = union(
    *(
        select(moves.c.person).where(moves.c.workspace == of_workspace, moves.c.event == of_event)
        for moves in (versions, presses)
    )
)
_typed_during = (
    select(presses.c.session, presses.c.person)
    .distinct()
    .where(
        presses.c.workspace == of_workspace,
        presses.c.event == of_event,
        presses.c.deed == Deed.DURING.value,
        presses.c.session.in_(bindparam("sessions", expanding=True)),
    )
)
_insert_submit = insert(submits)
_submit = _insert_submit.on_conflict_do_update(
    index_elements=[submits.c.workspace, submits.c.event, submits.c.session, submits.c.person],
    set_={"submitted_ts": _insert_submit.excluded.submitted_ts},
)
_unsubmit = delete(submits).where(
    submits.c.workspace == of_workspace,
    submits.c.event == of_event,
    submits.c.session == of_session,
    submits.c.person == of_person,
)

_all_versions = select(versions.c.person, versions.c.ts, versions.c.as_of, versions.c.kind).where(
    versions.c.workspace == of_workspace, versions.c.event == of_event
)
_all_presses = select(
    presses.c.person, presses.c.ts, presses.c.deed, presses.c.section, presses.c.session
).where(presses.c.workspace == of_workspace, presses.c.event == of_event)
_versions = _all_versions.where(versions.c.person == of_person)
_presses = _all_presses.where(presses.c.person == of_person)
_all_texts = (
    select(versions.c.person, versions.c.ts, versions.c.as_of, versions.c.text, versions.c.rich_text)
    .where(
        versions.c.workspace == of_workspace,
        versions.c.event == of_event,
        versions.c.kind != Kind.MISSING.value,  # what is held back keeps its words
    )
    .order_by(versions.c.person, versions.c.ts, versions.c.as_of)
)
_kept = (
    select(versions.c.ts, versions.c.as_of, versions.c.kind, versions.c.text, versions.c.rich_text)
    .where(versions.c.workspace == of_workspace, versions.c.person == of_person)
    .order_by(versions.c.ts, versions.c.as_of)
)
_texts = _all_texts.where(versions.c.person == of_person)
_submitted = (
    select(submits.c.session, func.max(submits.c.submitted_ts))
    .where(submits.c.workspace == of_workspace, submits.c.event == of_event)
    .group_by(submits.c.session)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The newest version of a message as it is kept; a message that is gone has a wording without text."""

    as_of: Ts
    kind: Kind | Typed
    wording: "Wording"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Wording:
    """The words of one version as stored: cleaned text, Slack's blocks, the text as it came if cleaned."""

    text: str | None
    rich_text: str | None = None
    original: str | None = None


@dataclass(frozen=True, slots=True)
class Wordings:
    """All words of one person, as of any moment."""

    _versions: dict[Ts, list[tuple[Ts, Wording]]] = field(default_factory=dict)  # oldest first

    def newest(self, until: Ts | None = None) -> dict[Ts, Wording]:
        """The newest words of each message, as of a moment; messages that were gone then are left out."""
        found: dict[Ts, Wording] = {}
        for ts, versions_ in self._versions.items():
            words = [each for as_of, each in versions_ if until is None or as_of <= until]
            if words and words[-1].text is not None:
                found[ts] = words[-1]
        return found


class Dialogues:
    """Reading and growing dialogues."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock(self, workspace: WorkspaceId, event: EventKey, person: PersonId) -> None:
        """Wait until no other process applies a move of this person, and keep others out until the commit."""
        self._connection.execute(_begin, {"workspace": workspace, "event": event, "person": person})
        self._connection.execute(_lock, _key(workspace, event, person))

    def of(self, workspace: WorkspaceId, event: EventKey, person: PersonId) -> Dialogue:
        """Everything that one person typed and pressed for an event."""
        key = _key(workspace, event, person)
        return Dialogue(
            versions=tuple(_version(row[1:]) for row in self._connection.execute(_versions, key)),
            presses=tuple(_press(row[1:]) for row in self._connection.execute(_presses, key)),
        )

    def of_all(self, workspace: WorkspaceId, event: EventKey) -> dict[PersonId, Dialogue]:
        """The dialogues of everybody in an event, in two queries."""
        key = {"of_workspace": workspace, "of_event": event}
        typed: dict[PersonId, list[Version]] = {}
        pressed: dict[PersonId, list[Press]] = {}
        for person, *version in self._connection.execute(_all_versions, key):
            typed.setdefault(PersonId(person), []).append(_version(version))
        for person, *press in self._connection.execute(_all_presses, key):
            pressed.setdefault(PersonId(person), []).append(_press(press))
        return {
            person: Dialogue(versions=tuple(typed.get(person, ())), presses=tuple(pressed.get(person, ())))
            for person in typed.keys() | pressed.keys()
        }

    def people(self, workspace: WorkspaceId, event: EventKey) -> frozenset[PersonId]:
        """Who ever typed or pressed something for an event."""
        rows = self._connection.execute(_people, {"of_workspace": workspace, "of_event": event})
        return frozenset(PersonId(row[0]) for row in rows)

    def typed_during(
        self, workspace: WorkspaceId, event: EventKey, sessions: Collection[SessionCode]
    ) -> frozenset[tuple[SessionCode, PersonId]]:
        """Who typed something while one of these sessions of theirs ran, of those who report several."""
        asked = {"of_workspace": workspace, "of_event": event, "sessions": list(sessions)}
        rows = self._connection.execute(_typed_during, asked)
        return frozenset((SessionCode(code), PersonId(person)) for code, person in rows if code)

    def add_version(
        self, workspace: WorkspaceId, event: EventKey, person: PersonId, version: Version, wording: Wording
    ) -> None:
        """Keep a version with its words."""
        self._connection.execute(
            _add_version,
            {
                "workspace": workspace,
                "event": event,
                "person": person,
                "ts": version.ts,
                "as_of": version.as_of,
                "kind": _spelled(version.kind),
                "text": wording.text,
                "rich_text": wording.rich_text,
                "original": wording.original,
            },
        )

    def add_press(self, workspace: WorkspaceId, event: EventKey, person: PersonId, press: Press) -> None:
        """Keep a press."""
        self._connection.execute(
            _add_press,
            {
                "workspace": workspace,
                "event": event,
                "person": person,
                "ts": press.ts,
                "deed": press.deed.value,
                "section": press.section,
                "session": press.session,
            },
        )

    def hear(self, workspace: WorkspaceId, event: EventKey, person: PersonId, at: Ts) -> None:
        """Keep the newest sign of life of a person."""
        self._connection.execute(_hear, {**_key(workspace, event, person), "heard": at})

    def heard(self, workspace: WorkspaceId, event: EventKey) -> dict[PersonId, Ts]:
        """The newest sign of life of everybody who gave one."""
        key = {"of_workspace": workspace, "of_event": event}
        return {PersonId(person): Ts(ts) for person, ts in self._connection.execute(_heard_of, key) if ts}

    def submit(
        self, workspace: WorkspaceId, event: EventKey, person: PersonId, session: SessionCode, at: Ts | None
    ) -> None:
        """Keep, for queries, when a person last submitted a session's report; None: they did not."""
        if at is None:
            self._connection.execute(_unsubmit, {**_key(workspace, event, person), "of_session": session})
            return
        row = {"workspace": workspace, "event": event, "session": session, "person": person}
        self._connection.execute(_submit, {**row, "submitted_ts": at})

    def submitted(self, workspace: WorkspaceId, event: EventKey) -> dict[SessionCode, Ts]:
        """The sessions whose report was submitted, by whomever, and at which ts last."""
        key = {"of_workspace": workspace, "of_event": event}
        return {SessionCode(session): Ts(ts) for session, ts in self._connection.execute(_submitted, key)}

    def kept(self, workspace: WorkspaceId, person: PersonId) -> dict[Ts, Kept]:
        """The newest version of every message of a person, in all events, by ts."""
        key = {"of_workspace": workspace, "of_person": person}
        return {
            Ts(ts): Kept(as_of=Ts(as_of), kind=_read(kind), wording=Wording(text=text, rich_text=rich_text))
            for ts, as_of, kind, text, rich_text in self._connection.execute(_kept, key)
        }

    def wordings(self, workspace: WorkspaceId, event: EventKey, person: PersonId) -> Wordings:
        """The words of each message of a person."""
        rows = self._connection.execute(_texts, _key(workspace, event, person))
        return _by_person(rows).get(person, Wordings())

    def wordings_of_all(self, workspace: WorkspaceId, event: EventKey) -> dict[PersonId, Wordings]:
        """The words of everybody in an event, in one query."""
        key = {"of_workspace": workspace, "of_event": event}
        return _by_person(self._connection.execute(_all_texts, key))


def _key(workspace: WorkspaceId, event: EventKey, person: PersonId) -> dict[str, str]:
    return {"of_workspace": workspace, "of_event": event, "of_person": person}


def _by_person(rows: Iterable[Row[str, str, str, str | None, str | None]]) -> dict[PersonId, Wordings]:
    found: dict[PersonId, dict[Ts, list[tuple[Ts, Wording]]]] = {}
    for person, ts, as_of, text, rich_text in rows:
        of_person = found.setdefault(PersonId(person), {})
        of_person.setdefault(Ts(ts), []).append((Ts(as_of), Wording(text=text, rich_text=rich_text)))
    return {person: Wordings(versions_) for person, versions_ in found.items()}


def _version(cells: Sequence[Any]) -> Version:
    ts, as_of, kind = cells
    return Version(Ts(ts), Ts(as_of), _read(kind))


def _press(cells: Sequence[Any]) -> Press:
    ts, deed, section, session = cells
    return Press(Ts(ts), Deed(deed), section, session)


def _spelled(kind: Kind | Typed) -> str:
    match kind:
        case Go(index):
            return f"go {index}"
        case Digits(number):
            return f"digits {number}"
        case To(session):
            return f"to {session}"
        case _:
            return kind.value


def _read(spelled: str) -> Kind | Typed:
    if spelled in _KINDS:
        return Kind(spelled)
    match spelled.split(" ", 1):
        case ["go", index]:
            return Go(int(index))
        case ["digits", number]:
            return Digits(int(number))
        case ["to", session]:
            return To(SessionCode(session))
        case _:
            return Command(spelled)


_KINDS = {kind.value for kind in Kind}
