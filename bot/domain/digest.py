"""The digest: reports become documents, for the channel and for the rapporteur's own review."""

from collections.abc import Callable
from typing import assert_never

from bot.domain import wall
from bot.domain.answers import Chosen, Number
from bot.domain.document import Block, Bullet, Document, Heading, Paragraph
from bot.domain.event import Event, Level, Session
from bot.domain.report import Answer, Entry, Report
from bot.domain.template import Fill, InDigest, Need, Section
from bot.domain.words import Words

ALSO_NOTED = "Also noted"
CLOSING_LINE = "Closing line"
READ_OUT = "Closing line: this is read out"  # to whom it belongs
NOT_ANSWERED = "Not answered"
NOTHING_RAISED = "Nothing was raised"
TOOK_PLACE = "This session took place."


def report_document(report: Report) -> Document:
    """A report section by section, for the person who reports; without the header above it."""
    title = CLOSING_LINE if report.assignment.session.level.is_closed else READ_OUT
    return _line(report, title) + _sections(report, _whole, names_them=True) + _unsorted(report)


def reply_document(report: Report) -> Document:
    """A thread reply: the session, then what the digest uses of its report. The rapporteur is not in it."""
    session, event = report.assignment.session, report.assignment.event
    title = Heading(Words(f"{session.code} {session.title}"))
    held = Paragraph(Words(f"{wall.day(session.starts_at, event.zone)} · {held_as(session)}"))
    if session.level.is_closed:
        return Document((title, held, Paragraph(Words(TOOK_PLACE))))
    line = _line(report, CLOSING_LINE)
    return Document((title, held)) + line + _sections(report, _used, names_them=False) + _unsorted(report)


def held_as(session: Session) -> str:
    """The level of a session as a line begins with it."""
    level = session.level.value
    return level[0].upper() + level[1:]


def header_document(report: Report) -> Document:
    """The header of the form, for the rapporteur, since it names them; empty if a section of it is that."""
    if any(each.fill is Fill.HEADER for each in report.template.sections):
        return Document()
    return _known(report, names_them=True)


def _known(report: Report, *, names_them: bool) -> Document:
    assignment = report.assignment
    event, session = assignment.event, assignment.session
    known = {
        "event": event.name,
        "place": event.place,
        "date": wall.date(session.starts_at, event.zone),
        "session": f"{session.code} {session.title}",
        "rapporteur": assignment.name if names_them else "",
        "affiliation": assignment.affiliation if names_them else "",
    }
    shown = " · ".join(known[field] for field in report.template.header if known[field])
    return Document((Paragraph(Words(shown)),)) if shown else Document()


def parent_document(event: Event, sessions: tuple[Session, ...], reports: tuple[Report, ...]) -> Document:
    """The top-level post: who is in and who is not, by session code, and one line a session.

    A closing line is a paragraph, for it is shown whole; the first line of the notes is a bullet.
    """
    by_code = {report.assignment.session.code: report for report in reports}
    closing = f"{wall.day(event.closing_at, event.zone)}, {wall.clock(event.closing_at, event.zone)}"
    lines = [_read_out(by_code[each.code]) for each in sessions if each.code in by_code]
    missing = ", ".join(session.code for session in sessions if session.code not in by_code)
    last = Paragraph(Words(f"Not in yet: {missing}" if missing else "All reports are in."))
    return Document(
        (
            Heading(Words(f"{event.name}: session reports")),
            Paragraph(
                Words(
                    f"{len(lines)} of {len(sessions)} are in, for the closing session on {closing} in "
                    f"{event.place}. {_held(sessions)}"
                )
            ),
            *lines,
            last,
        )
    )


def _read_out(report: Report) -> Block:
    words = Words(f"{report.assignment.session.code} {read_out(report)}")
    return Paragraph(words) if report.line is not None else Bullet(words)


def read_out(report: Report) -> str:
    """A session's line: its closing line, whole, or else the first line of its notes; not shortened."""
    if report.assignment.session.level.is_closed:
        return f"{TOOK_PLACE} {held_as(report.assignment.session)}."
    if report.line is not None:
        return report.line.document.text
    for section, answer in zip(report.template.sections, report.answers, strict=True):
        for entry in answer.entries if section.in_digest is not InDigest.NOTHING else ():
            return _first_line(entry)
    for entry in report.unsorted:
        return _first_line(entry)
    marked = any(answer.nothing_raised for answer in report.answers)
    return f"{NOTHING_RAISED if marked else NOT_ANSWERED}."


def _held(sessions: tuple[Session, ...]) -> str:
    if all(session.level is Level.RULE for session in sessions):
        return "Held under the Chatham House Rule."
    return "How openly each session was held stands with its report."


def _first_line(entry: Entry) -> str:
    return entry.document.blocks[0].words.typed.split("\n")[0]


def _sections(
    report: Report, shown: Callable[[Section, Answer], list[Block] | None], *, names_them: bool
) -> Document:
    blocks: list[Block] = []
    for index, (section, answer) in enumerate(zip(report.template.sections, report.answers, strict=True)):
        match section.fill:
            case Fill.STATIC:
                body: list[Block] | None = [Paragraph(Words(section.help))] if section.help else []
            case Fill.HEADER:
                body = list(_known(report, names_them=names_them).blocks)
            case _:
                body = shown(section, answer)
        if body is not None:
            blocks += [Heading(Words(report.template.full_heading(index)), 2), *body]
    return Document(tuple(blocks))


def _unsorted(report: Report) -> Document:
    if not report.unsorted:
        return Document()
    return Document((Heading(Words(ALSO_NOTED), 2), *_bullets(report.unsorted)))


def _line(report: Report, title: str) -> Document:
    if report.line is None:
        return Document()
    return Document((Heading(Words(title), 2), *report.line.document.blocks))


def _whole(section: Section, answer: Answer) -> list[Block]:
    if answer.value is not None or answer.entries:
        return [*_value(section, answer), *_bullets(answer.entries)]
    return [Paragraph(Words(NOTHING_RAISED if answer.nothing_raised else NOT_ANSWERED))]


def _used(section: Section, answer: Answer) -> list[Block] | None:
    """What the digest uses of an answer; None: not even its heading."""
    if section.need is Need.OPTIONAL and not (answer.is_answered or answer.entries):
        return None
    match section.in_digest:
        case InDigest.NOTHING:
            return None
        case InDigest.FIRST_LINE if answer.entries and answer.value is None:
            return [Bullet(Words(_first_line(answer.entries[0])))]
        case InDigest.FIRST_LINE:
            return _whole(section, answer)[:1]
        case InDigest.ALL:
            return _whole(section, answer)
        case _:
            assert_never(section.in_digest)


def _value(section: Section, answer: Answer) -> list[Block]:
    match answer.value:
        case None:
            return []
        case Number():
            return [Bullet(Words(str(answer.value)))]
        case Chosen(codes):
            titles = {option.code: option.title for option in section.options}
            return [Bullet(Words(f"{code}. {titles[code]}")) for code in codes]
        case _:
            assert_never(answer.value)


def _bullets(entries: tuple[Entry, ...]) -> list[Block]:
    return [block for entry in entries for block in entry.document.blocks]
