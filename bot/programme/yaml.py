"""The event file and the template file, in their thinnest form."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field
from ruamel.yaml.comments import CommentedMap

from bot.domain.event import ChannelId, Event, EventKey, Session, SessionCode, TemplateKey, WorkspaceId
from bot.domain.people import Sought
from bot.domain.programme import Programme
from bot.domain.template import Section, Template
from bot.domain.wall import instant_of
from bot.errors import EventRefused
from bot.programme.fields import Code, Key, Line, SlackChannel
from bot.programme.files import LIBRARY, Strict, line_of, parse, read
from bot.programme.persons import OrganiserText, RapporteurRow, organiser, rapporteur, twice

YEARS = range(1970, 2101)
_WALL = "%Y-%m-%d %H:%M"


def _wall_time(text: str) -> str:
    try:
        year = datetime.strptime(text, _WALL).year  # noqa: DTZ007 - a wall time; its zone is the event's
    except ValueError:
        raise ValueError("expected a day and time such as 2018-12-07 15:30") from None
    if year not in YEARS:
        raise ValueError(f"expected a year from {YEARS[0]} to {YEARS[-1]}")
    return text


def _zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError("is no time zone; expected a name such as Africa/Casablanca")
    return text


def _unique(codes: list["SessionRow"]) -> list["SessionRow"]:
    if len({row.code for row in codes}) < len(codes):
        raise ValueError("two sessions have the same code")
    return codes


WallTime = Annotated[str, AfterValidator(_wall_time)]


class SessionRow(Strict):
    code: Code
    title: Line
    starts: WallTime
    ends: WallTime
    rapporteur: RapporteurRow | None = None


class ClosingRow(Strict):
    starts: WallTime
    ends: WallTime


class EventFile(Strict):
    event: Key
    name: Line
    place: Line
    zone: Annotated[str, AfterValidator(_zone)]
    closing: ClosingRow
    due_minutes_before: Annotated[int, Field(ge=0, le=7 * 24 * 60)]
    freeze_minutes_before: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = 30
    template: Key
    channel: SlackChannel
    organisers: Annotated[list[OrganiserText], Field(default_factory=list)]
    people: Annotated[list[Line], Field(default_factory=list)]
    sessions: Annotated[list[SessionRow], Field(min_length=1), AfterValidator(_unique)]


class SectionRow(Strict):
    key: Key
    title: Line
    short: Annotated[str, Field(min_length=1, max_length=40)]
    help: Line


class TemplateFile(Strict):
    template: Key
    version: Annotated[int, Field(ge=1)]
    name: Line
    header: list[Literal["event", "place", "date", "session", "rapporteur", "affiliation"]]
    sections: Annotated[list[SectionRow], Field(min_length=1, max_length=20)]


def load_template(key: str) -> Template:
    """A template that ships; raises EventRefused when there is none of that name."""
    path = LIBRARY / "templates" / f"{key}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in path.parent.glob("*.yaml")))
        raise EventRefused([f"there is no template {key!r}; there is: {known}."])
    row, _ = parse(path.name, read(path), TemplateFile)
    return Template(
        key=TemplateKey(row.template),
        version=row.version,
        name=row.name,
        header=tuple(row.header),
        sections=tuple(
            Section(key=each.key, title=each.title, short=each.short, help=each.help) for each in row.sections
        ),
    )


def load_event(path: Path, workspace: WorkspaceId, closing: date | None = None) -> Programme:
    """An event file as a programme; `closing` moves every day by as much as the closing session's day.

    Raises EventRefused with every fault: file, line, what is expected.
    """
    row, tree = parse(str(path), read(path), EventFile)
    shift = _shift(str(path), row, tree, closing)
    programme = _programme(row, workspace, shift)
    if faults := _contradictions(str(path), row, tree, programme):
        raise EventRefused(faults)
    return programme


def _shift(name: str, row: EventFile, tree: CommentedMap, closing: date | None) -> timedelta:
    if closing is None:
        return timedelta()
    if closing.year not in YEARS:
        line = line_of(tree, ("closing", "starts"))
        raise EventRefused([f"{name}:{line}: give --closing a year from {YEARS[0]} to {YEARS[-1]}."])
    day = _parse(row.closing.starts).date()
    shift = closing - day
    if shift.days % 7:
        line = line_of(tree, ("closing", "starts"))
        raise EventRefused(
            [
                f"{name}:{line}: the closing session is on a {day:%A}, and --closing {closing} is a "
                f"{closing:%A}; give a {day:%A}."
            ]
        )
    return shift


def _programme(row: EventFile, workspace: WorkspaceId, shift: timedelta) -> Programme:
    def instant(wall: str) -> datetime:
        return instant_of(_parse(wall) + shift, row.zone)

    closing_at = instant(row.closing.starts)
    event = Event(
        workspace=workspace,
        key=EventKey(row.event),
        name=row.name,
        place=row.place,
        zone=row.zone,
        closing_at=closing_at,
        closing_ends_at=instant(row.closing.ends),
        due_at=closing_at - timedelta(minutes=row.due_minutes_before),
        freeze_at=closing_at - timedelta(minutes=row.freeze_minutes_before),
        channel=ChannelId(row.channel),
    )
    sessions = tuple(
        Session(
            code=SessionCode(each.code),
            title=each.title,
            starts_at=instant(each.starts),
            ends_at=instant(each.ends),
            template=TemplateKey(row.template),
        )
        for each in row.sessions
    )
    sought = _sought(row, event.key)
    own_names = [each.name for each in sought if each.name]
    return Programme(
        event=event,
        templates=(load_template(row.template),),
        sessions=sessions,
        sought=sought,
        listed=tuple(dict.fromkeys([*row.people, *own_names])),
    )


def _sought(row: EventFile, event: EventKey) -> tuple[Sought, ...]:
    """Everybody whom the file names, once each."""
    found = [
        *(
            rapporteur(each.rapporteur, event, SessionCode(each.code))
            for each in row.sessions
            if each.rapporteur is not None
        ),
        *(organiser(each, event) for each in row.organisers),
    ]
    return tuple({each.key: each for each in found}.values())


def _contradictions(name: str, row: EventFile, tree: CommentedMap, programme: Programme) -> list[str]:
    faults = []
    event = programme.event
    if event.closing_ends_at <= event.closing_at:
        line = line_of(tree, ("closing", "ends"))
        faults.append(f"{name}:{line}: the closing session ends before it starts.")
    for index, session in enumerate(programme.sessions):
        if session.ends_at <= session.starts_at:
            line = line_of(tree, ("sessions", index, "ends"))
            faults.append(f"{name}:{line}: session {session.code} ends before it starts.")
    codes = [each.code for each in programme.sessions]
    for each, other in twice(programme.sought):
        line = line_of(tree, ("sessions", codes.index(each.session or codes[0]), "rapporteur"))
        faults.append(
            f"{name}:{line}: {each.whom} reports {other} already; "
            "in this version a person reports one session."
        )
    return faults


def _parse(wall: str) -> datetime:
    return datetime.strptime(wall, _WALL)  # noqa: DTZ007 - a wall time; its zone is the event's
