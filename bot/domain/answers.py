"""Typed answers: what was typed in a section that asks for a number or for options of a list.

A text is an answer as a whole or not at all; what is none is kept as a note and asked about.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rapidfuzz import fuzz, process

from bot.domain.template import Fill, Option, Section


@dataclass(frozen=True, slots=True)
class Number:
    """The answer of a section that asks for a number."""

    value: Decimal

    def __str__(self) -> str:
        return f"{self.value:f}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The answer of a section that asks for options: their codes, in the order of the list."""

    codes: tuple[str, ...]

    def __str__(self) -> str:
        return ", ".join(self.codes)


Value = Number | Chosen

_LIKE = 75  # of 100, by rapidfuzz: from here on a title may have been meant
_SHORT = 80  # characters; longer texts are notes, not slips


def read_answer(section: Section, text: str) -> Value | None:
    """The answer that this text is; None: it is none."""
    match section.fill:
        case Fill.NUMBER:
            return _number(section, text)
        case Fill.CHOICE:
            chosen = _chosen(section, text)
            return chosen if chosen and len(chosen.codes) == 1 else None
        case Fill.CHOICES:
            return _chosen(section, text)
        case _:
            return None


def nearest(section: Section, text: str) -> Option | None:
    """The option that may have been meant; only ever asked, never taken."""
    if len(text) > _SHORT:
        return None
    titles = {each.code: _plain(each.title) for each in section.options}
    found = process.extractOne(_plain(text), titles, scorer=fuzz.WRatio, score_cutoff=_LIKE)
    return next((each for each in section.options if found and each.code == found[2]), None)


# Thousands are parted by spaces, apostrophes, a comma or a point; both marks together: the last is decimal.
_PARTS = re.compile(r"[\s'\u2019\u066c_]")  # U+066C parts thousands in Arabic; \s knows narrow spaces
_GROUPED = re.compile(r"[1-9]\d{0,2}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})*")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
_BOTH = re.compile(r"\d{1,3}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})*(?!(?P=mark))[.,]\d+")
_LONGEST = 30


def _number(section: Section, text: str) -> Number | None:
    typed = _digits(text.strip()).replace("\u066b", ".").replace("\u2212", "-")  # Arabic point, minus sign
    negative, typed = typed.startswith("-"), typed.lstrip("+-").strip()
    if _PARTS.search(typed):
        parts = _PARTS.split(typed)
        if not all(len(part) == 3 for part in (*parts[1:-1], re.split("[.,]", parts[-1])[0])):
            return None
        typed = "".join(parts)
    value = _value(typed) if len(typed) <= _LONGEST else None
    if value is None:
        return None
    value = -value if negative else value
    too_low = section.lowest is not None and value < section.lowest
    too_high = section.highest is not None and value > section.highest
    return None if too_low or too_high else Number(value)


def _value(typed: str) -> Decimal | None:
    if _GROUPED.fullmatch(typed):
        return Decimal(re.sub("[.,]", "", typed))
    if _PLAIN.fullmatch(typed):
        return Decimal(typed.replace(",", "."))
    if _BOTH.fullmatch(typed):
        whole, _, rest = typed.replace(",", ".").rpartition(".")
        return Decimal(f"{whole.replace('.', '')}.{rest}")
    return None


def _digits(text: str) -> str:
    """Digits of any script as our own."""
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)


_BETWEEN = re.compile(r"[,;\n\u060c]|\s&\s|\b(?:and|et|y|und)\b")  # U+060C is the Arabic comma
_SPAN = re.compile(r"(?P<first>\S+?)\s*(?:[-\u2013]|\bto\b)\s*(?P<last>\S+)")
_CALLED = frozenset(
    {"goal", "goals", "objective", "objectives", "option", "options", "number", "numbers", "sdg", "sdgs"}
)


def _chosen(section: Section, text: str) -> Chosen | None:
    typed = _plain(_digits(text))
    whole = _one(section, typed)
    found = {whole} if whole is not None else _several(section, typed)
    if not found:
        return None
    return Chosen(tuple(each.code for at, each in enumerate(section.options) if at in found))


def _several(section: Section, typed: str) -> set[int] | None:
    found: set[int] = set()
    for piece in _pieces(section, typed):
        one = _one(section, piece)
        places = {one} if one is not None else _span(section, piece)
        if places is None:
            return None
        found |= places
    return found


def _pieces(section: Section, typed: str) -> Iterator[str]:
    """What stands between commas, without "goals" before it; numbers may be parted by spaces alone."""
    for piece in filter(None, map(str.strip, _BETWEEN.split(typed))):
        words = piece.split()
        while len(words) > 1 and words[0].strip(".:") in _CALLED | _own_words(section):
            words = words[1:]
        words[0] = words[0].removeprefix("#")
        if all(each.isdecimal() for each in words):
            yield from words
        else:
            yield " ".join(words)


def _own_words(section: Section) -> set[str]:
    words = set(_words(f"{section.title} {section.short}"))
    return words | {each.removesuffix("s") for each in words}


def _one(section: Section, piece: str) -> int | None:
    """The place of the option that a code, a number of the list or words of its title name."""
    for at, option in enumerate(section.options):
        if piece in (option.code.casefold(), _plain(option.title)):
            return at
    if piece.isdecimal() and 1 <= int(piece) <= len(section.options):
        numbered = all(each.code.isdecimal() for each in section.options)
        return None if numbered else int(piece) - 1  # where codes are numbers, they alone count
    return _by_words(section, piece)


def _by_words(section: Section, piece: str) -> int | None:
    words = set(_words(piece))
    if not any(len(word) > 3 for word in words if not word.isdecimal()):
        return None
    fitting = [at for at, option in enumerate(section.options) if words <= set(_words(option.title))]
    return fitting[0] if len(fitting) == 1 else None


def _span(section: Section, piece: str) -> set[int] | None:
    """'1-3', of codes or numbers of the list."""
    if not (span := _SPAN.fullmatch(piece)):
        return None
    first, last = _one(section, span["first"]), _one(section, span["last"])
    if first is None or last is None or first > last:
        return None
    return set(range(first, last + 1))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", _plain(text))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
