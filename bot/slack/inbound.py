"""Slack's payloads -> moves. Nothing but reading: Slack's dicts end here, and what is not for us is None."""

import json
from dataclasses import replace
from typing import Any

from bot.domain.dropped import FileId
from bot.domain.event import ChannelId, PersonId, WorkspaceId
from bot.domain.moment import Ts, is_ts, moment_of
from bot.domain.moves import Decided, Pressed, Said, Shared
from bot.domain.people import Member
from bot.domain.wishes import Wished
from bot.domain.words import Words
from bot.notes.rich_text import cleaned, is_plain
from bot.services.catching_up import Seen
from bot.slack.ids import (
    DECISIONS,
    DEEDS,
    MENU,
    PICK,
    WISHES,
    About,
    Action,
    Ask,
    Detail,
    EventAction,
    Place,
    of_option,
)

Json = dict[str, Any]

_NEW = (None, "file_share", "thread_broadcast", "me_message")


def said(body: Json, workspace: WorkspaceId) -> Said | None:
    """A `message` event of any subtype as what a person said, as of a moment."""
    event = body.get("event")
    if body.get("team_id") != workspace or not isinstance(event, dict) or event.get("channel_type") != "im":
        return None
    subtype = event.get("subtype")
    changed = _dict(event, "message")
    if subtype in _NEW:
        return _as_of(body, event, event.get("ts"), event, author=event)
    if subtype == "message_deleted":
        return _as_of(body, event, event.get("deleted_ts"), None, author=_dict(event, "previous_message"))
    if subtype == "message_changed" and changed.get("subtype") == "tombstone":
        # a deleted message that has replies stays as a tombstone, without `edited`
        return _as_of(body, event, changed.get("ts"), None, author=_dict(event, "previous_message"))
    if subtype == "message_changed" and changed.get("edited") and _differs(changed, event):
        return _as_of(body, event, changed.get("ts"), changed, author=changed)
    return None  # unfurls, joins and whatever Slack adds


def seen(message: Json, workspace: WorkspaceId, person: PersonId, channel: ChannelId) -> Seen | None:
    """A message of a DM's history, if it is the person's; a tombstone is one that was deleted."""
    ts, is_tombstone = message.get("ts"), message.get("subtype") == "tombstone"
    edited_at = _dict(message, "edited").get("ts")
    if not is_ts(ts) or message.get("bot_id") or not (is_tombstone or message.get("user") == person):
        return None
    if not is_tombstone and message.get("subtype") not in _NEW:
        return None
    return Seen(
        said=_said((), workspace, person, channel, (Ts(str(ts)),) * 2, None if is_tombstone else message),
        edited_at=Ts(edited_at) if isinstance(edited_at, str) and is_ts(edited_at) else None,
    )


def _differs(changed: Json, event: Json) -> bool:
    """Whether anything that was typed changed; an unfurl changes the message and nothing typed."""
    before = event.get("previous_message")
    if not isinstance(before, dict):
        return True
    return any(changed.get(part) != before.get(part) for part in ("text", "blocks"))


def _as_of(body: Json, event: Json, ts: object, message: Json | None, author: Json) -> Said | None:
    as_of, channel, event_id = event.get("event_ts"), event.get("channel"), body.get("event_id")
    person = author.get("user")
    if author.get("bot_id") or person == "USLACKBOT":
        return None
    if not (is_ts(ts) and is_ts(as_of) and isinstance(channel, str) and isinstance(event_id, str)):
        return None
    if not isinstance(person, str) and message is not None:
        return None
    return _said(
        (f"event/{event_id}",),
        WorkspaceId(body["team_id"]),
        PersonId(person if isinstance(person, str) else ""),
        ChannelId(channel),
        (Ts(str(ts)), Ts(str(as_of))),
        message,
    )


def _said(
    receipts: tuple[str, ...],
    workspace: WorkspaceId,
    person: PersonId,
    channel: ChannelId,
    moments: tuple[Ts, Ts],
    message: Json | None,
) -> Said:
    (ts, as_of), text, blocks = moments, _text(message), _blocks(message)
    return Said(
        receipts=(*receipts, f"message/{channel}/{ts}/{as_of}"),
        workspace=workspace,
        person=person,
        channel=channel,
        ts=ts,
        as_of=as_of,
        words=None if text is None else Words(cleaned(text)),
        rich_text=None if blocks is None else Words(blocks),
        original=Words(json.dumps(text)) if text is not None and cleaned(text) != text else None,
        is_plain=is_plain(blocks),
        has_file=bool(message and message.get("files")),
        files=_files(message.get("files") if message else None),
    )


def invited(body: Json, workspace: WorkspaceId, bot_user: str) -> ChannelId | None:
    """The channel that the bot itself was invited to; None when somebody else joined one."""
    event, channel = _dict(body, "event"), _dict(body, "event").get("channel")
    is_ours = body.get("team_id") == workspace and event.get("user") == bot_user
    return ChannelId(channel) if is_ours and isinstance(channel, str) else None


def pressed(body: Json, workspace: WorkspaceId) -> Pressed | None:
    """A `block_actions` payload as a button pressed; None for what this version did not draw."""
    action_id, value, ts = _pressed(body)
    place = Place.read(value)
    if _dict(body, "team").get("id") != workspace or place is None or not is_ts(ts):
        return None
    person, channel = _dict(body, "user").get("id"), _dict(body, "channel").get("id")
    deed = Action.read(action_id)
    if deed is None or not isinstance(person, str) or not isinstance(channel, str):
        return None
    return Pressed(
        receipts=(f"press/{person}/{ts}/{action_id}", *_trigger(body)),
        workspace=workspace,
        person=PersonId(person),
        channel=ChannelId(channel),
        ts=Ts(str(ts)),
        deed=DEEDS[deed],
        event=place.event,
        session=place.session,
        section=place.section,
    )


def decided(body: Json, workspace: WorkspaceId) -> Decided | None:
    """A `block_actions` payload as a button of the talk about an event; None for every other."""
    action_id, value, ts = _pressed(body)
    about, message = About.read(value), _dict(body, "container").get("message_ts")
    person = _dict(body, "user").get("id")
    if _dict(body, "team").get("id") != workspace or about is None or not (is_ts(ts) and is_ts(message)):
        return None
    if action_id not in list(EventAction) or not isinstance(person, str):
        return None
    return Decided(
        receipts=(f"press/{person}/{ts}/{action_id}", *_trigger(body)),
        workspace=workspace,
        person=PersonId(person),
        ts=Ts(str(ts)),
        message=Ts(str(message)),
        decision=DECISIONS[EventAction(str(action_id))],
        of=about.of,
        base=about.base,
    )


def _files(files: object) -> tuple[Shared, ...]:
    """The files of a message; what Slack says of them beside id and name is asked for when it is needed."""
    found = [each for each in files if isinstance(each, dict)] if isinstance(files, list) else []
    return tuple(
        Shared(id=FileId(each["id"]), name=cleaned(str(each.get("name") or "")))
        for each in found
        if isinstance(each.get("id"), str)
    )


def is_admin(user: object) -> bool:
    """Whether a user of users.info administers the workspace."""
    return isinstance(user, dict) and bool(user.get("is_admin") or user.get("is_owner"))


def wished(body: Json, workspace: WorkspaceId) -> Wished | None:
    """A `block_actions` payload as a wish; None for a move of the walk, and what we never drew."""
    action_id, value, ts = _pressed(body)
    detail, message = Detail.read(value), _dict(body, "message").get("ts")
    if _dict(body, "team").get("id") != workspace or detail is None or not (is_ts(ts) and is_ts(message)):
        return None
    person, channel = _dict(body, "user").get("id"), _dict(body, "channel").get("id")
    if action_id not in list(Ask) or not isinstance(person, str) or not isinstance(channel, str):
        return None
    return Wished(
        receipts=(f"press/{person}/{ts}/{action_id}", *_trigger(body)),
        workspace=workspace,
        person=PersonId(person),
        channel=ChannelId(channel),
        ts=Ts(str(ts)),
        message=Ts(str(message)),
        wish=WISHES[Ask(str(action_id))],
        event=detail.event,
        parts=detail.parts,
    )


def _pressed(body: Json) -> tuple[object, object, object]:
    """Action, value and ts of what was pressed; of a menu, those of the option that was chosen."""
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    if action.get("action_id") in (MENU, PICK):
        return *of_option(_dict(action, "selected_option").get("value")), action.get("action_ts")
    return action.get("action_id"), action.get("value"), action.get("action_ts")


def changed_member(body: Json, workspace: WorkspaceId) -> Member | None:
    """A `user_change` or `team_join` event as the member that it tells of."""
    event = body.get("event")
    if body.get("team_id") != workspace or not isinstance(event, dict):
        return None
    found, at = member(event.get("user")), event.get("event_ts")
    return found if found is None or not is_ts(at) else replace(found, as_of=moment_of(Ts(str(at))))


def member(user: object) -> Member | None:
    """Slack's user object; any of its fields may be missing, null or empty."""
    if not isinstance(user, dict) or not isinstance(user.get("id"), str):
        return None
    profile = _dict(user, "profile")
    handles = (user.get("name"), profile.get("display_name"))
    email, zone = profile.get("email"), user.get("tz")
    return Member(
        id=PersonId(user["id"]),
        handles=tuple(each for each in handles if isinstance(each, str) and each),
        email=email if isinstance(email, str) and email else None,
        is_deactivated=user.get("deleted") is True,
        is_bot=user.get("is_bot") is True or user["id"] == "USLACKBOT",
        zone=zone if isinstance(zone, str) and zone else None,
    )


def _trigger(body: Json) -> tuple[str, ...]:
    """Slack's id of the press itself, where it sends one."""
    trigger = body.get("trigger_id")
    return (f"trigger/{trigger}",) if isinstance(trigger, str) else ()


def _text(message: Json | None) -> str | None:
    """The text as typed: Slack escapes three characters on the wire."""
    if message is None:
        return None
    text = message.get("text")
    text = text if isinstance(text, str) else ""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _blocks(message: Json | None) -> str | None:
    blocks = message.get("blocks") if message else None
    return json.dumps(blocks) if blocks else None


def _dict(payload: Json, key: str) -> Json:
    found = payload.get(key)
    return found if isinstance(found, dict) else {}
