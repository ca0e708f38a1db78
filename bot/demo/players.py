"""Who is in the demo: roles, not people, in a workspace that exists only here."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.state import Person

MORNING = datetime(2018, 12, 6, 7, 30, tzinfo=UTC)  # 08:30 in Marrakesh, before the first wave
AFTERNOON = datetime(2018, 12, 6, 13, 0, tzinfo=UTC)  # 14:00 in Marrakesh: session 2.2 begins
SESSIONS = ("1.1", "2.1", "3.1", "1.2", "2.2", "3.2")
ORGANISER, READER, VISITOR = "UORGANISER", "UREADER", "UVISITOR"
DIGEST = "CDIGEST"
RESERVE = "URESERVE"
BOT = "UPLENARY"


def rapporteur(session: str) -> str:
    """The Slack id of a session's rapporteur."""
    return "URAPPORTEUR" + session.replace(".", "")


@dataclass(frozen=True)
class Company:
    """Who is in the workspace, who reports which session (the lead first), and when and where it plays."""

    people: tuple[Person, ...]
    reporting: Mapping[str, tuple[str, ...]]
    opens_at: datetime = AFTERNOON
    channel: str = DIGEST
    zone: str = "Africa/Casablanca"


_OTHERS = (
    Person(ORGANISER, "Organiser", "organiser"),
    Person(READER, "Reader", "reader"),
    Person(VISITOR, "Visitor", "visitor"),
)


def one_each(sessions: tuple[str, ...] = SESSIONS) -> Company:
    """A rapporteur a session."""
    people = (Person(rapporteur(each), f"Rapporteur {each}", "rapporteur") for each in sessions)
    return Company((*people, *_OTHERS), {each: (rapporteur(each),) for each in sessions})


SEVEN = Company(
    people=(
        Person(rapporteur("1.1"), "Rapporteur 1.1", "rapporteur"),
        Person(rapporteur("2.1"), "Rapporteur 2.1", "rapporteur"),
        Person(rapporteur("3.1"), "Rapporteur 3.1 and 3.2", "rapporteur"),
        Person(rapporteur("1.2"), "Rapporteur 1.2", "rapporteur"),
        Person(rapporteur("2.2"), "Rapporteur 2.2", "rapporteur"),
        Person(rapporteur("3.2"), "Co-rapporteur 2.2", "rapporteur"),
        Person(RESERVE, "Rapporteur in reserve", "rapporteur"),
        *_OTHERS,
    ),
    reporting={
        "1.1": (rapporteur("1.1"),),
        "2.1": (rapporteur("2.1"),),
        "3.1": (rapporteur("3.1"),),
        "1.2": (rapporteur("1.2"),),
        "2.2": (rapporteur("2.2"), rapporteur("3.2")),
        "3.2": (rapporteur("3.1"),),
    },
    opens_at=MORNING,
)
"""The demo's day: seven people, one with two sessions, one beside a lead, one with nothing yet."""


@dataclass(frozen=True)
class Secrets:
    """The sandbox's tokens; they open nothing else."""

    bot: str = "xoxb-sandbox"
    app: str = "xapp-sandbox"
    signing: str = "sandbox-signing-secret"
    checker: str = "xoxp-checker"


def workspace(
    team: str,
    secrets: Secrets,
    company: Company | None = None,
    *,
    invited: bool = True,
    private: bool = False,
) -> dict[str, Any]:
    """The sandbox's workspace file; the bot is in the digest's channel, or not. A rapporteur a session
    unless another company is named."""
    company = company or one_each()
    members = [person.id for person in company.people if person.role != "visitor"]
    members += [BOT] if invited else []
    return {
        "team": team,
        "zone": company.zone,
        "bot_user": BOT,
        "bot_id": "BPLENARY",
        "app_id": "APLENARY",
        "bot_token": secrets.bot,
        "app_token": secrets.app,
        "signing_secret": secrets.signing,
        "checker_token": secrets.checker,
        "people": [asdict(person) for person in company.people],
        "channels": [
            {"id": company.channel, "name": "closing-digest", "private": private, "members": members}
        ],
    }
