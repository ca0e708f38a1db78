"""One advance of the walk: a move comes in, the dialogue grows, replies go out."""

from dataclasses import dataclass, replace
from typing import assert_never

from bot.domain.commands import Command, Go, Typed
from bot.domain.dialogue import Deed, Dialogue, Message, Press, Version, Walk, messages, walk
from bot.domain.moment import Ts
from bot.domain.replies import (
    Card,
    Corrected,
    HeldBack,
    KeptApart,
    Removed,
    Reply,
    Review,
    Say,
    Saying,
    Submitted,
    Tick,
    Welcome,
)

Move = Version | Press


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a move came to."""

    dialogue: Dialogue
    walk: Walk
    replies: tuple[Reply, ...]
    touches_digest: bool  # readers may now read something else


def advance(sections: int, dialogue: Dialogue, move: Move) -> Turn:
    """Apply one move, whenever it arrives. A move that is known already changes nothing."""
    before = walk(sections, dialogue)
    if move in (*dialogue.versions, *dialogue.presses):
        return Turn(dialogue=dialogue, walk=before, replies=(), touches_digest=False)
    match move:
        case Version():
            grown = replace(dialogue, versions=(*dialogue.versions, move))
            after = walk(sections, grown)
            replies = _to_version(sections, move, _message(dialogue, move.ts), before, grown, after)
        case Press():
            grown = replace(dialogue, presses=(*dialogue.presses, move))
            after = walk(sections, grown)
            replies = _to_press(sections, move, grown, after)
        case _:
            assert_never(move)
    if before.submitted_at and not after.submitted_at:
        replies = (Review(),)  # what came between the two submits must be seen first
    return Turn(
        dialogue=grown,
        walk=after,
        replies=replies,
        touches_digest=_touches_digest(move, before.submitted_at, after.submitted_at),
    )


def _message(dialogue: Dialogue, ts: Ts) -> Message | None:
    return next((each for each in messages(dialogue) if each.ts == ts), None)


def _touches_digest(move: Move, before: Ts | None, after: Ts | None) -> bool:
    puts_back = isinstance(move, Press) and move.deed is Deed.KEEP
    return before != after or (after is not None and (puts_back or move.ts <= after))


def _to_press(sections: int, press: Press, grown: Dialogue, after: Walk) -> tuple[Reply, ...]:
    match press.deed:
        case Deed.SUBMIT:
            return (Submitted(press.ts),)
        case Deed.REPORT:
            return (Review(),)
        case Deed.KEEP:
            return (Say(Saying.PUT_BACK),)
        case Deed.NEXT | Deed.NOTHING | Deed.OPEN:
            return (_where_it_stands(sections, grown, after),)
        case _:
            assert_never(press.deed)


def _to_version(
    sections: int, version: Version, known: Message | None, before: Walk, grown: Dialogue, after: Walk
) -> tuple[Reply, ...]:
    message = _message(grown, version.ts)
    assert message is not None  # noqa: S101 - `grown` holds the version
    was, now = known.command if known else None, message.command
    if version.as_of != version.ts and was != now:  # an edited command opens something else now
        stands = _where_it_stands(sections, grown, after)
        return (stands if now is None else _to_command(sections, now, version.ts, grown, after),)
    if now is not None:
        return (_to_command(sections, now, version.ts, grown, after),) if version.as_of == version.ts else ()
    if version.as_of != version.ts:
        return _to_change(version, known, before, after)
    return _to_note(version, before, after) if version.ts in after.notes else ()


def _to_command(sections: int, command: Typed, ts: Ts, grown: Dialogue, after: Walk) -> Reply:
    match command:
        case Command.HELP:
            return Say(Saying.HELP)
        case Command.REPORT:
            return Review()
        case Command.SUBMIT:
            return Submitted(ts) if after.submitted_at == ts else Review()
        case Command.NEXT | Command.BACK | Command.NOTHING | Go():
            return _where_it_stands(sections, grown, after)
        case _:
            assert_never(command)


def _where_it_stands(sections: int, grown: Dialogue, after: Walk) -> Reply:
    """What the newest opening shows, whichever came in last: a card, or at the end the review."""
    if after.section is None or after.opened_at is None:
        return Say(Saying.NO_SECTION)
    left, goes_on = _left(sections, grown, after.opened_at)
    if goes_on and left == after.section == sections - 1:
        return Review()
    return Card(section=after.section, left=None if left == after.section else left)


def _left(sections: int, grown: Dialogue, opened_at: Ts) -> tuple[int | None, bool]:
    """The section that an opening left, for the receipt line, and whether it went on to the next one."""
    for press in grown.presses:
        if press.ts == opened_at:
            return (None, False) if press.deed is Deed.OPEN else (press.section, True)
    message = _message(grown, opened_at)
    command = message.command if message else None
    if command is Command.BACK:
        return None, False
    earlier = Dialogue(
        versions=tuple(each for each in grown.versions if each.ts < opened_at),
        presses=tuple(each for each in grown.presses if each.ts < opened_at),
    )
    return walk(sections, earlier).section, not isinstance(command, Go)


def _to_note(version: Version, before: Walk, after: Walk) -> tuple[Reply, ...]:
    submitted = after.submitted_at
    if submitted and version.ts > submitted and not after.is_reopened:
        return (Tick(version.ts), KeptApart())
    if not before.notes and before.opened_at is None:
        return (Tick(version.ts), Welcome())
    return (Tick(version.ts),)


def _to_change(version: Version, known: Message | None, before: Walk, after: Walk) -> tuple[Reply, ...]:
    """An edit or a deletion of a note."""
    in_report = after.submitted_at is not None and version.ts <= after.submitted_at
    if version.ts in after.notes:
        tick = Tick(version.ts)
        return (tick, Corrected(after.notes[version.ts])) if in_report and known else (tick,)
    if version.ts in after.held:
        return (HeldBack(),)
    if version.ts in before.notes:
        return (Removed(before.notes[version.ts], in_report),)
    return ()
