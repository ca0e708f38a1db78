"""What people type who write by themselves, and when: notes in a session, the submit some time after."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import count

from bot.demo.names import LISTED
from bot.demo.texts import NOTHING, Form, form_for, own_forms
from bot.domain.event import Assignment, Part, PersonId, SessionCode
from bot.domain.template import Template

_CO_NOTES = 3  # of somebody who writes beside the lead
_STEP = timedelta(seconds=20)  # between two lines that belong together
_own_forms = cache(own_forms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something to be typed at a moment."""

    at: datetime
    person: PersonId
    text: str


def lines(
    assignments: Sequence[Assignment],
    forms: Sequence[Form],
    templates: Mapping[SessionCode, Template],
) -> tuple[Line, ...]:
    """Everybody's lines in order; `forms` are what is typed for each assignment.

    Whoever has several sessions names theirs first.
    """
    found: list[Line] = []
    for number, (each, form) in enumerate(zip(assignments, forms, strict=True)):
        code = each.session.code
        has_several = sum(other.person == each.person for other in assignments) > 1
        first: list[str] = [code] if has_several else []
        typed = _lead(form, templates[code]) if each.part is Part.LEAD else _co(form, templates[code])
        found += _spread(each, [*first, *typed])
        if each.part is Part.LEAD:
            found += _submit(each, number, first)
    return tuple(sorted(found, key=lambda line: line.at))


def forms_of(
    assignments: Sequence[Assignment], templates: Mapping[SessionCode, Template], masked: Sequence[str]
) -> tuple[Form, ...]:
    """What is typed for each assignment: the demo's own forms where the names in them are masked; in an event
    of one's own, whose organisers never heard of these names, what its templates ask for."""
    if not assignments or not {*LISTED} <= {*masked}:
        return tuple(form_for(templates[each.session.code], at) for at, each in enumerate(assignments))
    forms = _own_forms(tuple(each.key for each in templates[assignments[0].session.code].sections))
    spare = tuple(forms.values())  # without a form of one's own, or beside the lead
    return tuple(
        forms.get(each.session.code, spare[at % len(spare)])
        if each.part is Part.LEAD
        else spare[at % len(spare)]
        for at, each in enumerate(assignments)
    )


def _lead(form: Form, template: Template) -> Iterator[str]:
    """What is typed into one section after another."""
    before: int | None = None
    for index, section in enumerate(template.sections):
        if not section.fill.is_asked:
            continue
        if before is None:
            yield f"go {index + 1}"
        elif form.sections.get(before) != NOTHING:  # which opens the next one by itself
            yield "next"
        if form.sections.get(index) == NOTHING:
            yield NOTHING
        yield from (note.typed for note in form.notes(index))
        before = index


def _co(form: Form, template: Template) -> Iterator[str]:
    """A few notes into the first section that takes notes; a number or options are the lead's to answer."""
    for index, section in enumerate(template.sections):
        if section.fill.is_asked and not section.fill.takes_value:
            yield f"go {index + 1}"
            yield from (note.typed for note in form.notes(index)[:_CO_NOTES])
            return


def _spread(assignment: Assignment, texts: list[str]) -> Iterator[Line]:
    """Evenly over the session."""
    session = assignment.session
    step = (session.ends_at - session.starts_at) / (len(texts) + 1)
    for number, text in enumerate(texts, 1):
        yield Line(at=session.starts_at + number * step, person=assignment.person, text=text)


def _submit(assignment: Assignment, number: int, first: list[str]) -> Iterator[Line]:
    """A while after the session, or after a reminder of the last hours; typed twice, which confirms it."""
    ends_at, due_at = assignment.session.ends_at, assignment.due_at
    after = (
        ends_at + timedelta(minutes=12),
        due_at - timedelta(hours=2, minutes=50),
        due_at - timedelta(minutes=50),
    )
    at = max(after[number % len(after)], ends_at)
    for text, later in zip([*first, "submit", "submit"], count()):
        yield Line(at=at + later * _STEP, person=assignment.person, text=text)
