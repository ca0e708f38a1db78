"""What the bot says unasked, and what comes of it, as data: reminders, first contact, matters."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.event import SessionCode
from bot.domain.moment import Ts


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """One rung of one report, as it goes out. `says` is the rung of the ladder whose words it has."""

    session: SessionCode
    rung: str
    says: str
    meant_for: datetime
    missed_at: datetime | None = None  # when it should have come, if a downtime kept it
    is_before_leaving: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """The rungs that one person has at one moment; `at` tells the message from others of theirs.

    Rows of versions that knew one rung have `planned_at` and nothing else.
    """

    rungs: tuple[Reminded, ...] = ()
    at: datetime | None = None
    planned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FirstContact:
    """A session is theirs to report: said once, before anything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snoozed:
    """In the place of a reminder: when the same comes again. `of` is the reminder that was put off."""

    until: datetime
    of: Reminder
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class StoodDown:
    """To who cannot report, or says that it is not theirs; drawn from what holds now."""

    about: str  # the matter, as organisers read of it


@dataclass(frozen=True, slots=True)
class AwayNoted:
    """To who typed that they are away, at ts; drawn from what holds now."""

    ts: Ts


@dataclass(frozen=True, slots=True)
class TimeAsked:
    """To who asked for more time, with the organisers' answer once there is one."""

    about: str


@dataclass(frozen=True, slots=True)
class Told:
    """To an organiser: a matter (domain.matters), as it stands now."""

    about: str


@dataclass(frozen=True, slots=True)
class PastFreeze:
    """To an organiser: the time that they would give is not there."""


Nudge = FirstContact | Reminder | Snoozed | StoodDown | AwayNoted | TimeAsked | Told | PastFreeze
