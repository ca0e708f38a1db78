"""What an unsuccessful call to Slack means, by kind (slack.md, 1 and 4; house.md, "Outbox")."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError


class Kind(StrEnum):
    """What to do about it."""

    WAIT = "wait"  # Slack says how long; nothing was posted
    AGAIN = "again"  # nothing was posted; it will pass, or somebody will mend it
    LOOK = "look first"  # it may have been posted
    TARGET_GONE = "target gone"  # nobody can ever read this there
    INSTALLATION_GONE = "installation gone"  # nothing can be posted at all
    UNKNOWN = "unknown"  # our own mistake, or a code that we do not know


_KINDS = {
    "ratelimited": Kind.WAIT,
    "rate_limited": Kind.WAIT,
    "message_limit_exceeded": Kind.WAIT,
    "not_in_channel": Kind.AGAIN,  # waits for the invitation
    "fatal_error": Kind.LOOK,
    "internal_error": Kind.LOOK,
    "request_timeout": Kind.LOOK,
    "service_unavailable": Kind.LOOK,
    "channel_not_found": Kind.TARGET_GONE,
    "is_archived": Kind.TARGET_GONE,
    "user_disabled": Kind.TARGET_GONE,
    "user_not_found": Kind.TARGET_GONE,
    "users_not_found": Kind.TARGET_GONE,
    "cannot_dm_bot": Kind.TARGET_GONE,
    "msg_too_long": Kind.TARGET_GONE,
    "msg_blocks_too_long": Kind.TARGET_GONE,
    "message_not_found": Kind.TARGET_GONE,
    "thread_not_found": Kind.TARGET_GONE,
    "cant_update_message": Kind.TARGET_GONE,
    "edit_window_closed": Kind.TARGET_GONE,
    "account_inactive": Kind.INSTALLATION_GONE,
    "token_revoked": Kind.INSTALLATION_GONE,
    "invalid_auth": Kind.INSTALLATION_GONE,
    "not_authed": Kind.INSTALLATION_GONE,
    "team_access_not_granted": Kind.INSTALLATION_GONE,
}


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """An unsuccessful call: its kind, Slack's code, and how many seconds Slack asks us to wait."""

    kind: Kind
    code: str
    wait: float = 5.0


def refusal_of(error: Exception) -> Refusal | None:
    """The kind of a failure; None for what no call to Slack raises."""
    match error:
        case SlackApiError():
            return _answered(error)
        case aiohttp.ClientConnectorError():
            return Refusal(Kind.AGAIN, "unreachable", 2.0)
        case aiohttp.ClientError() | asyncio.TimeoutError():
            return Refusal(Kind.LOOK, "no answer")
        case SlackClientError():
            return Refusal(Kind.LOOK, "answer not understood")
        case _:
            return None


def _answered(error: SlackApiError) -> Refusal:
    response = error.response
    status = getattr(response, "status_code", 200)
    if status == 429:
        return Refusal(Kind.WAIT, "ratelimited", _seconds(response.headers.get("Retry-After")))
    if status >= 500:
        return Refusal(Kind.LOOK, f"http {status}")
    code = response.get("error") if isinstance(response.data, dict) else None
    if not isinstance(code, str):
        return Refusal(Kind.LOOK, "answer not understood")
    kind = _KINDS.get(code, Kind.UNKNOWN)
    return Refusal(kind, code, 30.0 if code in ("not_in_channel", "message_limit_exceeded") else 5.0)


def _seconds(header: object) -> float:
    return float(header) if isinstance(header, str) and header.isdecimal() else 30.0
