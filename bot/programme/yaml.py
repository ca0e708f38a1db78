"""The ways in: an event file as a programme, and everything that is wrong in the files of an organiser."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.domain.event import WorkspaceId
from bot.domain.programme import Programme
from bot.domain.template import Template
from bot.errors import EventRefused
from bot.programme.build import programme_of
from bot.programme.checks import contradictions
from bot.programme.columns import TABLES
from bot.programme.event_rows import EventFile
from bot.programme.faults import Fault, in_order, nearest, refuse, shown
from bot.programme.folder import Folder, OnDisk, Unreadable, plain
from bot.programme.reading import Source, opened, path, read, source_of, with_tables
from bot.programme.templates import load_template, shipped, template_of
from bot.programme.times import shift_of
from bot.programme.tree import Loc, Tree

__all__ = ["Checked", "load_event", "load_template", "read_event", "read_template"]


@dataclass(frozen=True, slots=True)
class Checked:
    """An event file: the programme, if there is no fault, and everything that is to be said."""

    programme: Programme | None
    faults: tuple[Fault, ...]


def load_event(file: Path, workspace: WorkspaceId, closing: date | None = None) -> Programme:
    """An event file as a programme; `closing` moves every day by as much as the closing session's day.

    Raises EventRefused with every fault: file, line or cell, what is expected.
    """
    checked = read_event(OnDisk(file.parent), file.name, workspace, closing)
    refuse(checked.faults)
    if checked.programme is None:
        raise EventRefused([f"{file}: cannot be read."])
    return checked.programme


def read_event(folder: Folder, name: str, workspace: WorkspaceId, closing: date | None = None) -> Checked:
    """An event file of a folder, with its tables and forms; all faults and warnings, in order."""
    return event_of(folder, opened(folder, name), workspace, closing)


def event_of(folder: Folder, tree: Tree, workspace: WorkspaceId, closing: date | None = None) -> Checked:
    """The same of a file that was opened already."""
    source = with_tables(folder, tree, TABLES)
    if source.values is None:
        return Checked(None, source.faults)
    found = read(source, EventFile)
    shift, of_shift = shift_of(source, closing)
    templates, of_templates = _templates(folder, source)
    faults = in_order([*found.faults, *of_shift, *of_templates, *contradictions(source, shift)])
    if found.row is None or any(not each.is_warning for each in faults):
        return Checked(None, faults)
    return Checked(programme_of(found.row, workspace, templates, shift), faults)


def read_template(folder: Folder, name: str) -> tuple[Template | None, tuple[Fault, ...]]:
    """A template file of a folder; all faults and warnings, in order."""
    template, faults = template_of(source_of(opened(folder, name)))
    return template, in_order(faults)


def _templates(folder: Folder, source: Source) -> tuple[dict[str, Template], list[Fault]]:
    """The form behind each name that the file uses, once each."""
    templates: dict[str, Template] = {}
    faults: list[Fault] = []
    used = {name: loc for loc, name in reversed(list(_used(source)))}
    for name, loc in used.items():
        template, found = _template(folder, source, loc, name)
        faults += found
        if template is not None:
            templates[name] = template
            faults += _same_key(source, loc, name, template, templates)
    return templates, faults


def _used(source: Source) -> Iterator[tuple[Loc, str]]:
    """Where the file names a form, from the top."""
    locs: list[Loc] = [("template",)]
    locs += [("sessions", index, "template") for index, _ in enumerate(source.rows("sessions"))]
    for loc in locs:
        name = source.at(loc)
        if isinstance(name, str) and name.strip():
            yield loc, name


def _template(folder: Folder, source: Source, loc: Loc, name: str) -> tuple[Template | None, Iterable[Fault]]:
    if not name.lower().endswith((".yaml", ".yml")):
        if name in shipped():
            return load_template(name), ()
        return None, [_no_template(source, loc, name)]
    try:
        return template_of(source_of(opened(folder, plain(name))))
    except Unreadable as error:
        return None, [source.fault(loc, str(error), what=path(loc), found=shown(name))]


def _no_template(source: Source, loc: Loc, name: str) -> Fault:
    return source.fault(
        loc,
        f"there is no template of this name; there is: {', '.join(shipped())}",
        what=path(loc),
        found=shown(name),
        hint=nearest(name, shipped()),
    )


def _same_key(
    source: Source, loc: Loc, name: str, template: Template, templates: dict[str, Template]
) -> Iterator[Fault]:
    """Two forms of one key would be stored as one; a copy of one that ships needs a key of its own."""
    for other, known in templates.items():
        if other != name and known.key == template.key:
            said = f"has the key {template.key}, as {other} has; give each form its own"
            yield source.fault(loc, said, what=path(loc), found=shown(name))
            return
    if name != template.key and template.key in shipped() and template != load_template(template.key):
        said = f"has the key of a form that ships, {template.key}; give it one of its own"
        yield source.fault(loc, said, what=path(loc), found=shown(name), is_warning=True)
