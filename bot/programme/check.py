"""`plenary check`: all that is wrong in some files, whatever they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.domain.event import WorkspaceId
from bot.domain.programme import Programme
from bot.domain.template import Template
from bot.programme.columns import TABLES
from bot.programme.faults import Fault, Place, in_order
from bot.programme.fields import is_table
from bot.programme.folder import Folder, OnDisk
from bot.programme.reading import opened, source_of
from bot.programme.templates import template_of
from bot.programme.tree import Tree
from bot.programme.yaml import event_of

_NOBODY = WorkspaceId("unknown yet")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One file: what it comes to, and what is to be said of it."""

    file: str
    comes_to: str  # "6 sessions, 7 names masked"; empty when it cannot be used
    faults: tuple[Fault, ...]

    @property
    def is_refused(self) -> bool:
        """Whether it cannot be used; warnings alone refuse nothing."""
        return any(not each.is_warning for each in self.faults)

    @property
    def lines(self) -> list[str]:
        """A sentence a fault, and a last one that counts."""
        return [*map(str, self.faults), self._summary]

    @property
    def _summary(self) -> str:
        grave = sum(not each.is_warning for each in self.faults)
        warnings = len(self.faults) - grave
        counted = [_count(grave, "fault")] if grave else []
        counted += [_count(warnings, "warning")] if warnings else []
        return f"{self.file}: {', '.join([*counted, self.comes_to] if self.comes_to else counted)}."


def check_files(files: Iterable[Path], closing: date | None = None) -> list[Verdict]:
    """Files of this machine, in the order given; those of one folder know of each other."""
    folders: dict[Path, list[str]] = {}
    for file in files:
        folders.setdefault(file.parent, []).append(file.name)
    return [each for path, names in folders.items() for each in check(OnDisk(path), names, closing)]


def check(folder: Folder, names: Iterable[str], closing: date | None = None) -> list[Verdict]:
    """Every file, in the order given; what another of them names is checked with that one."""
    given = tuple(dict.fromkeys(names))
    trees = {name: opened(folder, name) for name in given if not is_table(name)}
    named = {value for tree in trees.values() for value in _tables(tree.values or {})}
    return [
        _verdict(folder, trees[name], closing) if name in trees else _alone(folder, name)
        for name in given
        if name in trees or name not in named
    ]


def _tables(values: Mapping[str, object]) -> list[object]:
    """The tables that a file names."""
    return [values[key] for key in TABLES if is_table(values.get(key))]


def _verdict(folder: Folder, tree: Tree, closing: date | None) -> Verdict:
    """Of a template, if it has the key that only they have; of an event otherwise."""
    keys = (tree.values or {}).keys()
    if "sections" in keys and not {"event", "sessions"} & keys:
        template, faults = template_of(source_of(tree))
        return Verdict(tree.file, _of_template(template), in_order(faults))
    checked = event_of(folder, tree, _NOBODY, closing)
    return Verdict(tree.file, _of_event(checked.programme), checked.faults)


def _alone(folder: Folder, name: str) -> Verdict:
    label = folder.label(name)
    said = f"is a table; check the event file that names it, as in 'sessions: {name}'"
    return Verdict(label, "", (Fault(place=Place(file=label), expected=said),))


def _of_event(programme: Programme | None) -> str:
    if programme is None:
        return ""
    sessions, names = len(programme.sessions), len(programme.listed)
    return f"{_count(sessions, 'session')}, {_count(names, 'name')} masked"


def _of_template(template: Template | None) -> str:
    return "" if template is None else _count(len(template.sections), "section")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
