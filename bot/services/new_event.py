"""What the talk about an event needs of its files: making them, reading them, what they would change."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from bot.domain.asking_event import Sketch
from bot.domain.change_words import sentences
from bot.domain.event import EventKey, PersonId, SessionCode, WorkspaceId
from bot.domain.people import How, Role, Sought
from bot.domain.programme import Programme
from bot.errors import EventRefused
from bot.programme.faults import refuse
from bot.programme.folder import InMemory, Unreadable, text_of
from bot.programme.new import NewEvent, event_text, sessions_xlsx
from bot.programme.yaml import read_event
from bot.services import organising
from bot.services.organising import Proposal
from storage import Transaction

EVENT_FILES, TABLES = (".yaml", ".yml"), (".csv", ".xlsx")
TABLE = "sessions.xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What applying would change, in sentences, or why it may not. `base` is a digest of these changes."""

    name: str
    sentences: tuple[str, ...]
    refusals: tuple[str, ...]
    base: str


def is_event_file(name: str) -> bool:
    """Whether a file of this name may be an organiser's."""
    return name.lower().endswith((*EVENT_FILES, *TABLES))


def is_event(name: str, body: bytes) -> bool:
    """Whether this is an event file, with faults or without; a form has neither sessions nor a closing."""
    if not name.lower().endswith(EVENT_FILES):
        return False
    try:
        lines = text_of(body).splitlines()
    except Unreadable:
        return True  # the check says why it cannot be read
    return any(line.startswith(("sessions:", "closing:")) for line in lines)


def event_file(sketch: Sketch, organiser: PersonId) -> tuple[str, bytes]:
    """Name and content of the commented event file of a sketch that is answered whole."""
    event = _event(sketch, organiser)
    return f"{event.key}.yaml", event_text(event, TABLE).encode()


def sessions_table(sketch: Sketch) -> tuple[str, bytes]:
    """Name and content of the table of sessions, for a spreadsheet."""
    return TABLE, sessions_xlsx(_event(sketch))


def check(files: Mapping[str, bytes], workspace: WorkspaceId) -> tuple[Programme, tuple[str, ...]]:
    """The programme of an event file with what lies beside it, and by line or cell what should be looked at.

    Raises EventRefused with every fault.
    """
    events = [name for name, body in files.items() if is_event(name, body)]
    if not events:
        raise EventRefused(
            [
                "No event file (.yaml) is here to go with this; one that came more than a week ago is not "
                "kept. Drop the event file together with the tables and the form that it names, if it does."
            ]
        )
    if len(events) > 1:
        raise EventRefused(
            ["Send one event file (.yaml), and with it the tables and the form that it names, if it does."]
        )
    text = _naming_tables_at_hand(files[events[0]], files)
    checked = read_event(InMemory({**files, events[0]: text}), events[0], workspace)
    refuse(checked.faults)
    if checked.programme is None:
        raise EventRefused([f"{events[0]}: cannot be read."])
    return checked.programme, tuple(f"{each.place}: {each.sentence}" for each in checked.faults)


def _naming_tables_at_hand(event: bytes, files: Mapping[str, bytes]) -> bytes:
    """A table may come back as another kind of file than it went: sessions.csv for sessions.xlsx."""
    try:
        text = text_of(event)
    except Unreadable:
        return event
    for name in files:
        stem, dot, kind = name.rpartition(".")
        for other in (each for each in TABLES if f"{dot}{kind}" in TABLES and f"{stem}{each}" not in files):
            text = re.sub(rf"(?<![\w.-]){re.escape(stem + other)}", name.replace("\\", r"\\"), text)
    return text.encode()


def difference(tx: Transaction, programme: Programme, person: PersonId, now: datetime) -> Difference:
    """What applying a programme would change now, and whether this person may."""
    event = programme.event
    proposal = _proposal(tx, programme, person, now)
    refusals = list(proposal.refusals)
    if not may_change(tx, event.workspace, event.key, person):
        refusals.append("This event has other organisers. Only they can change it.")
    return Difference(
        name=event.name,
        sentences=(*sentences(proposal.changes), *proposal.remarks) if proposal.changes else (),
        refusals=tuple(refusals),
        base=_digest(proposal),
    )


def may_change(tx: Transaction, workspace: WorkspaceId, event: EventKey, person: PersonId) -> bool:
    """Whether somebody runs the stored event of this key; a new one is for whoever may set one up."""
    if tx.events.one(workspace, event) is None:
        return True
    organisers = tx.events.organisers(workspace, event)
    return person in organisers or not organisers


def apply(tx: Transaction, programme: Programme, person: PersonId, base: str, now: datetime) -> bool:
    """Apply what was shown, sessions that vanished from the file included; False, and nothing is changed,
    when something else would change now. Raises EventRefused.

    Who applies an event whose file names no organiser becomes its organiser.
    """
    proposal = _proposal(tx, programme, person, now)
    if _digest(proposal) != base:
        return False
    removed, wanted = _gone(tx, programme), _organised(programme, person)
    organising.apply_event(tx, wanted, now, removed=removed, shown=proposal.changes)
    return True


def _proposal(tx: Transaction, programme: Programme, person: PersonId, now: datetime) -> Proposal:
    """With every session removed that vanished from the file: the sentences say so before anybody agrees."""
    return organising.propose(tx, _organised(programme, person), now, removed=_gone(tx, programme))


def _gone(tx: Transaction, programme: Programme) -> frozenset[SessionCode]:
    event = programme.event
    stored = {each.code for each in tx.events.sessions(event.workspace, event.key)}
    return frozenset(stored - {each.code for each in programme.sessions})


def _organised(programme: Programme, person: PersonId) -> Programme:
    if any(each.role is Role.ORGANISER for each in programme.sought):
        return programme
    key = programme.event.key
    own = Sought(event=key, role=Role.ORGANISER, session=None, how=How.ID, whom=person, person=person)
    return replace(programme, sought=(*programme.sought, own))


def _event(sketch: Sketch, *organisers: PersonId) -> NewEvent:
    if sketch.first_day is None or sketch.closing_starts is None or sketch.closing_ends is None:
        raise ValueError("the sketch is not answered whole")
    return NewEvent(
        name=sketch.name,
        place=sketch.place,
        zone=sketch.zone,
        first_day=sketch.first_day,
        closing=sketch.closing_starts,
        closing_ends=sketch.closing_ends,
        sessions=sketch.sessions,
        channel=sketch.channel or "",
        organisers=organisers,
    )


def _digest(proposal: Proposal) -> str:
    return sha256(repr(proposal.changes).encode()).hexdigest()[:16]
