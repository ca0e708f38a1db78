"""What is said of the closing line, the one line that is read out."""

from bot.domain.event import Part, Session
from bot.domain.report import Report
from bot.slack.words import LEAD_SUBMITS

GOES_ON = "It goes on; all of it is in your report."
_AGAIN = "The report is submitted; submit again and the line is in it."
_CHANGE = "Edit or delete your message and it follows. To write another one, type closing line."


def ask(session: Session) -> str:
    """The next message is the closing line."""
    if session.level.is_closed:
        asked = f"Write the one line on {session.code}."
    else:
        asked = f"Write the one line to be read out for {session.code}."
    return f"{asked} Your next message is that line; what comes after it is a note again."


def ask_below(report: Report) -> str:
    """What becomes of a line that is there, and of a report that is in; empty if neither is."""
    told = ["It takes the place of the closing line that you have."] if report.line else []
    return " ".join([*told, *([_AGAIN] if report.submitted_at else [])])


def kept(session: Session, *, instead: bool) -> str:
    """Stands above the closing line."""
    now = "now has this closing line, in place of the one before" if instead else "has its closing line"
    return f"{session.code} {now}:"


def kept_preview(session: Session) -> str:
    """For the lock screen, without a word of it."""
    return f"The closing line of {session.code} is kept."


def kept_below(report: Report) -> str:
    """What can be done with it."""
    if report.assignment.part is not Part.LEAD:
        return f"{_CHANGE} {LEAD_SUBMITS}"
    if report.submitted_at:
        return f"{_AGAIN} {_CHANGE}"
    return f"{'Submit, or write on' if report.note_count else 'It can be submitted alone'}. {_CHANGE}"
