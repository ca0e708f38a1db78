"""Matters between rapporteurs and organisers: each has a name, and the first answer to it counts."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.domain.event import PersonId, SessionCode
from bot.domain.moment import Ts, is_ts


class Topic(StrEnum):
    """What a matter is about."""

    MORE_TIME = "time"  # a rapporteur asks for it
    STOPPED = "stopped"  # a rapporteur cannot, or says that the session is not theirs
    AWAY = "away"
    NOT_IN = "not in"  # an hour before reports are due
    OVERDUE = "overdue"


class Decision(StrEnum):
    """What an organiser answers."""

    GIVE_HALF = "half an hour"
    GIVE_HOUR = "an hour"
    REFUSE = "no"
    TAKE = "I take it"

    @property
    def gives(self) -> timedelta | None:
        """How much later the report is due then."""
        return _GIVEN.get(self)


_GIVEN = {Decision.GIVE_HALF: timedelta(minutes=30), Decision.GIVE_HOUR: timedelta(hours=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One matter of an event. `at` is when it was raised; of reports that are not in, when they are due."""

    topic: Topic
    at: Ts
    session: SessionCode | None = None
    person: PersonId | None = None

    @property
    def about(self) -> str:
        """Its name within the event."""
        return "/".join((self.topic, self.at, self.person or "", self.session or ""))

    @classmethod
    def read(cls, about: str) -> "Matter | None":
        """The matter again; None for what no version wrote."""
        match about.split("/", 3):
            case [topic, at, person, session] if topic in list(Topic) and is_ts(at):
                return cls(
                    topic=Topic(topic),
                    at=Ts(at),
                    person=PersonId(person) if person else None,
                    session=SessionCode(session) if session else None,
                )
            case _:
                return None
