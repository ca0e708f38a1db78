"""Forms: those that ship, and an event's own beside its file."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.domain.event import TemplateKey
from bot.domain.template import Fill, InDigest, Need, Option, Section, Template, Translation
from bot.errors import EventRefused
from bot.programme.doubles import doubles
from bot.programme.faults import Fault, nearest, refuse, shown
from bot.programme.files import LIBRARY
from bot.programme.folder import OnDisk
from bot.programme.form_rows import CodesFile, OptionRow, SectionRow, TemplateFile
from bot.programme.reading import Source, opened, path, read, source_of

_SHIPPED = LIBRARY / "templates"
_CODES = LIBRARY / "codes"
_UNKNOWN = [{"code": "?", "title": "?"}]  # in the place of options that are not known, which is said once


def shipped() -> tuple[str, ...]:
    """The keys of the forms that ship."""
    return _keys(_SHIPPED)


def code_lists() -> tuple[str, ...]:
    """The keys of the lists of codes that ship."""
    return _keys(_CODES)


def _keys(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(each.stem for each in folder.glob("*.yaml")))


def shipped_text(key: str) -> str:
    """The file of a form that ships; raises EventRefused when there is none of that name."""
    if key not in shipped():
        raise EventRefused([f"there is no template {key!r}; there is: {', '.join(shipped())}."])
    return (_SHIPPED / f"{key}.yaml").read_text(encoding="utf-8")


@lru_cache(maxsize=16)
def load_template(key: str) -> Template:
    """A template that ships; raises EventRefused when there is none of that name."""
    shipped_text(key)
    template, faults = template_of(source_of(opened(OnDisk(_SHIPPED), f"{key}.yaml")))
    if template is None:
        refuse(faults)
        raise EventRefused([f"the template {key!r} cannot be read."])
    return template


def template_of(source: Source) -> tuple[Template | None, tuple[Fault, ...]]:
    """A template file as a form, and everything that is to be said; with a fault there is no form."""
    found = read(_with_codes(source), TemplateFile)
    faults = (*found.faults, *_contradictions(found.source))
    if found.row is None or any(not each.is_warning for each in faults):
        return None, faults
    return _template(found.row), faults


def _contradictions(source: Source) -> Iterator[Fault]:
    yield from doubles(source, "sections", "key", "section")
    yield from doubles(source, "header", "", "field")
    for index in range(len(source.rows("sections"))):
        yield from doubles(source, ("sections", index, "options"), "code", "code")


def _with_codes(source: Source) -> Source:
    """The lists of codes that sections choose from, in the place of their keys."""
    values, faults = source.values, list(source.faults)
    if values is None or not isinstance(values.get("sections"), list):
        return source
    sections: list[Any] = []
    for index, section in enumerate(values["sections"]):
        if isinstance(section, dict) and isinstance(section.get("options"), str):
            loc = ("sections", index, "options")
            options = _codes(section["options"])
            if options is None:
                faults.append(_no_codes(source, loc, section["options"]))
            section = {**section, "options": options or _UNKNOWN}
        sections.append(section)
    return replace(source, values={**values, "sections": sections}, faults=tuple(faults))


def _no_codes(source: Source, loc: tuple[int | str, ...], found: str) -> Fault:
    known = code_lists()
    return source.fault(
        loc,
        f"expected a list of codes, or the key of one that ships: {', '.join(known)}",
        what=path(loc),
        found=shown(found),
        hint=nearest(found, known),
    )


@lru_cache(maxsize=16)
def _codes(key: str) -> list[dict[str, Any]] | None:
    """The options of a list that ships, as its file has them."""
    if key not in code_lists():
        return None
    found = read(source_of(opened(OnDisk(_CODES), f"{key}.yaml")), CodesFile)
    refuse(found.faults)
    return None if found.source.values is None else list(found.source.values["options"])


def _template(row: TemplateFile) -> Template:
    return Template(
        key=TemplateKey(row.template),
        version=row.version,
        name=row.name,
        header=tuple(row.header),
        sections=tuple(map(_section, row.sections)),
        language=row.language,
    )


def _section(row: SectionRow) -> Section:
    return Section(
        key=row.key,
        title=row.title,
        short=row.short,
        help=row.help or "",
        fill=Fill(row.kind),
        need=Need(row.need),
        advice=row.words,
        in_digest=InDigest(row.digest),
        options=tuple(map(_option, row.options or ())),
        lowest=row.lowest,
        highest=row.highest,
        translations=tuple(
            Translation(
                language=language, title=said.title or "", short=said.short or "", help=said.help or ""
            )
            for language, said in row.translations.items()
        ),
    )


def _option(row: OptionRow) -> Option:
    return Option(
        code=row.code,
        title=row.title,
        translations=tuple(
            Translation(language=language, title=title) for language, title in row.translations.items()
        ),
    )
