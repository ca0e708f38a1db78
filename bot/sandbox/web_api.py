"""Slack's Web API, as far as the bot uses it: method -> function, scopes, and how far it is like Slack's."""

from collections.abc import Callable
from dataclasses import dataclass
from json import dumps, loads
from re import ASCII
from re import compile as pattern
from uuid import uuid4

from bot.domain.moment import Ts
from bot.sandbox import blocks, members
from bot.sandbox.deliveries import Deliveries
from bot.sandbox.files import as_object, can_see, new_file
from bot.sandbox.paging import page_of, ts_in
from bot.sandbox.people import change, removed, tell, whole_seconds
from bot.sandbox.refused import Refused
from bot.sandbox.state import Channel, Json, State

_EVENT_TYPE = pattern(r"[A-Za-z0-9_-]+", ASCII)
_METADATA = 8_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token it is: the bot's, the app's, or the checker's (who may read everything)."""

    kind: str


@dataclass(frozen=True, slots=True)
class Slack:
    """What the methods work on."""

    state: State
    deliveries: Deliveries
    base: str  # ws address of this sandbox
    scopes: tuple[str, ...] = ()  # that the bot was given


Function = Callable[[Slack, Caller, Json], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """A method; `scopes` are needed of the bot, one of them for conversations by kind of channel."""

    function: Function
    scopes: tuple[str, ...] = ()
    support: str = "as Slack, as far as its arguments go here"
    tokens: tuple[str, ...] = ("bot",)


def auth_test(slack: Slack, caller: Caller, _: Json) -> Json:
    identity = slack.state.identity
    who = {"user": "plenary", "user_id": identity.bot_user, "bot_id": identity.bot_id}
    return {
        "team": "Sandbox",
        "team_id": identity.team,
        "url": "https://sandbox.invalid/",
        **(who if caller.kind == "bot" else {}),
    }


def connections_open(slack: Slack, _: Caller, __: Json) -> Json:
    return {"url": f"{slack.base}/link?ticket={slack.deliveries.sockets.ticket()}"}


def post_message(slack: Slack, _: Caller, arguments: Json) -> Json:
    state, identity = slack.state, slack.state.identity
    place = _writable(state, str(arguments.get("channel", "")), by_user=True)
    text, written = arguments.get("text") or "", arguments.get("blocks") or []
    if not text and not written:
        raise Refused("no_text")
    if len(text) > blocks.UPDATE_TEXT:
        raise Refused("msg_too_long")  # stricter than Slack, which splits it into several messages
    _checked(written)
    thread = arguments.get("thread_ts")
    if thread and not place.has_thread(str(thread)):
        raise Refused("thread_not_found")
    metadata, warning = _metadata(arguments.get("metadata"))
    ts = state.next_ts()
    message = {
        "type": "message", "user": identity.bot_user, "bot_id": identity.bot_id, "app_id": identity.app_id,
        "bot_profile": {"id": identity.bot_id, "app_id": identity.app_id, "team_id": identity.team},
        "team": identity.team, "text": text, "ts": ts, "blocks": _with_ids(written),
        **({"thread_ts": thread} if thread else {}), **({"metadata": metadata} if metadata else {}),
    }  # fmt: skip
    place.messages[ts] = message
    state.changed()
    tell(slack.deliveries, place, {**message, "event_ts": ts})
    return {"channel": place.id, "ts": ts, "message": message, **warning}


def update(slack: Slack, _: Caller, arguments: Json) -> Json:
    state = slack.state
    place, old = _own(state, arguments, "cant_update_message")
    if not arguments.get("text") and not arguments.get("blocks"):
        raise Refused("no_text")
    text, written = arguments.get("text") or old["text"], arguments.get("blocks") or []
    if len(text) > blocks.UPDATE_TEXT:
        raise Refused("msg_too_long")
    _checked(written)
    try:
        blocks.check_replacement(old["blocks"], written)
    except blocks.Invalid as invalid:
        raise Refused(invalid.code) from None
    metadata, warning = _metadata(arguments.get("metadata", old.get("metadata")))
    changed_at = state.next_ts()
    new = {key: value for key, value in old.items() if key != "metadata"}
    new |= {"text": text, "blocks": _with_ids(written), **({"metadata": metadata} if metadata else {})}
    if not written:  # an update of blocks bears no mark
        new["edited"] = {"user": old["user"], "ts": whole_seconds(changed_at)}
    place.messages[old["ts"]] = new
    state.changed()
    tell(slack.deliveries, place, change("message_changed", changed_at, message=new, previous_message=old))
    return {"channel": place.id, "ts": old["ts"], "text": text, **warning}


def delete(slack: Slack, _: Caller, arguments: Json) -> Json:
    place, old = _own(slack.state, arguments, "cant_delete_message")
    event = removed(place, old, slack.state)
    slack.state.changed()
    tell(slack.deliveries, place, event)
    return {"channel": place.id, "ts": old["ts"]}


def add_reaction(slack: Slack, _: Caller, arguments: Json) -> Json:
    place, name = _writable(slack.state, str(arguments.get("channel", ""))), arguments.get("name")
    message = _message(place, arguments.get("timestamp"))
    if not name:
        raise Refused("invalid_name")
    reactions = message.get("reactions", [])
    if any(each["name"] == name for each in reactions):
        raise Refused("already_reacted")
    reaction = {"name": name, "users": [slack.state.identity.bot_user], "count": 1}
    place.messages[message["ts"]] = {**message, "reactions": [*reactions, reaction]}
    slack.state.changed()
    return {}


def open_conversation(slack: Slack, _: Caller, arguments: Json) -> Json:
    person = str(arguments.get("users", ""))
    if person not in slack.state.people:
        raise Refused("user_not_found")
    if slack.state.people[person].deactivated:
        raise Refused("user_disabled")
    return {"channel": {"id": slack.state.dm(person).id}}


def users_info(slack: Slack, _: Caller, arguments: Json) -> Json:
    person = members.of_id(slack.state, str(arguments.get("user", "")))
    return {"user": members.as_user(person, slack.state.identity.team, slack.scopes)}


def users_by_email(slack: Slack, _: Caller, arguments: Json) -> Json:
    person = members.of_email(slack.state, str(arguments.get("email", "")))
    return {"user": members.as_user(person, slack.state.identity.team, slack.scopes)}


def users_list(slack: Slack, _: Caller, arguments: Json) -> Json:
    page, cursor = members.page(slack.state, arguments)
    team = slack.state.identity.team
    return {
        "members": [members.as_user(each, team, slack.scopes) for each in page],
        "response_metadata": {"next_cursor": cursor},
    }


def history(slack: Slack, caller: Caller, arguments: Json) -> Json:
    place = _readable(slack.state, caller, arguments)
    heard = [
        each for each in place.top_level() if caller.kind != "bot" or each["ts"] not in slack.state.unheard
    ]
    found = [{**message, **_thread_of(place, message)} for message in heard]
    return page_of(sorted(found, key=ts_in, reverse=True), arguments, 100)


def replies(slack: Slack, caller: Caller, arguments: Json) -> Json:
    place = _readable(slack.state, caller, arguments)
    parent = place.messages.get(arguments.get("ts"))  # type: ignore[arg-type] # from outside
    if parent is None:
        raise Refused("thread_not_found")
    return page_of(
        [parent, *sorted(place.replies(parent["ts"]), key=ts_in)], arguments, 1_000, parent=parent["ts"]
    )


def channel_info(slack: Slack, _: Caller, arguments: Json) -> Json:
    place, bot_user = _channel(slack.state, str(arguments.get("channel", ""))), slack.state.identity.bot_user
    if place.private and bot_user not in place.members:
        raise Refused("channel_not_found")
    return {
        "channel": {
            "id": place.id,
            "name": place.name,
            "is_im": place.user is not None,
            "is_private": place.private,
            "is_archived": place.archived,
            "is_member": bot_user in place.members,
        }
    }


def file_info(slack: Slack, _: Caller, arguments: Json) -> Json:
    state, file = slack.state, slack.state.files.get(str(arguments.get("file", "")))
    if file is None or (file.ticket and file.length != len(file.body)):
        raise Refused("file_not_found")
    if not can_see(state, state.identity.bot_user, file):
        raise Refused("not_visible")
    return {"file": as_object(state, file), "comments": [], "response_metadata": {"next_cursor": ""}}


def upload_url(slack: Slack, _: Caller, arguments: Json) -> Json:
    length, name = str(arguments.get("length", "")), str(arguments.get("filename") or "")
    if not name or not length.isdecimal() or not int(length):
        raise Refused("missing_argument")
    file = new_file(slack.state, slack.state.identity.bot_user, name, b"", [])
    file.length, file.ticket = int(length), uuid4().hex
    return {"upload_url": f"{slack.state.base}/upload/v1/{file.ticket}", "file_id": file.id}


def complete_upload(slack: Slack, _: Caller, arguments: Json) -> Json:
    """Shares them in one message; like Slack's, the answer does not say where that stands."""
    state, identity = slack.state, slack.state.identity
    try:
        asked = {each["id"]: each.get("title") for each in loads(str(arguments.get("files")))}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Refused("invalid_arguments") from None
    files = [state.files[each] for each in asked if each in state.files]
    if not files or len(files) < len(asked) or any(len(each.body) != each.length for each in files):
        raise Refused("file_not_found")
    place = _writable(state, str(arguments.get("channel_id", "")))
    for each in files:
        each.title, each.channels = asked[each.id] or each.name, [*each.channels, place.id]
    ts, text = state.next_ts(), str(arguments.get("initial_comment") or "")
    message = {
        "type": "message", "subtype": "file_share", "user": identity.bot_user, "bot_id": identity.bot_id,
        "app_id": identity.app_id, "team": identity.team, "text": text, "ts": ts, "upload": True,
        "files": [as_object(state, each) for each in files], "display_as_bot": False, "blocks": [],
    }  # fmt: skip
    place.messages[ts] = message
    state.changed()
    tell(slack.deliveries, place, {**message, "event_ts": ts})
    return {"files": [{"id": each.id, "title": each.title} for each in files]}


def _thread_of(place: Channel, message: Json) -> Json:
    """What the parent of a thread tells of it."""
    found = sorted(each["ts"] for each in place.replies(message["ts"]))
    return {"thread_ts": message["ts"], "reply_count": len(found), "latest_reply": found[-1]} if found else {}


_READERS = ("bot", "checker")

METHODS = {
    "auth.test": Method(auth_test, tokens=("bot", "app", "checker")),
    "apps.connections.open": Method(
        connections_open, support="tickets open one socket each", tokens=("app",)
    ),
    "chat.postMessage": Method(
        post_message, ("chat:write",), "text over 4,000 characters is refused instead of split"
    ),
    "chat.update": Method(update, ("chat:write",)),
    "chat.delete": Method(delete, ("chat:write",)),
    "reactions.add": Method(add_reaction, ("reactions:write",)),
    "conversations.open": Method(open_conversation, ("im:write",), "one person at a time", _READERS),
    "conversations.info": Method(channel_info, ("read",), "the few fields that the bot reads"),
    "conversations.history": Method(history, ("history",), "messages and their thread only", _READERS),
    "conversations.replies": Method(replies, ("history",), "messages and their thread only", _READERS),
    "users.info": Method(users_info, ("users:read",), "few fields of a user"),
    "users.lookupByEmail": Method(users_by_email, ("users:read.email",), "few fields of a user"),
    "files.info": Method(file_info, ("files:read",), "the fields of a hosted file"),
    "files.getUploadURLExternal": Method(upload_url, ("files:write",), "no snippets, no alternative text"),
    "files.completeUploadExternal": Method(
        complete_upload, ("files:write",), "one channel; shared at once, where Slack may take a while"
    ),
    "users.list": Method(users_list, ("users:read",), "few fields of a user"),
}


def answered(slack: Slack, caller: Caller, method: str, arguments: Json, granted: list[str]) -> Json:
    """What Slack answers to a call, without ok; raises Refused."""
    if method not in METHODS:
        raise Refused("unknown_method")
    if caller.kind not in METHODS[method].tokens:
        raise Refused("not_allowed_token_type")
    for scope in needed_scopes(slack.state, method, arguments) if caller.kind == "bot" else ():
        if scope not in granted:
            raise Refused("missing_scope", needed=scope, provided=",".join(granted))
    return METHODS[method].function(slack, caller, arguments)


def needed_scopes(state: State, method: str, arguments: Json) -> tuple[str, ...]:
    """The scopes of a call; reading needs the one of the channel's kind."""
    scopes = METHODS[method].scopes
    if scopes not in (("history",), ("read",)):
        return scopes
    place = state.channels.get(str(arguments.get("channel", "")))
    if place is None:
        return ()
    kind = "im" if place.user else "groups" if place.private else "channels"
    return (f"{kind}:{scopes[0]}",)


def _channel(state: State, channel: str) -> Channel:
    if channel not in state.channels:
        raise Refused("channel_not_found")
    return state.channels[channel]


def _writable(state: State, channel: str, *, by_user: bool = False) -> Channel:
    """A channel of the bot; by the id of a person only where Slack opens the DM by itself."""
    place = state.dm(channel) if by_user and channel in state.people else _channel(state, channel)
    if _of_bot(state, place).archived:
        raise Refused("is_archived")
    return place


def _of_bot(state: State, place: Channel) -> Channel:
    if state.identity.bot_user not in place.members:
        raise Refused("channel_not_found" if place.private else "not_in_channel")
    return place


def _readable(state: State, caller: Caller, arguments: Json) -> Channel:
    place = _channel(state, str(arguments.get("channel", "")))
    return place if caller.kind == "checker" else _of_bot(state, place)


def _message(place: Channel, ts: object) -> Json:
    message = place.messages.get(Ts(str(ts)))
    if message is None or message.get("subtype") == "tombstone":
        raise Refused("message_not_found")
    return message


def _own(state: State, arguments: Json, else_: str) -> tuple[Channel, Json]:
    place = _writable(state, str(arguments.get("channel", "")))
    message = _message(place, arguments.get("ts"))
    if message.get("bot_id") != state.identity.bot_id:
        raise Refused(else_)
    return place, message


def _checked(written: object) -> None:
    if not isinstance(written, list) or not all(isinstance(block, dict) for block in written):
        raise Refused("invalid_blocks_format")
    try:
        blocks.check(written)
    except blocks.Invalid as invalid:
        raise Refused(invalid.code, response_metadata={"messages": list(invalid.details)}) from None


def _with_ids(written: list[Json]) -> list[Json]:
    return [{"block_id": uuid4().hex[:5], **block} for block in written]


def _metadata(metadata: object) -> tuple[Json | None, Json]:
    """The metadata as kept; one with a bad event_type is dropped with no more than a warning."""
    if not metadata:
        return None, {}
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    if len(dumps(metadata)) > _METADATA:
        raise Refused("metadata_too_large")
    if not _EVENT_TYPE.fullmatch(str(metadata.get("event_type", ""))):
        warning = "invalid_metadata_schema"
        return None, {"warning": warning, "response_metadata": {"warnings": [warning]}}
    return metadata, {}
