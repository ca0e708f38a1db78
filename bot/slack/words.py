"""Every sentence that a person reads in Slack. Whole sentences: what happened, what is kept, what next."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain import wall
from bot.domain.digest import held_as
from bot.domain.event import Assignment, Event, Part, Session
from bot.domain.report import Report
from bot.domain.template import Fill, Need, Option, Section, Template

HELP = (
    "Write; I keep it, in as many messages as you like.",
    "next, back and 1 to {sections} move you.",
    "nothing raised says that a section had nothing; closing line asks for the one line that is read out.",
    "Edit or delete your own messages; the report follows.",
    "report shows all; submit shows it with the button that submits.",
    "away 12:00-18:00 moves the reminders of that time; the organisers see it.",
)
HELP_SEVERAL = "switch goes to your next report; the code of a session goes to that one."
NO_SECTION = "No section is open yet. Type next to begin with the first, or a number."
NO_FILES = "I cannot read files yet. Please type or paste the words."
WENT_WRONG = "Something went wrong on our side (code {code}). Your notes are kept. Please press again."
STRANGER = (
    "I am Plenary; I collect session reports of a conference. You are not on its list, so I have not kept "
    "this message. If you report a session, the organisers can add you."
)
UNORGANISED = (
    "I am Plenary; I collect session reports of a conference. Nobody organises one here yet, so I have not "
    "kept this message. To set one up, an administrator of this workspace types new event to me."
)
ORGANISER = (
    "You organise, and report no session, so I have not kept this message. What is in and what is not stands "
    "in the digest channel. To set up another event type new event; to change one drop its file here."
)
HANDED_OVER = (
    "{code} is handed over. Reminders to you have stopped. Changes to your old messages no longer reach the "
    "report."
)
TAKEN_OFF = "{code} is no longer yours to report. Nothing is asked of you."
TOO_LATE = "I could not keep that: it is too near to the deadline. I write as planned."
PUT_BACK = "What was held back is in your report again."
LEFT = "They stay where they are."
LEAD_SUBMITS = "The lead of this session submits the report. All that you type is in it."
NOT_YOURS = "Somebody else reports that session now. Nothing has changed, and this is not in its report."
NO_UPLOADS = (
    "Your workspace takes no files from me, so I cannot send them. The command plenary event new writes the "
    "same ones."
)
KEEP_TYPING = "As many messages as you like. To go on: next. To jump: 1 to {sections}."
TYPE_NUMBER = "Type a number. To go on: next. To jump: go 1 to go {sections}."
TYPE_CHOICE = "Type one number of the list. To go on: next. To jump: go 1 to go {sections}."
TYPE_CHOICES = "Type numbers of the list, such as 1, 3 and 4. To go on: next. To jump: go 1 to go {sections}."
NEXT, NOTHING, SUBMIT, SHOW, LEAVE = "Next", "Nothing raised", "Submit", "Show my report", "Right as it is"


def when(moment: datetime, event: Event, now: datetime) -> str:
    """'tomorrow, Fri 7 Dec, 14:30 in Marrakesh', without the day when it is today."""
    return wall.spoken(moment, event.zone, event.place, now=now)


def session_name(session: Session) -> str:
    """'Roundtable 2.2'"""
    return f"Roundtable {session.code}"


def taking_place(assignment: Assignment) -> str:
    """'Thu 6 Dec, 14:00-16:30 in Marrakesh'"""
    event, session = assignment.event, assignment.session
    begin, end = (wall.clock(each, event.zone) for each in (session.starts_at, session.ends_at))
    return f"{wall.day(session.starts_at, event.zone)}, {begin}-{end} in {event.place}"


def welcome(assignment: Assignment, now: datetime) -> tuple[str, str]:
    """Title and text of the first answer."""
    event, session = assignment.event, assignment.session
    return (
        f"{session_name(session)} is yours to report.",
        f"{taking_place(assignment)}. Due {when(assignment.due_at, event, now)}. "
        f"Write here while you listen. A tick means: this note and all above it are kept. {_seen(session)}",
    )


def _seen(session: Session) -> str:
    """What the channel will see of a report."""
    if session.level.is_closed:
        return f"{held_as(session)}: the channel only sees that the session took place."
    return (
        "The channel sees your report only after you submit it, and the people on the organisers' list read "
        "there as “a participant”."
    )


def moved(assignment: Assignment, now: datetime, *, due_too: bool, after_all: bool) -> tuple[str, str]:
    """When and where a session takes place now, and when its report is due."""
    event, session = assignment.event, assignment.session
    room = f", room {session.room}" if session.room else ""
    verb = "takes place after all" if after_all else "is now"
    if wall.same_day(session.starts_at, now, event.zone):
        verb = f"{verb} at"
    elif not wall.is_eve(now, session.starts_at, event.zone):
        verb = f"{verb} on"
    title = f"{session.code} {verb} {when(session.starts_at, event, now)}{room}."
    if after_all or due_too:
        return title, f"The report is due {when(assignment.due_at, event, now)}."
    return title, "The report is due as before."


def cancelled(session: Session, count: int, *, has_line: bool = False) -> str:
    """A session does not take place."""
    line = f"{session.code} was cancelled. Nothing is due."
    if not count and not has_line:
        return line
    return f"{line} {yours(count, has_line=has_line)} {'is' if count + has_line == 1 else 'are'} kept."


def notes(count: int) -> str:
    """'1 note', '4 notes'"""
    return "1 note" if count == 1 else f"{count} notes"


def kept(count: int, *, has_line: bool) -> str:
    """'4 notes', 'the closing line', '4 notes and the closing line'"""
    if not has_line:
        return notes(count)
    return f"{notes(count)} and the closing line" if count else "the closing line"


def yours(count: int, *, has_line: bool) -> str:
    """'Your 4 notes and the closing line'"""
    return f"Your {kept(count, has_line=has_line).removeprefix('the ')}"


def receipt(report: Report, index: int) -> str:
    """What a section holds that was just left."""
    return _coded(report, _receipt(report, index))


def _receipt(report: Report, index: int) -> str:
    heading, answer = report.template.heading(index), report.answers[index]
    if answer.value is not None:
        return f"{heading}: {answer.value}"
    if answer.entries and answer.takes_value:
        return f"{heading}: not answered yet, {notes(len(answer.entries))} kept"
    if answer.entries:
        return f"{heading}: {notes(len(answer.entries))} kept"
    if answer.nothing_raised:
        return f"{heading}: nothing was raised. That is an answer."
    if report.template.sections[index].need is Need.REQUIRED:
        return f"{heading}: not answered yet; this section needs an answer"
    return f"{heading}: not answered yet"


def _coded(report: Report, line: str) -> str:
    """A small line; it says of which session it is to who reports several."""
    return f"{report.assignment.session.code} · {line}" if report.is_one_of_several else line


def opened(report: Report, index: int) -> str:
    """The small line above a section that was opened without leaving another."""
    session = report.assignment.session
    parts = [session.code if report.is_one_of_several else session_name(session), held_as(session)]
    if here := len(report.answers[index].entries):
        parts.append(f"{notes(here)} here already")
    elif report.unsorted:
        parts.append(f"{len(report.unsorted)} unsorted kept")
    return " · ".join(parts)


def switched(report: Report, index: int, left: Report | None) -> str:
    """Which report is open now, and how the other one was left."""
    here = f"You are in {report.assignment.session.code} now, {report.template.heading(index)}."
    if left is None or left.assignment.session.code == report.assignment.session.code:
        return here
    done = "submitted" if left.submitted_at else "not submitted"
    code, asked = left.assignment.session.code, len(left.asked)
    return f"{here} {code} is as you left it: {left.answered} of {asked}, {done}."


def which(count: int, *, of_command: bool) -> str:
    """Notes, or a command, of no report yet; the notes that wait go where the command goes."""
    if not count:
        return "Which report do you mean?"
    if not of_command:
        return "Kept. Which report is it for?"
    return f"Which report do you mean? {notes(count)} kept before {'goes' if count == 1 else 'go'} into it."


def strayed(session: Session, homes: Sequence[str], count: int) -> str:
    """Notes typed while a session ran that went to other reports."""
    return f"{notes(count)} typed during {session.code} went to {' and '.join(homes)}."


def notes_moved(session: Session, count: int) -> str:
    """What was moved into the report of the session during which it was typed."""
    if not count:
        return "There is nothing left to move."
    are = "1 note is" if count == 1 else f"{count} notes are"
    return f"{are} in {session.code} now, without a section."


def no_value(section: Section) -> str:
    """What a section needs, when the first thing typed in it is something else."""
    if section.fill is Fill.NUMBER:
        needed = f"I need a number here{_range(section)}, for example {_example(section)}."
    elif section.fill is Fill.CHOICE:
        needed = "I need one of the list here: its number, or words of its title."
    else:
        needed = "I need one or more of the list here, for example 1, 3 and 4."
    return f"{needed} I kept your text as a note below it."


def near_option(option: Option) -> str:
    """An option that may have been meant."""
    return f"Did you mean {option.code}. {option.title}?"


def _range(section: Section) -> str:
    match section.lowest, section.highest:
        case None, None:
            return ""
        case low, None:
            return f", {low} or more"
        case None, high:
            return f", {high} or less"
        case low, high:
            return f" from {low} to {high}"


def _example(section: Section) -> int:
    low = 45 if section.lowest is None else max(45, section.lowest)
    return low if section.highest is None else min(low, section.highest)


def typing(section: Section, sections: int) -> str:
    """How to fill a section in, and how to go on."""
    hints = {Fill.NUMBER: TYPE_NUMBER, Fill.CHOICE: TYPE_CHOICE, Fill.CHOICES: TYPE_CHOICES}
    return hints.get(section.fill, KEEP_TYPING).format(sections=sections)


def options(section: Section) -> list[str]:
    """The options of a section, a line each, by the number or code that is typed."""
    numbered = all(each.code.isdecimal() for each in section.options)
    return [
        f"{each.code}. {each.title}" if numbered else f"{at}. {each.title} ({each.code})"
        for at, each in enumerate(section.options, 1)
    ]


def left_open(report: Report) -> tuple[str, ...]:
    """What the review says before the button: what is open, unsorted or apart."""
    lines = [f"{report.template.heading(index)} is not answered." for index in report.open_sections]
    if report.unsorted:
        count = len(report.unsorted)
        has_them = "report" if report.assignment.session.level.is_closed else "digest"
        lines.append(
            f"{notes(count)} without a section; the {has_them} has {'it' if count == 1 else 'them'} last."
        )
    if report.apart:
        count = report.apart
        them = "it is" if count == 1 else "they are"
        lines.append(f"{notes(count)} typed after your submit; submit again and {them} in.")
    if report.held:
        lines.append(held(report.held))
    return tuple(lines)


def held(count: int) -> str:
    """Notes that Slack does not have any more."""
    if count == 1:
        told = "1 note is no longer in this chat, so readers do not see it."
        return f"{told} If you deleted it, all is well; if not, keep it."
    told = f"{count} notes are no longer in this chat, so readers do not see them."
    return f"{told} If you deleted them, all is well; if not, keep them."


def keep(count: int) -> str:
    """The button that puts them back."""
    return "Keep it" if count == 1 else "Keep them"


def review_hint(report: Report) -> str:
    """How to submit."""
    if report.assignment.part is not Part.LEAD:
        return LEAD_SUBMITS
    if report.submitted_at:
        return "It is submitted. Edits and deletions count; to add new notes, submit again."
    return "Press Submit, or type submit again. You can still edit and delete afterwards."


def submitted(report: Report, at: datetime, now: datetime) -> str:
    """The report is in."""
    event, session = report.assignment.event, report.assignment.session
    appears = (
        "The digest only says that the session took place."
        if session.level.is_closed
        else "It appears in the digest within a minute, without your name."
    )
    gaps = len(report.open_sections)
    held = kept(report.note_count, has_line=report.line is not None)
    if gaps:
        held += f", {gaps} section{'s' if gaps > 1 else ''} not answered"
    return (
        f"{session.code} is submitted, {when(at, event, now)}: {held}. {appears} "
        "You can correct: edit or delete your messages here."
    )


def kept_apart(session: Session) -> str:
    """Notes after the submit."""
    return (
        f"Kept, but {session.code} is submitted: what you typed since is not in it. "
        "Go on, and submit again to add it."
    )


def corrected(report: Report, section: int | None, *, is_line: bool) -> str:
    """An edit after the submit."""
    where = " in the closing line" if is_line else _where(report.template, section)
    return f"Corrected{where}.{_follows(report.assignment.session)}"


def removed(report: Report, section: int | None, in_digest: bool, *, is_line: bool) -> str:
    """Deleted notes, or the closing line."""
    line = f"What you deleted is out{_where(report.template, section, 'of')}."
    if is_line:
        line = "What you deleted is out: it was the closing line."
    return f"{line}{_follows(report.assignment.session)}" if in_digest else line


def _follows(session: Session) -> str:
    """A digest that only says that the session took place stays as it is."""
    return "" if session.level.is_closed else " The digest follows within two minutes."


def _where(template: Template, section: int | None, word: str = "in") -> str:
    return f" {word} your unsorted notes" if section is None else f" {word} {template.heading(section)}"


EXAMINED = (
    "This is plenary doctor: somebody who runs Plenary checks whether it can write to you. It can. "
    "There is nothing to do."
)
UNINVITED = "The digest cannot be posted yet: I am not in its channel."
INVITE_LINE = "/invite @Plenary"


def uninvited(event: Event) -> tuple[str, str]:
    """What stands before and after the channel's name when the bot is not in it."""
    return (
        f"The digest of {event.name} belongs in ",
        ". Nothing is lost: it waits, and appears there as soon as I am invited. "
        "Somebody who is in that channel types this line in it:",
    )


def goes_on(line: str) -> str:
    """A session's line of which there is more."""
    return f"{line} … goes on in the thread"


def continued(title: str) -> str:
    """The first line of a further page."""
    return f"{title}, continued"
