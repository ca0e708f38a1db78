"""The digest: reports become documents, for the channel and for the rapporteur's own review."""

from bot.domain import wall
from bot.domain.document import Block, Bullet, Document, Heading, Paragraph
from bot.domain.event import Event, Session
from bot.domain.report import Answer, Entry, Report
from bot.domain.words import Words

ALSO_NOTED = "Also noted"
NOT_ANSWERED = "Not answered"
NOTHING_RAISED = "Nothing was raised"


def report_document(report: Report) -> Document:
    """A report section by section, as the thread and the review show it; without its header."""
    blocks: list[Block] = []
    for index, answer in enumerate(report.answers):
        blocks += [Heading(Words(report.template.full_heading(index)), 2), *_answer(answer)]
    if report.unsorted:
        blocks += [Heading(Words(ALSO_NOTED), 2), *_bullets(report.unsorted)]
    return Document(tuple(blocks))


def reply_document(report: Report) -> Document:
    """A thread reply: the session, then its report. The rapporteur is not in it."""
    session, event = report.assignment.session, report.assignment.event
    title = Heading(Words(f"{session.code} {session.title}"))
    held = Paragraph(Words(f"{wall.day(session.starts_at, event.zone)} · Chatham House Rule"))
    return Document((title, held)) + report_document(report)


def header_document(report: Report) -> Document:
    """The header of the form, known from the programme; for the rapporteur, since it names them."""
    assignment = report.assignment
    event, session = assignment.event, assignment.session
    known = {
        "event": event.name,
        "place": event.place,
        "date": wall.date(session.starts_at, event.zone),
        "session": f"{session.code} {session.title}",
        "rapporteur": assignment.name,
        "affiliation": assignment.affiliation,
    }
    shown = " · ".join(known[field] for field in report.template.header if known[field])
    return Document((Paragraph(Words(shown)),)) if shown else Document()


def parent_document(event: Event, sessions: tuple[Session, ...], reports: tuple[Report, ...]) -> Document:
    """The top-level post: who is in and who is not, by session code, and one line a session."""
    by_code = {report.assignment.session.code: report for report in reports}
    closing = f"{wall.day(event.closing_at, event.zone)}, {wall.clock(event.closing_at, event.zone)}"
    lines = [
        Bullet(Words(f"{session.code} {closing_line(by_code[session.code])}"))
        for session in sessions
        if session.code in by_code
    ]
    missing = ", ".join(session.code for session in sessions if session.code not in by_code)
    last = Paragraph(Words(f"Not in yet: {missing}" if missing else "All reports are in."))
    return Document(
        (
            Heading(Words(f"{event.name}: session reports")),
            Paragraph(
                Words(
                    f"{len(lines)} of {len(sessions)} are in, for the closing session on {closing} in "
                    f"{event.place}. Held under the Chatham House Rule."
                )
            ),
            *lines,
            last,
        )
    )


def closing_line(report: Report) -> str:
    """The rapporteur's own first line, of section 1 if it has one; not shortened."""
    for answer in report.answers:
        for entry in answer.entries:
            return _first_line(entry)
    for entry in report.unsorted:
        return _first_line(entry)
    marked = any(answer.nothing_raised for answer in report.answers)
    return f"{NOTHING_RAISED if marked else NOT_ANSWERED}."


def _first_line(entry: Entry) -> str:
    return entry.document.blocks[0].words.typed.split("\n")[0]


def _answer(answer: Answer) -> list[Block]:
    if answer.entries:
        return _bullets(answer.entries)
    return [Paragraph(Words(NOTHING_RAISED if answer.nothing_raised else NOT_ANSWERED))]


def _bullets(entries: tuple[Entry, ...]) -> list[Block]:
    return [block for entry in entries for block in entry.document.blocks]
