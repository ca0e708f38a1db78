"""Taking in what people say and press: one transaction each, harmless when Slack sends it again."""

from dataclasses import replace
from datetime import datetime

from bot.domain.commands import Typed, command_of
from bot.domain.dialogue import Kind, Press, Version
from bot.domain.event import Assignment, concerned
from bot.domain.moment import moment_of
from bot.domain.moves import Pressed, Said
from bot.domain.replies import Apology, Card, Reply, Review, Say, Saying, manner_of
from bot.domain.turns import Turn, advance
from bot.services import answering, publishing, reminding
from bot.services.taken import Taken
from storage import Transaction, Wording


def take_said(tx: Transaction, said: Said, now: datetime, *, catches_up: bool = False) -> Taken:
    """Keep a version of a message and let the walk answer it; a stranger's words are not kept.

    When it `catches_up`, a newer card takes the place of one that waits: only the last one is of use.
    """
    if not tx.receipts.first_time(said.workspace, said.receipts, now):
        return Taken.KNOWN
    if not said.person:  # a deletion of which Slack does not say whose it is
        said = replace(said, person=tx.people.whose_dm(said.workspace, said.channel) or said.person)
    assignments = tx.events.of_person(said.workspace, said.person)
    assignment = concerned(assignments, moment_of(said.ts))
    if assignment is None:
        _tell_who_reports_nothing(tx, said, now)
        return Taken.STRANGER
    key = (said.workspace, assignment.event.key, said.person)
    sections = len(tx.events.template(*key[:2], assignment.session.code).sections)
    version = Version(said.ts, said.as_of, _kind(said, sections))
    tx.people.keep_dm(said.workspace, said.person, said.channel)
    tx.dialogues.lock(*key)
    if answering.take_away(tx, assignment.event, said, now):
        return Taken.KEPT
    turn = advance(sections, tx.dialogues.of(*key), version)
    tx.dialogues.add_version(*key, version, _wording(said))
    if said.has_file:
        _reply(tx, assignment, Say(Saying.NO_FILES), now)
    _close(tx, assignment, turn, now, catches_up=catches_up)
    return Taken.KEPT


def take_pressed(tx: Transaction, pressed: Pressed, now: datetime) -> Taken:
    """Let a button do its deed, if its report is this person's; an old or foreign button does nothing."""
    assignments = tx.events.of_person(pressed.workspace, pressed.person)
    assignment = concerned(assignments, moment_of(pressed.ts))
    if assignment is None or (assignment.event.key, assignment.session.code) != (
        pressed.event,
        pressed.session,
    ):
        return Taken.IGNORED
    sections = len(
        tx.events.template(pressed.workspace, assignment.event.key, assignment.session.code).sections
    )
    if not 0 <= pressed.section < sections:
        return Taken.IGNORED
    if not tx.receipts.first_time(pressed.workspace, pressed.receipts, now):
        return Taken.KNOWN
    key = (pressed.workspace, assignment.event.key, pressed.person)
    press = Press(pressed.ts, pressed.deed, pressed.section)
    tx.dialogues.lock(*key)
    turn = advance(sections, tx.dialogues.of(*key), press)
    tx.dialogues.add_press(*key, press)
    _close(tx, assignment, turn, now)
    return Taken.KEPT


def apologise(tx: Transaction, pressed: Pressed, code: str, now: datetime) -> None:
    """Say that a button did nothing because something went wrong on our side."""
    reply = Apology(code)
    manner = manner_of(reply, person=pressed.person, session=pressed.session)
    tx.outbox.put(pressed.workspace, pressed.person, reply, manner, now, event=pressed.event)


def _kind(said: Said, sections: int) -> Kind | Typed:
    if said.words is None:
        return Kind.MISSING if said.is_missing else Kind.GONE
    command = command_of(said.words.typed, sections) if said.is_plain and not said.has_file else None
    return command or (Kind.NOTE if said.words else Kind.BLANK)


def _wording(said: Said) -> Wording:
    return Wording(
        text=None if said.words is None else said.words.typed,
        rich_text=None if said.rich_text is None else said.rich_text.typed,
        original=None if said.original is None else said.original.typed,
    )


def _close(
    tx: Transaction, assignment: Assignment, turn: Turn, now: datetime, *, catches_up: bool = False
) -> None:
    event = assignment.event
    tx.dialogues.save(event.workspace, event.key, assignment.person, turn.walk.submitted_at)
    for reply in turn.replies:
        _reply(tx, assignment, reply, now, newest_only=catches_up and isinstance(reply, Card | Review))
    if turn.touches_digest:
        publishing.refresh_digest(tx, assignment, now)
        reminding.report_changed(tx, event, assignment.session.code, now)


def _reply(
    tx: Transaction, assignment: Assignment, reply: Reply, now: datetime, *, newest_only: bool = False
) -> None:
    event, session = assignment.event, assignment.session.code
    manner = manner_of(reply, person=assignment.person, session=session)
    if newest_only:
        manner = replace(manner, replaces=f"stands/{assignment.person}/{session}")
    tx.outbox.put(event.workspace, assignment.person, reply, manner, now, event=event.key, session=session)


def _tell_who_reports_nothing(tx: Transaction, said: Said, now: datetime) -> None:
    if said.words is None or not tx.people.tell_once_a_day(said.workspace, said.person, now):
        return
    organised = tx.events.organised_by(said.workspace, said.person)
    reply = Say(Saying.ORGANISER if organised else Saying.STRANGER)
    manner = manner_of(reply, person=said.person, session="")
    tx.people.keep_dm(said.workspace, said.person, said.channel)
    tx.outbox.put(said.workspace, said.person, reply, manner, now)
