"""More time that an organiser gave for a report, when the event's file says something new.

It is a promise of a time on the wall: it holds as long as the report is due on the same day, up to the moment
at which corrections close, and is of no use any more once the file itself gives as much.
"""

from datetime import datetime

from bot.domain import wall
from bot.domain.event import Event, Session


def given_still(was_of: Event, was: Session, now_of: Event, now: Session) -> datetime | None:
    """Until when there is more time than the file's new words give; None: until nothing later."""
    if was.given_at is None:
        return None
    at = wall.instant_of(wall.read(wall.written(was.given_at, was_of.zone)), now_of.zone)
    before, due_at = was.due_at or was_of.due_at, now.due_at or now_of.due_at
    same_day = wall.written(before, was_of.zone)[:10] == wall.written(due_at, now_of.zone)[:10]
    at = min(at, now_of.freeze_at)
    return at if same_day and at > due_at else None
