"""What people do in Slack's own window: type, edit, delete, share a file, press a button."""

import re
from collections.abc import Iterator
from itertools import groupby
from uuid import uuid4

from bot.domain.moment import Ts
from bot.sandbox.deliveries import Deliveries
from bot.sandbox.state import Channel, Json, NotThere, State

_LISTED = re.compile(r"(?P<indent> *)(?P<mark>[-•*]|\d+\.) +(?P<rest>.*)")
_MENTION = re.compile(r"(<@[UW][A-Z0-9]+>)")


class People:
    """Acts for people; the bot hears of what happens in its DMs."""

    def __init__(self, state: State, deliveries: Deliveries) -> None:
        self._state, self._deliveries = state, deliveries

    def say(
        self,
        person: str,
        text: str,
        *,
        blocks: list[Json] | None = None,
        channel: str | None = None,
        thread: str | None = None,
        files: list[Json] | None = None,
    ) -> Json:
        """Type a message, into the DM with the bot unless a channel is named.

        `blocks` are what the composer would have made of it; [] for an app that sends none.
        """
        place = self._place(person, channel)
        if thread is not None and not place.has_thread(thread):
            raise NotThere(thread)
        if not text.strip() and not files:
            raise ValueError("nothing was typed")
        written = blocks if blocks is not None else composed(text) if text else []
        ts = self._state.next_ts()
        message = {
            "type": "message",
            "user": person,
            "text": escaped(text),
            **({"blocks": written} if written else {}),
            "ts": ts,
            "team": self._state.identity.team,
            "client_msg_id": str(uuid4()),
            **({"thread_ts": thread} if thread else {}),
            **({"files": files, "subtype": "file_share"} if files else {}),
        }
        place.messages[ts] = message
        self._tell(place, {**message, "event_ts": ts})
        return message

    def edit(self, person: str, ts: str, text: str, *, channel: str | None = None) -> None:
        """Edit one's own message."""
        if not text.strip():
            raise ValueError("nothing was typed")
        place = self._place(person, channel)
        old = self._own(place, person, ts)
        changed_at = self._state.next_ts()
        edited = {"user": person, "ts": whole_seconds(changed_at)}
        new = {**old, "text": escaped(text), "blocks": composed(text), "edited": edited}
        place.messages[old["ts"]] = new
        self._tell(place, change("message_changed", changed_at, message=new, previous_message=old))

    def delete(self, person: str, ts: str, *, channel: str | None = None) -> None:
        """Delete one's own message."""
        place = self._place(person, channel)
        old = self._own(place, person, ts)
        event = removed(place, old, self._state)
        self._tell(place, event)

    def remove(self, channel: str, ts: str) -> None:
        """Delete anybody's message in a channel, as an administrator can."""
        place = self._state.channels.get(channel)
        if place is None or Ts(ts) not in place.messages:
            raise NotThere(ts)
        self._tell(place, removed(place, place.messages[Ts(ts)], self._state))

    def invite(self, person: str, channel: str) -> None:
        """Invite the bot to a channel; it hears that it joined."""
        place = self._place(person, channel)
        place.members.add(self._deliveries.bot_user)
        self._state.changed()
        self._deliveries.event(
            {
                "type": "member_joined_channel",
                "user": self._deliveries.bot_user,
                "channel": place.id,
                "channel_type": "G" if place.private else "C",
                "team": self._state.identity.team,
                "inviter": person,
                "event_ts": self._state.next_ts(),
            }
        )

    def press(
        self, person: str, ts: str, action_id: str, *, value: str | None = None, channel: str | None = None
    ) -> str:
        """Press a button under a message, if there is such a button; `value` tells one of several.

        Of a menu `value` is the option that is chosen. Gives the action's ts.
        """
        place = self._place(person, channel)
        message = place.messages.get(Ts(ts)) or {}
        for block, element in elements_of(message):
            chosen = _chosen(element, value)
            if element["action_id"] == action_id and chosen is not None:
                return self._send(person, place, message, block, chosen)
        raise NotThere(action_id)

    def choose(self, person: str, ts: str, label: str, *, channel: str | None = None) -> str:
        """Choose the line of a menu under a message that reads so. Gives the action's ts."""
        place = self._place(person, channel)
        for _, element in elements_of(place.messages.get(Ts(ts)) or {}):
            for option in element.get("options", ()):
                if option["text"]["text"] == label:
                    return self.press(
                        person, ts, element["action_id"], value=option["value"], channel=channel
                    )
        raise NotThere(label)

    def _send(self, person: str, place: Channel, message: Json, block: Json, pressed: Json) -> str:
        identity, pressed_at = self._state.identity, self._state.next_ts()
        self._deliveries.button(
            {
                "type": "block_actions",
                "user": {"id": person, "team_id": identity.team},
                "api_app_id": identity.app_id,
                "token": "sandbox",
                "container": {"type": "message", "message_ts": message["ts"], "channel_id": place.id},
                "trigger_id": f"{uuid4().int % 10**13}.{uuid4().hex}",
                "team": {"id": identity.team, "domain": "sandbox"},
                "channel": {"id": place.id, "name": "directmessage" if place.user else place.name},
                "message": message,
                "state": {"values": {}},
                "response_url": "",
                "actions": [{**pressed, "block_id": block.get("block_id", ""), "action_ts": pressed_at}],
            }
        )
        return pressed_at

    def _place(self, person: str, channel: str | None) -> Channel:
        if person not in self._state.people or self._state.people[person].deactivated:
            raise NotThere(person)
        place = self._state.dm(person) if channel is None else self._state.channels.get(channel)
        if place is None or person not in place.members:
            raise NotThere(str(channel))
        return place

    def _own(self, place: Channel, person: str, ts: str) -> Json:
        message = place.messages.get(Ts(ts))
        if message is None or message.get("user") != person:
            raise NotThere(ts)
        return message

    def _tell(self, place: Channel, event: Json) -> None:
        self._state.changed()
        tell(self._deliveries, place, event)


def elements_of(message: Json) -> Iterator[tuple[Json, Json]]:
    """What can be pressed in a message, each with its block."""
    for block in message.get("blocks") or ():
        if block["type"] == "actions":
            yield from ((block, element) for element in block["elements"])
        elif block.get("accessory"):
            yield block, block["accessory"]


def _chosen(element: Json, value: str | None) -> Json | None:
    """What Slack tells of a button that is pressed or an option that is chosen; None for another value."""
    told = {"action_id": element["action_id"], "type": element["type"]}
    if element["type"] == "button":
        return {**told, "value": element.get("value")} if value in (None, element.get("value")) else None
    option = next((each for each in element["options"] if each["value"] == value), None)
    placeholder = {"placeholder": element["placeholder"]} if element.get("placeholder") else {}
    return None if option is None else {**told, "selected_option": option, **placeholder}


def tell(deliveries: Deliveries, place: Channel, event: Json) -> None:
    """Let the bot hear of something, where it is a member."""
    if deliveries.bot_user in place.members:
        kind = "im" if place.user else "group" if place.private else "channel"
        deliveries.event({**event, "channel": place.id, "channel_type": kind})


def change(subtype: str, event_ts: str, **fields: object) -> Json:
    """A message event about another message."""
    return {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "ts": event_ts,
        "event_ts": event_ts,
        **fields,
    }


def removed(place: Channel, old: Json, state: State) -> Json:
    """Take a message away; one with replies stays as a tombstone, of which Slack tells as of a change."""
    now = state.next_ts()
    if place.replies(old["ts"]):
        tombstone = {
            "type": "message",
            "subtype": "tombstone",
            "user": "USLACKBOT",
            "text": "This message was deleted.",
            "ts": old["ts"],
            "thread_ts": old["ts"],
            "hidden": True,
        }
        place.messages[old["ts"]] = tombstone
        return change("message_changed", now, message=tombstone, previous_message=old)
    del place.messages[old["ts"]]
    return change("message_deleted", now, deleted_ts=old["ts"], previous_message=old)


def whole_seconds(ts: str) -> str:
    """As Slack writes `edited.ts`."""
    return ts.split(".")[0] + ".000000"


def escaped(text: str) -> str:
    """Slack's wire form; mentions stay what they are."""
    parts = _MENTION.split(text)
    return "".join(
        part
        if _MENTION.fullmatch(part)
        else part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        for part in parts
    )


def composed(text: str) -> list[Json]:
    """The rich_text that Slack's composer makes: lines that begin with a list mark become lists."""
    elements: list[Json] = []
    for key, lines in groupby(text.split("\n"), key=_list_kind):
        if key is None:
            elements.append({"type": "rich_text_section", "elements": _runs("\n".join(lines))})
        else:
            style, indent = key
            rests = [_LISTED.fullmatch(line) for line in lines]
            elements.append(
                {
                    "type": "rich_text_list",
                    "style": style,
                    "indent": indent,
                    "border": 0,
                    "elements": [
                        {"type": "rich_text_section", "elements": _runs(rest["rest"])}
                        for rest in rests
                        if rest
                    ],
                }
            )
    return [{"type": "rich_text", "block_id": uuid4().hex[:5], "elements": elements}]


def _list_kind(line: str) -> tuple[str, int] | None:
    listed = _LISTED.fullmatch(line)
    if listed is None or not listed["rest"].strip():
        return None
    return ("ordered" if listed["mark"][0].isdigit() else "bullet", min(len(listed["indent"]) // 2, 8))


def _runs(text: str) -> list[Json]:
    return [
        {"type": "user", "user_id": part[2:-1]}
        if _MENTION.fullmatch(part)
        else {"type": "text", "text": part}
        for part in _MENTION.split(text)
        if part
    ]
