"""What the demo's people type: our own texts, for any template too, and a real filled form if named."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.demo.names import LISTED, UNLISTED
from bot.domain.answers import read_answer
from bot.domain.template import Fill, Section, Template
from bot.programme.files import LIBRARY

NOTHING = "nothing raised"
_NAMES = {
    **{f"listed{number}": name for number, name in enumerate(LISTED, 1)},
    **{f"unlisted{number}": name for number, name in enumerate(UNLISTED, 1)},
}
_READS = {key: "a participant" if key.startswith("listed") else name for key, name in _NAMES.items()}
_NAME = re.compile(r"\{(\w+)\}")
_HEADING = re.compile(r"(\d)\.\s")
_NOTES = 2  # typed into a section of any template
_MANY = 45  # the number that is typed where the section takes it


@dataclass(frozen=True)
class Note:
    """What is typed, and what a reader must read of it."""

    typed: str
    reads: str


@dataclass(frozen=True)
class Form:
    """A filled form: notes by number of the section (from 0), or NOTHING; sections left out stay empty."""

    sections: Mapping[int, tuple[Note, ...] | str]
    rapporteur: str = ""

    def notes(self, section: int) -> tuple[Note, ...]:
        """The notes of a section, none where it says NOTHING."""
        found = self.sections.get(section, ())
        return () if isinstance(found, str) else found


def note(text: str) -> Note:
    """A note with the names put in, and as it must read."""
    return Note(
        _NAME.sub(lambda found: _NAMES[found[1]], text), _NAME.sub(lambda found: _READS[found[1]], text)
    )


def own_forms(keys: tuple[str, ...]) -> dict[str, Form]:
    """Our own forms by session; `keys` are the template's sections in order."""
    written = YAML(typ="safe", pure=True).load(LIBRARY / "demo" / "reports.yaml")
    return {
        session: Form(
            {
                keys.index(key): notes if notes == NOTHING else tuple(note(each) for each in notes)
                for key, notes in sections.items()
            }
        )
        for session, sections in written.items()
    }


def form_for(template: Template, number: int) -> Form:
    """A form for any template: what its kinds ask for, and no name. `number` makes neighbours' differ."""
    return Form(
        {
            index: tuple(Note(text, text) for text in _typed(section, number + index))
            for index, section in enumerate(template.sections)
            if section.fill.is_asked
        }
    )


def _typed(section: Section, number: int) -> Iterator[str]:
    match section.fill:
        case Fill.NUMBER:
            bounds = (each for each in (section.lowest, section.highest) if each is not None)
            yield str(_MANY if read_answer(section, str(_MANY)) else next(bounds))
        case Fill.CHOICE | Fill.CHOICES as fill:
            most = 1 if fill is Fill.CHOICE else _NOTES
            codes = (section.options[(number + each) % len(section.options)].code for each in range(most))
            yield ", ".join(dict.fromkeys(codes))
        case fill:
            pool = _anywhere()[fill.value]
            yield from (pool[(number * _NOTES + each) % len(pool)] for each in range(_NOTES))


@cache
def _anywhere() -> dict[str, list[str]]:
    """Texts by kind of section, which name nobody."""
    found: dict[str, list[str]] = YAML(typ="safe", pure=True).load(LIBRARY / "demo" / "anywhere.yaml")
    return found


def real_form(path: Path) -> Form:
    """A real filled form, cut where its numbered headings stand; each paragraph is typed as one note.

    What the form itself says (headings, instructions that begin with an asterisk) is not typed.
    """
    paragraphs: list[list[str]] = [[]]
    sections: dict[int, list[list[str]]] = {}
    rapporteur = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        heading = _HEADING.match(line)
        if heading and int(heading[1]) == len(sections) + 1:
            paragraphs = sections.setdefault(len(sections), [[]])
        elif not line.strip():
            paragraphs.append([])
        else:
            paragraphs[-1].append(line)
        if line.startswith("Name of Rapporteur:"):
            rapporteur = re.sub(r"\(.*?\)", "", line.partition(":")[2]).strip()
    texts = {number: ["\n".join(each) for each in found] for number, found in sections.items()}
    return Form(
        {
            number: tuple(Note(text, text) for text in found if text and not text.startswith("*"))
            for number, found in texts.items()
        },
        rapporteur,
    )
