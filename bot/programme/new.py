"""A new event from six answers: a commented event file, and the table of its sessions beside it."""

import csv
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import StringIO
from unicodedata import category, normalize

from bot.errors import EventRefused
from bot.programme.fields import YEARS
from bot.programme.places import alike, zones_of
from bot.programme.schemas import first_line
from bot.programme.workbook import workbook_of

COLUMNS = (
    "code", "title", "day", "starts", "ends", "room", "rapporteur", "rapporteur name", "co-rapporteurs",
    "level", "cancelled",
)  # fmt: skip
MOST = 1000  # sessions; the largest programme that we know of has 400
_KEY = 40  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One of the six. `wrong` says what is the matter with an answer, as a sentence, or nothing."""

    key: str
    text: str
    wrong: Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """The answers, read. Times are wall times of the zone."""

    name: str
    place: str
    zone: str
    first_day: date
    closing: datetime
    sessions: int
    channel: str
    closing_ends: datetime | None = None  # None: 90 minutes later
    organisers: tuple[str, ...] = ()  # Slack member ids

    @property
    def key(self) -> str:
        """The event's key, made from its name and year, so that next year's is another one."""
        plain = re.sub(r"[^a-z0-9]+", "-", _without_accents(self.name)).strip("-")[:_KEY].strip("-")
        year = str(self.first_day.year)
        return plain if year in plain else f"{plain or 'event'}-{year}"


def new_event(answers: Mapping[str, str]) -> NewEvent:
    """The event of these answers, by the keys of the questions, and `zone` where the place does not tell it.

    Raises EventRefused with a sentence for each answer that is missing or of no use.
    """
    given = {key: (answers.get(key) or "").strip() for key in (*(each.key for each in QUESTIONS), "zone")}
    faults = [f"{each.key}: {said}" for each in QUESTIONS if (said := each.wrong(given[each.key]))]
    zones = zones_of(given["zone"] or given["place"])
    if given["place"] and len(zones) != 1:
        faults.append(f"zone: {zone_asked(given['zone'] or given['place'])}")
    if faults:
        raise EventRefused(faults)
    event = NewEvent(
        name=given["name"],
        place=given["place"].split(",")[0].strip(),
        zone=zones[0],
        first_day=_day(given["first"]),
        closing=_moment(given["closing"]),
        sessions=int(given["sessions"]),
        channel=given["channel"],
    )
    if event.closing < _first_starts(event) + _LENGTH:
        raise EventRefused(
            ["closing: it lies before the first day's sessions; expected a later day or time."]
        )
    return event


def zone_asked(place: str) -> str:
    """What is asked when a place does not tell its zone."""
    zones = zones_of(place)
    if len(zones) > 1:
        cities = ", ".join(each.rpartition("/")[2].replace("_", " ") for each in zones)
        return f"{place} has {len(zones)} time zones: {cities}. Name the one whose clocks it has."
    near = alike(place)
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    return f"the time zone of {place} is not known here.{meant} Name one, such as Africa/Casablanca."


def event_text(event: NewEvent, table: str) -> str:
    """The event file. Everything that is not filled in has its example behind a #."""
    ends = event.closing_ends or event.closing + timedelta(minutes=90)
    return _TEXT.format(
        first_line=first_line("event"),
        key=_quoted(event.key),
        name=_quoted(event.name),
        place=_quoted(event.place),
        zone=event.zone,
        starts=f"{event.closing:%Y-%m-%d %H:%M}",
        ends=f"{ends:%Y-%m-%d %H:%M}",
        channel=_quoted(event.channel),
        table=_quoted(table),
        organisers=", ".join(event.organisers),
    )


def sessions_csv(event: NewEvent) -> bytes:
    """The table as text that spreadsheets open; with the mark by which they know UTF-8."""
    text = StringIO()
    csv.writer(text).writerows([COLUMNS, *_rows(event)])
    return text.getvalue().encode("utf-8-sig")


def sessions_xlsx(event: NewEvent) -> bytes:
    """The same as a workbook; codes and times are text, so that nothing is read as a number or a date."""
    return workbook_of("Sessions", [COLUMNS, *_rows(event)])


_LENGTH = timedelta(minutes=90)
_BEFORE_THE_CLOSING = timedelta(hours=3)


def _rows(event: NewEvent) -> list[tuple[str, ...]]:
    """Sessions that are all at one time of the first day: somebody has to say when they are."""
    starts = _first_starts(event)
    day, begins, ends = f"{starts:%Y-%m-%d}", f"{starts:%H:%M}", f"{starts + _LENGTH:%H:%M}"
    return [
        (str(number), f"Session {number}", day, begins, ends, *[""] * (len(COLUMNS) - 5))
        for number in range(1, event.sessions + 1)
    ]


def _first_starts(event: NewEvent) -> datetime:
    """Ten o'clock, or earlier when the closing session is on the same day and soon."""
    ten = datetime(event.first_day.year, event.first_day.month, event.first_day.day, 10)  # noqa: DTZ001 - on the wall
    earlier = event.closing - _BEFORE_THE_CLOSING
    return min(ten, earlier) if earlier.date() == event.first_day else ten


def _without_accents(name: str) -> str:
    return normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()


def _quoted(text: str) -> str:
    """As a YAML string, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)


def _day(text: str) -> date:
    return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day of the event's zone


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - a wall time of the event's zone


def _reads(reader: Callable[[str], date], expected: str) -> Callable[[str], str | None]:
    def wrong(text: str) -> str | None:
        try:
            return None if reader(text).year in YEARS else expected
        except ValueError:
            return expected

    return wrong


def _line(text: str) -> str | None:
    if not text:
        return "expected a line of text."
    is_one = len(text) <= 200 and not any(category(each) in ("Cc", "Zl", "Zp", "Cs") for each in text)
    return None if is_one else "expected one line of at most 200 characters."


def _count(text: str) -> str | None:
    is_one = re.fullmatch(r"[1-9][0-9]{0,3}", text) is not None and int(text) <= MOST
    return None if is_one else f"expected a number from 1 to {MOST}, such as 11."


def _channel(text: str) -> str | None:
    is_one = not text or re.fullmatch(r"[CG][A-Z0-9]+", text) is not None
    return None if is_one else "expected a Slack id such as C0123456789, or nothing for now."


QUESTIONS = (
    Question(key="name", text="What is the event called?", wrong=_line),
    Question(key="place", text="Where is it? City and country, such as Marrakesh, Morocco:", wrong=_line),
    Question(
        key="first",
        text="Which day is its first? Such as 2027-03-04:",
        wrong=_reads(_day, "expected a day such as 2027-03-04."),
    ),
    Question(
        key="closing",
        text="When does the closing session start, by the clock there? Such as 2027-03-05 15:30:",
        wrong=_reads(_moment, "expected a day and time such as 2027-03-05 15:30."),
    ),
    Question(key="sessions", text="How many sessions are reported? A guess will do:", wrong=_count),
    Question(
        key="channel",
        text="For which channel is the digest? Its Slack id, such as C0123456789, or nothing for now:",
        wrong=_channel,
    ),
)

_TEXT = """\
{first_line}
# Your event. What stands behind a # is an example or a remark; take the # away to use it.
# All times are what the clock on the wall shows there. docs/event-file.md explains every key.

event: {key}  # its key: leave it, so that this file always means the same event
name: {name}
place: {place}  # stands beside every time
zone: {zone}
# languages: [fr, en]  # headings of the digest are in the first
closing: {{starts: "{starts}", ends: "{ends}"}}
due_minutes_before: 60  # reports are due so long before the closing session
freeze_minutes_before: 30  # corrections close so long before it
template: marrakesh-2018  # the form; others that ship: one-text, takeaways
level: Chatham House Rule  # or: on the record; off the record

channel: {channel}  # the Slack id of the channel for the digest, such as C0123456789; invite the bot to it

# Who runs the event: Slack member ids, e-mail addresses, or handles in quotes.
organisers: [{organisers}]
# organisers: [U0123456789, name@office.example, "@name"]

# Everybody whom readers must not see: speakers, participants. Or a table: people: people.csv
people: []
# people:
#   - Given Surname

# The sessions stand in a table of their own: a row each, which any spreadsheet opens.
# rapporteur and co-rapporteurs are Slack member ids, e-mail addresses, or handles (@name).
# A level there counts in the place of the one above; yes under cancelled calls a session off.
sessions: {table}

# quiet_hours: {{starts: "22:00", ends: "07:30"}}  # nobody is sent anything unasked
"""
