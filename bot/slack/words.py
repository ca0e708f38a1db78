"""Every sentence that a person reads in Slack. Whole sentences: what happened, what is kept, what next."""

from datetime import datetime

from bot.domain import wall
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
    "in the digest channel."
)
TOO_LATE = "I could not keep that: it is too near to the deadline. I write as planned."
PUT_BACK = "What was held back is in your report again."
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
