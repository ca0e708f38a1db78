"""Faults to plant: what Slack and networks do on a bad day, and what a broken bot would do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import Any

CALLS = {
    "ratelimit": "429 with Retry-After `seconds`",
    "server_error": "500, nothing done",
    "api_error": "ok: false with `code`",
    "slow_before": "waits `seconds`, then does it",
    "slow_after": "does it, then waits `seconds` before it answers",
    "lost_answer": "does it, then cuts the connection",
    "hold": "does it, then keeps the answer back for `seconds`, so that somebody can be killed meanwhile",
    "date_off": "does it; its Date header is `seconds` off",
    "post_doubled": "one post stands twice (chat.postMessage only)",
    "post_lost": "answers as if it had posted (chat.postMessage only)",
}
EVENTS = {
    "event_doubled": "sent twice",
    "event_delayed": "sent `seconds` later",
    "event_reordered": "sent after the next two were, or a second later",
    "event_lost": "never sent, though everybody thinks so; a new message is in no history for the bot either",
}
SOCKETS = {
    "socket_cut": "all sockets are closed, at once",
    "socket_dropped": "all sockets are gone at once, without a goodbye",
    "socket_silent": "the sockets that are open neither hear nor say anything any more",
    "pong_missing": "a ping stays unanswered, `count` times",
    "handshake_refused": "a handshake is answered 503",
    "ticket_stale": "a handshake is answered 401",
    "disconnect_warning": "all sockets are warned; `seconds` later told to refresh, and closed",
    "disconnect_refresh_requested": "all sockets are told to refresh, and closed `seconds` later",
    "disconnect_link_disabled": "Socket Mode is off: all sockets are told so and closed `seconds` later; "
    "new ones are told so instead of hello, up to `count`",
    "disconnect_too_many_websockets": "too many connections: as disconnect_link_disabled",
    "disconnect_never_heard_of": "a reason that nobody knows: as disconnect_refresh_requested",
    "network_gone": "for `seconds` or until taken away nothing comes through; its sockets stay silent",
}
KINDS = {**CALLS, **EVENTS, **SOCKETS}


@dataclass(slots=True, kw_only=True)
class Fault:
    """A planted fault. Empty filters fit everything; `nth` skips the first n - 1 that fit.

    It strikes `count` times, or until it is taken away (None). `metadata` fits fields of event_payload. What
    befalls the open sockets of itself counts as one time.
    """

    id: int = 0
    kind: str
    method: str = ""
    channel: str = ""
    subtype: str | None = None  # of a message event; "" for new messages
    metadata: dict[str, str] = field(default_factory=dict)
    nth: int = 1
    count: int | None = 1
    seconds: float = 1.0
    code: str = "internal_error"
    seen: int = 0
    struck: int = 0
    ends_at: float = 0.0  # of network_gone, on this machine's monotonic clock


class Faults:
    """All that are planted."""

    def __init__(self) -> None:
        self.planted: dict[int, Fault] = {}
        self._ids = count(1)

    def plant(self, fault: Fault) -> Fault:
        """Plant it; ValueError for a kind that there is not."""
        if fault.kind not in KINDS:
            raise ValueError(f"no such fault: {fault.kind}")
        if fault.kind.startswith("post_"):
            fault.method = "chat.postMessage"
        fault.id = next(self._ids)
        fault.ends_at = monotonic() + fault.seconds
        self.planted[fault.id] = fault
        return fault

    def on_call(self, method: str, channel: str, metadata: object = None) -> Fault | None:
        """The fault that strikes a call, if one does."""
        return self._strike(
            lambda fault: (
                fault.kind in CALLS
                and fault.method in ("", method)
                and fault.channel in ("", channel)
                and fault.metadata.items() <= _fields(metadata).items()
            )
        )

    def on_event(self, subtype: str, channel: str) -> Fault | None:
        """The fault that strikes a message event, if one does."""
        return self._strike(
            lambda fault: (
                fault.kind in EVENTS and fault.subtype in (None, subtype) and fault.channel in ("", channel)
            )
        )

    def on_socket(self, kind: str) -> Fault | None:
        """The fault of a kind that strikes a socket, if one does."""
        return self._strike(lambda fault: fault.kind == kind)

    @property
    def is_network_gone(self) -> bool:
        """Whether nothing comes through now."""
        return any(
            fault.kind == "network_gone" and monotonic() < fault.ends_at for fault in self.planted.values()
        )

    def _strike(self, fits: Callable[[Fault], bool]) -> Fault | None:
        for fault in self.planted.values():
            if (fault.count is None or fault.struck < fault.count) and fits(fault):
                fault.seen += 1
                if fault.seen >= fault.nth:
                    fault.struck += 1
                    return fault
        return None


def _fields(metadata: object) -> dict[str, Any]:
    """What a call's metadata carries, if it carries anything."""
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return payload if isinstance(payload, dict) else {}
