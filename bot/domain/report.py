"""A report: one filled template, as its rapporteur's walk and notes make it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.dialogue import Walk
from bot.domain.document import Document
from bot.domain.event import Assignment
from bot.domain.moment import Ts
from bot.domain.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One kept note."""

    ts: Ts
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a section holds. "Nothing was raised" is an answer; silence is not."""

    entries: tuple[Entry, ...]
    nothing_raised: bool

    @property
    def is_answered(self) -> bool:
        """Whether the section has a note, or was said to have raised nothing."""
        return bool(self.entries) or self.nothing_raised


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A session's report; `answers` has one for each section of the template, in order."""

    assignment: Assignment
    template: Template
    answers: tuple[Answer, ...]
    unsorted: tuple[Entry, ...]
    submitted_at: Ts | None
    apart: int  # notes typed after the submit, not in the report
    held: int  # notes held back: they are no longer in Slack

    @property
    def open_sections(self) -> tuple[int, ...]:
        """Indices of the sections that are not answered."""
        return tuple(index for index, answer in enumerate(self.answers) if not answer.is_answered)

    @property
    def note_count(self) -> int:
        """All notes, sorted or not."""
        return sum(len(answer.entries) for answer in self.answers) + len(self.unsorted)


def report_of(
    assignment: Assignment,
    template: Template,
    walk: Walk,
    notes: Mapping[Ts, Document],
    *,
    as_submitted: bool,
) -> Report:
    """Put a walk's notes into their sections.

    `as_submitted` leaves out what was typed after the last submit: a new note is not in the report until
    the person submits again, while edits and deletions of earlier ones count.
    """
    until = walk.submitted_at
    in_report = [ts for ts in sorted(walk.notes) if not as_submitted or (until and ts <= until)]
    marked = {mark.section for mark in walk.marks if not as_submitted or (until and mark.ts <= until)}
    entries: dict[int | None, list[Entry]] = {}
    for ts in in_report:
        document = notes.get(ts, Document())
        if document.blocks:
            entries.setdefault(walk.notes[ts], []).append(Entry(ts=ts, document=document))
    return Report(
        assignment=assignment,
        template=template,
        answers=tuple(
            Answer(entries=tuple(entries.get(index, ())), nothing_raised=index in marked)
            for index in range(len(template.sections))
        ),
        unsorted=tuple(entries.get(None, ())),
        submitted_at=until,
        apart=sum(1 for ts in walk.notes if until and ts > until),
        held=len(walk.held),
    )
