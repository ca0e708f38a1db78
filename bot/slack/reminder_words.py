"""What the bot says unasked: reminders, first contact, what organisers read of their rapporteurs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import wall
from bot.domain.event import Assignment, Event, Level, Part, Session, Stopped
from bot.domain.moment import moment_of
from bot.domain.nudges import Reminded
from bot.domain.progress import Progress
from bot.domain.rungs import URGENT, Anchor, Rung
from bot.domain.snoozes import Later
from bot.slack.words import kept, notes, session_name, taking_place, yours

GO_ON, START, REVIEW, SUBMIT, HELP = "Go on", "Start", "Review", "Submit as it is", "Help"
ONE_LINE = "One line is all I have"
ONE_LINE_OF = "One line: {code}"  # where a menu is of several reports, whose codes have up to 12 characters
MORE_TIME_OF = "More time: {code}"
ONE_LINE_TYPED = "One line is all you have? Open the report and type closing line."
CANNOT, NOT_ME, MORE_TIME, UNDO, AGAIN = "I cannot", "Not me", "Ask for time", "Undo", "I can after all"
GIVE_HALF, GIVE_HOUR, REFUSE, TAKE = "Give 30 min", "Give 1 h", "No", "I take it"
LATER = {
    Later.QUARTER: "In 15 minutes",
    Later.HOUR: "In 1 hour",
    Later.TONIGHT: "Tonight",
    Later.TOMORROW: "Tomorrow",
}
QUARTER = timedelta(minutes=15)
_TOLD = 3  # of the times at which somebody was told, the last ones
_ABOUT = timedelta(minutes=2)  # so exact is a time that is said in words
_ALL_ANSWERED = "All sections are answered; it is not submitted yet."
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """As whose clock, and of when, times are said: the event's place, the moment, the reader's own zone."""

    event: Event
    at: datetime
    own: str = ""

    def says(self, moment: datetime) -> str:
        """'tomorrow, Fri 7 Dec, 14:30 in Marrakesh (13:30 by your London clock)'"""
        return wall.spoken(moment, self.event.zone, self.event.place, now=self.at, own=self.own)

    def on(self, moment: datetime) -> str:
        """The same within a sentence: 'at 14:30 in Marrakesh', 'tomorrow, Fri 7 Dec, 14:30 in Marrakesh'."""
        return f"at {self.says(moment)}" if self.is_today(moment) else self.says(moment)

    def is_today(self, moment: datetime) -> bool:
        """Whether a moment is on the same day, at the event's place."""
        return wall.same_day(moment, self.at, self.event.zone)

    @property
    def is_morning(self) -> bool:
        """Whether it is before noon there."""
        return wall.on_the_wall(self.at, self.event.zone).hour < 12


def reminder(rung: Rung | None, told: Reminded, each: Progress, clock: Clock) -> tuple[str, str]:
    """The first sentence and what follows it, for one report. None for a rung that the ladder lost."""
    code, due = each.session.code, clock.on(each.due_at)
    anchor = rung.anchor if rung else Anchor.BEFORE_DUE
    if clock.at >= each.due_at or anchor is Anchor.AFTER_DUE:
        return f"{code} was due {due}.", _corrections(clock)
    if anchor is Anchor.SESSION_END and told.missed_at is None:
        return f"{session_name(each.session)} has ended.", f"{_kept(each)} The report is due {due}."
    title, text = _open_rung(anchor, told, each, clock)
    return title, with_line(each, text)


def _open_rung(anchor: Anchor, told: Reminded, each: Progress, clock: Clock) -> tuple[str, str]:
    """Of a rung between the session's end and the deadline."""
    code, due = each.session.code, clock.on(each.due_at)
    if told.is_before_leaving:
        return f"Before you leave: {code} is due {due}.", _open(each)
    if anchor is Anchor.EVE and told.missed_at is None:
        return f"{code} is due {due}.", _answered(each)
    if anchor is Anchor.DUE_DAY and clock.is_morning and clock.is_today(each.due_at):
        return f"Good morning. {code} is due today, {clock.says(each.due_at)}.", _open(each)
    return _before(each, clock)


def with_line(each: Progress, text: str) -> str:
    """What follows the first sentence of a rung once there is a closing line."""
    if not each.has_line:
        return text
    if each.notes:
        return f"The closing line is kept. {text}"
    if each.part is Part.LEAD:
        return "The closing line is kept; it can be submitted alone."
    return "The closing line is kept; the lead can submit it alone."


def several(reports: Sequence[Progress], clock: Clock) -> str:
    """The first sentence of a message about two reports or more."""
    count, dues = _number(len(reports)), {each.due_at for each in reports}
    if len(dues) > 1:
        return f"{count.capitalize()} reports of yours are not in."
    due_at = dues.pop()
    if clock.at >= due_at:
        return f"{count.capitalize()} reports were due {clock.on(due_at)}."
    left = _left(due_at - clock.at)
    if left is not None and due_at - clock.at <= URGENT + _ABOUT:
        return f"{left.capitalize()} left for {count} reports, {clock.says(due_at)}."
    return f"{count.capitalize()} reports are due {clock.on(due_at)}."


def line(each: Progress, clock: Clock, *, with_due: bool) -> str:
    """One report of several: '2.2: open 4 and 5.'"""
    due = f" Due {clock.says(each.due_at)}." if with_due else ""
    if not each.is_written:
        return f"{each.session.code}: nothing is written yet.{due}"
    if not each.notes:
        return f"{each.session.code}: the closing line is kept, not submitted.{due}"
    if not each.open_sections:
        return f"{each.session.code}: all answered, not submitted.{due}"
    return f"{each.session.code}: open {_numbers(each.open_sections)}.{due}"


def late(missed_at: datetime, clock: Clock) -> str:
    """Under a reminder that a downtime, ours or Slack's, kept."""
    return f"This should have come {clock.on(missed_at)}; I could not write then."


def submitted(each: Progress, clock: Clock) -> str:
    """In the place of a reminder about a report that is in."""
    at = clock.on(moment_of(each.submitted_at)) if each.submitted_at else ""
    return f"{each.session.code} was submitted {at}."


def nothing_asked(session: Session) -> str:
    """In the place of a reminder, of who stepped down, or of a session that is cancelled."""
    return f"Nothing is asked of you any more for {session.code}."


def snoozed(until: datetime, clock: Clock) -> str:
    """In the place of a reminder that was put off."""
    return f"I write again {clock.on(until)}."


def first_contact(assignment: Assignment, due_at: datetime, clock: Clock) -> tuple[str, str]:
    """Title and text of 3.1."""
    event, session = assignment.event, assignment.session
    room = f", room {session.room}" if session.room else ""
    how = (
        "The lead submits; you write beside them, "
        if assignment.part is Part.CO
        else "Write here while you listen, "
    )
    return (
        f"{session_name(session)} is yours to report.",
        f"{taking_place(assignment)}{room}. Due {wall.spoken(due_at, event.zone, event.place, own=clock.own)}"
        f"{_before_closing(event, due_at)}. {how}in as many messages as you like. "
        "A tick means: this note and all above it are kept.",
    )


def privacy(level: Level) -> str:
    """The level of the session, and who reads what is typed; no date, for nothing deletes yet."""
    if level.is_closed:
        return f"{_LEVELS[level]}. Readers learn only that the session took place."
    if level is Level.ON_THE_RECORD:
        return f"{_LEVELS[level]}. The channel sees your report only after you submit it."
    return (
        f"{_LEVELS[level]}. The channel sees your report only after you submit it. The people on the "
        "organisers' list read there as “a participant”."
    )


def contacted(assignment: Assignment) -> str:
    """The notification of first contact."""
    return f"{session_name(assignment.session)} is yours to report."


def stood_down(stopped: Stopped | None, each: Progress) -> str:
    """To who cannot, says that it is not theirs, or took that back."""
    code, kept = each.session.code, _stay(each)
    if stopped is Stopped.CANNOT:
        return f"Thank you for saying so.{kept} The organisers are told now."
    if stopped is Stopped.NOT_ME:
        return f"Thank you.{kept} The organisers are told; nothing is asked of you for {code}."
    return f"Good. {code} is yours again, and the organisers are told."


def away(starts_at: datetime, ends_at: datetime, clock: Clock, *, counts: bool) -> str:
    """To who typed that they are away."""
    if not counts:
        return "You are not away then. I write as planned."
    span = _span(starts_at, ends_at, clock.event)
    return f"You are away {span}. The organisers see it; no reminder comes then."


def moves(code: str, at: datetime, meant_for: datetime, clock: Clock) -> str:
    """A reminder that comes before they leave, or once they are back."""
    return f"{code}: the reminder of {clock.says(meant_for)} comes {clock.on(at)}."


def time_asked(code: str) -> str:
    """To who asked for more time."""
    return f"The organisers are asked for more time for {code}. Their answer will stand here."


def time_given(code: str, due_at: datetime, clock: Clock) -> str:
    """The same, once they gave it."""
    return f"You have more time for {code}: it is due {clock.on(due_at)} now."


def time_refused(code: str, due_at: datetime, clock: Clock) -> str:
    """The same, once they did not."""
    return f"The organisers could not give more time for {code}. It stays due {clock.on(due_at)}."


def asks_time(code: str, due_at: datetime, clock: Clock) -> str:
    """To an organiser: the first sentence, which names nobody."""
    return f"More time is asked for {code}, due {clock.on(due_at)}."


def who_asks(who: str, each: Progress) -> str:
    """Who it is, and how far they are."""
    left = f"open {_numbers(each.open_sections)}" if each.open_sections else "all sections answered"
    return f"{who or 'The rapporteur'}: {kept(each.notes, has_line=each.has_line)}, {left}."


def answered_time(code: str, who: str, due_at: datetime | None, clock: Clock) -> str:
    """To the organisers: who answered, and how."""
    if due_at is None:
        return f"{who} answered: no more time for {code}."
    return f"{who} gave more time for {code}: it is due {clock.on(due_at)} now."


def past_the_freeze(clock: Clock) -> str:
    """To an organiser who would give time that there is not."""
    return f"That is after corrections close, {clock.says(clock.event.freeze_at)}. Nothing has changed."


_STOPPED = {
    Stopped.CANNOT: "its rapporteur cannot report it",
    Stopped.NOT_ME: "the person named says that it is not theirs",
    None: "its rapporteur can report it after all",
}


def stopped(code: str, why: Stopped | None) -> str:
    """To an organiser: the first sentence, which names nobody."""
    return f"{code}: {_STOPPED[why]}."


def stopped_next(why: Stopped | None, has_notes: bool) -> str:
    """What an organiser can do about it."""
    if why is None:
        return "Reminders go on. There is nothing to do."
    kept = " The notes so far are kept for who takes over." if has_notes else ""
    return f"Nothing more is asked of them.{kept} Name somebody else in the event's file and apply it."


def is_away(
    codes: Sequence[str], starts_at: datetime, ends_at: datetime, clock: Clock, *, counts: bool
) -> str:
    """To an organiser: one line."""
    who = f"The rapporteur of {_listed(codes)}"
    if not counts:
        return f"{who} is there after all."
    return f"{who} is away {_span(starts_at, ends_at, clock.event)}."


def missing(count: int, due_at: datetime, clock: Clock) -> str:
    """To an organiser, of all reports that are not in; the first sentence, which names nobody."""
    number = _number(count).capitalize()
    are, were = ("report is", "report was") if count == 1 else ("reports are", "reports were")
    if clock.at >= due_at:
        return f"{number} {were} due {clock.on(due_at)} and {'is' if count == 1 else 'are'} not in."
    return f"{number} {are} not in, due {clock.says(due_at)}."


def missing_line(
    code: str,
    who: str,
    answered: tuple[int, int] | None,
    wrote_at: datetime | None,
    told_at: Sequence[datetime],
    clock: Clock,
) -> str:
    """One report of those: how far it is, when its rapporteur wrote, when they were told."""
    told = ", ".join(_short(each, clock) for each in told_at[-_TOLD:])
    named = f"{code} ({who})" if who else code
    far = "not started" if answered is None else f"{answered[0]} of {answered[1]}"
    wrote = f", wrote {_short(wrote_at, clock)}" if wrote_at else ""
    return f"{named}: {far}{wrote}{', told ' + told if told else ', not told yet'}."


def not_asked_line(code: str, who: str, why: Stopped) -> str:
    """One report of those whose rapporteur is asked no more."""
    return f"{code} ({who}): {_STOPPED[why]}." if who else stopped(code, why)


def more_missing(count: int) -> str:
    """Below ten of them."""
    return f"And {count} more."


TAKEN_BY_YOU = "You take it; the other organisers are told."
ALL_IN = "All of them are in by now."


def taken(who: str) -> str:
    """To the other organisers."""
    return f"{who} takes it."


SOMEBODY = "Another organiser"


def _short(moment: datetime, clock: Clock) -> str:
    at = wall.clock(moment, clock.event.zone)
    return at if clock.is_today(moment) else f"{wall.day(moment, clock.event.zone)} {at}"


def _before(each: Progress, clock: Clock) -> tuple[str, str]:
    code, due = each.session.code, clock.on(each.due_at)
    remaining = each.due_at - clock.at
    left = _left(remaining)
    if left is not None and remaining <= QUARTER + _ABOUT:
        return f"{left.capitalize()} left for {code}.", _one_line(each)
    if left is not None and remaining <= URGENT + _ABOUT:
        return f"{left.capitalize()} left: {code} is due {due}.", _few_lines(each)
    if left is not None:
        return f"{code} is due {due}, in {left}.", _open(each)
    return f"{code} is due {due}.", _open(each)


def _left(remaining: timedelta) -> str | None:
    """'three hours', '15 minutes' where that is about right; None where it is not."""
    hours = round(remaining / timedelta(hours=1))
    if 1 <= hours <= 5 and abs(remaining - timedelta(hours=hours)) <= _ABOUT:
        return "one hour" if hours == 1 else f"{_number(hours)} hours"
    if abs(remaining - QUARTER) <= _ABOUT:
        return "15 minutes"
    return None


def _kept(each: Progress) -> str:
    if not each.notes:
        told = "Nothing is written yet. One line on the main point is a good start."
        return with_line(each, told)
    line = " The closing line is kept too." if each.has_line else ""
    told = f"{notes(each.notes)} {'is' if each.notes == 1 else 'are'} kept"
    if each.unsorted:
        return f"{told}, {f'{each.unsorted} ' if each.unsorted < each.notes else ''}not sorted yet.{line}"
    return f"{told}.{line}"


def _answered(each: Progress) -> str:
    return _open(each) if each.notes else "Nothing is written yet. One line under each section is enough."


def _open(each: Progress) -> str:
    return f"Open: {_numbers(each.open_sections)}." if each.open_sections else _ALL_ANSWERED


def _few_lines(each: Progress) -> str:
    if not each.open_sections:
        return _ALL_ANSWERED
    return f"One line for {_numbers(each.open_sections)} is enough, or say that nothing was raised."


def _one_line(each: Progress) -> str:
    return f"Even one line under {each.first} counts." if each.open_sections else _ALL_ANSWERED


def _corrections(clock: Clock) -> str:
    freeze_at = clock.event.freeze_at
    if clock.at >= freeze_at:
        return "It can still be submitted."
    return f"Corrections close {clock.on(freeze_at)}; what you submit before then counts."


def _before_closing(event: Event, due_at: datetime) -> str:
    left = _left(event.closing_at - due_at)
    return f", {left} before the closing session" if left else ""


def _stay(each: Progress) -> str:
    if not each.is_written:
        return ""
    stays = "stays" if each.notes + each.has_line == 1 else "stay"
    return f" {yours(each.notes, has_line=each.has_line)} {stays}."


def _span(starts_at: datetime, ends_at: datetime, event: Event) -> str:
    begin, end = (wall.clock(each, event.zone) for each in (starts_at, ends_at))
    if wall.same_day(starts_at, ends_at, event.zone):
        return f"{wall.day(starts_at, event.zone)}, {begin}-{end} in {event.place}"
    until = f"{wall.day(ends_at, event.zone)}, {end}"
    return f"{wall.day(starts_at, event.zone)}, {begin} to {until} in {event.place}"


def _numbers(sections: Sequence[int]) -> str:
    """'4, 5 and 6', as the template counts them."""
    return _listed([str(index + 1) for index in sections])


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


_LEVELS = {
    Level.ON_THE_RECORD: "On the record",
    Level.RULE: "Chatham House Rule",
    Level.CONSENT: "Chatham House Rule, written consent for quotes",
    Level.OFF_THE_RECORD: "Off the record",
}
