"""How an event file names rapporteurs and organisers: by Slack member id, e-mail or handle."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from bot.domain.event import EventKey, Part, PersonId, SessionCode
from bot.domain.people import How, Role, Sought
from bot.programme.fields import Like, Line, OneOf, Strict, wrong

_ID = r"[UW][A-Z0-9]+"
_EMAIL = r"[^\s@<>]{1,200}@[^\s@<>]{1,200}"
_HANDLE = r"[^\s@](?:[^@\r\n]{0,78}[^\s@])?"
_WAYS = 'a Slack member id (U0123456789), an e-mail address, or a handle ("@name")'

SlackPerson = Annotated[str, Like(_ID, "a Slack member id such as U0123456789")]
Email = Annotated[str, Like(_EMAIL, "an e-mail address such as name@office.example")]
Handle = Annotated[str, Like(f"@?{_HANDLE}", "a Slack name, as it stands behind the @")]


def _organiser(text: str) -> str:
    if how_of(text) is None:
        raise wrong(f"expected {_WAYS}")
    return text


OrganiserText = Annotated[str, AfterValidator(_organiser)]


class RapporteurRow(Strict):
    """Who reports a session: one of `slack`, `email` and `handle`."""

    slack: SlackPerson | None = Field(None, description="Their Slack member id, such as U0123456789.")
    email: Email | None = Field(None, description="The e-mail address of their Slack account.")
    handle: Handle | None = Field(None, description='The name behind their @ in Slack, in quotes: "@name".')
    name: Line | None = Field(
        None, description="Their full name, for the form's header. Readers never see it."
    )
    affiliation: Line | None = Field(None, description="Their organisation, for the form's header.")
    part: Annotated[str, OneOf(Part)] | None = Field(
        None, description="The lead submits the report. Without any, the first one is the lead."
    )

    @model_validator(mode="after")
    def _one_way(self) -> "RapporteurRow":
        if len(self.named) != 1:
            raise wrong("expected one of slack, email and handle")
        return self

    @property
    def named(self) -> list[tuple[How, str]]:
        """The ways in which the person is named."""
        ways = ((How.ID, self.slack), (How.EMAIL, self.email), (How.HANDLE, self.handle))
        return [(how, whom) for how, whom in ways if whom is not None]


def rapporteurs(rows: list[RapporteurRow], event: EventKey, session: SessionCode) -> list[Sought]:
    """A session's rapporteurs; the first one leads, unless another is said to."""
    has_lead = any(row.part == Part.LEAD for row in rows)
    parts = [
        Part(row.part) if row.part else Part.LEAD if place == 0 and not has_lead else Part.CO
        for place, row in enumerate(rows)
    ]
    return [_rapporteur(row, part, event, session) for row, part in zip(rows, parts, strict=True)]


def _rapporteur(row: RapporteurRow, part: Part, event: EventKey, session: SessionCode) -> Sought:
    ((how, whom),) = row.named
    return Sought(
        event=event,
        role=Role.RAPPORTEUR,
        session=session,
        part=part,
        how=how,
        whom=whom,
        name=row.name or "",
        affiliation=row.affiliation or "",
        person=_person(how, whom),
    )


def organiser(text: str, event: EventKey) -> Sought:
    """An organiser; ValueError for text that names nobody."""
    how = how_of(text)
    if how is None:
        raise ValueError("names nobody")
    return Sought(
        event=event, role=Role.ORGANISER, session=None, how=how, whom=text, person=_person(how, text)
    )


def _person(how: How, whom: str) -> PersonId | None:
    """A member id needs no looking up: it is checked, and works meanwhile."""
    return PersonId(whom) if how is How.ID else None


def how_of(text: str) -> How | None:
    """By what a text names somebody, as its form tells; None when it does not."""
    if re.fullmatch(_ID, text):
        return How.ID
    if re.fullmatch(_EMAIL, text):
        return How.EMAIL
    return How.HANDLE if re.fullmatch(f"@{_HANDLE}", text) else None
