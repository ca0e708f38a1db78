"""Why the socket is not connected, in words for /readyz and the log."""

from dataclasses import dataclass

import aiohttp

from bot.slack.line import WAS_CLOSED, WENT_SILENT, Left
from bot.slack.refusals import Kind, refusal_of

MENDED_BY_SOMEBODY = {"link_disabled", "too_many_websockets"}
_NOT_AN_APP_TOKEN = {"missing_scope", "not_allowed_token_type", "no_permission", "access_denied"}
_REASONS = {
    "warning": "Slack refreshes the connection",
    "refresh_requested": "Slack refreshes the connection",
    "link_disabled": "Slack says that Socket Mode is off (link_disabled). Turn it on in the app's settings",
    "too_many_websockets": "Slack says that the app has too many connections (too_many_websockets). "
    "End the other programs that use this app-level token",
    WENT_SILENT: "nobody answered at the other end",
    WAS_CLOSED: "the connection was closed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why an attempt failed."""

    words: str
    wait: float = 0.0  # seconds that Slack asks us to wait
    is_for_somebody: bool = False  # nothing changes until somebody does something
    is_of_the_token: bool = False


def why_left(reason: str) -> str:
    """Why a line was left, in words."""
    return _REASONS.get(reason, f"Slack ended the connection ({reason})")


def problem_of(error: Exception) -> Problem:
    """Why an attempt at a new line failed."""
    match error:
        case Left(reason=reason):
            return Problem(words=why_left(reason), is_for_somebody=reason in MENDED_BY_SOMEBODY)
        case aiohttp.WSServerHandshakeError():
            return Problem(words=f"Slack refused the connection (http {error.status})")
    refusal = refusal_of(error)
    if refusal is None:
        return Problem(words=f"Slack was not understood ({type(error).__name__})", is_for_somebody=True)
    if refusal.kind is Kind.INSTALLATION_GONE or refusal.code in _NOT_AN_APP_TOKEN:
        words = f"Slack refuses SLACK_APP_TOKEN ({refusal.code}). Copy it anew from your app's settings"
        return Problem(words=words, is_for_somebody=True, is_of_the_token=True)
    wait = refusal.wait if refusal.kind is Kind.WAIT else 0.0
    return Problem(words=f"Slack cannot be reached ({refusal.code})", wait=wait)
