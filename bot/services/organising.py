"""Setting an event up, or anew, from its file."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain import wall
from bot.domain.change_words import keeps_extra_time
from bot.domain.changes import Change, Stored
from bot.domain.difference import carried, differences, keeps, vanished
from bot.domain.event import EventKey, SessionCode, WorkspaceId
from bot.domain.moment import ts_of
from bot.domain.people import Answer
from bot.domain.programme import Programme
from bot.domain.template import Template
from bot.errors import EventRefused
from bot.services import kept, planning, seeking, telling
from storage import Transaction

_UNASKED: Mapping[str, Answer] = {}
_NONE: frozenset[SessionCode] = frozenset()
_CHANGED_MEANWHILE = (
    "the event was changed while you looked at this, so nothing was applied. Apply the file again: it shows "
    "what changes now."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A session that vanished from the file, and nobody said so."""

    code: SessionCode
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What applying a programme would do. `remarks` are true each time; `refusals` and `missing` are in its
    way, until the file or somebody's word changes that."""

    stored: Stored | None
    programme: Programme  # as it is to be stored
    changes: tuple[Change, ...]
    remarks: tuple[str, ...]
    refusals: tuple[str, ...]
    missing: tuple[Missing, ...]

    @property
    def in_the_way(self) -> tuple[str, ...]:
        """Why it cannot be applied as it is."""
        return (*self.refusals, *(each.sentence for each in self.missing))


def propose(
    tx: Transaction,
    programme: Programme,
    now: datetime,
    answers: Mapping[str, Answer] = _UNASKED,
    *,
    removed: Collection[SessionCode] = _NONE,
) -> Proposal:
    """What `apply_event` would do with the same arguments; changes nothing."""
    event = programme.event
    return _propose(tx, _standing(tx, event.workspace, event.key), programme, now, answers, removed)


def apply_event(
    tx: Transaction,
    programme: Programme,
    now: datetime,
    answers: Mapping[str, Answer] = _UNASKED,
    *,
    removed: Collection[SessionCode] = _NONE,
    shown: tuple[Change, ...] | None = None,
) -> tuple[Change, ...]:
    """Put a programme in the place of what is stored of its event, plan its reminders, tell its people.

    `answers` are Slack's about its people, by their keys; whom Slack was not asked about is as known before.
    `shown` is what somebody agreed to: EventRefused when something else would change now. Raises it as well
    for a closing session in the past, a session that vanished and is not `removed`, and a form that changed
    under its readers.
    """
    event = programme.event
    is_new = tx.programmes.claim(programme)
    stored = None if is_new else _standing(tx, event.workspace, event.key)
    proposal = _propose(tx, stored, programme, now, answers, removed)
    if stored is not None and telling.wait_for_moves_of_who_goes(tx, stored.programme, proposal.programme):
        stored = _standing(tx, event.workspace, event.key)  # what came in meanwhile keeps its session
        proposal = _propose(tx, stored, programme, now, answers, removed)
    if proposal.in_the_way:
        raise EventRefused(list(proposal.in_the_way))
    if shown is not None and shown != proposal.changes:
        raise EventRefused([_CHANGED_MEANWHILE])
    seeking.keep_members(tx, event.workspace, answers.values())
    _store(tx, proposal, now)
    return proposal.changes


def _standing(tx: Transaction, workspace: WorkspaceId, key: EventKey) -> Stored | None:
    programme = tx.programmes.one(workspace, key)
    if programme is None:
        return None
    return Stored(
        programme=programme,
        forms=tx.events.templates(workspace, key),
        notes=kept.kept_of(tx, workspace, key).notes,
    )


def _propose(
    tx: Transaction,
    stored: Stored | None,
    programme: Programme,
    now: datetime,
    answers: Mapping[str, Answer],
    removed: Collection[SessionCode],
) -> Proposal:
    known = stored.programme.sought if stored else ()
    wanted = replace(programme, sought=seeking.merged(programme.sought, known, answers, now))
    return Proposal(
        stored=stored,
        programme=carried(stored, wanted, removed),
        changes=differences(stored, wanted, removed),
        remarks=tuple(_remarks(stored, wanted)),
        refusals=(*_in_the_past(wanted, now), *_forms_changed(tx, stored, wanted)),
        missing=tuple(_missing(stored, wanted, removed)),
    )


def _store(tx: Transaction, proposal: Proposal, now: datetime) -> None:
    stored, programme = proposal.stored, proposal.programme
    event = programme.event
    forms = {code: (form.key, form.version) for code, form in keeps(stored, programme).items()}
    wrote = frozenset(kept.kept_of(tx, event.workspace, event.key).wrote)
    contacted = tx.events.contacted(event.workspace, event.key)
    tx.programmes.save(programme, ts_of(now), forms, wrote)
    for each in programme.assignments:
        tx.people.begin_reading(event.workspace, each.person, ts_of(now))
    tx.sought.replace(event.workspace, event.key, programme.sought)
    planning.replan(tx, event, now)
    if stored is not None:
        telling.tell_people(tx, stored.programme, programme, wrote, wrote | contacted, now)
        telling.redraw_digest(tx, proposal.changes, event, now)
    seeking.tell_organisers(tx, event.workspace, event.key, stored.programme.sought if stored else (), now)


def _in_the_past(wanted: Programme, now: datetime) -> list[str]:
    event = wanted.event
    if event.closing_at > now:
        return []
    return [
        f"the closing session was on {wall.date(event.closing_at, event.zone)}; to play a shipped "
        "event this year, give --closing with a day ahead (same weekday)."
    ]


def _missing(stored: Stored | None, wanted: Programme, removed: Collection[SessionCode]) -> Iterator[Missing]:
    for each in vanished(stored.programme, wanted) if stored else ():
        if stored and each.code not in removed:
            then = _once_removed(stored.notes.get(each.code))
            asked = f"Put it back, or say --remove {each.code}: then {then}."
            yield Missing(
                code=each.code, sentence=f"{each.code} ({each.title}) is no longer in the file. {asked}"
            )


def _once_removed(notes: int | None) -> str:
    if notes is None:
        return "it is removed: nobody has written for it"
    return f"it counts as cancelled, and its {'1 note is' if notes == 1 else f'{notes} notes are'} kept"


def _forms_changed(tx: Transaction, stored: Stored | None, wanted: Programme) -> list[str]:
    """A version is its text for ever; and a section that reports use does not vanish."""
    workspace = wanted.event.workspace
    versions = {(each.key, each.version): each for each in wanted.templates}
    told = [
        f"the template {old.key} reads otherwise than its version {old.version} that is stored. Give it the "
        f"version {old.version + 1}."
        for old in tx.programmes.stored_templates(workspace, versions)
        if old != versions[old.key, old.version]
    ]
    newest = {each.key: each for each in wanted.templates}
    for old, codes in _forms_in_use(stored):
        new = newest.get(old.key)
        gone = vanished_keys(old, new) if new is not None and new.version != old.version else ()
        if gone:
            told.append(
                f"version {new.version if new else 0} of the template {old.key} has no section "
                f"{', '.join(gone)} any more, and reports use it: {', '.join(codes)}. Keep the key, or give "
                "the template a key of its own."
            )
    return told


def vanished_keys(old: Template, new: Template) -> tuple[str, ...]:
    """The sections of a form that a later version does not have."""
    keys = {each.key for each in new.sections}
    return tuple(each.key for each in old.sections if each.key not in keys)


def _forms_in_use(stored: Stored | None) -> list[tuple[Template, list[SessionCode]]]:
    used: dict[tuple[str, int], tuple[Template, list[SessionCode]]] = {}
    for code in stored.notes if stored else ():
        if stored and (form := stored.forms.get(code)):
            used.setdefault((form.key, form.version), (form, []))[1].append(code)
    return list(used.values())


def _remarks(stored: Stored | None, wanted: Programme) -> list[str]:
    """Sessions that keep a form, or more time, which is not the file's."""
    if stored is None:
        return []
    going_on = carried(stored, wanted, ()).sessions
    told = [
        keeps_extra_time(each, wanted.event) for each in going_on if each.given_at and not each.is_cancelled
    ]
    for each in wanted.sessions:
        form = stored.forms.get(each.code)
        if form and each.code in stored.notes and (form.key, form.version) != wanted.form_of(each):
            told.append(
                f"{each.code} keeps the form {form.key}, version {form.version}: somebody has written in it."
            )
    return told
