"""What is wrong in organisers' files: a fault a place, as a record and as a sentence."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.fuzz import ratio
from rapidfuzz.utils import default_process

from bot.errors import EventRefused

_ALIKE = 60  # of 100: "Casablanca" still finds Africa/Casablanca, "Mars/Olympus" finds nothing
_SHOWN = 40  # characters of a value; enough to find it again
_TOKEN = re.compile(r"x(?:ox[a-z]|app)-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a value stands: a line of a text (from 1), or a cell of a table (D7)."""

    file: str
    line: int = 1
    cell: str = ""

    def __str__(self) -> str:
        return f"{self.file}, cell {self.cell}" if self.cell else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong, or, as a warning, one that should be looked at."""

    place: Place
    what: str = ""  # the key it is about, from the top: "sessions no. 3 starts"
    expected: str  # what is expected, or what is wrong, as the rest of a sentence without its end
    found: str = ""  # the value as it stands there, shortened
    hint: str = ""  # the nearest right word
    is_warning: bool = False

    @property
    def sentence(self) -> str:
        """What is wrong, without its place."""
        what = f"{self.what}: " if self.what else ""
        found = f", found {self.found}" if self.found else ""
        hint = f" Did you mean {self.hint}?" if self.hint else ""
        return f"{what}{self.expected}{found}.{hint}"

    def __str__(self) -> str:
        return f"{self.place}: {'warning: ' if self.is_warning else ''}{self.sentence}"


def shown(value: object) -> str:
    """A value as a fault shows it, in one short line; nothing of a token, and nothing of an absent value."""
    if value is None or isinstance(value, dict | list):
        return ""
    text = " ".join(str(value).split())
    if _TOKEN.search(text):
        return "what looks like a token of Slack (it does not belong here)"
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f'"{text}"' if isinstance(value, str) else text


def nearest(word: object, words: Iterable[str], alike: int = _ALIKE) -> str:
    """The one of the words that was probably meant; empty when none is alike."""
    if not isinstance(word, str) or not word.strip():
        return ""
    spelled = _spelled(word)
    known = list(words)
    found = process.extractOne(spelled, [_spelled(each) for each in known], scorer=_likeness)
    return known[found[2]] if found is not None and found[1] >= alike else ""


def _likeness(one: str, other: str, **_: object) -> float:
    """The whole names, or their last parts: people remember the city of a zone."""
    return max(ratio(one, other), 0.95 * ratio(one.rpartition("/")[2], other.rpartition("/")[2]))


def _spelled(word: str) -> str:
    return "/".join(default_process(part) for part in word[:100].split("/"))


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Each once, by file, the faults of a file before its warnings, then from the top."""
    files: dict[str, int] = {}
    once = tuple(dict.fromkeys(faults))
    for each in once:
        files.setdefault(each.place.file, len(files))

    def order(fault: Fault) -> tuple[int, bool, int, int]:
        place = fault.place
        row = int(re.sub(r"\D", "", place.cell) or 0)
        return files[place.file], fault.is_warning, place.line, row

    return tuple(sorted(once, key=order))


def refuse(faults: Sequence[Fault]) -> None:
    """EventRefused with every fault that is no warning; nothing when there is none."""
    if grave := [str(each) for each in in_order(faults) if not each.is_warning]:
        raise EventRefused(grave)
