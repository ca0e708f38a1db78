"""One advance of the walks: a move comes in, the dialogue grows, replies go out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from bot.domain.answers import read_answer
from bot.domain.commands import Command, Digits, Go, To, Typed
from bot.domain.dialogue import Deed, Dialogue, Press, Version
from bot.domain.event import SessionCode
from bot.domain.fold import walks
from bot.domain.moment import Ts
from bot.domain.replies import (
    AskLine,
    Card,
    Corrected,
    HeldBack,
    KeptApart,
    LineKept,
    NotesMoved,
    NoValue,
    Removed,
    Reply,
    Review,
    Say,
    Saying,
    Submitted,
    Switched,
    Tick,
    Welcome,
    Which,
)
from bot.domain.template import Section
from bot.domain.walks import Outline, Walk, Walks, facts_of, strayed

Move = Version | Press


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a move came to."""

    dialogue: Dialogue
    facts: tuple[Press, ...]  # to be kept with the move
    before: Walks
    walks: Walks
    session: SessionCode | None  # whose report the replies are about; None: of none yet
    replies: tuple[Reply, ...]
    touches: tuple[SessionCode, ...]  # reports of which readers may now read something else

    @property
    def touches_digest(self) -> bool:
        """Whether readers may now read something else."""
        return bool(self.touches)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What is needed to answer a move."""

    outlines: Sequence[Outline]
    known: bool  # some version of the message was
    before: Walks
    after: Walks

    def outline(self, session: SessionCode) -> Outline:
        return next(each for each in self.outlines if each.session == session)


def advance(outlines: Sequence[Outline], dialogue: Dialogue, move: Move) -> Turn:
    """Apply one move, whenever it arrives. A move that is known already changes nothing."""
    before = walks(outlines, dialogue)
    if move in (dialogue.versions if isinstance(move, Version) else dialogue.presses):
        return Turn(
            dialogue=dialogue, facts=(), before=before, walks=before, session=None, replies=(), touches=()
        )
    facts = facts_of(outlines, dialogue, move)
    grown = _grown(dialogue, move, facts)
    after = walks(outlines, grown)
    around = _Around(
        outlines=outlines,
        known=any(each.ts == move.ts for each in dialogue.versions),
        before=before,
        after=after,
    )
    session, replies = _answered(around, move)
    for each in outlines:
        if before.of(each.session).submitted_at and not after.of(each.session).submitted_at:
            session, replies = each.session, (Review(),)  # what came between two submits must be seen first
    return Turn(
        dialogue=grown,
        facts=facts,
        before=before,
        walks=after,
        session=session,
        replies=replies,
        touches=_touched(around, move),
    )


def _grown(dialogue: Dialogue, move: Move, facts: tuple[Press, ...]) -> Dialogue:
    if isinstance(move, Version):
        return Dialogue(versions=(*dialogue.versions, move), presses=(*dialogue.presses, *facts))
    return replace(dialogue, presses=(*dialogue.presses, move, *facts))


def _touched(around: _Around, move: Move) -> tuple[SessionCode, ...]:
    """The reports whose submitted part reads otherwise, or has a message that this move changes."""
    changed = []
    for each in around.outlines:
        before, after = around.before.of(each.session), around.after.of(each.session)
        is_its = isinstance(move, Version) and around.after.homes.get(move.ts) == each.session
        if (is_its and move.ts <= (after.submitted_at or "")) or _submitted_part(before) != _submitted_part(
            after
        ):
            changed.append(each.session)
    return tuple(changed)


def _submitted_part(walk: Walk) -> object:
    until = walk.submitted_at
    if until is None:
        return None
    notes = {ts: section for ts, section in walk.notes.items() if ts <= until}
    return until, notes, walk.line(until), {mark for mark in walk.marks if mark.ts <= until}


def _answered(around: _Around, move: Move) -> tuple[SessionCode | None, tuple[Reply, ...]]:
    match move:
        case Version():
            return around.after.homes.get(move.ts), _to_version(around, move)
        case Press():
            session = move.session or next((each.session for each in around.outlines), None)
            return session, () if session is None else _to_press(around, move, session)
        case _:
            assert_never(move)


def _to_press(around: _Around, press: Press, session: SessionCode) -> tuple[Reply, ...]:
    match press.deed:
        case Deed.SUBMIT:
            submits = around.outline(session).submits
            return (Submitted(press.ts) if submits else Say(Saying.LEAD_SUBMITS),)
        case Deed.REPORT:
            return (Review(),)
        case Deed.KEEP:
            return (Say(Saying.PUT_BACK),)
        case Deed.LEAVE:
            return (Say(Saying.LEFT),)
        case Deed.MOVE:
            return (NotesMoved(len(strayed(around.before, session))),)
        case Deed.LINE:
            return (_to_line(around, session),)
        case Deed.NEXT | Deed.NOTHING | Deed.OPEN | Deed.TAKE:
            return (_where_it_stands(around.after, session),)
        case Deed.DURING | Deed.AS_CO:
            return ()
        case _:
            assert_never(press.deed)


def _to_version(around: _Around, version: Version) -> tuple[Reply, ...]:
    ts, after = version.ts, around.after
    is_original = version.as_of == ts
    home = after.homes.get(ts)
    was, now = around.before.commands.get(ts), after.commands.get(ts)
    if home is not None and version.as_of > (around.outline(home).until or version.as_of):
        return (Say(Saying.NOT_YOURS),)
    if not is_original and was != now:  # an edited command opens something else now
        if now is None:
            return (Which() if home is None else _to_line(around, home),)
        return (_to_command(around, now, ts),)
    if now is not None:
        return (_to_command(around, now, ts),) if is_original else ()
    if home is None:
        return _to_unplaced(around, version)
    if not is_original:
        return _to_change(around, version, home)
    if ts in after.of(home).lines:
        return Tick(ts), _to_line(around, home)
    return _to_note(around, ts, home) if ts in after.of(home).notes else ()


def _to_command(around: _Around, command: Typed, ts: Ts) -> Reply:
    home = around.after.homes.get(ts)
    if command is Command.HELP:
        return Say(Saying.HELP)
    if command is Command.SWITCH or isinstance(command, To):
        return _to_switch(around.after, ts)
    if home is None:
        return Which(of_command=True)
    walk = around.after.of(home)
    match command:
        case Command.REPORT:
            return Review()
        case Command.SUBMIT if not around.outline(home).submits:
            return Say(Saying.LEAD_SUBMITS)
        case Command.SUBMIT:
            return Submitted(ts) if walk.submitted_at == ts else Review()
        case Command.NEXT | Command.BACK | Command.NOTHING | Go() | Digits():
            return _where_it_stands(around.after, home)
        case Command.LINE:
            return _to_line(around, home)
        case _:
            assert_never(command)


def _to_switch(after: Walks, ts: Ts) -> Reply:
    """Said of the newest opening; of one that arrives after a newer one, there is nothing to say of it."""
    return Switched(after.came_from if after.opened_at == ts else None)


def _to_line(around: _Around, session: SessionCode) -> Reply:
    """The closing line is asked for, or shown if it is there by now: an opening may come after it."""
    if around.after.awaits_line == session:
        return AskLine()
    was, now = around.before.of(session).line(), around.after.of(session).line()
    if now is not None and now != was:
        return LineKept(instead=was is not None and was < now)
    return _where_it_stands(around.after, session)


def _where_it_stands(after: Walks, session: SessionCode) -> Reply:
    """What the newest opening shows, whichever came in last: a card, or at the end the review."""
    walk = after.of(session)
    if after.awaits_line == session:
        return AskLine()
    if walk.section is None or walk.opened_at is None:
        return Say(Saying.NO_SECTION)
    if walk.goes_on and walk.left == walk.section:
        return Review()
    return Card(section=walk.section, left=None if walk.left == walk.section else walk.left)


def _to_unplaced(around: _Around, version: Version) -> tuple[Reply, ...]:
    """A note of no report is asked about once; those typed meanwhile go along."""
    if version.ts not in around.after.unplaced:
        return ()
    tick = Tick(version.ts)
    return (tick,) if around.before.unplaced else (tick, Which())


def _to_note(around: _Around, ts: Ts, home: SessionCode) -> tuple[Reply, ...]:
    walk = around.after.of(home)
    if walk.submitted_at and ts > walk.submitted_at and not walk.is_reopened:
        return (Tick(ts), KeptApart())
    return (Tick(ts), Welcome()) if _is_the_first(around.before) else (Tick(ts),)


def _is_the_first(before: Walks) -> bool:
    return not before.unplaced and not any(
        each.notes or each.opened_at is not None for each in before.reports.values()
    )


def _to_change(around: _Around, version: Version, home: SessionCode) -> tuple[Reply, ...]:
    """An edit or a deletion of a note."""
    before, after = around.before.of(home), around.after.of(home)
    in_report = after.submitted_at is not None and version.ts <= after.submitted_at
    if version.ts in after.lines and version.ts not in after.held:
        return _to_line_change(around, version, home)
    if version.ts in after.notes:
        tick = Tick(version.ts)
        return (tick, Corrected(after.notes[version.ts])) if in_report and around.known else (tick,)
    if version.ts in after.held:
        return (HeldBack(),)
    if version.ts in before.notes:
        return (Removed(before.notes[version.ts], in_report),)
    return ()


def _to_line_change(around: _Around, version: Version, home: SessionCode) -> tuple[Reply, ...]:
    """An edit or a deletion of what was typed as the closing line; of an older one nothing follows."""
    before, after = around.before.of(home), around.after.of(home)
    is_read = after.submitted_at is not None and version.ts <= after.submitted_at
    if after.lines[version.ts]:
        is_told = is_read and around.known and after.line(after.submitted_at) == version.ts
        tick = Tick(version.ts)
        return (tick, Corrected(None, is_line=True)) if is_told else (tick,)
    was_read = is_read and before.line(after.submitted_at) == version.ts
    if was_read or before.line() == version.ts:
        return (Removed(None, was_read, is_line=True),)
    return ()


def asks_for_value(
    turn: Turn, version: Version, section: Callable[[SessionCode, int], Section], text: Callable[[], str]
) -> NoValue | None:
    """Ask for a number or options, once a section, when the first thing typed in it is none."""
    home = turn.walks.homes.get(version.ts)
    place = None if home is None else turn.walks.of(home).notes.get(version.ts)
    if home is None or place is None or version.as_of != version.ts:
        return None
    asked = section(home, place)
    if not asked.fill.takes_value or turn.before.of(home).count(place) or read_answer(asked, text()):
        return None
    return NoValue(section=place, ts=version.ts)
