"""Taking in what people say and press: one transaction each, harmless when Slack sends it again."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.commands import Typed, command_of
from bot.domain.dialogue import Kind, Press, Version
from bot.domain.event import (
    Assignment,
    Event,
    EventKey,
    Part,
    PersonId,
    SessionCode,
    WorkspaceId,
    concerned,
)
from bot.domain.moment import Ts, moment_of
from bot.domain.moves import Pressed, Said
from bot.domain.replies import Apology, Card, Reply, Review, Say, Saying, Switched, manner_of
from bot.domain.template import Section, Template
from bot.domain.turns import Turn, advance, asks_for_value
from bot.domain.walks import Outline
from bot.services import answering, publishing, reminding, reporting, talking
from bot.services.taken import Taken
from storage import Transaction, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reporting:
    """What one person reports in an event, and reported once."""

    event: Event
    person: PersonId
    assignments: tuple[Assignment, ...]
    templates: dict[SessionCode, Template]

    @property
    def key(self) -> tuple[WorkspaceId, EventKey, PersonId]:
        return self.event.workspace, self.event.key, self.person

    @property
    def outlines(self) -> tuple[Outline, ...]:
        return reporting.outlines_of(self.assignments, self.templates)

    def section(self, session: SessionCode, index: int) -> Section:
        return self.templates[session].sections[index]


def take_said(tx: Transaction, said: Said, now: datetime, *, catches_up: bool = False) -> Taken:
    """Keep a version of a message and let the walk answer it; a stranger's words are not kept.

    When it `catches_up`, a newer card takes the place of one that waits: only the last one is of use.
    """
    if not tx.receipts.first_time(said.workspace, said.receipts, now):
        return Taken.KNOWN
    if not said.person:  # a deletion of which Slack does not say whose it is
        said = replace(said, person=tx.people.whose_dm(said.workspace, said.channel) or said.person)
    if talking.take(tx, said, now):
        return Taken.KEPT
    assignments = _in_hand(tx, said.workspace, said.person, said.ts)
    if not any(each.covers(said.ts) for each in assignments):
        return _refuse(tx, said, assignments, now)
    own = _reporting(tx, assignments)
    version = Version(said.ts, said.as_of, _kind(said, own.assignments))
    tx.people.keep_dm(said.workspace, said.person, said.channel)
    if version.kind is not Kind.MISSING:
        tx.dialogues.hear(*own.key, said.ts if catches_up else said.as_of)
    if answering.take_away(tx, own.event, said, now):
        return Taken.KEPT
    turn = advance(own.outlines, tx.dialogues.of(*own.key), version)
    tx.dialogues.add_version(*own.key, version, _wording(said))
    if said.has_file:
        _reply(tx, own, turn, Say(Saying.NO_FILES), now)
    _close(tx, own, turn, now, catches_up=catches_up)
    if (asked := asks_for_value(turn, version, own.section, lambda: _text(said))) is not None:
        _reply(tx, own, turn, asked, now)
    return Taken.KEPT


def take_pressed(tx: Transaction, pressed: Pressed, now: datetime) -> Taken:
    """Let a button do its deed, if its report is this person's; an old or foreign button does nothing."""
    assignments = _in_hand(tx, pressed.workspace, pressed.person, pressed.ts)
    its = next(
        (
            each
            for each in assignments
            if (each.event.key, each.session.code) == (pressed.event, pressed.session)
        ),
        None,
    )
    if its is None:
        return Taken.IGNORED
    own = _reporting(tx, assignments)
    if not 0 <= pressed.section < len(own.templates[pressed.session].sections):
        return Taken.IGNORED
    if not tx.receipts.first_time(pressed.workspace, pressed.receipts, now):
        return Taken.KNOWN
    if not its.covers(pressed.ts):
        _say_handed_over(tx, pressed, now)
        return Taken.IGNORED
    press = Press(pressed.ts, pressed.deed, pressed.section, pressed.session)
    turn = advance(own.outlines, tx.dialogues.of(*own.key), press)
    tx.dialogues.add_press(*own.key, press)
    tx.dialogues.hear(*own.key, press.ts)
    _close(tx, own, turn, now)
    return Taken.KEPT


def _in_hand(tx: Transaction, workspace: WorkspaceId, person: PersonId, ts: Ts) -> tuple[Assignment, ...]:
    """As `_of_its_event`, with the dialogue to ourselves: somebody may be taking the session off them, so
    what is theirs is read again once that is over."""
    locked: EventKey | None = None
    while (found := _of_its_event(tx, workspace, person, ts)) and found[0].event.key != locked:
        locked = found[0].event.key
        tx.dialogues.lock(workspace, locked, person)
    return found


def _of_its_event(
    tx: Transaction, workspace: WorkspaceId, person: PersonId, ts: Ts
) -> tuple[Assignment, ...]:
    """What somebody reports, or reported once, in the event that a message of this ts belongs to."""
    assignments = tx.events.ever_of_person(workspace, person)
    theirs = tuple(each for each in assignments if each.covers(ts))
    one = concerned(theirs or assignments, moment_of(ts))
    return tuple(each for each in assignments if one is not None and each.event.key == one.event.key)


def _reporting(tx: Transaction, assignments: tuple[Assignment, ...]) -> _Reporting:
    event, person = assignments[0].event, assignments[0].person
    return _Reporting(
        event=event,
        person=person,
        assignments=assignments,
        templates=reporting.in_its_language(
            event, tx.events.templates_of(event.workspace, event.key, person)
        ),
    )


def apologise(tx: Transaction, pressed: Pressed, code: str, now: datetime) -> None:
    """Say that a button did nothing because something went wrong on our side."""
    reply = Apology(code)
    manner = manner_of(reply, person=pressed.person, session=pressed.session)
    tx.outbox.put(pressed.workspace, pressed.person, reply, manner, now, event=pressed.event)


def _kind(said: Said, assignments: tuple[Assignment, ...]) -> Kind | Typed:
    if said.words is None:
        return Kind.MISSING if said.is_missing else Kind.GONE
    codes = [each.session.code for each in assignments] if len(assignments) > 1 else []
    command = command_of(said.words.typed, codes) if said.is_plain and not said.has_file else None
    return command or (Kind.NOTE if said.words else Kind.BLANK)


def _text(said: Said) -> str:
    return reporting.document_of(_wording(said)).text


def _wording(said: Said) -> Wording:
    return Wording(
        text=None if said.words is None else said.words.typed,
        rich_text=None if said.rich_text is None else said.rich_text.typed,
        original=None if said.original is None else said.original.typed,
    )


def _close(tx: Transaction, own: _Reporting, turn: Turn, now: datetime, *, catches_up: bool = False) -> None:
    for fact in turn.facts:
        tx.dialogues.add_press(*own.key, fact)
    for assignment in own.assignments:
        _keep_submit(tx, own, turn, assignment.session.code, now)
    for reply in turn.replies:
        stands = isinstance(reply, Card | Review | Switched)
        _reply(tx, own, turn, reply, now, newest_only=catches_up and stands)
    for session in _read_by_others(tx, own, turn):
        publishing.refresh_digest(tx, own.event, session, now)


def _keep_submit(tx: Transaction, own: _Reporting, turn: Turn, session: SessionCode, now: datetime) -> None:
    submitted_at = turn.walks.of(session).submitted_at
    if submitted_at != turn.before.of(session).submitted_at:
        tx.dialogues.submit(*own.key, session, submitted_at)
        reminding.report_changed(tx, own.event, session, now)


def _read_by_others(tx: Transaction, own: _Reporting, turn: Turn) -> tuple[SessionCode, ...]:
    """The reports that readers may read otherwise now; the lead submitted the others' notes too."""
    home = turn.session
    if home is None or home in turn.touches or turn.walks.of(home).submitted_at:
        return turn.touches
    shared = any(
        each.session.code == home and (each.part is Part.CO or each.since is not None)
        for each in own.assignments
    )
    if not shared or home not in tx.dialogues.submitted(own.event.workspace, own.event.key):
        return turn.touches
    return (*turn.touches, home)


def _reply(
    tx: Transaction, own: _Reporting, turn: Turn, reply: Reply, now: datetime, *, newest_only: bool = False
) -> None:
    event, session = own.event, turn.session or own.assignments[0].session.code
    manner = manner_of(reply, person=own.person, session=session)
    if newest_only:
        manner = replace(manner, replaces=f"stands/{own.person}/{session}")
    tx.outbox.put(event.workspace, own.person, reply, manner, now, event=event.key, session=session)


def _refuse(tx: Transaction, said: Said, assignments: tuple[Assignment, ...], now: datetime) -> Taken:
    """Nothing is kept of who reports nothing at that moment: nobody on the list, or not any more."""
    if any(each.until is not None for each in assignments):
        if said.words is not None and tx.people.tell_once_a_day(said.workspace, said.person, now):
            _say_handed_over(tx, said, now)
    else:
        _tell_who_reports_nothing(tx, said, now)
    return Taken.STRANGER


def _say_handed_over(tx: Transaction, move: Said | Pressed, now: datetime) -> None:
    reply = Say(Saying.NOT_YOURS)
    manner = manner_of(reply, person=move.person, session="")
    tx.outbox.put(move.workspace, move.person, reply, manner, now)


def _tell_who_reports_nothing(tx: Transaction, said: Said, now: datetime) -> None:
    if said.words is None or not tx.people.tell_once_a_day(said.workspace, said.person, now):
        return
    if tx.events.organised_by(said.workspace, said.person):
        reply = Say(Saying.ORGANISER)
    else:
        reply = Say(Saying.STRANGER if tx.talks.is_organised(said.workspace) else Saying.UNORGANISED)
    manner = manner_of(reply, person=said.person, session="")
    tx.people.keep_dm(said.workspace, said.person, said.channel)
    tx.outbox.put(said.workspace, said.person, reply, manner, now)
