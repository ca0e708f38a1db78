"""Where a person stands: one walk a report, what is asked of them, and what is kept beside a move."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.commands import Command, Typed
from bot.domain.dialogue import FACTS, Deed, Dialogue, Press, Version
from bot.domain.event import SessionCode
from bot.domain.moment import Ts
from bot.domain.template import Fill


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What the fold must know of one report of a person."""

    session: SessionCode
    fills: tuple[Fill, ...]
    starts_at: Ts
    ends_at: Ts  # as starts_at: it does not run
    since: Ts | None = None  # what was typed before is not of this report
    until: Ts | None = None  # nor is anything after it
    submits: bool = True  # they lead it now

    def covers(self, ts: Ts) -> bool:
        """Whether the person reports it at that moment."""
        return (self.since or ts) <= ts <= (self.until or ts)

    def runs(self, ts: Ts) -> bool:
        """Whether its session runs at that moment."""
        return self.covers(ts) and self.starts_at <= ts < self.ends_at

    @property
    def asked(self) -> tuple[int, ...]:
        """The sections that are asked."""
        return tuple(index for index, fill in enumerate(self.fills) if fill.is_asked) or (0,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A section was said to have raised nothing."""

    section: int
    ts: Ts


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Where a person stands in one report. Section None is before the first opening: unsorted."""

    section: int | None = None
    notes: dict[Ts, int | None] = field(default_factory=dict)  # every note that is there, and its section
    held: dict[Ts, int | None] = field(default_factory=dict)  # notes held back: Slack has them no more
    lines: dict[Ts, bool] = field(default_factory=dict)  # typed as the closing line; whether it is there
    marks: tuple[Mark, ...] = ()
    opened_at: Ts | None = None  # the last opening of a section
    left: int | None = None  # the section that this opening left
    goes_on: bool = False  # whether it went on to the next one
    asked_at: Ts | None = None  # a typed submit that waits for the second one
    submitted_at: Ts | None = None

    @property
    def is_reopened(self) -> bool:
        """Whether a section was opened after the last submit."""
        return self.submitted_at is not None and (self.opened_at or "") > self.submitted_at

    def line(self, until: Ts | None = None) -> Ts | None:
        """The closing line as of a moment: the newest one, unless it was taken back."""
        return newest_line(self.lines, until)

    @property
    def kept(self) -> tuple[Ts, ...]:
        """What the report is made of: its notes and the closing line."""
        line = self.line()
        return (*self.notes, *([line] if line else []))

    def count(self, section: int | None) -> int:
        """How many notes a section holds."""
        return sum(1 for each in self.notes.values() if each == section)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walks:
    """Where a person stands: one walk a report."""

    reports: dict[SessionCode, Walk]
    open: SessionCode | None = None  # the report that is open
    opened_at: Ts | None = None  # since the opening of this ts
    awaits_line: SessionCode | None = None  # the report of which the next note is the closing line
    came_from: SessionCode | None = None  # the report that was open before that
    unplaced: tuple[Ts, ...] = ()  # notes of no report yet
    homes: dict[Ts, SessionCode] = field(default_factory=dict)  # the report of each message
    commands: dict[Ts, Typed] = field(default_factory=dict)  # the messages that are commands
    ran: dict[Ts, SessionCode] = field(default_factory=dict)  # the session that ran when a note was typed
    settled: dict[SessionCode, Ts] = field(default_factory=dict)  # up to when its strayed notes stay

    def of(self, session: SessionCode) -> Walk:
        """The walk of one report; an empty one of a report that is not this person's."""
        return self.reports.get(session) or Walk()


def newest_line(lines: Mapping[Ts, bool], until: Ts | None = None) -> Ts | None:
    """The one that counts. One that was taken back does not bring back the one before it."""
    newest = max((ts for ts in lines if until is None or ts <= until), default=None)
    return newest if newest is not None and lines[newest] else None


def strayed(stands: Walks, session: SessionCode) -> tuple[Ts, ...]:
    """The notes that were typed while this session ran and went to another report of the same person."""
    settled = stands.settled.get(session, "")
    return tuple(
        sorted(
            ts
            for ts, ran in stands.ran.items()
            if ran == session and stands.homes.get(ts, session) != session and ts > settled
        )
    )


def newest_moves(outlines: Sequence[Outline], dialogue: Dialogue, stands: Walks) -> dict[SessionCode, Ts]:
    """When a person last typed or pressed something for each report that they have begun.

    A note of no report yet may be for any that is theirs at its moment.
    """
    typed = [(ts, (home,)) for ts, home in stands.homes.items()]
    pressed = [(each.ts, (each.session or outlines[0].session,)) for each in _buttons(dialogue) if outlines]
    unplaced = [(ts, tuple(each.session for each in outlines)) for ts in stands.unplaced]
    theirs = {each.session: each for each in outlines}
    newest: dict[SessionCode, Ts] = {}
    for ts, sessions in (*typed, *pressed, *unplaced):
        for session in sessions:
            if session in theirs and theirs[session].covers(ts):
                newest[session] = max(ts, newest.get(session, ts))
    return newest


def _buttons(dialogue: Dialogue) -> Iterator[Press]:
    return (each for each in dialogue.presses if each.deed not in FACTS)


def facts_of(outlines: Sequence[Outline], dialogue: Dialogue, move: Version | Press) -> tuple[Press, ...]:
    """What is to be kept beside a move, because it is true now and may not be later.

    Of a message of somebody with several reports, which session ran: one that is moved or cancelled later
    changes nothing of where the message belongs. Of a co-rapporteur's submit, that it was one: should they
    lead later, it stays none, and what a lead submitted stays submitted should they lead no more.
    """
    facts = []
    if isinstance(move, Version) and len(outlines) > 1:
        facts.append(Press(move.ts, Deed.DURING, 0, running(outlines, move.ts)))
    co = [each.session for each in outlines if not each.submits]
    if co and (move.deed is Deed.SUBMIT if isinstance(move, Press) else move.kind is Command.SUBMIT):
        session = move.session if isinstance(move, Press) and move.session in co else co[0]
        facts.append(Press(move.ts, Deed.AS_CO, 0, session))
    known = {(each.ts, each.deed) for each in dialogue.presses}
    return tuple(each for each in facts if (each.ts, each.deed) not in known)


def running(outlines: Sequence[Outline], ts: Ts) -> SessionCode | None:
    """The only session that runs at a moment; None when none does, or several."""
    running = [each.session for each in outlines if each.runs(ts)]
    return running[0] if len(running) == 1 else None
