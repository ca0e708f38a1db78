"""Reads channel and DMs through Slack's Web API and compares with the driver's record; a process of its own.

python -m bot.demo.checker RECORD API_URL TOKEN. It imports nothing of the bot: it and its other half
(bot.demo.unasked) know Slack's blocks, the record, and what a reader would call a fault. Exit 0 when all is
as it should be, else 1, the faults named.
"""

import json
import sys
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from bot.demo import unasked
from bot.demo.unasked import Message

Json = dict[str, Any]


class Slack:
    """The Web API, read only."""

    def __init__(self, api: str, token: str) -> None:
        self._api, self._token = api, token

    def call(self, method: str, **arguments: str) -> Json:
        url = f"{self._api}{method}?{urlencode({**arguments, 'include_all_metadata': 'true'})}"
        request = Request(url, headers={"Authorization": f"Bearer {self._token}"})  # noqa: S310 - the sandbox's
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - the sandbox's
            read: Json = json.load(answer)
        if not read["ok"]:
            raise SystemExit(f"cannot read {method}: {read['error']}")
        return read

    def messages(self, method: str, **arguments: str) -> list[Json]:
        found: list[Json] = []
        while True:
            read = self.call(method, **arguments)
            found += read["messages"]
            cursor = (read.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return sorted(found, key=lambda message: str(message["ts"]))
            arguments["cursor"] = cursor


def words(text: str) -> list[str]:
    """The words of a text, without list marks and lone punctuation."""
    return [
        word
        for word in text.split()
        if any(character.isalnum() or _is_symbol(character) for character in word)
    ]


def _is_symbol(character: str) -> bool:
    return unicodedata.category(character) == "So"  # emoji are words


def lines(message: Json) -> list[tuple[str, bool]]:
    """The lines that a reader sees of a message, and whether each is bold throughout."""
    found: list[tuple[str, bool]] = []
    for block in message.get("blocks") or ():
        if block["type"] == "rich_text":
            for element in block["elements"]:
                parts = element["elements"] if element["type"] == "rich_text_list" else [element]
                found += [_line(part) for part in parts]
        elif block["type"] in ("header", "section"):
            found.append((block["text"]["text"], block["type"] == "header"))
        elif block["type"] == "context":
            found += [(element["text"], False) for element in block["elements"]]
    return found


def _line(part: Json) -> tuple[str, bool]:
    runs = part["elements"]
    text = "".join(run.get("text") or run.get("url") or f":{run.get('name')}:" for run in runs)
    return text.strip(), all((run.get("style") or {}).get("bold") for run in runs)


def shown(message: Json) -> str:
    """All that a reader, a lock screen or a screen reader gets of a message."""
    return "\n".join([str(message.get("text")), *(text for text, _ in lines(message))])


class Check:
    """All faults found, each as 'name: what'."""

    def __init__(self, record: Json, slack: Slack) -> None:
        self.record, self.slack = record, slack
        self.faults: list[str] = []
        self.channel = slack.messages("conversations.history", channel=record["channel"], limit="200")
        posts = [message for message in self.channel if message.get("bot_id")]
        self.parent = posts[0] if posts else None
        self.replies = (
            [
                message
                for message in slack.messages(
                    "conversations.replies", channel=record["channel"], ts=self.parent["ts"], limit="200"
                )
                if message["ts"] != self.parent["ts"]
            ]
            if self.parent
            else []
        )
        self.posts = posts

    def run(self) -> None:
        submitted = [told for told in self.record["reports"].values() if told["submitted"]]
        if self.parent is None and not submitted:
            pass  # nobody is in: there is nothing to post
        elif self.parent is None:
            self.faults.append("loses-note: there is no digest in the channel")
        else:
            if len(self.posts) > 1:
                self.faults.append(
                    f"doubles-post: {len(self.posts)} posts at the top of the channel, one expected"
                )
            self.check_parent(shown(self.parent))
            for session, told in self.record["reports"].items():
                if told["submitted"]:
                    self.check_report(session, told)
        self.check_nothing_gone_is_readable()
        self.check_names()
        self.check_reminders()
        self.check_doubles()

    def check_parent(self, text: str) -> None:
        first, _, missing = text.partition("Not in yet:")
        for session in self.record["sessions"]:
            is_in = self.record["reports"].get(session, {}).get("submitted", False)
            if (session in missing.split("\n")[0]) == is_in or (f"\n{session} " in first) != is_in:
                self.faults.append(f"loses-note: the digest does not say truly whether {session} is in")

    def check_report(self, session: str, told: Json) -> None:
        found = self.sections_of(session)
        notes = {int(section): kept for section, kept in told["notes"].items()}
        titles = dict(enumerate(self.record["titles"])) | {-1: "Also noted"}
        for section, title in titles.items():
            expected = notes.get(section, [])
            where = f"{session}, {title!r}"
            read = found.get(title)
            if not expected and section == -1:
                continue
            if read is None:
                self.faults.append(f"loses-note: {where} is not in the thread")
            elif expected:
                self.compare(where, expected, read)
            else:
                said = "Nothing was raised" if section in told["nothing"] else "Not answered"
                if read != words(said):
                    self.faults.append(f"loses-note: {where} should read {said!r}")

    def sections_of(self, session: str) -> dict[str, list[str]]:
        """The words under each title of a session's replies, page after page."""
        found: dict[str, list[str]] = {}
        title: str | None = None
        for message in self.replies:
            page = lines(message)
            if not page or page[0][0].split()[0].rstrip(",") != session:
                continue
            for text, is_bold in page[1:]:
                if is_bold:
                    title = text
                    found.setdefault(title, [])
                elif title is not None:
                    found[title] += words(text)
        return found

    def compare(self, where: str, expected: list[Json], read: list[str]) -> None:
        """Every note's words once, in order, and nothing besides."""
        rest, position, in_order = list(read), 0, True
        for kept in expected:
            sought = words(kept["reads"])
            places = occurrences(read, sought)
            if not places:
                self.faults.append(f"{_missing(kept, read)} in {where} ({len(sought)} words)")
                continue
            if len(places) > sum(1 for other in expected if words(other["reads"]) == sought):
                self.faults.append(f"doubles-post: {where}: a note stands {len(places)} times")
            in_order = in_order and any(place >= position for place in places)
            position = max(position, places[0] + len(sought))
            rest = _without(rest, sought)
        if not in_order:
            self.faults.append(f"order: {where}: notes stand in another order than they were typed")
        if rest and not any(where in fault for fault in self.faults):
            self.faults.append(f"doubles-post: {where}: {len(rest)} words too many")

    def check_nothing_gone_is_readable(self) -> None:
        text = "\n".join(shown(message) for message in [*self.channel, *self.replies])
        gone = list(self.record["gone"])
        for told in self.record["reports"].values():
            gone += [was for notes in told["notes"].values() for kept in notes for was in kept["was"]]
        for each in gone:
            if occurrences(words(text), words(each)):
                self.faults.append(
                    f"forgets-edit: words that were taken back are readable ({len(words(each))} words)"
                )

    def check_names(self) -> None:
        text = plain("\n".join(shown(message) for message in [*self.channel, *self.replies]))
        for name in self.record["listed"]:
            if plain(name) in text:
                self.faults.append("leaks-name: a name of the list is readable in the channel")
        if self.record["control"] and plain(self.record["control"]) not in text:
            self.faults.append(
                "leaks-name: the control, a name on no list, is not readable: is anything compared?"
            )

    def check_reminders(self) -> None:
        told = {
            person: [unasked_from(message) for message in self.direct_messages(person)]
            for person in self.record["people"]
        }
        self.faults += unasked.faults(self.record, told)
        self.faults += [f"in-vain: the players waited for {each}" for each in self.record["in_vain"]]

    def check_doubles(self) -> None:
        people = {told["person"] for told in self.record["reports"].values()} | {*self.record["people"]}
        posts = [*self.posts, *self.replies]
        for person in people:
            posts += [
                message for message in self.direct_messages(person) if not unasked_from(message).is_unasked
            ]
        for times in Counter(map(key_of, posts)).values():
            if times > 1:
                self.faults.append(f"doubles-post: one message stands {times} times")

    def direct_messages(self, person: str) -> list[Json]:
        channel = self.slack.call("conversations.open", users=person)["channel"]["id"]
        found = self.slack.messages("conversations.history", channel=channel, limit="200")
        return [message for message in found if message.get("bot_id")]


def unasked_from(message: Json) -> Message:
    """A message of the bot as the table of the day is compared with it."""
    at = datetime.fromtimestamp(float(message["ts"]), UTC)
    return Message(at=at, text=str(message["text"]), shown=shown(message), key=key_of(message))


def key_of(message: Json) -> str:
    """The key by which the bot knows its post again."""
    return json.dumps((message.get("metadata") or {}).get("event_payload"))


def _missing(kept: Json, read: list[str]) -> str:
    """Why a note does not read as it must."""
    if occurrences(read, words(kept["typed"])):
        return "leaks-name: a note stands as it was typed"
    if any(occurrences(read, words(was)) for was in kept["was"]):
        return "forgets-edit: an old wording stands"
    return "loses-note: a note is missing"


def occurrences(text: list[str], sought: list[str]) -> list[int]:
    """Where a run of words begins."""
    if not sought:
        return []
    size = len(sought)
    return [place for place in range(len(text) - size + 1) if text[place : place + size] == sought]


def _without(text: list[str], sought: list[str]) -> list[str]:
    places = occurrences(text, sought)
    return text[: places[0]] + text[places[0] + len(sought) :] if places else text


def plain(text: str) -> str:
    """A text as names are looked for in it: without case, accents and what nobody sees."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(
        "".join(each for each in folded if unicodedata.category(each) not in ("Mn", "Cf")).split()
    )


def main(record: Path, api: str, token: str) -> int:
    """Check, print the digest as a reader sees it and the verdict; the exit code."""
    check = Check(json.loads(record.read_text(encoding="utf-8")), Slack(api, token))
    check.run()
    for message in [*([check.parent] if check.parent else []), *check.replies]:
        print("\n".join(f"{'# ' if is_bold else '  '}{text}" for text, is_bold in lines(message)) + "\n")
    for fault in dict.fromkeys(check.faults):
        print(f"FAULT {fault}")
    told = check.record["reports"].values()
    count = sum(len(kept) for each in told for kept in each["notes"].values())
    print(
        f"verdict: {'FAULTY' if check.faults else 'good'} ({count} notes, {len(check.replies)} replies read)"
    )
    return 1 if check.faults else 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
