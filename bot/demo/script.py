"""What people type who write by themselves, and when: notes in a session, the submit some time after."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from bot.demo.texts import NOTHING, Form
from bot.domain.event import Assignment, Part, PersonId, SessionCode

_CO_NOTES = 3  # of somebody who writes beside the lead
_STEP = timedelta(seconds=20)  # between two lines that belong together


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something to be typed at a moment."""

    at: datetime
    person: PersonId
    text: str


def lines(
    assignments: Sequence[Assignment], forms: Mapping[str, Form], sections: Mapping[SessionCode, int]
) -> tuple[Line, ...]:
    """Everybody's lines in order; `sections` says how many each session's form has.

    A session without a form of its own has another's. Whoever has several sessions names theirs first.
    """
    spare = tuple(forms.values())
    found: list[Line] = []
    for number, each in enumerate(assignments):
        code = each.session.code
        has_several = sum(other.person == each.person for other in assignments) > 1
        opening = [code, "go 1"] if has_several else ["go 1"]
        form = forms.get(code, spare[number % len(spare)])
        texts = [*opening, *_walk(form, sections.get(code, 1))]
        if each.part is Part.CO:
            texts = [*opening, *(note.typed for note in spare[number % len(spare)].notes(0)[:_CO_NOTES])]
        found += _spread(each, texts)
        if each.part is Part.LEAD:
            found += _submit(each, number, [code] if has_several else [])
    return tuple(sorted(found, key=lambda line: line.at))


def _walk(form: Form, sections: int) -> Iterator[str]:
    """What is typed into one section after another; the first is open."""
    for section in range(sections):
        if section and form.sections.get(section - 1) != NOTHING:  # which opens the next one by itself
            yield "next"
        if form.sections.get(section) == NOTHING:
            yield NOTHING
        yield from (note.typed for note in form.notes(section))


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
