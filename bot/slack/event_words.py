"""What an organiser reads while setting an event up in the DM."""

from bot.domain import wall
from bot.domain.asking_event import Question, Unclear
from bot.domain.dropped import Unread
from bot.domain.event import Event

BACK, STOP, APPLY, NOT_NOW = "Back", "Stop", "Apply", "Not now"
QUESTIONS = {
    Question.NAME: "What is the event called?",
    Question.PLACE: "In which city is it, and in which country? For example Marrakesh, Morocco. All "
    "times are of its clocks.",
    Question.FIRST_DAY: "On which day does it begin? For example 2027-03-11.",
    Question.CLOSING: "When is the closing session, for which the reports are made? Day and times, for "
    "example 2027-03-12 15:30-17:00.",
    Question.SESSIONS: "How many sessions are reported? A guess will do; you can change it in the files.",
    Question.CHANNEL: "In which channel does the digest stand? Type # and choose it.",
}
UNCLEAR = {
    Unclear.LINE: "I need one line of at most 300 characters.",
    Unclear.ZONE: "I know no time zone for this place. Add the country, or a large city whose clocks it has: "
    "Marrakesh, Casablanca.",
    Unclear.ZONES: "This country has several time zones. Add a large city whose clocks it has: Montréal, "
    "Toronto.",
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
    "These are the sessions as a table. Fill it in with a spreadsheet program, and drop it here, together "
    "with the event file or after it."
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


def more_faults(count: int) -> str:
    """Below the first of them."""
    return (
        f"And {count} more, often for the same reason: I list them as these are mended. "
        "At a terminal, plenary check lists all."
    )


def warnings(count: int) -> str:
    """Above what is no fault, and perhaps meant so."""
    return f"Look at {'this' if count == 1 else f'these {count}'} first. Nothing here stops you."


def more_warnings(count: int) -> str:
    """Below the first of them."""
    return f"And {count} more. At a terminal, plenary check lists all."


def applied(event: Event, sessions: int) -> str:
    """What was stored."""
    due = f"{wall.date(event.due_at, event.zone)}, {wall.clock(event.due_at, event.zone)} in {event.place}"
    return f"{event.name}: {sessions} session{'' if sessions == 1 else 's'}, reports due {due}."


def invites(event: Event) -> tuple[str, str]:
    """What stands before and after the channel's name once an event is stored."""
    return ("If I am not in ", " yet, somebody who is there types this line in it:")
