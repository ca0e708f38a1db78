"""Reports: read from what their rapporteurs typed, never stored a second time."""

from collections.abc import Mapping

from bot.domain.dialogue import Dialogue, walk
from bot.domain.digest import header_document, report_document
from bot.domain.document import Document
from bot.domain.event import Assignment, EventKey, PersonId, SessionCode, WorkspaceId
from bot.domain.gate import Cleared, Rapporteur, clear_for_rapporteur
from bot.domain.moment import Ts
from bot.domain.report import Report, report_of
from bot.domain.template import Template
from bot.notes import plain, rich_text
from storage import Transaction, Wording


def assignment_of(
    tx: Transaction, workspace: WorkspaceId, event: EventKey, session: SessionCode, person: PersonId
) -> Assignment | None:
    """Somebody's assignment to a session, if it is still theirs."""
    return next(
        (
            each
            for each in tx.events.of_person(workspace, person)
            if each.event.key == event and each.session.code == session
        ),
        None,
    )


def own_report(tx: Transaction, assignment: Assignment) -> Report:
    """The report as its rapporteur sees it: with everything typed since the last submit."""
    key = (assignment.event.workspace, assignment.event.key, assignment.person)
    template = tx.events.template(*key[:2], assignment.session.code)
    return assemble(
        assignment, template, tx.dialogues.of(*key), tx.dialogues.wordings(*key), as_submitted=False
    )


def review(report: Report) -> Cleared[Rapporteur]:
    """The whole report, header and all, for the person who typed it."""
    return clear_for_rapporteur(header_document(report) + report_document(report))


def assemble(
    assignment: Assignment,
    template: Template,
    dialogue: Dialogue,
    wordings: Mapping[Ts, Wording],
    *,
    as_submitted: bool,
) -> Report:
    """A report from a dialogue and its words."""
    return report_of(
        assignment,
        template,
        walk(len(template.sections), dialogue),
        {ts: _document(wording) for ts, wording in wordings.items()},
        as_submitted=as_submitted,
    )


def _document(wording: Wording) -> Document:
    text = wording.text or ""
    if wording.rich_text is None:
        return plain.document_of(text)
    return rich_text.document_of(wording.rich_text, text)
