"""Reports: read from what the people who report a session typed, never stored a second time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.digest import header_document, report_document
from bot.domain.document import Document
from bot.domain.event import Assignment, Event, EventKey, Part, PersonId, SessionCode, WorkspaceId
from bot.domain.fold import walks
from bot.domain.gate import Cleared, Rapporteur, clear_for_rapporteur
from bot.domain.moment import Ts, ts_of
from bot.domain.report import Report, Written, report_of
from bot.domain.template import Template
from bot.domain.walks import Outline, Walks
from bot.notes import plain, rich_text
from storage import Transaction, Wording, Wordings


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """All that one person reports or reported in an event, with what they wrote."""

    event: Event
    person: PersonId
    assignments: tuple[Assignment, ...]  # in the order of the programme, former ones included
    beside: tuple[Assignment, ...]  # of everybody else who reports or reported the same sessions
    templates: Mapping[SessionCode, Template]  # in the event's language
    walks: Walks
    wordings: Wordings

    def current(self) -> tuple[Assignment, ...]:
        """What is still theirs, without what was cancelled."""
        return tuple(
            each for each in self.assignments if each.until is None and not each.session.is_cancelled
        )

    def assignment(self, session: SessionCode) -> Assignment | None:
        """The assignment to a session, if it is still theirs."""
        return next(
            (each for each in self.assignments if each.session.code == session and each.until is None), None
        )


def outlines_of(
    assignments: Iterable[Assignment], templates: Mapping[SessionCode, Template]
) -> tuple[Outline, ...]:
    """What the fold must know of one person's reports; a cancelled session does not run."""
    return tuple(
        Outline(
            session=each.session.code,
            fills=tuple(section.fill for section in templates[each.session.code].sections),
            starts_at=ts_of(each.session.starts_at),
            ends_at=ts_of(each.session.starts_at if each.session.is_cancelled else each.session.ends_at),
            since=each.since,
            until=each.until,
            submits=each.part is Part.LEAD,
        )
        for each in assignments
    )


def in_hand(tx: Transaction, workspace: WorkspaceId, event: EventKey, person: PersonId) -> InHand | None:
    """What somebody reports in an event; None for who reports nothing there."""
    everybody = tx.events.beside(workspace, event, person)
    own = tuple(each for each in everybody if each.person == person)
    if not own:
        return None
    templates = in_its_language(own[0].event, tx.events.templates_of(workspace, event, person))
    return InHand(
        event=own[0].event,
        person=person,
        assignments=own,
        beside=tuple(each for each in everybody if each.person != person),
        templates=templates,
        walks=walks(outlines_of(own, templates), tx.dialogues.of(workspace, event, person)),
        wordings=tx.dialogues.wordings(workspace, event, person),
    )


def in_its_language(event: Event, templates: Mapping[SessionCode, Template]) -> dict[SessionCode, Template]:
    """Templates in the first language of an event, as far as they are translated."""
    language = event.settings.languages[0]
    return {session: template.in_language(language) for session, template in templates.items()}


def own_report(tx: Transaction, hand: InHand, session: SessionCode) -> Report | None:
    """A report as who reports it sees it: with everything that all of them typed since the last submit."""
    assignment = hand.assignment(session)
    if assignment is None:
        return None
    others = [
        in_hand(tx, hand.event.workspace, hand.event.key, each.person)
        for each in hand.beside
        if each.session.code == session
    ]
    return report_of(
        assignment,
        hand.templates[session],
        [written(each, session) for each in (hand, *others) if each is not None],
        as_submitted=False,
        is_one_of_several=len(hand.current()) > 1,
    )


def written(hand: InHand, session: SessionCode) -> Written:
    """What a person wrote of a session; of who handed it over, in the words of then."""
    until = next(each.until for each in hand.assignments if each.session.code == session)
    return written_of(hand.walks, hand.wordings, session, until)


def written_of(stands: Walks, wordings: Wordings, session: SessionCode, until: Ts | None) -> Written:
    """The part of a report that one person's walks and words are, as of a moment."""
    walk = stands.of(session)
    kept = {*walk.notes, *walk.lines}
    notes = {ts: document_of(each) for ts, each in wordings.newest(until).items() if ts in kept}
    return Written(walk=walk, notes=notes)


def review(report: Report) -> Cleared[Rapporteur]:
    """The whole report, header and all, for those who report it."""
    return clear_for_rapporteur(header_document(report) + report_document(report))


def line(report: Report) -> Cleared[Rapporteur] | None:
    """The closing line, for those who report it."""
    return clear_for_rapporteur(report.line.document) if report.line else None


def document_of(wording: Wording) -> Document:
    """What was typed, as a document."""
    text = wording.text or ""
    if wording.rich_text is None:
        return plain.document_of(text)
    return rich_text.document_of(wording.rich_text, text)
