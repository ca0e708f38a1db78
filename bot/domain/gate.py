"""The gate: the only maker of Cleared, which is all that screens and renderers accept.

Readers never see a person of the event's list, nor anybody mentioned: they read "a participant". For now the
gate is simple and strict; the real guard replaces `People`, not the type.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Generic, Never, TypeVar, final

from bot.domain.document import Document

SOMEBODY = "a participant"


class Audience:
    """Whom something is cleared for."""


class Rapporteur(Audience):
    """Whoever typed it."""


class Reader(Audience):
    """Everybody in the channel."""


A = TypeVar("A", bound=Audience)


@final
class Cleared(Generic[A]):
    """A document that one audience may read; not convertible between audiences."""

    __slots__ = ("_document",)
    _document: Document

    def __init__(self, only_the_gate_makes_these: Never) -> None:
        raise TypeError("only bot.domain.gate makes these")

    @property
    def document(self) -> Document:
        """What this audience may read; read only."""
        return self._document

    def __repr__(self) -> str:
        return f"<cleared, {len(self.document.blocks)} blocks>"


def clear_for_readers(document: Document, people: "People") -> Cleared[Reader]:
    """Everybody on the list and everybody mentioned reads as "a participant"."""
    cleared: Cleared[Reader] = object.__new__(Cleared)
    cleared._document = document.reworded(people.unnamed)
    return cleared


def clear_for_rapporteur(document: Document) -> Cleared[Rapporteur]:
    """What somebody typed, for that person alone: as it is."""
    cleared: Cleared[Rapporteur] = object.__new__(Cleared)
    cleared._document = document
    return cleared


_MENTION = re.compile(r"<@[UW][A-Z0-9]*(?:\|[^>]*)?>")
_PARTICLES = frozenset(
    ["al", "da", "de", "del", "della", "den", "der", "di", "du", "el", "ibn", "la", "le", "van", "von"]
)
_GAP = r"[\W_]*"  # names run together or joined by a point count too


class People:
    """The names that readers must not see, and the surnames that are common words.

    A full name counts in either order and with anything but letters between its parts; a surname (what stands
    after the last space, whole or a half of a double one) counts alone unless it is a common word or has a
    digit, as a session's code has. A particle (al-) is no half, and what follows an elided letter (d') counts
    only with it. Case, accents and invisible characters do not matter.
    """

    def __init__(self, names: tuple[str, ...], common_words: frozenset[str] = frozenset()) -> None:
        patterns = {pattern for name in names for pattern in _patterns(name, common_words)}
        longest_first = sorted(patterns, key=lambda pattern: (-len(pattern), pattern))
        self._names = re.compile(rf"(?<![^\W_])(?:{'|'.join(longest_first)})(?![^\W_])") if patterns else None

    def unnamed(self, text: str) -> str:
        """The text with everybody in it read as "a participant"."""
        text = _MENTION.sub(SOMEBODY, text)
        if self._names is None:
            return text
        folded, places = _fold(text)
        kept, end = [], 0
        for found in self._names.finditer(folded):
            kept += [text[end : places[found.start()]], SOMEBODY]
            end = places[found.end() - 1] + 1
            while end < len(text) and not _folded_character(text[end]):
                end += 1  # accents and invisible characters that belong to the name's last letter
        return "".join([*kept, text[end:]])


def _patterns(name: str, common_words: frozenset[str]) -> Iterator[str]:
    """Everything by which a name is recognised in folded text."""
    *given, surname = [parts for word in name.split() if (parts := _parts(word))] or [[]]
    if not surname:
        return
    first = [part for parts in given for part in parts]
    yield _spelled(first + surname)
    yield _spelled(surname + first)
    for alone in (surname, *([part] for part in _halves(surname))):
        word = "".join(alone)
        if not given or not (word in common_words or any(map(str.isdigit, word))):
            yield _spelled(alone)


def _halves(surname: list[str]) -> list[str]:
    if any(len(part) == 1 for part in surname):
        return []
    return [part for part in surname if part not in _PARTICLES]


def _parts(word: str) -> list[str]:
    return re.findall(r"[^\W_]+", _fold(word)[0])


def _spelled(parts: list[str]) -> str:
    return _GAP.join(map(re.escape, parts))


def _fold(text: str) -> tuple[str, list[int]]:
    """The text without case, accents and invisible characters, and where each character came from."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        letters = _folded_character(character)
        folded.append(letters)
        places += [place] * len(letters)
    return "".join(folded), places


@lru_cache(maxsize=4096)
def _folded_character(character: str) -> str:
    return "".join(
        part
        for part in unicodedata.normalize("NFKD", character).casefold()
        if unicodedata.category(part) not in ("Mn", "Cf")
    )
