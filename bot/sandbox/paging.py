"""Reading page by page, as conversations.history and conversations.replies do."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress

from bot.domain.moment import is_ts
from bot.sandbox.refused import Refused
from bot.sandbox.state import Json


def page_of(found: list[Json], arguments: Json, usual: int, parent: str = "") -> Json:
    """Between oldest and latest, so many at a time; metadata only when asked for.

    A thread (`parent` given) is read with its parent first, oldest first; history newest first.
    """
    oldest, latest = str(arguments.get("oldest") or ""), str(arguments.get("latest") or "9")
    inclusive = _truth(arguments.get("inclusive"))
    chosen = [
        each
        for each in found
        if each["ts"] == parent
        or oldest < each["ts"] < latest
        or (inclusive and each["ts"] in (oldest, latest))
    ]
    limit = _limit(arguments.get("limit"), usual)
    start = _start(chosen, str(arguments.get("cursor") or ""), rising=bool(parent))
    page, rest = chosen[start : start + limit], chosen[start + limit :]
    with_metadata = _truth(arguments.get("include_all_metadata"))
    return {
        "messages": [
            {key: value for key, value in each.items() if with_metadata or key != "metadata"} for each in page
        ],
        "has_more": bool(rest),
        "response_metadata": {"next_cursor": _cursor(rest[0]["ts"]) if rest else ""},
    }


def ts_in(message: Json) -> str:
    """By which messages are in order."""
    return str(message["ts"])


def _truth(given: object) -> bool:
    return str(given).lower() in ("1", "true")


def _limit(given: object, usual: int) -> int:
    limit = str(given or usual)
    if not limit.isdecimal() or not 1 <= int(limit) <= 1_000:
        raise Refused("invalid_limit")
    return int(limit)


def _cursor(ts: str) -> str:
    """Where the next page begins; a ts, so that what comes or goes meanwhile moves nothing."""
    return urlsafe_b64encode(f"next_ts:{ts}".encode()).decode()


def _start(chosen: list[Json], cursor: str, *, rising: bool) -> int:
    if not cursor:
        return 0
    with suppress(ValueError):
        word, _, ts = urlsafe_b64decode(cursor).decode().partition(":")
        if word == "next_ts" and is_ts(ts):
            return sum(1 for each in chosen if (ts_in(each) < ts if rising else ts_in(each) > ts))
    raise Refused("invalid_cursor")
