"""How far reports are: read from what was typed, at the moment when somebody is told."""

from collections.abc import Iterable

from bot.domain.event import Event, PersonId, SessionCode
from bot.domain.progress import Progress
from bot.domain.report import Report
from bot.services import reporting
from storage import Transaction


def progress(
    tx: Transaction, event: Event, person: PersonId, sessions: Iterable[SessionCode]
) -> dict[SessionCode, Progress]:
    """Their reports of these sessions; those that somebody else has taken over are left out."""
    hand = reporting.in_hand(tx, event.workspace, event.key, person)
    if hand is None:
        return {}
    found = {code: reporting.own_report(tx, hand, code) for code in sessions}
    return {code: _progress(tx, each) for code, each in found.items() if each is not None}


def _progress(tx: Transaction, report: Report) -> Progress:
    assignment = report.assignment
    event, session = assignment.event, assignment.session
    stopped = tx.parts.stopped(event.workspace, event.key, session.code, assignment.person)
    return Progress(
        session=session,
        due_at=assignment.due_at,
        part=assignment.part,
        notes=report.note_count,
        unsorted=len(report.unsorted),
        has_line=report.line is not None,
        open_sections=report.open_sections,
        sections=len(report.answers),
        first=report.template.heading(0),
        submitted_at=report.submitted_at,
        is_asked=stopped is None and not session.is_cancelled,
    )
