"""This machine: its clock against Slack's, and its time zone data."""

from datetime import timedelta
from importlib.metadata import version

from bot.doctor.result import Check, Result, problem, warning, well
from bot.domain import zones as zones_known
from bot.domain.event import Event
from bot.slack.examining import Greeting

_SKEWED = timedelta(seconds=30)
_REFUSED = timedelta(minutes=5)  # a signature that is older or newer is refused (slack.md 7)
_SET_CLOCK = "Set the clock by network time (for example: timedatectl set-ntp true), then run doctor again."


def clock(greeting: Greeting) -> list[Result]:
    """How far our clock is from Slack's; nothing when Slack did not answer at all."""
    ahead = greeting.ahead
    if ahead is None:
        if greeting.identity is None:
            return []
        return [warning(Check.CLOCK, "Slack's answer bore no date to compare with.", _SET_CLOCK)]
    seconds = round(abs(ahead.total_seconds()))
    told = f"This machine's clock is {seconds} s {'ahead of' if ahead > timedelta() else 'behind'} Slack's."
    if abs(ahead) > _REFUSED:
        return [
            problem(Check.CLOCK, f"{told} Signatures fail, and reminders come at a wrong time.", _SET_CLOCK)
        ]
    if abs(ahead) > _SKEWED:
        return [warning(Check.CLOCK, f"{told} Reminders come at a wrong time.", _SET_CLOCK)]
    return [well(Check.CLOCK, "This machine's clock agrees with Slack's.")]


def zones(events: tuple[Event, ...]) -> list[Result]:
    """Whether the zones of the events are known."""
    names = sorted({event.zone for event in events}) or ["UTC"]
    unknown = [name for name in names if not is_known(name)]
    if unknown:
        return [
            problem(
                Check.TIME_ZONES,
                f"No data for {', '.join(unknown)}.",
                "Install Plenary's package tzdata anew.",
            )
        ]
    return [well(Check.TIME_ZONES, f"There is data for {', '.join(names)} (tzdata {version('tzdata')}).")]


def is_known(zone: str) -> bool:
    """Whether there is data for a zone."""
    return zones_known.is_zone(zone)
