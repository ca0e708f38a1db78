"""What stands in Slack at the end, as a person with eyes would list it; read by the checker's token alone."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.demo.checker import lines, shown, words
from bot.sandbox.driver import Driver

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """DMs by person, the channel's top level, the thread, and the lines of the bots' logs."""

    dms: Mapping[str, Sequence[Json]]
    channel: Sequence[Json]
    replies: Sequence[Json]
    logs: Sequence[str]

    def posts(self) -> Iterator[Json]:
        """Every message of the bot."""
        for messages in (*self.dms.values(), self.channel, self.replies):
            yield from (message for message in messages if message.get("bot_id"))

    def read_by_everybody(self) -> str:
        """All that can be read in the channel."""
        return "\n".join(shown(message) for message in (*self.channel, *self.replies))


async def stands(driver: Driver, people: Sequence[str], channel: str, logs: Sequence[Path]) -> Standing:
    """Read everything."""
    dms = {person: await driver.history(person) for person in people}
    top = await driver.history(channel)
    parents = [message for message in top if message.get("bot_id")]
    thread = await driver.replies(channel, parents[0]["ts"]) if parents else []
    said = [line for log in logs if log.exists() for line in log.read_text(errors="replace").splitlines()]
    return Standing(dms, top, thread[1:], said)


def key(message: Json) -> str | None:
    """By what a message of the bot is known to it."""
    payload = (message.get("metadata") or {}).get("event_payload")
    return json.dumps(payload, sort_keys=True) if payload else None


def actions(message: Json) -> dict[str, str]:
    """The buttons under a message: what they do, and what they carry."""
    return {
        str(element["action_id"]): str(element.get("value"))
        for block in message.get("blocks") or ()
        if block["type"] == "actions"
        for element in block["elements"]
    }


def card_of(message: Json) -> int | None:
    """The section whose card this is."""
    found = actions(message)
    return int(found["walk.nothing"].rpartition("|")[2]) if "walk.nothing" in found else None


def is_answer(message: Json) -> bool:
    """Whether this is what a command or a press is answered with: a card, a review, a receipt, the help."""
    text, found = str(message.get("text")), actions(message)
    is_said = text.startswith("Write;") or text.endswith(" is submitted.")
    return bool(message.get("bot_id")) and (is_said or bool({"walk.nothing", "report.submit"} & set(found)))


def sections(messages: Sequence[Json]) -> dict[str, list[str]]:
    """The words under each bold title of some messages, page after page; their first lines are left out."""
    found: dict[str, list[str]] = {}
    title = ""
    for message in messages:
        for text, is_bold in lines(message)[1:]:
            if is_bold:
                title = text
                found.setdefault(title, [])
            elif title:
                found[title] += words(text)
    return found


def first_line(message: Json) -> str:
    """What a message begins with."""
    page = lines(message)
    return page[0][0] if page else ""
