"""Replies of the talk about an event -> the calls that Slack gets; read from what is true now."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import assert_never

from bot.domain.asking_event import Sketch
from bot.domain.event import PersonId
from bot.domain.moment import Ts
from bot.domain.replies import (
    AskEvent,
    Checked,
    EventApplied,
    EventFile,
    FileWaits,
    LeftAlone,
    SessionsTable,
)
from bot.errors import EventRefused
from bot.services import new_event, talking
from bot.services.talking import Whom
from bot.slack import event_words as words
from bot.slack.calls import Drawn, Nothing, Post, Upload
from bot.slack.kit import Screen
from bot.slack.screens import events
from storage import Row, Transaction

OfEvent = AskEvent | EventFile | SessionsTable | FileWaits | Checked | EventApplied | LeftAlone

_NO_TALK = Nothing(why="the talk is gone")
_NO_FILES = Nothing(why="the files are gone")


def draw_event(tx: Transaction, row: Row, reply: OfEvent, now: datetime) -> Drawn:
    """What to send for a row of the talk."""
    whom = Whom(workspace=row.workspace, person=PersonId(row.address))
    match reply:
        case AskEvent(begun):
            state = talking.talk(tx, whom, begun)
            is_over = state is None or (state.question is None and not state.stopped)
            return Drawn(
                call=_NO_TALK if state is None or is_over else Post(screen=events.question(state, begun))
            )
        case EventFile(begun):
            filled = partial(new_event.event_file, organiser=whom.person)
            return Drawn(call=_upload(tx, whom, begun, filled, words.EVENT_FILE, words.EVENT_FILE_COMES))
        case SessionsTable(begun):
            made = new_event.sessions_table
            return Drawn(
                call=_upload(tx, whom, begun, made, words.SESSIONS_TABLE, words.SESSIONS_TABLE_COMES)
            )
        case FileWaits():
            return Drawn(call=Post(screen=events.file_waits()))
        case Checked():
            return _draw_checked(tx, whom, reply, now)
        case EventApplied():
            return Drawn(call=_applied(tx, row))
        case LeftAlone():
            return Drawn(call=Post(screen=events.left_alone()))
        case _:
            assert_never(reply)


def _upload(
    tx: Transaction,
    whom: Whom,
    begun: Ts,
    make: Callable[[Sketch], tuple[str, bytes]],
    title: str,
    comment: str,
) -> Upload | Nothing:
    state = talking.talk(tx, whom, begun)
    if state is None or state.stopped or state.question is not None:
        return _NO_TALK
    name, body = make(state.sketch)
    return Upload(name=name, title=title, body=body, comment=comment)


def _draw_checked(tx: Transaction, whom: Whom, reply: Checked, now: datetime) -> Drawn:
    """One page of it; the next one follows."""
    files = talking.files_of(tx, whom, reply.ts)
    if not files:
        return Drawn(call=_NO_FILES)
    if any(each.unread is not None for each in files):
        return Drawn(call=Post(screen=events.unread(files)))
    pages = _checked(tx, whom, reply, now)
    if reply.page >= len(pages):
        return Drawn(call=Nothing(why="it became shorter"))
    more = reply.page + 1 < len(pages)
    follow = replace(reply, page=reply.page + 1) if more else None
    return Drawn(call=Post(screen=pages[reply.page]), follow=follow)


def _checked(tx: Transaction, whom: Whom, reply: Checked, now: datetime) -> Sequence[Screen]:
    try:
        programme, warnings = new_event.check(talking.folder(tx, whom, reply.ts), whom.workspace)
    except EventRefused as refused:
        return events.faults(refused.faults)
    shown = new_event.difference(tx, programme, whom.person, now)
    return events.difference(shown, reply.ts, warnings, changed=reply.changed)


def _applied(tx: Transaction, row: Row) -> Post | Nothing:
    event = tx.events.one(row.workspace, row.event) if row.event else None
    if event is None:
        return Nothing(why="the event is gone")
    return Post(screen=events.applied(event, len(tx.events.sessions(row.workspace, event.key))))
