"""What the talk about an event needs of its files: making, checking, the difference, applying."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import normalize

from pydantic import ValidationError
from ruamel.yaml import YAML

from bot.domain import wall
from bot.domain.asking_event import Sketch
from bot.domain.event import EventKey, PersonId, Session, WorkspaceId
from bot.domain.people import How, Role, Sought
from bot.domain.programme import Programme
from bot.errors import EventRefused
from bot.programme.files import LARGEST, parse
from bot.programme.yaml import EventFile, SessionRow, load_event
from bot.services import organising
from storage import Transaction

EVENT_FILES, TABLES = (".yaml", ".yml"), (".csv", ".xlsx")
_COLUMNS = ("code", "title", "starts", "ends", "slack", "email", "handle", "name", "affiliation")
_OF_SESSION = _COLUMNS[:4]
_LINE = re.compile(r":(\d+):")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What applying would change, in sentences, or why it may not. `base` is a digest of what is stored."""

    name: str
    sentences: tuple[str, ...]
    refusals: tuple[str, ...]
    base: str


def is_event_file(name: str) -> bool:
    """Whether a file of this name may be an organiser's."""
    return name.lower().endswith((*EVENT_FILES, *TABLES))


def is_yaml(name: str) -> bool:
    """Whether a file of this name is an event file."""
    return name.lower().endswith(EVENT_FILES)


def event_file(sketch: Sketch, organiser: PersonId) -> tuple[str, bytes]:
    """Name and content of the commented event file of a sketch that is answered whole."""
    key, rows = _key(sketch), "\n".join(_session_lines(sketch))
    text = f"""\
# {sketch.name}: the event file. Fill it in, and drop it into this chat again.
# Lines that begin with # are notes for you. Times are the clock's in {sketch.place}.
event: {key}
name: {_quoted(sketch.name)}
place: {_quoted(sketch.place)}
zone: {sketch.zone}
closing: {{starts: "{sketch.closing_starts:%Y-%m-%d %H:%M}", ends: "{sketch.closing_ends:%Y-%m-%d %H:%M}"}}
due_minutes_before: 60  # reports are due so long before the closing session
freeze_minutes_before: 30  # and corrections close
template: marrakesh-2018  # the form of the reports

channel: {sketch.channel}  # for the digest; type /invite @Plenary there
organisers: [{organiser}]  # Slack ids, e-mails, or handles in quotes: "@name"
people: []  # full names that readers of the channel must not see, one "- Name" a line

# Or leave the sessions as they are, and send the table beside this file: it takes their place.
sessions:
{rows}
"""
    return f"{key}.yaml", text.encode()


def sessions_table(sketch: Sketch) -> tuple[str, bytes]:
    """Name and content of the table of sessions, for a spreadsheet."""
    written = StringIO()
    table = csv.writer(written)
    table.writerow(_COLUMNS)
    starts, ends = _times(sketch)
    for number in range(1, sketch.sessions + 1):
        table.writerow([number, f"Session {number}", starts, ends, "", "", "", "", ""])
    return "sessions.csv", written.getvalue().encode("utf-8-sig")


def check(files: Mapping[str, bytes], workspace: WorkspaceId) -> Programme:
    """The programme of an event file and perhaps a table; raises EventRefused with every fault."""
    names = [name for name in files if is_yaml(name)]
    tables = [name for name in files if name.lower().endswith(TABLES)]
    if len(names) != 1 or len(tables) > 1:
        raise EventRefused(["Send one event file (.yaml), and with it at most one table (.csv)."])
    text, first = _text(names[0], files[names[0]]), 0
    if tables:
        text, first = _with_table(names[0], text, tables[0], _text(tables[0], files[tables[0]]))
    with TemporaryDirectory() as folder:
        path = Path(folder) / Path(names[0]).name
        path.write_text(text, encoding="utf-8")
        try:
            return load_event(path, workspace)
        except EventRefused as refused:
            plain = [each.replace(str(path), path.name) for each in refused.faults]
            raise EventRefused([_of_table(each, tables, first) for each in plain]) from None


def difference(tx: Transaction, programme: Programme, person: PersonId, now: datetime) -> Difference:
    """What applying a programme would change now, and whether this person may."""
    event = programme.event
    stored = tx.events.one(event.workspace, event.key)
    refusals = []
    if event.closing_at <= now:
        refusals.append(
            f"The closing session was on {wall.date(event.closing_at, event.zone)}. Give a day ahead."
        )
    if not may_change(tx, event.workspace, event.key, person):
        refusals.append("This event has other organisers. Only they can change it.")
    return Difference(
        name=event.name,
        sentences=tuple(_changes(tx, programme) if stored else _new(programme)),
        refusals=tuple(refusals),
        base=_digest(tx, event.workspace, event.key),
    )


def may_change(tx: Transaction, workspace: WorkspaceId, event: EventKey, person: PersonId) -> bool:
    """Whether somebody runs the stored event of this key; a new one is for whoever may set one up."""
    if tx.events.one(workspace, event) is None:
        return True
    organisers = tx.events.organisers(workspace, event)
    return person in organisers or not organisers


def apply(tx: Transaction, programme: Programme, person: PersonId, base: str, now: datetime) -> bool:
    """Apply what was shown; False, and nothing is changed, when what is stored is not what it was then.

    Who applies the first event becomes its organiser if its file names none. Raises EventRefused.
    """
    event = programme.event
    tx.sought.lock(event.workspace, event.key)
    if _digest(tx, event.workspace, event.key) != base:
        return False
    if not any(each.role is Role.ORGANISER for each in programme.sought):
        own = Sought(
            event=event.key, role=Role.ORGANISER, session=None, how=How.ID, whom=person, person=person
        )
        programme = replace(programme, sought=(*programme.sought, own))
    organising.apply_event(tx, programme, now)
    return True


def _key(sketch: Sketch) -> str:
    plain = normalize("NFKD", sketch.name).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))[:50].strip("-") or "event"
    year = str(sketch.first_day.year) if sketch.first_day else ""
    return words if year in words else f"{words}-{year}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _times(sketch: Sketch) -> tuple[str, str]:
    """A session's times until somebody fills them in: in the first morning, before the closing session."""
    if sketch.first_day is None or sketch.closing_starts is None:
        raise ValueError("the sketch is not answered whole")
    morning = datetime.combine(sketch.first_day, datetime.min.time()) + timedelta(hours=10, minutes=30)
    ends = min(morning, sketch.closing_starts)
    return f"{ends - timedelta(minutes=90):%Y-%m-%d %H:%M}", f"{ends:%Y-%m-%d %H:%M}"


def _session_lines(sketch: Sketch) -> Iterator[str]:
    starts, ends = _times(sketch)
    for number in range(1, sketch.sessions + 1):
        yield f'  - code: "{number}"'
        yield f"    title: Session {number}"
        yield f'    starts: "{starts}"'
        yield f'    ends: "{ends}"'
        if number == 1:
            yield "    # rapporteur: {slack: U0123456789, name: Full Name, affiliation: Organisation}"
            yield '    # instead of slack also email: name@office.example, or handle: "@name"'


def _text(name: str, content: bytes) -> str:
    if len(content) > LARGEST:
        raise EventRefused([f"{name}: is larger than {LARGEST:,} bytes; is it the right file?"])
    if name.lower().endswith(".xlsx"):
        raise EventRefused([f"{name}: save the table as .csv and send that."])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise EventRefused([f"{name}: is not UTF-8 text; save it as UTF-8."]) from None


def _with_table(name: str, text: str, table: str, cells: str) -> tuple[str, int]:
    """The event file with the table's sessions in the place of its own, and the line where they begin."""
    parse(name, text, EventFile)  # its own faults first: they have its own lines
    rows = list(_rows(table, cells))
    yaml, written = YAML(), StringIO()
    tree = yaml.load(text)
    tree["sessions"] = rows
    yaml.dump(tree, written)
    whole = written.getvalue()
    first = next((n for n, line in enumerate(whole.splitlines(), 1) if line.startswith("sessions:")), 1)
    return whole, first


def _rows(table: str, cells: str) -> Sequence[dict[str, object]]:
    separator = ";" if cells.partition("\n")[0].count(";") > cells.partition("\n")[0].count(",") else ","
    try:
        lines = list(csv.reader(StringIO(cells), delimiter=separator))
    except csv.Error:
        raise EventRefused([f"{table}: is not a table; save it as CSV."]) from None
    titles = [each.strip().lower() for each in lines[0]] if lines else []
    faults = [
        f"{table}, cell {_cell(column, 1)}: {title!r} is no column; there is {', '.join(_COLUMNS)}."
        for column, title in enumerate(titles)
        if title and title not in _COLUMNS
    ]
    rows = []
    for number, line in enumerate(lines[1:], 2):
        filled = {
            title: cell.strip() for title, cell in zip(titles, line, strict=False) if title and cell.strip()
        }
        if not filled:
            continue
        row: dict[str, object] = {each: filled[each] for each in _OF_SESSION if each in filled}
        person = {each: filled[each] for each in _COLUMNS[4:] if each in filled}
        rows.append(row | ({"rapporteur": person} if person else {}))
        faults += _row_faults(table, number, titles, rows[-1])
    if faults or not rows:
        raise EventRefused(
            faults or [f"{table}: has no sessions; the first line has the names of the columns."]
        )
    return rows


def _row_faults(table: str, number: int, titles: list[str], row: dict[str, object]) -> Iterator[str]:
    try:
        SessionRow.model_validate(row)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            title = str(each["loc"][-1]) if each["loc"] else ""
            column = titles.index(title) if title in titles else 0
            said = "is missing" if each["type"] == "missing" else each["msg"].removeprefix("Value error, ")
            yield f"{table}, cell {_cell(column, number)}: {title}: {said}."


def _cell(column: int, row: int) -> str:
    return f"{chr(ord('A') + column % 26)}{row}"


def _of_table(fault: str, tables: list[str], first: int) -> str:
    """A fault about the table's sessions has no line of the event file."""
    found = _LINE.search(fault)
    if not tables or found is None or int(found[1]) < first:
        return fault
    return f"{tables[0]}:{fault[found.end() :]}"


def _new(programme: Programme) -> Iterator[str]:
    event = programme.event
    yield f"{event.name} is new."
    yield from _summary(programme)


def _summary(programme: Programme) -> Iterator[str]:
    event = programme.event
    named = len({each.session for each in programme.sought if each.role is Role.RAPPORTEUR})
    yield f"{_count(len(programme.sessions), 'session')}, {named} with a rapporteur."
    due = f"{wall.date(event.due_at, event.zone)}, {wall.clock(event.due_at, event.zone)} in {event.place}"
    yield f"Reports are due {due}."


def _changes(tx: Transaction, programme: Programme) -> Iterator[str]:
    event = programme.event
    before = {each.code: each for each in tx.events.sessions(event.workspace, event.key)}
    after = {each.code: each for each in programme.sessions}
    for code, session in after.items():
        was = before.get(code)
        if was is None:
            yield f"{code} is new: {session.title}, {_held(session, programme)}."
        elif (was.starts_at, was.ends_at) != (session.starts_at, session.ends_at):
            yield f"{code} moves from {_held(was, programme)} to {_held(session, programme)}."
        elif was != session:
            yield f"{code} changes: {session.title}."
    for code in before:
        if code not in after:
            yield f"{code} is not in the file any more, and is taken away."
    known = {each.key: each for each in tx.sought.of_event(event.workspace, event.key)}
    wanted = {each.key: each for each in programme.sought}
    for each in [*wanted.values(), *known.values()]:
        if (each.key in wanted) != (each.key in known):
            part = f"reports {each.session}" if each.session else "organises"
            yield f"{each.name or each.whom} {part}{'' if each.key in wanted else ' no longer'}."
    listed = len(set(programme.listed) ^ set(tx.events.listed(event.workspace, event.key)))
    if listed:
        yield f"The list of people changes by {_count(listed, 'name')}."
    if tx.events.one(event.workspace, event.key) != event:
        yield "Name, place, closing session, deadlines or channel of the event change."


def _held(session: Session, programme: Programme) -> str:
    zone = programme.event.zone
    day, starts, ends = (
        wall.day(session.starts_at, zone),
        wall.clock(session.starts_at, zone),
        wall.clock(session.ends_at, zone),
    )
    return f"{day}, {starts}-{ends} in {programme.event.place}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _digest(tx: Transaction, workspace: WorkspaceId, event: EventKey) -> str:
    """What is stored of an event, but for what Slack's answers say of its people."""
    people = sorted((each.key, each.name, each.affiliation) for each in tx.sought.of_event(workspace, event))
    stored = (
        tx.events.one(workspace, event),
        tx.events.sessions(workspace, event),
        people,
        sorted(tx.events.listed(workspace, event)),
    )
    return sha256(repr(stored).encode()).hexdigest()[:16]
