"""The event file and the template file, in their thinnest form."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field
from ruamel.yaml.comments import CommentedMap

from bot.domain.event import (
    Assignment,
    ChannelId,
    Event,
    EventKey,
    PersonId,
    Programme,
    Session,
    SessionCode,
    WorkspaceId,
)
from bot.domain.template import Section, Template
from bot.domain.wall import instant_of
from bot.errors import EventRefused
from bot.programme.files import LIBRARY, Strict, line_of, parse, read

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


def _like(pattern: str, expected: str) -> AfterValidator:
    """Text of a form; a fault says what is expected, not the pattern."""

    def check(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise ValueError(f"expected {expected}")
        return text

    return AfterValidator(check)


WallTime = Annotated[str, AfterValidator(_wall_time)]
SlackPerson = Annotated[str, _like(r"[UW][A-Z0-9]+", "a Slack member id such as U0123456789")]
SlackChannel = Annotated[str, _like(r"[CG][A-Z0-9]+", "a Slack channel id such as C0123456789")]
Code = Annotated[str, _like(r"[^\s/|]{1,12}", "a short code such as 2.2, without spaces")]
Key = Annotated[str, _like(r"[a-z0-9-]{1,60}", "small letters, digits and hyphens")]
Line = Annotated[str, _like(r"(?=.*\S).{1,300}", "a line of 1 to 300 characters")]


class RapporteurRow(Strict):
    slack: SlackPerson
    name: Line | None = None
    affiliation: Line | None = None


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
    template: Key
    channel: SlackChannel
    organisers: Annotated[list[SlackPerson], Field(default_factory=list)]
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
        key=row.template,
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
        channel=ChannelId(row.channel),
    )
    sessions = tuple(
        Session(
            code=SessionCode(each.code),
            title=each.title,
            starts_at=instant(each.starts),
            ends_at=instant(each.ends),
        )
        for each in row.sessions
    )
    assignments = tuple(
        Assignment(
            event=event,
            session=session,
            person=PersonId(each.rapporteur.slack),
            name=each.rapporteur.name or "",
            affiliation=each.rapporteur.affiliation or "",
        )
        for session, each in zip(sessions, row.sessions, strict=True)
        if each.rapporteur
    )
    own_names = [assignment.name for assignment in assignments if assignment.name]
    return Programme(
        event=event,
        template=load_template(row.template),
        sessions=sessions,
        assignments=assignments,
        organisers=tuple(PersonId(each) for each in row.organisers),
        listed=tuple(dict.fromkeys([*row.people, *own_names])),
    )


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
    seen: dict[str, str] = {}
    for index, each in enumerate(row.sessions):
        if each.rapporteur is None:
            continue
        if other := seen.get(each.rapporteur.slack):
            line = line_of(tree, ("sessions", index, "rapporteur", "slack"))
            faults.append(
                f"{name}:{line}: {each.rapporteur.slack} reports {other} already; "
                "in this version a person reports one session."
            )
        seen[each.rapporteur.slack] = each.code
    return faults


def _parse(wall: str) -> datetime:
    return datetime.strptime(wall, _WALL)  # noqa: DTZ007 - a wall time; its zone is the event's
