"""The people of the workspace as Slack shows them, and what becomes of them: join, deactivate, reactivate."""

from collections.abc import Sequence
from dataclasses import replace

from bot.sandbox.deliveries import Deliveries
from bot.sandbox.refused import Refused
from bot.sandbox.state import Json, NotThere, Person, State

_USUAL = 100  # members a page when no limit is given; Slack then tries to send all


class Members:
    """Changes who is there; the bot hears of it. Those of no channel are reached by DM alone."""

    def __init__(self, state: State, deliveries: Deliveries, scopes: Sequence[str]) -> None:
        self._state, self._deliveries, self._scopes = state, deliveries, scopes

    def join(self, person: Person) -> None:
        """Somebody new, or somebody known with another name or e-mail."""
        kind = "user_change" if person.id in self._state.people else "team_join"
        self._change(person, kind)

    def set_deactivated(self, user: str, *, deactivated: bool) -> None:
        """Close somebody's account, or open it again."""
        if user not in self._state.people:
            raise NotThere(user)
        self._change(replace(self._state.people[user], deactivated=deactivated), "user_change")

    def _change(self, person: Person, kind: str) -> None:
        self._state.people[person.id] = person
        self._state.changed()
        user = as_user(person, self._state.identity.team, self._scopes)
        self._deliveries.event({"type": kind, "user": user, "event_ts": self._state.next_ts()})


def as_user(person: Person, team: str, scopes: Sequence[str]) -> Json:
    """Slack's user object, as far as the bot looks at it; the e-mail only with its scope."""
    shown = {"real_name": person.name, "display_name": person.name}
    return {
        "id": person.id,
        "team_id": team,
        "name": person.handle or person.id.lower(),
        "deleted": person.deactivated,
        "is_bot": person.is_bot,
        "is_admin": person.is_admin,
        "is_owner": False,
        **({"tz": person.zone} if person.zone else {}),
        "profile": shown | ({"email": person.email} if person.email and "users:read.email" in scopes else {}),
    }


def of_id(state: State, id_: str) -> Person:
    """Somebody by member id, deactivated or not."""
    found = next((each for each in _all(state) if each.id == id_), None)
    if found is None:
        raise Refused("user_not_found")
    return found


def of_email(state: State, email: str) -> Person:
    """Somebody active by e-mail: of deactivated ones Slack says that they are not there."""
    for each in _all(state):
        if email and each.email.lower() == email.lower() and not each.deactivated:
            return each
    raise Refused("users_not_found")


def page(state: State, arguments: Json) -> tuple[list[Person], str]:
    """Some of all, the deactivated included, and the cursor of the rest."""
    limit, cursor = str(arguments.get("limit") or _USUAL), str(arguments.get("cursor") or "0")
    if not limit.isdecimal() or not 1 <= int(limit) <= 1_000:
        raise Refused("invalid_limit")
    if not cursor.isdecimal():
        raise Refused("invalid_cursor")
    everybody, start = _all(state), int(cursor)
    end = start + int(limit)
    return everybody[start:end], str(end) if end < len(everybody) else ""


def _all(state: State) -> list[Person]:
    """Everybody; the app has a user of its own."""
    app = Person(state.identity.bot_user, "Plenary", "app", handle="plenary", is_bot=True)
    return [app, *state.people.values()]
