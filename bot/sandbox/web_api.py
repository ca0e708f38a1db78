"""Slack's Web API, as far as the bot uses it: method -> function, scopes, and how far it is like Slack's."""

from collections.abc import Callable
from dataclasses import dataclass
from json import dumps
from re import ASCII
from re import compile as pattern
from uuid import uuid4

from bot.sandbox import blocks
from bot.sandbox.deliveries import Deliveries
from bot.sandbox.people import change, removed, tell
from bot.sandbox.state import Channel, Json, State

_EVENT_TYPE = pattern(r"[A-Za-z0-9_-]+", ASCII)
_METADATA = 8_000


class Refused(Exception):
    """ok: false, with Slack's code and whatever else it answers."""

    def __init__(self, code: str, **more: object) -> None:
        super().__init__(code)
        self.body = {"ok": False, "error": code, **more}


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token it is: the bot's, the app's, a person's, or the checker's (who may read everything)."""

    kind: str
    user: str = ""


@dataclass(frozen=True, slots=True)
class Slack:
    """What the methods work on."""

    state: State
    deliveries: Deliveries
    base: str  # ws address of this sandbox


Function = Callable[[Slack, Caller, Json], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """A method; `scopes` are needed of the bot, one of them for conversations by kind of channel."""

    function: Function
    scopes: tuple[str, ...] = ()
    support: str = "as Slack, as far as its arguments go here"


def auth_test(slack: Slack, caller: Caller, _: Json) -> Json:
    identity = slack.state.identity
    user = identity.bot_user if caller.kind == "bot" else caller.user
    return {"team": "Sandbox", "team_id": identity.team, "user": "plenary", "user_id": user,
            "bot_id": identity.bot_id, "url": "https://sandbox.invalid/"}  # fmt: skip


def connections_open(slack: Slack, caller: Caller, _: Json) -> Json:
    if caller.kind != "app":
        raise Refused("not_allowed_token_type")
    ticket = uuid4().hex
    slack.deliveries.sockets.tickets.add(ticket)
    return {"url": f"{slack.base}/link?ticket={ticket}"}


def post_message(slack: Slack, _: Caller, arguments: Json) -> Json:
    state, identity = slack.state, slack.state.identity
    place = _writable(state, str(arguments.get("channel", "")))
    text, written = arguments.get("text") or "", arguments.get("blocks") or []
    if not text and not written:
        raise Refused("no_text")
    if len(text) > blocks.UPDATE_TEXT:
        raise Refused("msg_too_long")  # stricter than Slack, which splits it into several messages
    _checked(written)
    thread = arguments.get("thread_ts")
    if thread and (thread not in place.messages or place.messages[thread].get("thread_ts", thread) != thread):
        raise Refused("thread_not_found")
    metadata, warning = _metadata(arguments.get("metadata"))
    ts = state.next_ts()
    message = {
        "type": "message", "user": identity.bot_user, "bot_id": identity.bot_id, "app_id": identity.app_id,
        "team": identity.team, "text": text, "ts": ts, "blocks": _with_ids(written),
        **({"thread_ts": thread} if thread else {}), **({"metadata": metadata} if metadata else {}),
    }  # fmt: skip
    place.messages[ts] = message
    state.changed()
    tell(slack.deliveries, place, {**message, "event_ts": ts})
    return {"channel": place.id, "ts": ts, "message": message, **warning}


def update(slack: Slack, _: Caller, arguments: Json) -> Json:
    state = slack.state
    place, old = _own(state, arguments)
    text = arguments.get("text") or old["text"]
    if len(text) > blocks.UPDATE_TEXT:
        raise Refused("msg_too_long")
    written = arguments.get("blocks") or []
    _checked(written)
    try:
        blocks.check_replacement(old["blocks"], written)
    except blocks.Invalid as invalid:
        raise Refused(invalid.code) from None
    metadata, warning = _metadata(arguments.get("metadata", old.get("metadata")))
    changed_at = state.next_ts()
    new = {**old, "text": text, "blocks": _with_ids(written), "metadata": metadata,
           "edited": {"user": old["user"], "ts": changed_at.split(".")[0] + ".000000"}}  # fmt: skip
    place.messages[old["ts"]] = new
    state.changed()
    tell(slack.deliveries, place, change("message_changed", changed_at, message=new, previous_message=old))
    return {"channel": place.id, "ts": old["ts"], "text": text, **warning}


def delete(slack: Slack, _: Caller, arguments: Json) -> Json:
    place, old = _own(slack.state, arguments)
    event = removed(place, old, slack.state)
    slack.state.changed()
    tell(slack.deliveries, place, event)
    return {"channel": place.id, "ts": old["ts"]}


def add_reaction(slack: Slack, _: Caller, arguments: Json) -> Json:
    place = _channel(slack.state, str(arguments.get("channel", "")))
    message = place.messages.get(arguments.get("timestamp"))  # type: ignore[arg-type] # from outside
    if message is None:
        raise Refused("message_not_found")
    reactions = message.setdefault("reactions", [])
    if any(each["name"] == arguments.get("name") for each in reactions):
        raise Refused("already_reacted")
    reactions.append({"name": arguments.get("name"), "users": [slack.state.identity.bot_user], "count": 1})
    slack.state.changed()
    return {}


def open_conversation(slack: Slack, _: Caller, arguments: Json) -> Json:
    person = str(arguments.get("users", ""))
    if person not in slack.state.people:
        raise Refused("user_not_found")
    return {"channel": {"id": slack.state.dm(person).id}}


def history(slack: Slack, caller: Caller, arguments: Json) -> Json:
    place = _readable(slack.state, caller, arguments)
    return _page(place.top_level()[::-1], arguments)


def replies(slack: Slack, caller: Caller, arguments: Json) -> Json:
    place = _readable(slack.state, caller, arguments)
    parent = place.messages.get(arguments.get("ts"))  # type: ignore[arg-type] # from outside
    if parent is None:
        raise Refused("thread_not_found")
    return _page([parent, *place.replies(parent["ts"])], arguments, parent["ts"])


METHODS = {
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(connections_open, support="tickets open one socket each"),
    "chat.postMessage": Method(
        post_message, ("chat:write",), "text over 4,000 characters is refused instead of split"
    ),
    "chat.update": Method(update, ("chat:write",)),
    "chat.delete": Method(delete, ("chat:write",)),
    "reactions.add": Method(add_reaction, ("reactions:write",)),
    "conversations.open": Method(open_conversation, ("im:write",), "one person at a time"),
    "conversations.history": Method(history, ("history",)),
    "conversations.replies": Method(replies, ("history",)),
}


def needed_scopes(state: State, method: str, arguments: Json) -> tuple[str, ...]:
    """The scopes of a call; reading needs the one of the channel's kind."""
    if METHODS[method].scopes != ("history",):
        return METHODS[method].scopes
    place = state.channels.get(str(arguments.get("channel", "")))
    if place is None:
        return ()
    return ("im:history",) if place.user else ("groups:history",) if place.private else ("channels:history",)


def _channel(state: State, channel: str) -> Channel:
    if channel in state.people:
        return state.dm(channel)
    if channel not in state.channels:
        raise Refused("channel_not_found")
    return state.channels[channel]


def _writable(state: State, channel: str) -> Channel:
    place = _channel(state, channel)
    if state.identity.bot_user not in place.members:
        raise Refused("not_in_channel")
    return place


def _readable(state: State, caller: Caller, arguments: Json) -> Channel:
    place = _channel(state, str(arguments.get("channel", "")))
    who = state.identity.bot_user if caller.kind == "bot" else caller.user
    if caller.kind != "checker" and who not in place.members:
        raise Refused("not_in_channel")
    return place


def _own(state: State, arguments: Json) -> tuple[Channel, Json]:
    place = _writable(state, str(arguments.get("channel", "")))
    message = place.messages.get(arguments.get("ts"))  # type: ignore[arg-type] # from outside
    if message is None or message.get("subtype") == "tombstone":
        raise Refused("message_not_found")
    if message.get("bot_id") != state.identity.bot_id:
        raise Refused("cant_update_message")
    return place, message


def _checked(written: list[Json]) -> None:
    try:
        blocks.check(written)
    except blocks.Invalid as invalid:
        raise Refused(invalid.code, response_metadata={"messages": list(invalid.details)}) from None


def _with_ids(written: list[Json]) -> list[Json]:
    return [{"block_id": uuid4().hex[:5], **block} for block in written]


def _metadata(metadata: Json | None) -> tuple[Json | None, Json]:
    """The metadata as kept; one with a bad event_type is dropped with no more than a warning."""
    if not metadata:
        return None, {}
    if len(dumps(metadata)) > _METADATA:
        raise Refused("metadata_too_large")
    if not _EVENT_TYPE.fullmatch(str(metadata.get("event_type", ""))):
        return None, {"warning": "invalid_metadata_schema"}
    return metadata, {}


def _page(found: list[Json], arguments: Json, parent: str = "") -> Json:
    """Between oldest and latest, so many at a time; metadata only when asked for."""
    oldest, latest = str(arguments.get("oldest") or ""), str(arguments.get("latest") or "9")
    inclusive = str(arguments.get("inclusive", "")).lower() in ("1", "true")
    chosen = [
        each
        for each in found
        if each["ts"] == parent
        or oldest < each["ts"] < latest
        or (inclusive and each["ts"] in (oldest, latest))
    ]
    start, limit = int(arguments.get("cursor") or 0), int(arguments.get("limit") or 100)
    with_metadata = str(arguments.get("include_all_metadata", "")).lower() in ("1", "true")
    page = [
        {key: value for key, value in each.items() if with_metadata or key != "metadata"}
        for each in chosen[start : start + limit]
    ]
    more = start + limit < len(chosen)
    return {
        "messages": page,
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }
