"""A report: one filled template, as the walks and notes of those who report the session make it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.answers import Value, read_answer
from bot.domain.document import Document
from bot.domain.event import Assignment
from bot.domain.moment import Ts
from bot.domain.template import Need, Section, Template
from bot.domain.walks import Walk, newest_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One kept note."""

    ts: Ts
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a section holds. "Nothing was raised" is an answer; silence is not."""

    entries: tuple[Entry, ...]  # where a value is asked for: what was typed and is none
    nothing_raised: bool
    value: Value | None = None  # a number or options, where the section asks for them
    takes_value: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether the section has what it asks for, or was said to have raised nothing."""
        held = self.value is not None if self.takes_value else bool(self.entries)
        return held or self.nothing_raised


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What one person wrote of a session."""

    walk: Walk
    notes: Mapping[Ts, Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A session's report; `answers` has one for each section of the template, in order."""

    assignment: Assignment  # whoever looks at it, or for readers the lead
    template: Template
    answers: tuple[Answer, ...]
    unsorted: tuple[Entry, ...]
    line: Entry | None = None  # the closing line: what is read out
    submitted_at: Ts | None
    apart: int  # notes typed after the submit, not in the report
    held: int  # notes held back: they are no longer in Slack
    is_one_of_several: bool = False  # the person reports other sessions too

    @property
    def asked(self) -> tuple[int, ...]:
        """Indices of the sections that are asked."""
        return tuple(index for index, each in enumerate(self.template.sections) if each.fill.is_asked)

    @property
    def open_sections(self) -> tuple[int, ...]:
        """Indices of the sections that have to be answered and are not."""
        return tuple(
            index
            for index in self.asked
            if self.template.sections[index].need is not Need.OPTIONAL and not self.answers[index].is_answered
        )

    @property
    def answered(self) -> int:
        """How many of the asked sections are answered."""
        return sum(self.answers[index].is_answered for index in self.asked)

    @property
    def note_count(self) -> int:
        """All notes and values, sorted or not; the closing line is none."""
        values = sum(answer.value is not None for answer in self.answers)
        return sum(len(answer.entries) for answer in self.answers) + values + len(self.unsorted)


def report_of(
    assignment: Assignment,
    template: Template,
    written: Sequence[Written],
    *,
    as_submitted: bool,
    is_one_of_several: bool = False,
) -> Report:
    """Put the notes of everybody who wrote into their sections.

    `as_submitted` leaves out what was typed after the last submit: a new note is not in the report until
    somebody submits again, while edits and deletions of earlier ones count.
    """
    until = max((each.walk.submitted_at for each in written if each.walk.submitted_at), default=None)
    entries: dict[int | None, list[Entry]] = {}
    marked: set[int] = set()
    for each in written:
        for ts, section in each.walk.notes.items():
            document = each.notes.get(ts, Document())
            if document.blocks and (not as_submitted or (until and ts <= until)):
                entries.setdefault(section, []).append(Entry(ts=ts, document=document))
        marked |= {m.section for m in each.walk.marks if not as_submitted or (until and m.ts <= until)}
    return Report(
        assignment=assignment,
        template=template,
        answers=tuple(
            _answer(section, _in_order(entries.get(index, [])), nothing_raised=index in marked)
            for index, section in enumerate(template.sections)
        ),
        unsorted=_in_order(entries.get(None, [])),
        line=_line(written, (until or Ts("")) if as_submitted else None),
        submitted_at=until,
        apart=sum(1 for each in written for ts in each.walk.kept if until and ts > until),
        held=sum(len(each.walk.held) for each in written),
        is_one_of_several=is_one_of_several,
    )


def _line(written: Sequence[Written], until: Ts | None) -> Entry | None:
    """The newest closing line of all who wrote."""
    ts = newest_line({ts: there for each in written for ts, there in each.walk.lines.items()}, until)
    if ts is None:
        return None
    document = next((each.notes[ts] for each in written if ts in each.notes), Document())
    return Entry(ts=ts, document=document) if document.blocks else None


def _in_order(entries: list[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda each: each.ts))


def _answer(section: Section, entries: tuple[Entry, ...], *, nothing_raised: bool) -> Answer:
    """The newest answer of a section that asks for a value counts; an earlier one is no note either."""
    nothing_raised = nothing_raised and section.need is not Need.REQUIRED
    if not section.fill.takes_value:
        return Answer(entries=entries, nothing_raised=nothing_raised)
    read = [(each, read_answer(section, each.document.text)) for each in entries]
    return Answer(
        entries=tuple(each for each, value in read if value is None),
        nothing_raised=nothing_raised,
        value=next((value for _, value in reversed(read) if value is not None), None),
        takes_value=True,
    )
