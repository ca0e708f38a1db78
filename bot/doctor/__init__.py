"""`plenary doctor`: whether a report could be made today, and if not, what to do about it.

It looks and changes nothing, but for one message to whom it is told to write. It may run beside the bot.
"""

from asyncio import to_thread
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.clock import real_now
from bot.config import SLACK_API, Settings
from bot.doctor import database, events, installation, machine
from bot.doctor.result import Check, Result, as_json, could_report, lines, problem, warning, well
from bot.domain.event import PersonId
from bot.errors import SettingsRefused
from bot.slack.connection import web_client
from bot.slack.examining import Examining

__all__ = ["Result", "as_json", "could_report", "examine", "lines"]

_SECONDS = 10.0  # for one call to Slack, or to an address


async def examine(
    environ: Mapping[str, str],
    *,
    dm: str | None = None,
    url: str | None = None,
    now: Callable[[], datetime] = real_now,
) -> tuple[Result, ...]:
    """Look at everything that can be looked at; `dm` gets one message, `url` is called as Slack would."""
    try:
        settings = Settings.load(environ)
    except SettingsRefused as refused:
        faults = [
            problem(Check.SETTINGS, fault, "Mend the setting; then run doctor again.")
            for fault in refused.faults
        ]
        return (*faults, warning(Check.SETTINGS, "Nothing else was looked at.", "Mend the settings first."))
    results = [_settings(settings)]
    async with web_client(settings.bot_token, settings.api_url, _SECONDS) as client:
        slack = Examining(client, now)
        greeting = await slack.greet()
        results += installation.bot(greeting)
        results += await installation.way_in(slack, settings, url, _SECONDS)
        results += machine.clock(greeting)
        workspace = greeting.identity.workspace if greeting.identity else None
        seen = await to_thread(database.look, settings.database_url, workspace, now())
        results += seen.results
        results += machine.zones(tuple(each.event for each in seen.events))
        if workspace is not None and seen.is_readable:
            results += await events.all_of(slack, workspace, seen.events, now())
        if dm is not None:
            results.append(await installation.message(slack, PersonId(dm)))
    return tuple(results)


def _settings(settings: Settings) -> Result:
    if settings.api_url != SLACK_API:
        return warning(
            Check.SETTINGS,
            "SLACK_API_URL is set: an imitation of Slack answers, not Slack.",
            "Unset it to reach Slack.",
        )
    return well(Check.SETTINGS, "All settings are there and have the shape that they should have.")
