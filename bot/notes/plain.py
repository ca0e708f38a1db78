"""Plain text -> Document: one note as one bullet, the bullets that were typed in it nested below."""

import re

from bot.domain.document import Bullet, Document, note
from bot.domain.words import Words

_MARK = re.compile(r"(?P<indent>[ \t]*)(?P<mark>[-*–•●◦▪■‣·]|\d{1,2}[.)])[ \t\u00a0]+(?P<rest>.*)", re.DOTALL)
_INLINE = re.compile(r"(?:^|(?<=\s))(?=[•●◦▪■‣][ \t\u00a0])")  # a paste may hold its bullets on one line


def document_of(text: str) -> Document:
    """Every word of the text, line by line; bullet characters become structure."""
    return note(lines_of(text))


def lines_of(text: str) -> list[Bullet]:
    """The lines of a text: depth 0 for a plain line, 1 and more for a typed bullet."""
    return [_line(part) for line in text.splitlines() for part in _INLINE.split(line) if part.strip()]


def _line(line: str) -> Bullet:
    marked = _MARK.fullmatch(line.rstrip())
    if marked is None:
        return Bullet(Words(line.strip()), 0)
    indent = len(marked["indent"].expandtabs(4))
    rest = marked["rest"].strip()
    words = f"{marked['mark']} {rest}" if marked["mark"][0].isdigit() else rest  # "6. December" is no list
    return Bullet(Words(words), 1 + min(indent // 2, 3))
