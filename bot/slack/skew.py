"""How far our clock is from Slack's: told by the Date header of answers that come anyway."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import structlog
from aiohttp import ClientSession, TraceConfig, TraceRequestEndParams, TraceRequestStartParams

log = structlog.get_logger(__name__)

OFF = timedelta(seconds=30)
RIGHT = timedelta(seconds=25)  # a clock that drifts about the limit is not told at every answer
AGREE = timedelta(seconds=5)  # two answers in a row that differ by no more are believed
_SECOND = timedelta(seconds=1)  # Slack's Date is rounded down


class Skew:
    """What the answers so far say. One alone proves nothing: a proxy may have kept it."""

    def __init__(self) -> None:
        self.behind = timedelta()  # negative: ahead of Slack's
        self.is_off = False
        self._last: timedelta | None = None

    def seen(self, date: datetime, before: datetime, after: datetime) -> bool:
        """Take in Slack's date and our moments around the call; True when being off began or ended."""
        last, self._last = self._last, behind_by(date, before, after)
        if last is None or abs(self._last - last) > AGREE:
            return False
        self.behind, was_off = self._last, self.is_off
        self.is_off = abs(self.behind) > (RIGHT if was_off else OFF)
        return self.is_off != was_off

    def words(self) -> str | None:
        """How far it is off, or None."""
        if not self.is_off:
            return None
        seconds = round(self.behind.total_seconds())
        return f"{abs(seconds)} s {'behind' if seconds > 0 else 'ahead of'} Slack's"

    async def trouble(self) -> str | None:
        """The same, as a check of `/readyz`."""
        return self.words()


def behind_by(date: datetime, before: datetime, after: datetime) -> timedelta:
    """The least that our clock must be behind: zero when Slack may have answered at its date by our clock.

    So a slow answer tells nothing wrong, nor does one during which our clock was moved, forth or back.
    """
    first, last = min(before, after), max(before, after)
    if date > last:
        return date - last
    if date + _SECOND < first:
        return date + _SECOND - first
    return timedelta()


def watching(skew: Skew, now: Callable[[], datetime]) -> TraceConfig:
    """What tells a client's answers to `skew`, and logs when the clock begins or ceases to be off."""

    async def began(_: ClientSession, call: SimpleNamespace, __: TraceRequestStartParams) -> None:
        call.before = now()

    async def answered(_: ClientSession, call: SimpleNamespace, params: TraceRequestEndParams) -> None:
        date = _moment(params.response.headers.get("Date", ""))
        if date is None or not skew.seen(date, call.before, now()):
            return
        if skew.is_off:
            log.warning("clock is off", clock=skew.words())
        else:
            log.info("clock is right again")

    trace = TraceConfig()
    trace.on_request_start.append(began)
    trace.on_request_end.append(answered)
    return trace


def _moment(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except ValueError:
        return None
