"""Every sentence that a person reads in Slack. Whole sentences: what happened, what is kept, what next."""

from datetime import datetime

from bot.domain import wall
from bot.domain.asking_event import Question, Unclear
from bot.domain.dropped import Unread
from bot.domain.event import Assignment, Event, Session
from bot.domain.report import Report
from bot.domain.template import Template

HELP = (
    "Write; I keep it, in as many messages as you like.",
    "next, back and 1 to {sections} move you.",
    "nothing raised says that a section had nothing.",
    "Edit or delete your own messages; the report follows.",
    "report shows all; submit shows it with the button that submits.",
)
NO_SECTION = "No section is open yet. Type next to begin with the first, or a number."
NO_FILES = "I cannot read files yet. Please type or paste the words."
WENT_WRONG = "Something went wrong on our side (code {code}). Your notes are kept. Please press again."
STRANGER = (
    "I am Plenary; I collect session reports of a conference. You are not on its list, so I have not kept "
    "this message. If you report a session, the organisers can add you."
)
ORGANISER = (
    "You organise, and report no session, so I have not kept this message. What is in and what is not stands "
    "in the digest channel. To set up another event type new event; to change one drop its file here."
)
PUT_BACK = "What was held back is in your report again."
NO_UPLOADS = (
    "Your workspace takes no files from me, so I cannot send them. The command plenary event new writes the "
    "same ones."
)
KEEP_TYPING = "As many messages as you like. To go on: next. To jump: 1 to {sections}."
NEXT, NOTHING, SUBMIT, SHOW = "Next", "Nothing raised", "Submit", "Show my report"


def when(moment: datetime, event: Event, now: datetime) -> str:
    """'Fri 7 Dec, 14:30 in Marrakesh', without the day when it is today."""
    clock = f"{wall.clock(moment, event.zone)} in {event.place}"
    if wall.same_day(moment, now, event.zone):
        return clock
    return f"{wall.day(moment, event.zone)}, {clock}"


def session_name(session: Session) -> str:
    """'Roundtable 2.2'"""
    return f"Roundtable {session.code}"


def welcome(assignment: Assignment, now: datetime) -> tuple[str, str]:
    """Title and text of the first answer."""
    event, session = assignment.event, assignment.session
    held = (
        f"{wall.day(session.starts_at, event.zone)}, {wall.clock(session.starts_at, event.zone)}-"
        f"{wall.clock(session.ends_at, event.zone)} in {event.place}"
    )
    return (
        f"{session_name(session)} is yours to report.",
        f"{held}. Due {when(event.due_at, event, now)}. Write here while you listen. "
        "A tick means: this note and all above it are kept. The channel sees your report only after you "
        "submit it, and the people on the organisers' list read there as “a participant”.",
    )


def notes(count: int) -> str:
    """'1 note', '4 notes'"""
    return "1 note" if count == 1 else f"{count} notes"


def receipt(report: Report, index: int) -> str:
    """What a section holds that was just left."""
    heading, answer = report.template.heading(index), report.answers[index]
    if answer.entries:
        return f"{heading}: {notes(len(answer.entries))} kept"
    if answer.nothing_raised:
        return f"{heading}: nothing was raised. That is an answer."
    return f"{heading}: not answered yet"


def opened(report: Report, index: int) -> str:
    """The small line above a section that was opened without leaving another."""
    assignment = report.assignment
    parts = [session_name(assignment.session), "Chatham House Rule"]
    if here := len(report.answers[index].entries):
        parts.append(f"{notes(here)} here already")
    elif report.unsorted:
        parts.append(f"{len(report.unsorted)} unsorted kept")
    return " · ".join(parts)


def left_open(report: Report) -> tuple[str, ...]:
    """What the review says before the button: what is open, unsorted or apart."""
    lines = [f"{report.template.heading(index)} is not answered." for index in report.open_sections]
    if report.unsorted:
        count = len(report.unsorted)
        lines.append(
            f"{notes(count)} without a section; the digest has {'it' if count == 1 else 'them'} last."
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
        return "1 note is no longer in this chat, so I hold it back. If you deleted it, all is well."
    return f"{count} notes are no longer in this chat, so I hold them back. If you deleted them, all is well."


def keep(count: int) -> str:
    """The button that puts them back."""
    return "Keep it" if count == 1 else "Keep them"


def review_hint(report: Report) -> str:
    """How to submit."""
    if report.submitted_at:
        return "It is submitted. Edits and deletions count; to add new notes, submit again."
    return "Press Submit, or type submit again. You can still edit and delete afterwards."


def submitted(report: Report, at: datetime, now: datetime) -> str:
    """The report is in."""
    event = report.assignment.event
    gaps = len(report.open_sections)
    held = notes(report.note_count)
    if gaps:
        held += f", {gaps} section{'s' if gaps > 1 else ''} not answered"
    return (
        f"{report.assignment.session.code} is submitted, {when(at, event, now)}: {held}. It appears in the "
        "digest within a minute, without your name. You can correct: edit or delete your messages here."
    )


def kept_apart(session: Session) -> str:
    """Notes after the submit."""
    return (
        f"Kept, but {session.code} is submitted: what you typed since is not in it. "
        "Go on, and submit again to add it."
    )


def corrected(template: Template, section: int | None) -> str:
    """An edit after the submit."""
    return f"Corrected{_where(template, section)}. The digest follows within two minutes."


def removed(template: Template, section: int | None, in_digest: bool) -> str:
    """Deleted notes."""
    line = f"What you deleted is out{_where(template, section, 'of')}."
    return f"{line} The digest follows within two minutes." if in_digest else line


def _where(template: Template, section: int | None, word: str = "in") -> str:
    return f" {word} your unsorted notes" if section is None else f" {word} {template.heading(section)}"


def reminder(report: Report, now: datetime) -> tuple[str, str]:
    """Title and text of the rung one hour before the reports are due."""
    event, code = report.assignment.event, report.assignment.session.code
    due = when(event.due_at, event, now)
    title = f"{code} was due at {due}." if now >= event.due_at else f"{code} is due at {due}."
    missing = report.open_sections
    if not missing:
        return title, "All sections are answered. Type submit."
    named = ", ".join(str(index + 1) for index in missing)
    return title, f"Open: {named}. One line each is enough, or say that nothing was raised."


def late(planned_at: datetime, event: Event, now: datetime) -> str:
    """A reminder that comes after its time says so."""
    return f"This should have come at {when(planned_at, event, now)}; I was not running then."


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


def continued(title: str) -> str:
    """The first line of a further page."""
    return f"{title}, continued"


BACK, STOP, APPLY, NOT_NOW = "Back", "Stop", "Apply", "Not now"
QUESTIONS = {
    Question.NAME: "What is the event called?",
    Question.PLACE: "In which city is it? All times are its clock's. If I do not know the city's time zone, "
    "add one: Marrakesh, Africa/Casablanca.",
    Question.FIRST_DAY: "On which day does it begin? For example 2027-03-11.",
    Question.CLOSING: "When is the closing session, for which the reports are made? Day and times, for "
    "example 2027-03-12 15:30-17:00.",
    Question.SESSIONS: "How many sessions are reported? A guess will do; you can change it in the files.",
    Question.CHANNEL: "In which channel does the digest stand? Type # and choose it.",
}
UNCLEAR = {
    Unclear.LINE: "I need one line of at most 300 characters.",
    Unclear.ZONE: "I know no time zone for this place.",
    Unclear.DAY: "I do not understand this day. Write it as year-month-day.",
    Unclear.TIMES: "I need a day and two times.",
    Unclear.ENDS_BEFORE: "It ends before it begins. Type day and times again.",
    Unclear.BEFORE_FIRST_DAY: "That is before the first day. If the first day is wrong, type back.",
    Unclear.NUMBER: "I need a number from 1 to 400.",
    Unclear.CHANNEL: "I need a channel: type # and choose one, or paste its id.",
}
UNREAD = {
    Unread.BUSY: "Slack has not given it to me for ten minutes. Send it again.",
    Unread.NOT_ALLOWED: "Slack does not let me read it. The app needs the permission files:read; an "
    "administrator installs it again.",
    Unread.ELSEWHERE: "it does not lie in Slack, so I did not fetch it. Upload the file itself.",
    Unread.FOREIGN: "it belongs to another workspace. Upload it here.",
    Unread.GONE: "it is not there any more. Send it again.",
    Unread.TOO_LARGE: "it is larger than 5 MB. Is it the right file?",
    Unread.EMPTY: "it is empty.",
}
TALK_STOPPED = "Stopped. Nothing was set up. Type new event to begin again."
EVENT_FILE, SESSIONS_TABLE = "The event file", "The sessions"
EVENT_FILE_COMES = (
    "This is your event file. Open it in a text editor, fill it in, and drop it into this chat. I check it "
    "and show what would change; nothing is stored before you press Apply."
)
SESSIONS_TABLE_COMES = (
    "These are the sessions as a table. If you prefer a spreadsheet, fill it in, save it as CSV, and drop it "
    "here, alone or with the event file."
)
FILE_WAITS = "Slack has not given me the file yet. I try again for ten minutes."
NOT_READ = "I could not read all files. Nothing is changed."
FAULTS_NEXT = "Nothing is changed. Mend this and drop the file again."
DIFFERENCE = "This is what would change."
CHANGED = "Nothing was applied: what is stored changed since I showed it. This is what would change now."
NOTHING_CHANGES = "Nothing changes. The files say what is stored."
APPLIED = "The event is stored."
LEFT_ALONE = ("Nothing was changed.", "Drop the files again whenever you like.")


def question_number(number: int, of: int) -> str:
    """'New event, question 2 of 6'"""
    return f"New event, question {number} of {of}"


def near(guess: str) -> str:
    """A guess at what was meant."""
    return f"Did you mean {guess}?"


def zone_of(place: str, zone: str) -> str:
    """How a place was understood."""
    return f"{place}, time zone {zone}."


def faults(count: int) -> str:
    """How many there are."""
    return "1 thing is to be mended." if count == 1 else f"{count} things are to be mended."


def applied(event: Event, sessions: int) -> str:
    """What was stored."""
    due = f"{wall.date(event.due_at, event.zone)}, {wall.clock(event.due_at, event.zone)} in {event.place}"
    return f"{event.name}: {sessions} session{'' if sessions == 1 else 's'}, reports due {due}."


def invites(event: Event) -> tuple[str, str]:
    """What stands before and after the channel's name once an event is stored."""
    return ("If I am not in ", " yet, somebody who is there types this line in it:")
