"""Slack's rich_text blocks -> Document. Lists keep their nesting; bold and colour are let go, words never."""

import json
import re
from collections.abc import Iterator
from typing import Any

from bot.domain.document import Bullet, Document, note
from bot.domain.words import Words
from bot.notes import plain

Json = dict[str, Any]

_CODE_POINTS = re.compile(r"(?:1?[0-9a-f]{4,5})(?:-1?[0-9a-f]{4,5})*")


def document_of(blocks: str, text: str) -> Document:
    """The document of a message from its stored blocks (JSON), or from its text where those say nothing."""
    lines = [line for element in _elements(blocks) for line in _lines(element)]
    return note(lines) if any(line.words for line in lines) else plain.document_of(text)


def is_plain(blocks: str | None) -> bool:
    """Whether a message is one unformatted run of text: only then can it be a command."""
    if blocks is None:
        return True
    elements = list(_elements(blocks))
    if len(elements) != 1 or elements[0].get("type") != "rich_text_section":
        return False
    return all(run.get("type") == "text" and not run.get("style") for run in _list(elements[0], "elements"))


def _elements(blocks: str) -> Iterator[Json]:
    loaded = json.loads(blocks)
    for block in loaded if isinstance(loaded, list) else []:
        if isinstance(block, dict) and block.get("type") == "rich_text":
            yield from _list(block, "elements")


def _lines(element: Json) -> Iterator[Bullet]:
    kind = element.get("type")
    if kind == "rich_text_list":
        depth = 1 + min(_number(element.get("indent")), 8)
        first = 1 + _number(element.get("offset"))
        for number, each in enumerate(_list(element, "elements"), first):
            mark = f"{number}. " if element.get("style") == "ordered" else ""
            yield Bullet(Words(mark + " ".join(_runs(each).split("\n")).strip()), depth)
    else:  # section, quote, preformatted: lines as they were typed
        yield from plain.lines_of(_runs(element))


def _runs(element: Json) -> str:
    return "".join(_run(run) for run in _list(element, "elements"))


def _run(run: Json) -> str:
    match run:
        case {"type": "text", "text": str(text)}:
            return cleaned(text)
        case {"type": "emoji", "unicode": str(code)} if _CODE_POINTS.fullmatch(code):
            return "".join(chr(int(point, 16)) for point in code.split("-"))
        case {"type": "emoji", "name": str(name)}:
            return f":{name}:"
        case {"type": "link", "url": str(url)}:
            label = run.get("text")
            return f"{cleaned(label)} ({url})" if isinstance(label, str) and label != url else url
        case {"type": "user", "user_id": str(user)}:
            return f"<@{user}>"  # the gate knows mentions
        case {"type": "broadcast", "range": str(whom)}:
            return f"@{whom}"
        case {"type": "usergroup"}:
            return "a group"
        case {"type": "channel"}:
            return "a channel"
        case {"type": "date", "fallback": str(fallback)}:
            return fallback
        case {"text": str(text)}:
            return cleaned(text)
        case _:
            return ""


def cleaned(text: str) -> str:
    """Text without what no database stores: NUL and lone surrogates become U+FFFD."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _list(element: Json, key: str) -> list[Json]:
    found = element.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _number(found: object) -> int:
    return found if isinstance(found, int) and found > 0 else 0
