"""Who is in the demo: roles, not people, in a workspace that exists only here."""

from dataclasses import dataclass
from typing import Any

SESSIONS = ("1.1", "2.1", "3.1", "1.2", "2.2", "3.2")
ORGANISER, READER, VISITOR = "UORGANISER", "UREADER", "UVISITOR"
DIGEST = "CDIGEST"
BOT = "UPLENARY"


def rapporteur(session: str) -> str:
    """The Slack id of a session's rapporteur."""
    return "URAPPORTEUR" + session.replace(".", "")


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
    sessions: tuple[str, ...] = SESSIONS,
    *,
    invited: bool = True,
    private: bool = False,
) -> dict[str, Any]:
    """The sandbox's workspace file: a rapporteur a session; the bot is in the digest's channel, or not."""
    people = [
        *({"id": rapporteur(each), "name": f"Rapporteur {each}", "role": "rapporteur"} for each in sessions),
        {"id": ORGANISER, "name": "Organiser", "role": "organiser"},
        {"id": READER, "name": "Reader", "role": "reader"},
        {"id": VISITOR, "name": "Visitor", "role": "visitor"},
    ]
    members = [person["id"] for person in people if person["role"] != "visitor"]
    members += [BOT] if invited else []
    return {
        "team": team,
        "bot_user": BOT,
        "bot_id": "BPLENARY",
        "app_id": "APLENARY",
        "bot_token": secrets.bot,
        "app_token": secrets.app,
        "signing_secret": secrets.signing,
        "checker_token": secrets.checker,
        "people": people,
        "channels": [{"id": DIGEST, "name": "closing-digest", "private": private, "members": members}],
    }
