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
from bot.domain.template import Fill, InDigest, Need, Option, Section, Template
from bot.domain.walks import Outline

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


def a_template_of_kinds() -> Template:
    """A short form with a section of every kind."""
    cities = tuple(Option(code=code, title=title) for code, title in (("A", "Ports"), ("B", "Border towns")))
    goals = ("No poverty", "Zero hunger", "Good health and well-being", "Quality education")
    return Template(
        key=TemplateKey("roundtable"),
        version=1,
        name="Kinds",
        header=("session", "rapporteur"),
        sections=(
            Section(key="about", title="About", short="About", help="Known.", fill=Fill.HEADER),
            Section(key="note", title="How it is used", short="Use", help="Read aloud.", fill=Fill.STATIC),
            Section(
                key="people", title="People reached", short="People", help="How many?", fill=Fill.NUMBER,
                need=Need.REQUIRED, lowest=0,
            ),
            Section(
                key="where", title="Where", short="Where", help="Where?", fill=Fill.CHOICE, options=cities
            ),
            Section(
                key="goals", title="Goals", short="Goals", help="Which goals?", fill=Fill.CHOICES,
                options=tuple(Option(code=str(at), title=each) for at, each in enumerate(goals, 1)),
            ),
            Section(
                key="said", title="Quote", short="Quote", help="Said?", fill=Fill.QUOTE, need=Need.OPTIONAL
            ),
            Section(
                key="more", title="More", short="More", help="Else?", fill=Fill.BULLETS,
                in_digest=InDigest.FIRST_LINE,
            ),
            Section(key="own", title="Ours", short="Ours", help="For us?", in_digest=InDigest.NOTHING),
        ),
    )  # fmt: skip


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


def an_outline(
    sections: int | Sequence[Fill] = 6,
    code: str = "2.2",
    *,
    runs: tuple[float, float] = (0, 9000),
    since: float | None = None,
    until: float | None = None,
    submits: bool = True,
) -> Outline:
    """A report of so many sections (or with these fills); moments in seconds after session 2.2 began."""
    return Outline(
        session=SessionCode(code),
        fills=(Fill.TEXT,) * sections if isinstance(sections, int) else tuple(sections),
        starts_at=ts(runs[0]),
        ends_at=ts(runs[1]),
        since=None if since is None else ts(since),
        until=None if until is None else ts(until),
        submits=submits,
    )


def version(
    at: float, text: str | None, as_of: float | None = None, codes: Sequence[str] = ("1.2", "2.2")
) -> Version:
    """A version of the message sent `at` seconds: its original, or an edit or (None) deletion `as_of`."""
    if text is None:
        kind: object = Kind.GONE
    else:
        kind = command_of(text, tuple(map(SessionCode, codes))) or (Kind.NOTE if text.strip() else Kind.BLANK)
    return Version(ts(at), ts(at if as_of is None else as_of), kind)  # type: ignore[arg-type]


def missing(at: float, as_of: float) -> Version:
    """The message sent `at` seconds is not in Slack's history any more."""
    return Version(ts(at), ts(as_of), Kind.MISSING)


def press(at: float, deed: Deed, section: int = 0, session: str | None = None) -> Press:
    return Press(ts(at), deed, section, None if session is None else SessionCode(session))


def a_dialogue(*moves: Version | Press) -> Dialogue:
    return Dialogue(
        versions=tuple(move for move in moves if isinstance(move, Version)),
        presses=tuple(move for move in moves if isinstance(move, Press)),
    )
