"""Setting an event up in the DM: the six questions, the files that come back, and what becomes of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath

from bot.domain.asking_event import BACK, BEGINS, STOP, Asked, asked
from bot.domain.dropped import Dropped
from bot.domain.errands import Admit, Apply, Errand, Fetch
from bot.domain.event import PersonId, WorkspaceId
from bot.domain.moment import Ts, moment_of, ts_of
from bot.domain.moves import Decided, Decision, Said
from bot.domain.programme import Programme
from bot.domain.replies import (
    Apology,
    AskEvent,
    Checked,
    EventApplied,
    EventFile,
    FileWaits,
    LeftAlone,
    Reply,
    Rewritten,
    Say,
    Saying,
    SessionsTable,
    manner_of,
)
from bot.errors import EventRefused
from bot.programme.places import ATLAS
from bot.services import new_event
from storage import Transaction

LAPSES_AFTER = timedelta(hours=1)  # without an answer; what is typed then is no answer any more
KEPT_FOR = timedelta(days=7)  # talks, files and errands
_TYPED = {Decision.BACK: BACK, Decision.STOP: STOP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Somebody in a workspace."""

    workspace: WorkspaceId
    person: PersonId


def take(tx: Transaction, said: Said, now: datetime) -> bool:
    """Take what belongs to a talk about an event, or is a file for one; False for everything else."""
    whom = Whom(workspace=said.workspace, person=said.person)
    typed = tx.talks.of(said.workspace, said.person)
    if said.ts in typed:
        return _add(tx, whom, said.ts, said.as_of, _text(said), now)
    if said.words is None:
        tx.dropped.forget(said.workspace, said.person, said.ts)
        return False
    is_new = said.as_of == said.ts
    if said.has_file:
        return is_new and _drop(tx, whom, said, now)
    if is_new and said.is_plain and " ".join(said.words.typed.split()).casefold() == BEGINS:
        return _begin(tx, whom, said, now)
    is_answer = _open_at(typed, said.ts) is not None and may_organise(tx, whom)
    return is_answer and _add(tx, whom, said.ts, said.as_of, _text(said), now)


def take_decided(tx: Transaction, decided: Decided, now: datetime) -> bool:
    """Let a button of the talk do what it says, once; False for one pressed before, or of somebody else."""
    whom = Whom(workspace=decided.workspace, person=decided.person)
    if not may_organise(tx, whom) or not tx.receipts.first_time(decided.workspace, decided.receipts, now):
        return False
    match decided.decision:
        case Decision.BACK | Decision.STOP:
            if _open_at(tx.talks.of(decided.workspace, decided.person), decided.ts) != decided.of:
                return False
            return _add(tx, whom, decided.ts, decided.ts, _TYPED[decided.decision], now)
        case Decision.APPLY:
            task = Apply(ts=decided.of, base=decided.base, shown=decided.message)
            tx.errands.put(decided.workspace, Errand(person=decided.person, task=task), now)
        case Decision.NOT_NOW:
            _put(tx, whom, Rewritten(of=decided.message, into=LeftAlone(decided.of)), now)
    return True


def apologise(tx: Transaction, decided: Decided, code: str, now: datetime) -> None:
    """Say that a button did nothing because something went wrong on our side."""
    _put(tx, Whom(workspace=decided.workspace, person=decided.person), Apology(code), now)


def may_organise(tx: Transaction, whom: Whom) -> bool:
    """Whether somebody organises an event, or administers a workspace in which nobody does yet."""
    if tx.events.organised_by(whom.workspace, whom.person):
        return True
    return not tx.talks.is_organised(whom.workspace) and tx.errands.is_admitted(whom.workspace, whom.person)


def talk(tx: Transaction, whom: Whom, begun: Ts) -> Asked | None:
    """Where a talk stands; None for one whose first message is gone."""
    talks = _talks(tx.talks.of(whom.workspace, whom.person))
    return asked(talks[begun].values(), ATLAS) if begun in talks else None


def files_of(tx: Transaction, whom: Whom, ts: Ts) -> tuple[Dropped, ...]:
    """The files of one message."""
    return tuple(each for each in tx.dropped.of(whom.workspace, whom.person) if each.ts == ts)


def folder(tx: Transaction, whom: Whom, ts: Ts) -> dict[str, bytes]:
    """The files of a message by name, and beside them whatever its event file may name.

    Of each other name that is the newest that came before, or what the last talk made; a table has one name,
    whatever kind of file it is. The event file is the message's own, if it has one.
    """
    own: dict[str, bytes] = {}
    beside = _made(tx, whom)
    for each in tx.dropped.of(whom.workspace, whom.person):
        if each.body is not None and each.ts == ts:
            own[each.name] = each.body
        elif each.body is not None and each.ts < ts:
            beside = _without(beside, [each.name]) | {each.name: each.body}  # the newest comes last
    beside = _without(beside, own)
    events = [name for name, body in beside.items() if new_event.is_event(name, body)]
    if any(new_event.is_event(name, body) for name, body in own.items()):
        superseded = {*events}
    else:
        superseded = {*events[:-1]}
    return own | {name: body for name, body in beside.items() if name not in superseded} if own else {}


def _without(files: dict[str, bytes], names: Iterable[str]) -> dict[str, bytes]:
    """The files that no name of these takes the place of."""
    taken = {_slot(name) for name in names}
    return {name: body for name, body in files.items() if _slot(name) not in taken}


def _slot(name: str) -> tuple[str, bool]:
    return PurePath(name).stem, name.lower().endswith(new_event.TABLES)


def _made(tx: Transaction, whom: Whom) -> dict[str, bytes]:
    """The files that the last talk made."""
    talks = _talks(tx.talks.of(whom.workspace, whom.person))
    done = [state for each in talks.values() if (state := asked(each.values(), ATLAS)).question is None]
    if not done:
        return {}
    sketch = done[-1].sketch
    return dict([new_event.event_file(sketch, whom.person), new_event.sessions_table(sketch)])


def admitted(
    tx: Transaction, whom: Whom, errand: Errand, task: Admit, now: datetime, *, is_admin: bool
) -> None:
    """Begin the talk of a workspace's administrator; everybody else is a stranger, and not kept."""
    may = is_admin and not tx.talks.is_organised(whom.workspace)
    if not tx.errands.end(whom.workspace, errand, now, admitted=may):
        return
    if may:
        _put(tx, whom, AskEvent(task.talk), now)
        return
    tx.talks.forget(whom.workspace, whom.person, task.talk)
    if tx.people.tell_once_a_day(whom.workspace, whom.person, now):
        is_organised = tx.talks.is_organised(whom.workspace)
        _put(tx, whom, Say(Saying.STRANGER if is_organised else Saying.UNORGANISED), now)


def waits(tx: Transaction, whom: Whom, errand: Errand, at: datetime, now: datetime) -> None:
    """Try an errand again at a moment; who waits for a file is told so once."""
    tx.errands.again(whom.workspace, errand, at)
    if errand.tries == 0 and isinstance(errand.task, Fetch):
        _put(tx, whom, FileWaits(errand.task.ts), now)


def fetched(tx: Transaction, whom: Whom, errand: Errand, file: Dropped, now: datetime) -> None:
    """Keep a file's bytes, or why there are none; the last one of a message is the time to answer."""
    if not tx.errands.end(whom.workspace, errand, now):
        return
    tx.dropped.read(whom.workspace, whom.person, file)
    files = files_of(tx, whom, file.ts)
    if files and all(each.body is not None or each.unread is not None for each in files):
        _put(tx, whom, Checked(file.ts), now)


def applied(
    tx: Transaction, whom: Whom, errand: Errand, task: Apply, programme: Programme | None, now: datetime
) -> None:
    """Apply what was shown, once; what cannot be applied any more is shown anew. None: it has faults now."""
    if not tx.errands.end(whom.workspace, errand, now):
        return
    if programme is not None and may_organise(tx, whom) and _applies(tx, whom, task, programme, now):
        event = programme.event
        reply = Rewritten(of=task.shown, into=EventApplied())
        manner = manner_of(reply, person=whom.person, session="")
        tx.outbox.put(whom.workspace, whom.person, reply, manner, now, event=event.key)
    else:
        _put(tx, whom, Rewritten(of=task.shown, into=LeftAlone(task.ts)), now)
        _put(tx, whom, Checked(task.ts, changed=True), now)


def sweep(tx: Transaction, workspace: WorkspaceId, now: datetime) -> None:
    """Forget talks, files and errands after a week."""
    tx.talks.sweep(workspace, ts_of(now - KEPT_FOR))
    tx.dropped.sweep(workspace, ts_of(now - KEPT_FOR))
    tx.errands.sweep(workspace, now - KEPT_FOR)


def _applies(tx: Transaction, whom: Whom, task: Apply, programme: Programme, now: datetime) -> bool:
    if new_event.difference(tx, programme, whom.person, now).refusals:
        return False
    try:
        return new_event.apply(tx, programme, whom.person, task.base, now)
    except EventRefused:  # it is refused before anything is changed
        return False


def _begin(tx: Transaction, whom: Whom, said: Said, now: datetime) -> bool:
    if not may_organise(tx, whom):
        if tx.talks.is_organised(whom.workspace) or tx.events.of_person(whom.workspace, whom.person):
            return False
        tx.errands.put(whom.workspace, Errand(person=whom.person, task=Admit(said.ts)), now)
        tx.people.keep_dm(whom.workspace, whom.person, said.channel)
        tx.talks.add(whom.workspace, whom.person, said.ts, said.as_of, BEGINS)
        return True
    tx.people.keep_dm(whom.workspace, whom.person, said.channel)
    return _add(tx, whom, said.ts, said.as_of, BEGINS, now)


def _drop(tx: Transaction, whom: Whom, said: Said, now: datetime) -> bool:
    files = [
        Dropped(file=each.id, ts=said.ts, name=each.name)
        for each in said.files
        if new_event.is_event_file(each.name)
    ]
    if not files or not may_organise(tx, whom):
        return False
    tx.people.keep_dm(whom.workspace, whom.person, said.channel)
    tx.dropped.add(whom.workspace, whom.person, files)
    for each in files:
        tx.errands.put(whom.workspace, Errand(person=whom.person, task=Fetch(said.ts, each.file)), now)
    return True


def _add(tx: Transaction, whom: Whom, ts: Ts, as_of: Ts, text: str | None, now: datetime) -> bool:
    """Keep a version of one of the talk's messages, and say where the talk stands now."""
    tx.talks.add(whom.workspace, whom.person, ts, as_of, text)
    begun = _begun(tx.talks.of(whom.workspace, whom.person), ts)
    state = None if begun is None else talk(tx, whom, begun)
    if begun is None or state is None:
        return True
    if state.stopped or state.question is not None:
        _put(tx, whom, AskEvent(begun), now)
    else:
        _put(tx, whom, EventFile(begun), now)
        _put(tx, whom, SessionsTable(begun), now)
    return True


def _text(said: Said) -> str | None:
    return None if said.words is None else said.words.typed


def _talks(typed: Mapping[Ts, str | None]) -> dict[Ts, dict[Ts, str]]:
    """What was typed, by the talk that it belongs to; each begins with its two words."""
    found: dict[Ts, dict[Ts, str]] = {}
    begun: Ts | None = None
    for ts, text in typed.items():
        if text is not None and " ".join(text.split()).casefold() == BEGINS:
            begun = ts
            found[begun] = {}
        elif begun is not None and text is not None:
            found[begun][ts] = text
    return found


def _begun(typed: Mapping[Ts, str | None], ts: Ts) -> Ts | None:
    """The talk to which a message of this ts belongs."""
    return next((each for each in reversed(_talks(typed)) if each <= ts), None)


def _open_at(typed: Mapping[Ts, str | None], ts: Ts) -> Ts | None:
    """The talk that waits for an answer at this ts, if one does."""
    begun = _begun(typed, ts)
    if begun is None:
        return None
    answers = {each: text for each, text in _talks(typed)[begun].items() if each < ts}
    silent_for = moment_of(ts) - moment_of(max([begun, *answers]))
    is_open = silent_for <= LAPSES_AFTER and asked(answers.values(), ATLAS).is_open
    return begun if is_open else None


def _put(tx: Transaction, whom: Whom, reply: Reply, now: datetime) -> None:
    tx.outbox.put(whom.workspace, whom.person, reply, manner_of(reply, person=whom.person, session=""), now)
