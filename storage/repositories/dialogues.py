"""Dialogues: what people typed and pressed, one person and event under one lock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.domain.commands import Command, Go, Typed
from bot.domain.dialogue import Deed, Dialogue, Kind, Press, Version
from bot.domain.event import EventKey, PersonId, WorkspaceId
from bot.domain.moment import Ts
from storage.parameters import of_event, of_person, of_workspace
from storage.tables import dialogues, presses, versions

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
_save = (
    update(dialogues)
    .where(
        dialogues.c.workspace == of_workspace,
        dialogues.c.event == of_event,
        dialogues.c.person == of_person,
    )
    .values(submitted_ts=bindparam("submitted"))
)

_all_versions = select(versions.c.person, versions.c.ts, versions.c.as_of, versions.c.kind).where(
    versions.c.workspace == of_workspace, versions.c.event == of_event
)
_all_presses = select(presses.c.person, presses.c.ts, presses.c.deed, presses.c.section).where(
    presses.c.workspace == of_workspace, presses.c.event == of_event
)
_versions = _all_versions.where(versions.c.person == of_person)
_presses = _all_presses.where(presses.c.person == of_person)
_all_texts = (
    select(versions.c.person, versions.c.ts, versions.c.text, versions.c.rich_text)
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
_submitted = select(dialogues.c.person, dialogues.c.submitted_ts).where(
    dialogues.c.workspace == of_workspace,
    dialogues.c.event == of_event,
    dialogues.c.submitted_ts.is_not(None),
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
            },
        )

    def save(
        self, workspace: WorkspaceId, event: EventKey, person: PersonId, submitted_at: Ts | None
    ) -> None:
        """Keep what the walk came to, for queries."""
        self._connection.execute(_save, {**_key(workspace, event, person), "submitted": submitted_at})

    def submitted(self, workspace: WorkspaceId, event: EventKey) -> dict[PersonId, Ts]:
        """Who has submitted, and at which ts last."""
        key = {"of_workspace": workspace, "of_event": event}
        return {PersonId(person): Ts(ts) for person, ts in self._connection.execute(_submitted, key) if ts}

    def kept(self, workspace: WorkspaceId, person: PersonId) -> dict[Ts, Kept]:
        """The newest version of every message of a person, in all events, by ts."""
        key = {"of_workspace": workspace, "of_person": person}
        return {
            Ts(ts): Kept(as_of=Ts(as_of), kind=_read(kind), wording=Wording(text=text, rich_text=rich_text))
            for ts, as_of, kind, text, rich_text in self._connection.execute(_kept, key)
        }

    def wordings(self, workspace: WorkspaceId, event: EventKey, person: PersonId) -> dict[Ts, Wording]:
        """The newest words of each message of a person; messages that are gone are left out."""
        rows = self._connection.execute(_texts, _key(workspace, event, person))
        return _newest(rows).get(person, {})

    def wordings_of_all(self, workspace: WorkspaceId, event: EventKey) -> dict[PersonId, dict[Ts, Wording]]:
        """The newest words of everybody in an event, in one query."""
        key = {"of_workspace": workspace, "of_event": event}
        return _newest(self._connection.execute(_all_texts, key))


def _key(workspace: WorkspaceId, event: EventKey, person: PersonId) -> dict[str, str]:
    return {"of_workspace": workspace, "of_event": event, "of_person": person}


def _newest(
    rows: Iterable[Row[str, str, str | None, str | None]],
) -> dict[PersonId, dict[Ts, Wording]]:
    found: dict[PersonId, dict[Ts, Wording]] = {}
    for person, ts, text, rich_text in rows:
        of_person = found.setdefault(PersonId(person), {})
        if text is None:
            of_person.pop(Ts(ts), None)
        else:
            of_person[Ts(ts)] = Wording(text=text, rich_text=rich_text)
    return found


def _version(cells: Sequence[Any]) -> Version:
    ts, as_of, kind = cells
    return Version(Ts(ts), Ts(as_of), _read(kind))


def _press(cells: Sequence[Any]) -> Press:
    ts, deed, section = cells
    return Press(Ts(ts), Deed(deed), section)


def _spelled(kind: Kind | Typed) -> str:
    return f"go {kind.index}" if isinstance(kind, Go) else kind.value


def _read(spelled: str) -> Kind | Typed:
    if spelled in _KINDS:
        return Kind(spelled)
    if spelled.startswith("go "):
        return Go(int(spelled[3:]))
    return Command(spelled)


_KINDS = {kind.value for kind in Kind}
