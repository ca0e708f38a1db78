"""How an event file names rapporteurs and organisers: by Slack member id, e-mail or handle."""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, model_validator

from bot.domain.event import EventKey, PersonId, SessionCode
from bot.domain.people import How, Role, Sought
from bot.programme.fields import Line, like
from bot.programme.files import Strict

_ID = r"[UW][A-Z0-9]+"
_EMAIL = r"[^\s@<>]{1,200}@[^\s@<>]{1,200}"
_HANDLE = r"[^\s@](?:[^@\r\n]{0,78}[^\s@])?"

SlackPerson = Annotated[str, like(_ID, "a Slack member id such as U0123456789")]
Email = Annotated[str, like(_EMAIL, "an e-mail address such as name@office.example")]
Handle = Annotated[str, like(f"@?{_HANDLE}", "a Slack name, as it stands behind the @")]


def _organiser(text: str) -> str:
    if _how(text) is None:
        raise ValueError('expected a Slack member id (U0123456789), an e-mail address, or a handle ("@name")')
    return text


OrganiserText = Annotated[str, AfterValidator(_organiser)]


class RapporteurRow(Strict):
    slack: SlackPerson | None = None
    email: Email | None = None
    handle: Handle | None = None
    name: Line | None = None
    affiliation: Line | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "RapporteurRow":
        if len(self.named) != 1:
            raise ValueError("expected one of slack, email and handle")
        return self

    @property
    def named(self) -> list[tuple[How, str]]:
        """The ways in which the person is named."""
        ways = ((How.ID, self.slack), (How.EMAIL, self.email), (How.HANDLE, self.handle))
        return [(how, whom) for how, whom in ways if whom is not None]


def rapporteur(row: RapporteurRow, event: EventKey, session: SessionCode) -> Sought:
    """A session's rapporteur."""
    ((how, whom),) = row.named
    return Sought(
        event=event,
        role=Role.RAPPORTEUR,
        session=session,
        how=how,
        whom=whom,
        name=row.name or "",
        affiliation=row.affiliation or "",
        person=_person(how, whom),
    )


def organiser(text: str, event: EventKey) -> Sought:
    """An organiser; ValueError for text that names nobody."""
    how = _how(text)
    if how is None:
        raise ValueError("names nobody")
    return Sought(
        event=event, role=Role.ORGANISER, session=None, how=how, whom=text, person=_person(how, text)
    )


def twice(sought: tuple[Sought, ...]) -> Iterator[tuple[Sought, SessionCode]]:
    """Rapporteurs whom a file names in the same words for another session before, with that session."""
    seen: dict[tuple[How, str], SessionCode] = {}
    for each in sought:
        if each.session is None:
            continue
        if each.words in seen:
            yield each, seen[each.words]
        seen[each.words] = each.session


def _person(how: How, whom: str) -> PersonId | None:
    """A member id needs no looking up: it is checked, and works meanwhile."""
    return PersonId(whom) if how is How.ID else None


def _how(text: str) -> How | None:
    if re.fullmatch(_ID, text):
        return How.ID
    if re.fullmatch(_EMAIL, text):
        return How.EMAIL
    return How.HANDLE if re.fullmatch(f"@{_HANDLE}", text) else None
