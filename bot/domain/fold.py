"""The fold: one person's dialogue, folded in the order of Slack's ts, never of arrival.

A person may report several sessions. A note belongs to the report that is open at its ts; with none open, to
the one whose session runs; else to the only report there is; else to none until its author says which. Moves
are read here and not when they come in, so a late opening re-files what came after it.
"""

from collections.abc import Sequence
from operator import attrgetter

from bot.domain.commands import Command, Digits, Go, To, Typed
from bot.domain.dialogue import FACTS, Deed, Dialogue, Kind, Message, Press, messages
from bot.domain.event import SessionCode
from bot.domain.moment import Ts
from bot.domain.walks import Mark, Outline, Walk, Walks, running


def walks(outlines: Sequence[Outline], dialogue: Dialogue) -> Walks:
    """Fold a dialogue over the reports of a person, in the order of the programme, former ones included."""
    fold = _Fold(tuple(outlines), dialogue)
    moves: list[Message | Press] = [*messages(dialogue), *dialogue.presses]
    for move in sorted(moves, key=attrgetter("ts")):
        match move:
            case Message():
                fold.message(move)
            case Press() if move.deed not in FACTS:
                fold.press(move)
    return fold.walks()


def walk(outline: Outline, dialogue: Dialogue) -> Walk:
    """The walk of somebody who has this report only."""
    return walks((outline,), dialogue).of(outline.session)


_QUIET = (Command.SUBMIT, Command.REPORT, Command.HELP)  # they stir nothing
_SILENT = (Deed.REPORT, *FACTS)
_MOVES_ON = (Command.NEXT, Command.BACK, Command.NOTHING)


def _always(outlines: Sequence[Outline]) -> SessionCode | None:
    """The report of everything, of who has one and had it from the beginning."""
    first = outlines[0] if len(outlines) == 1 else None
    return first.session if first and first.since is None and first.until is None else None


class _Fold:
    """All reports of a person while they are being folded."""

    def __init__(self, outlines: tuple[Outline, ...], dialogue: Dialogue) -> None:
        self._outlines = outlines
        edits = [each.as_of for each in dialogue.versions if each.as_of != each.ts]
        self._stirred = [*edits, *(each.ts for each in dialogue.presses if each.deed not in _SILENT)]
        self._stands = {each.session: _Stand(each, self._stirred) for each in outlines}
        self._facts = {each.ts: each.session for each in dialogue.presses if each.deed is Deed.DURING}
        self._as_co = {each.ts: each.session for each in dialogue.presses if each.deed is Deed.AS_CO}
        self._kept_at: dict[SessionCode | None, Ts] = {}
        for each in dialogue.presses:
            if each.deed is Deed.KEEP:
                home = self._pressed(each)
                self._kept_at[home] = max(each.ts, self._kept_at.get(home, Ts("")))
        self._always = _always(outlines)
        self._open: SessionCode | None = None
        self._opened_at: Ts | None = None
        self._came_from: SessionCode | None = None
        self._awaits_line: SessionCode | None = None
        self._unplaced: dict[Ts, Ts | None] = {}  # and as of when Slack has them no more
        self._homes: dict[Ts, SessionCode] = {}
        self._commands: dict[Ts, Typed] = {}
        self._ran: dict[Ts, SessionCode] = {}
        self._settled: dict[SessionCode, Ts] = {}

    def message(self, message: Message) -> None:
        ts, home = message.ts, self._home(message.ts)
        if home is not None:
            self._homes[ts] = home
            message = message.until(self._stands[home].outline.until)
        command = message.command(lambda kind: self._reads(kind, ts, home))
        if command not in _QUIET:
            self._stirred.append(ts)
        if command is not None:
            self._commands[ts] = command
            self._obey(ts, command, home)
        elif home is not None and home == self._awaits_line and message.began_with_words:
            self._keep_line(ts, message, home)
        elif message.has_words:
            self._keep(ts, message.missing_since, home)

    def press(self, press: Press) -> None:
        home = self._pressed(press)
        if home is None:
            return
        match press.deed:
            case Deed.TAKE:
                self._take(press.ts, home)
            case Deed.MOVE:
                self._move(home)
            case Deed.LEAVE:
                self._settled[home] = press.ts
            case Deed.LINE:
                self._ask_line(press.ts, home)
            case Deed.NEXT | Deed.NOTHING | Deed.OPEN:
                self._stands[home].press(press)
                self._opened(press.ts, home)
            case Deed.SUBMIT if self._as_co.get(press.ts) != home:
                self._stands[home].submit(press.ts)
                self._close()

    def walks(self) -> Walks:
        return Walks(
            reports={session: stand.walk() for session, stand in self._stands.items()},
            open=self._open,
            opened_at=self._opened_at,
            awaits_line=self._awaits_line,
            came_from=self._came_from,
            unplaced=tuple(self._unplaced),
            homes=self._homes,
            commands=self._commands,
            ran=self._ran,
            settled=self._settled,
        )

    def _there(self, ts: Ts) -> list[SessionCode]:
        return [each.session for each in self._outlines if each.covers(ts)]

    def _home(self, ts: Ts) -> SessionCode | None:
        if self._always is not None:
            return self._always
        there = self._there(ts)
        if self._open in there:
            return self._open
        if len(there) == 1:
            return there[0]
        ran = self._running_at(ts)
        return ran if ran in there else None

    def _running_at(self, ts: Ts) -> SessionCode | None:
        return self._facts[ts] if ts in self._facts else running(self._outlines, ts)

    def _pressed(self, press: Press) -> SessionCode | None:
        """The report of a button, if it is the person's at that moment."""
        there = self._there(press.ts)
        if press.session is None:
            return next(iter(there), None)
        return press.session if press.session in there else None

    def _reads(self, kind: Kind | Typed, ts: Ts, home: SessionCode | None) -> Typed | None:
        """What a kind is as a command here; None: a note."""
        match kind:
            case Kind():
                return None
            case Command.SWITCH:
                return kind if len(self._there(ts)) > 1 else None
            case To(session):
                there = self._there(ts)
                return kind if len(there) > 1 and session in there else None
            case Digits(number):
                return Go(number - 1) if home is None else self._stands[home].jump(number - 1, typed="digits")
            case Go(index):
                return kind if home is None else self._stands[home].jump(index, typed="go")
            case _:
                return kind

    def _obey(self, ts: Ts, command: Typed, home: SessionCode | None) -> None:
        match command:
            case Command.SWITCH:
                self._homes[ts] = self._next(ts, home)
                self._go_to(ts, self._homes[ts])
            case To(session):
                self._homes[ts] = session
                self._take(ts, session)
            case Command.LINE if home is not None:
                self._ask_line(ts, home)
            case Command.SUBMIT if home is not None and self._as_co.get(ts) != home:
                if self._stands[home].submit_typed(ts):
                    self._close()
            case _ if home is not None and (isinstance(command, Go) or command in _MOVES_ON):
                self._stands[home].command(ts, command)
                self._opened(ts, home)

    def _next(self, ts: Ts, home: SessionCode | None) -> SessionCode:
        there = self._there(ts)
        return there[(there.index(home) + 1) % len(there)] if home in there else there[0]

    def _take(self, ts: Ts, session: SessionCode) -> None:
        """Notes of no report are this one's, without a section; it is open from now on."""
        stand = self._stands[session]
        for note, missing_since in self._unplaced.items():
            self._homes[note] = session
            stand.keep(note, None, is_held=(missing_since or "") > self._kept_at.get(session, ""))
        self._unplaced.clear()
        self._go_to(ts, session)

    def _go_to(self, ts: Ts, session: SessionCode) -> None:
        self._opened(ts, session)
        self._stands[session].enter(ts)

    def _opened(self, ts: Ts, session: SessionCode) -> None:
        self._came_from, self._open, self._opened_at = self._open, session, ts
        self._awaits_line = None

    def _ask_line(self, ts: Ts, session: SessionCode) -> None:
        """The next note is the closing line of this report; the section that is open stays open."""
        self._opened(ts, session)
        self._stands[session].ask_line(ts)
        self._awaits_line = session

    def _keep_line(self, ts: Ts, message: Message, home: SessionCode) -> None:
        """One that is deleted was the line all the same: what was typed after it is a note."""
        is_held = (message.missing_since or "") > self._kept_at.get(home, "")
        self._stands[home].keep_line(ts, is_there=message.has_words, is_held=is_held)
        self._awaits_line = None

    def _close(self) -> None:
        """After the submit of one of several, the next note is asked about, or is the running session's."""
        self._awaits_line = None
        if len(self._outlines) > 1:
            self._open = None

    def _keep(self, ts: Ts, missing_since: Ts | None, home: SessionCode | None) -> None:
        if len(self._outlines) > 1 and (ran := self._running_at(ts)) is not None:
            self._ran[ts] = ran
        if home is None:
            self._unplaced[ts] = missing_since
            return
        stand = self._stands[home]
        stand.keep(ts, stand.section, is_held=(missing_since or "") > self._kept_at.get(home, ""))

    def _move(self, session: SessionCode) -> None:
        for ts, ran in self._ran.items():
            home = self._homes.get(ts)
            if ran == session and home not in (None, session):
                is_held = self._stands[home].give(ts)
                self._stands[session].keep(ts, None, is_held=is_held)
                self._homes[ts] = session


class _Stand:
    """One report while it is being folded."""

    def __init__(self, outline: Outline, stirred: list[Ts]) -> None:
        self.outline = outline
        self.section: int | None = None
        self._stirred = stirred
        self._notes: dict[Ts, int | None] = {}
        self._held: dict[Ts, int | None] = {}
        self._lines: dict[Ts, bool] = {}
        self._marks: list[Mark] = []
        self._opened_at: Ts | None = None
        self._left: int | None = None
        self._goes_on = False
        self._asked_at: Ts | None = None
        self._submitted_at: Ts | None = None

    def jump(self, index: int, *, typed: str) -> Go | None:
        """The opening that a typed number is here: none where it is the answer, or no section."""
        answers = self.section is not None and self.outline.fills[self.section].takes_value
        is_section = index < len(self.outline.fills)
        return Go(index) if is_section and not (typed == "digits" and answers) else None

    def command(self, ts: Ts, command: Typed) -> None:
        here = self.section
        match command:
            case Go(index):
                self._open(ts, index, left=here)
            case Command.NEXT:
                self._open(ts, 0 if here is None else here + 1, left=here, goes_on=True)
            case Command.BACK:
                self._open(ts, 0 if here is None else here - 1, backwards=True)
            case Command.NOTHING if here is not None:
                self._nothing(ts, here)

    def press(self, press: Press) -> None:
        match press.deed:
            case Deed.NEXT:
                self._open(press.ts, press.section + 1, left=press.section, goes_on=True)
            case Deed.NOTHING:
                self._nothing(press.ts, press.section)
            case _:
                self._open(press.ts, press.section)

    def enter(self, ts: Ts) -> None:
        """The report is open where it was left, or at its first section."""
        if self.section is None:
            self._open(ts, 0)

    def keep(self, ts: Ts, section: int | None, *, is_held: bool) -> None:
        (self._held if is_held else self._notes)[ts] = section

    def ask_line(self, ts: Ts) -> None:
        """An opening without a section."""
        self._opened_at, self._left, self._goes_on = ts, None, False

    def keep_line(self, ts: Ts, *, is_there: bool, is_held: bool) -> None:
        self._lines[ts] = is_there and not is_held
        if is_there and is_held:
            self._held[ts] = None

    def give(self, ts: Ts) -> bool:
        """Let a note go to another report; whether it is held back."""
        self._notes.pop(ts, None)
        is_held = ts in self._held
        self._held.pop(ts, None)
        return is_held

    def submit(self, ts: Ts) -> None:
        self._submitted_at, self._asked_at = ts, None

    def submit_typed(self, ts: Ts) -> bool:
        """Whether this one counts: the second of two, when nothing stirred between them."""
        asked = self._asked_at
        if asked is not None and not any(asked < moment < ts for moment in self._stirred):
            self.submit(ts)
            return True
        self._asked_at = ts
        return False

    def walk(self) -> Walk:
        return Walk(
            section=self.section,
            notes=self._notes,
            held=self._held,
            lines=self._lines,
            marks=tuple(self._marks),
            opened_at=self._opened_at,
            left=self._left,
            goes_on=self._goes_on,
            asked_at=self._asked_at,
            submitted_at=self._submitted_at,
        )

    def _open(
        self, ts: Ts, index: int, *, left: int | None = None, goes_on: bool = False, backwards: bool = False
    ) -> None:
        asked = self.outline.asked
        if backwards:
            self.section = max((each for each in asked if each <= index), default=asked[0])
        else:
            self.section = min((each for each in asked if each >= index), default=asked[-1])
        self._opened_at, self._left, self._goes_on = ts, left, goes_on

    def _nothing(self, ts: Ts, section: int) -> None:
        self._marks.append(Mark(section=section, ts=ts))
        self._open(ts, section + 1, left=section, goes_on=True)
