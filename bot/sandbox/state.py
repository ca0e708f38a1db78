"""What the local Slack knows: people, channels, messages in Slack's own JSON; kept in a file between runs."""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.domain.moment import Ts, ts_of

Json = dict[str, Any]


class NotThere(Exception):
    """No such person, message or button."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the workspace; `role` is for the page."""

    id: str
    name: str
    role: str
    email: str = ""
    handle: str = ""
    deactivated: bool = False
    is_bot: bool = False
    is_admin: bool = False
    zone: str = ""  # IANA name; Slack tells no other


@dataclass(slots=True)
class Channel:
    """A channel, or (`user` given) the DM of somebody with the bot. Messages by ts, oldest first."""

    id: str
    name: str
    private: bool
    members: set[str]
    user: str | None = None
    archived: bool = False
    messages: dict[Ts, Json] = field(default_factory=dict)

    def replies(self, parent: str) -> list[Json]:
        """The messages of a thread, without its parent."""
        return [each for each in self.messages.values() if _thread(each) == parent and each["ts"] != parent]

    def has_thread(self, parent: str) -> bool:
        """Whether a reply can stand under a message: it is there, and is no reply itself."""
        message = self.messages.get(Ts(parent))
        return message is not None and _thread(message) in (None, parent)

    def top_level(self) -> list[Json]:
        """The messages that are no replies."""
        return [each for each in self.messages.values() if _thread(each) in (None, each["ts"])]


def _thread(message: Json) -> str | None:
    return message.get("thread_ts")


@dataclass(slots=True, kw_only=True)
class File:
    """One file. `ticket` is that of its upload address; `channels` where it was shared."""

    id: str
    name: str
    title: str
    user: str
    at: int
    body: bytes = b""
    length: int | None = None  # as announced; None when it came at once
    ticket: str = ""
    channels: list[str] = field(default_factory=list)

    def kept(self) -> Json:
        """As the state keeps it."""
        return {name: getattr(self, name) for name in self.__slots__} | {
            "body": b64encode(self.body).decode()
        }


@dataclass(frozen=True, slots=True)
class Identity:
    """Ids and secrets of the workspace and its one app."""

    team: str
    bot_user: str
    bot_id: str
    app_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    checker_token: str


class State:
    """All of it. Every change counts up `version`, which the page and the plays look at."""

    def __init__(self, workspace: Json, now: Callable[[], datetime], file: Path | None) -> None:
        self.identity = Identity(**{name: workspace[name] for name in Identity.__slots__})
        self.people = {each["id"]: Person(**each) for each in workspace["people"]}
        self.channels = {
            each["id"]: Channel(**{**each, "members": set(each["members"])}) for each in workspace["channels"]
        }
        self.files: dict[str, File] = {}
        self.base = ""  # the address at which this is served
        self.unheard: set[str] = set()  # messages whose event a planted fault lost: no history tells the bot
        self.version = 0
        self.now = now
        self._file = file
        self._last_ts = Ts("")
        if file is not None and file.exists():
            self._load(json.loads(file.read_text()))

    def next_ts(self) -> Ts:
        """A ts that was never given before, and is later than all others."""
        ts = ts_of(self.now())
        if ts <= self._last_ts:
            seconds, micro = self._last_ts.split(".")
            total = int(seconds) * 1_000_000 + int(micro) + 1
            ts = Ts(f"{total // 1_000_000:010d}.{total % 1_000_000:06d}")
        self._last_ts = ts
        return ts

    def dm(self, person: str) -> Channel:
        """The DM of somebody with the bot, opened when it is asked for."""
        id_ = "D" + person.removeprefix("U")
        if id_ not in self.channels:
            self.channels[id_] = Channel(id_, person, True, {person, self.identity.bot_user}, person)
        return self.channels[id_]

    def changed(self) -> None:
        """Count a change; it is kept at the next save."""
        self.version += 1

    def save(self) -> None:
        """Write everything to the file, whole or not at all."""
        if self._file is None:
            return
        body = {
            "last_ts": self._last_ts,
            "people": [asdict(each) for each in self.people.values()],
            "dms": [each.user for each in self.channels.values() if each.user],
            "members": {each.id: sorted(each.members) for each in self.channels.values()},
            "files": [each.kept() for each in self.files.values()],
            "messages": {each.id: list(each.messages.values()) for each in self.channels.values()},
        }
        beside = self._file.with_suffix(".new")
        beside.write_text(json.dumps(body))
        os.replace(beside, self._file)

    def _load(self, body: Json) -> None:
        self._last_ts = Ts(body["last_ts"])
        self.people |= {each["id"]: Person(**each) for each in body.get("people", ())}
        self.files = {each["id"]: _file(each) for each in body.get("files", ())}
        for person in body["dms"]:
            self.dm(person)
        for id_, messages in body["messages"].items():
            if id_ in self.channels:
                self.channels[id_].messages = {Ts(each["ts"]): each for each in messages}
        for id_, members in body.get("members", {}).items():
            if id_ in self.channels:
                self.channels[id_].members = set(members)


def _file(kept: Json) -> File:
    return File(**{**kept, "body": b64decode(kept["body"])})
