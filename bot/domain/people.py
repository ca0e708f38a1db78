"""Whom an event file names, as it names them, and what Slack says of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import assert_never
from unicodedata import normalize

from bot.domain.event import EventKey, Part, PersonId, SessionCode


class Role(StrEnum):
    """What somebody is sought for."""

    RAPPORTEUR = "rapporteur"
    ORGANISER = "organiser"


class How(StrEnum):
    """By what a file names somebody."""

    ID = "member id"
    EMAIL = "e-mail"
    HANDLE = "handle"


class Problem(StrEnum):
    """Why somebody cannot be served."""

    NOT_FOUND = "not found"
    FOUND_TWICE = "found twice"
    DEACTIVATED = "deactivated"
    IS_BOT = "is a bot"
    MAY_NOT_LOOK = "may not look"  # the token lacks the scope
    AWAY = "Slack away"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of the workspace as Slack tells of them; the e-mail only where the token may see it."""

    id: PersonId
    handles: tuple[str, ...]  # the name, and the display name, which several may have
    email: str | None
    is_deactivated: bool
    is_bot: bool
    zone: str | None = None  # IANA name, of their own clock
    as_of: datetime | None = None  # of a change that Slack told of; None for an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of looking for somebody: a person or a problem. What else Slack said of them is no answer."""

    person: PersonId | None = None
    problem: Problem | None = None
    zone: str | None = field(default=None, compare=False)
    name: str | None = field(default=None, compare=False)  # by which colleagues know them


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Somebody whom an event file names, and what is known of them. Who was found stays found.

    `told` is the problem that the organisers read of last; `served_since` when they were found, or again.
    """

    event: EventKey
    role: Role
    session: SessionCode | None  # of a rapporteur
    part: Part = Part.LEAD  # of a rapporteur
    how: How
    whom: str
    name: str = ""  # a rapporteur's, for the header; never to readers
    affiliation: str = ""
    person: PersonId | None = None
    problem: Problem | None = None
    told: Problem | None = None
    served_since: datetime | None = None
    checked_at: datetime | None = None

    @property
    def key(self) -> str:
        """The same for the same words of a file, and nothing that anybody can read."""
        parts = (self.role, self.session or "", *self.words)
        return sha256("\0".join(parts).encode()).hexdigest()[:16]

    @property
    def words(self) -> tuple[How, str]:
        """How the file names them, the same for words that mean the same."""
        return self.how, _same(self.how, self.whom)

    @property
    def is_served(self) -> bool:
        """Whether this is a person to whom we can write."""
        return self.person is not None and self.problem is None

    def fits(self, member: Member) -> bool:
        """Whether a member is the person that was found, or may be the one that is sought."""
        if self.person is not None:
            return member.id == self.person
        match self.how:
            case How.ID:
                return member.id == self.whom
            case How.EMAIL:
                return member.email is not None and _same(self.how, member.email) == self.words[1]
            case How.HANDLE:
                return self.words[1] in {_same(self.how, each) for each in member.handles}
            case _:
                assert_never(self.how)


def answer_of(members: Iterable[Member]) -> Answer:
    """What those who fit come to: one active person is found; bots count only when there is nobody else."""
    fitting = tuple(members)
    people = [each for each in fitting if not each.is_bot]
    match [each for each in people if not each.is_deactivated]:
        case [one]:
            return Answer(person=one.id, zone=one.zone, name=next(reversed(one.handles), None))
        case [_, _, *_]:
            return Answer(problem=Problem.FOUND_TWICE)
    if people:
        return Answer(problem=Problem.DEACTIVATED)
    return Answer(problem=Problem.IS_BOT if fitting else Problem.NOT_FOUND)


def answered(sought: Sought, answer: Answer, now: datetime) -> Sought:
    """What is known after an answer. An answer that says nothing of the person changes nothing of it."""
    checked = replace(sought, checked_at=now)
    if answer.person is not None:
        since = sought.served_since if sought.is_served else now
        return replace(checked, person=answer.person, problem=None, told=None, served_since=since)
    if answer.problem in (Problem.AWAY, Problem.MAY_NOT_LOOK) and sought.person is not None:
        return checked
    if answer.problem is Problem.AWAY and sought.problem is not None:
        return checked
    return replace(checked, problem=answer.problem)


def asked_afresh(sought: Sought) -> Sought:
    """Who was found and has a problem now is sought again by the file's own words."""
    return replace(sought, person=None) if sought.problem is not None and sought.how is not How.ID else sought


def _same(how: How, whom: str) -> str:
    """Two that mean the same read the same: case does not matter, and for a handle neither does the @."""
    if how is How.ID:
        return whom
    folded = normalize("NFC", whom.strip()).casefold()
    return folded.removeprefix("@").strip() if how is How.HANDLE else folded
