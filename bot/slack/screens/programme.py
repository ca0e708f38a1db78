"""What changed about a session, as its people read it in the DM. No button: there is nothing to decide."""

from datetime import datetime

from bot.domain import wall
from bot.domain.event import Assignment, SessionCode
from bot.domain.replies import Moved, TakenOff
from bot.slack import kit, words
from bot.slack.kit import Screen


def moved(assignment: Assignment, reply: Moved, now: datetime) -> Screen:
    """When and where it is now, and when the report is due."""
    due_too = reply.due_too
    if reply.due_was is not None:  # it may have changed again since
        due_too = reply.due_was != wall.written(assignment.due_at, assignment.event.zone)
    title, text = words.moved(assignment, now, due_too=due_too, after_all=reply.after_all)
    return kit.message(f"{title} {text}", kit.paragraph(title), kit.paragraph(text))


def cancelled(assignment: Assignment, kept: int, *, has_line: bool = False) -> Screen:
    """Nothing is due, and what is kept."""
    text = words.cancelled(assignment.session, kept, has_line=has_line)
    return kit.message(text, kit.paragraph(text))


def taken_off(code: SessionCode, reply: TakenOff) -> Screen:
    """It is no longer theirs."""
    text = words.HANDED_OVER if reply.wrote else words.TAKEN_OFF
    said = text.format(code=code)
    return kit.message(said, kit.paragraph(said))
