"""Plain functions with sensible defaults; what a test does not say does not matter to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.commands import command_of
from bot.domain.dialogue import Deed, Dialogue, Kind, Press, Version
from bot.domain.event import (
    Assignment,
    ChannelId,
    Event,
    EventKey,
    PersonId,
    Session,
    SessionCode,
    TemplateKey,
    WorkspaceId,
)
from bot.domain.moment import Ts, ts_of
from bot.domain.people import How, Role, Sought
from bot.domain.programme import Programme
from bot.domain.template import Section, Template

WORKSPACE = WorkspaceId("TPLENARY")
RAPPORTEUR = PersonId("URAPPORTEUR")
THURSDAY = datetime(2018, 12, 6, 13, 0, tzinfo=UTC)  # 14:00 in Marrakesh, session 2.2 begins

TITLES = ("Main points", "Challenges", "Opportunities", "Global Compact", "Agenda 2030", "Quotes")


def ts(seconds: float = 0) -> Ts:
    """A ts so many seconds after session 2.2 began."""
    return ts_of(THURSDAY + timedelta(seconds=seconds))


def a_template(titles: Sequence[str] = TITLES) -> Template:
    return Template(
        key=TemplateKey("roundtable"),
        version=1,
        name="Roundtable report",
        header=("event", "place", "date", "session", "rapporteur", "affiliation"),
        sections=tuple(
            Section(key=title.lower().replace(" ", "-"), title=f"{title} in full", short=title, help="What?")
            for title in titles
        ),
    )


def an_event(key: str = "marrakesh-2018", workspace: WorkspaceId = WORKSPACE, **changes: object) -> Event:
    closing_at = datetime(2018, 12, 7, 14, 30, tzinfo=UTC)
    fields: dict[str, object] = {
        "workspace": workspace,
        "key": EventKey(key),
        "name": "Marrakesh 2018",
        "place": "Marrakesh",
        "zone": "Africa/Casablanca",
        "closing_at": closing_at,
        "closing_ends_at": closing_at + timedelta(minutes=90),
        "due_at": closing_at - timedelta(hours=1),
        "freeze_at": closing_at - timedelta(minutes=30),
        "channel": ChannelId("CDIGEST"),
    }
    return Event(**{**fields, **changes})  # type: ignore[arg-type]


def a_session(code: str = "2.2") -> Session:
    return Session(
        code=SessionCode(code),
        title=f"Session {code}",
        starts_at=THURSDAY,
        ends_at=THURSDAY + timedelta(hours=2, minutes=30),
        template=TemplateKey("roundtable"),
    )


def an_assignment(
    code: str = "2.2", person: PersonId = RAPPORTEUR, event: Event | None = None, name: str = ""
) -> Assignment:
    return Assignment(
        event=event or an_event(), session=a_session(code), person=person, name=name, affiliation=""
    )


def sought_rapporteur(code: str, whom: str, how: How = How.ID, *, event: Event | None = None) -> Sought:
    return Sought(
        event=(event or an_event()).key,
        role=Role.RAPPORTEUR,
        session=SessionCode(code),
        how=how,
        whom=whom,
        person=PersonId(whom) if how is How.ID else None,
    )


def sought_organiser(whom: str, how: How = How.ID, *, event: Event | None = None) -> Sought:
    return replace(sought_rapporteur("-", whom, how, event=event), role=Role.ORGANISER, session=None)


def a_programme(
    people: dict[str, PersonId] | None = None,
    *,
    event: Event | None = None,
    listed: Sequence[str] = (),
    organisers: Sequence[PersonId] = (),
    template: Template | None = None,
) -> Programme:
    """A programme with these sessions (code -> rapporteur)."""
    event = event or an_event()
    people = {"2.2": RAPPORTEUR} if people is None else people
    return Programme(
        event=event,
        templates=(template or a_template(),),
        sessions=tuple(a_session(code) for code in people),
        sought=(
            *(sought_rapporteur(code, person, event=event) for code, person in people.items()),
            *(sought_organiser(person, event=event) for person in organisers),
        ),
        listed=tuple(listed),
    )


def version(at: float, text: str | None, as_of: float | None = None, sections: int = 6) -> Version:
    """A version of the message sent `at` seconds: its original, or an edit or (None) deletion `as_of`."""
    if text is None:
        kind: object = Kind.GONE
    else:
        kind = command_of(text, sections) or (Kind.NOTE if text.strip() else Kind.BLANK)
    return Version(ts(at), ts(at if as_of is None else as_of), kind)  # type: ignore[arg-type]


def missing(at: float, as_of: float) -> Version:
    """The message sent `at` seconds is not in Slack's history any more."""
    return Version(ts(at), ts(as_of), Kind.MISSING)


def press(at: float, deed: Deed, section: int = 0) -> Press:
    return Press(ts(at), deed, section)


def a_dialogue(*moves: Version | Press) -> Dialogue:
    return Dialogue(
        versions=tuple(move for move in moves if isinstance(move, Version)),
        presses=tuple(move for move in moves if isinstance(move, Press)),
    )
