"""What a rapporteur sees in the DM. Notification texts hold no word that was typed."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.domain.answers import nearest
from bot.domain.document import Document
from bot.domain.event import Assignment, Part
from bot.domain.gate import Cleared, Rapporteur
from bot.domain.moment import moment_of
from bot.domain.replies import (
    Apology,
    Card,
    Corrected,
    LineKept,
    NotesMoved,
    NoValue,
    Removed,
    Say,
    Saying,
    Submitted,
    Which,
)
from bot.domain.report import Report
from bot.domain.template import Need
from bot.slack import closing_words, kit, limits, words
from bot.slack.ids import Action, Place
from bot.slack.kit import Screen


def welcome(assignment: Assignment, now: datetime) -> Screen:
    title, text = words.welcome(assignment, now)
    return kit.message(
        title,
        kit.heading(title),
        kit.paragraph(text),
        kit.row(
            kit.button(
                words.NEXT, Action.OPEN, _place(assignment, 0), "Next, open the first section", primary=True
            )
        ),
    )


def card(report: Report, reply: Card) -> Screen:
    """A section's card: the receipt of the section left, the prompt, two buttons."""
    index = reply.section
    above = words.opened(report, index) if reply.left is None else words.receipt(report, reply.left)
    return _card(report, index, above)


def switched(report: Report, index: int, left: Report | None) -> Screen:
    """The card of the report that is open now."""
    return _card(report, index, words.switched(report, index, left))


def _card(report: Report, index: int, above: str) -> Screen:
    template = report.template
    section, heading, place = (
        template.sections[index],
        template.heading(index),
        _place(report.assignment, index),
    )
    go_on = kit.button(words.NEXT, Action.NEXT, place, f"Next, leave {heading}", primary=True)
    nothing = kit.button(words.NOTHING, Action.NOTHING, place, f"Nothing raised in {heading}")
    return kit.message(
        f"{heading}. {section.help}",
        kit.small(above),
        kit.heading(heading),
        kit.paragraph(section.help),
        *kit.lines(words.options(section)),
        kit.small(words.typing(section, len(template.sections))),
        kit.row(go_on) if section.need is Need.REQUIRED else kit.row(go_on, nothing),
    )


def which(assignments: Sequence[Assignment], unplaced: int, reply: Which) -> Screen:
    """A button a report; the first is the likeliest."""
    text = words.which(unplaced, of_command=reply.of_command)
    buttons = [
        kit.button(
            kit.shortened(f"{each.session.code} {each.session.title}", limits.CHOICE_LABEL),
            Action.TAKE,
            _place(each, 0),
            f"It is for {each.session.code}",
            primary=at == 0,
            nth=at,
        )
        for at, each in enumerate(assignments[: limits.ROW_BUTTONS])
    ]
    return kit.message(text, kit.paragraph(text), kit.row(*buttons))


def strayed(assignment: Assignment, homes: Sequence[str], count: int) -> Screen:
    """Notes typed during a session went to another report of the same person."""
    text, code = words.strayed(assignment.session, homes, count), assignment.session.code
    place = _place(assignment, 0)
    move = kit.button(f"Move to {code}", Action.MOVE, place, f"Move these notes to {code}", primary=True)
    leave = kit.button(words.LEAVE, Action.LEAVE, place, "Leave these notes where they are")
    return kit.message(text, kit.paragraph(text), kit.row(move, leave))


def moved(report: Report, reply: NotesMoved) -> Screen:
    text = words.notes_moved(report.assignment.session, reply.count)
    return kit.message(text, kit.paragraph(text), _show_row(report.assignment))


def no_value(report: Report, reply: NoValue) -> Screen:
    """What a number or choice section needs; what may have been meant is not for the lock screen."""
    section, answer = report.template.sections[reply.section], report.answers[reply.section]
    typed = next((each.document.text for each in answer.entries if each.ts == reply.ts), "")
    near = nearest(section, typed) if typed else None
    text = words.no_value(section)
    return kit.message(text, kit.paragraph(text), *([kit.paragraph(words.near_option(near))] if near else []))


def review_pages(cleared: Cleared[Rapporteur]) -> list[Document]:
    """The report in parts of one message each; the last one gets the buttons."""
    return list(kit.pages(cleared.document))


def review_page(report: Report, page: Document, number: int, *, is_last: bool) -> Screen:
    """A page of the review; decisions stand below the last one."""
    name = f"Your report of {words.session_name(report.assignment.session)}"
    title = name if number == 0 else words.continued(name)
    body = [kit.heading(title), kit.rich(page)] if page.blocks else [kit.heading(title)]
    if not is_last:
        return kit.message(title, *body)
    answered = f"{report.answered} of {len(report.asked)} sections answered"
    preview = f"{title}: {words.kept(report.note_count, has_line=report.line is not None)}, {answered}."
    left_open = [kit.paragraph("\n".join(lines))] if (lines := words.left_open(report)) else []
    hint = kit.small(words.review_hint(report))
    buttons = [*_submit(report), *([_keep(report)] if report.held else [])]
    return kit.message(preview, *body, *left_open, hint, *([kit.row(*buttons)] if buttons else []))


def _submit(report: Report) -> list[ButtonElement]:
    """The lead's alone."""
    if report.assignment.part is not Part.LEAD:
        return []
    place, code = _place(report.assignment, len(report.answers) - 1), report.assignment.session.code
    return [kit.button(words.SUBMIT, Action.SUBMIT, place, f"Submit the report of {code}", primary=True)]


def submitted(report: Report, reply: Submitted, now: datetime) -> Screen:
    text = words.submitted(report, moment_of(reply.at), now)
    return kit.message(
        f"{report.assignment.session.code} is submitted.", kit.paragraph(text), _show_row(report.assignment)
    )


def ask_line(report: Report) -> Screen:
    text, below = closing_words.ask(report.assignment.session), closing_words.ask_below(report)
    return kit.message(text, kit.paragraph(text), *([kit.small(below)] if below else []))


def line_kept(report: Report, reply: LineKept, line: Cleared[Rapporteur]) -> Screen:
    """The closing line, or as much of it as fits, with the button that submits it alone."""
    session = report.assignment.session
    page, *more = kit.pages(line.document)
    return kit.message(
        closing_words.kept_preview(session),
        kit.paragraph(closing_words.kept(session, instead=reply.instead)),
        kit.rich(page),
        *([kit.small(closing_words.GOES_ON)] if more else []),
        kit.small(closing_words.kept_below(report)),
        kit.row(*_submit(report), _show(report.assignment)),
    )


def kept_apart(report: Report) -> Screen:
    text = words.kept_apart(report.assignment.session)
    return kit.message(text, kit.paragraph(text), _show_row(report.assignment))


def corrected(report: Report, reply: Corrected) -> Screen:
    text = words.corrected(report, reply.section, is_line=reply.is_line)
    return kit.message(text, kit.paragraph(text))


def removed(report: Report, reply: Removed) -> Screen:
    text = words.removed(report, reply.section, reply.in_digest, is_line=reply.is_line)
    return kit.message(text, kit.paragraph(text))


def held(report: Report) -> Screen:
    text = words.held(report.held)
    return kit.message(text, kit.paragraph(text), kit.row(_keep(report)))


def say(reply: Say, sections: int, *, of_several: bool = False) -> Screen:
    text = _SENTENCES[reply.saying].format(sections=sections)
    if reply.saying is Saying.HELP and of_several:
        text = f"{text}\n{words.HELP_SEVERAL}"
    return kit.message(text, kit.paragraph(text))


def apology(reply: Apology) -> Screen:
    text = words.WENT_WRONG.format(code=reply.code)
    return kit.message(text, kit.paragraph(text))


_SENTENCES = {
    Saying.HELP: "\n".join(words.HELP),
    Saying.NO_SECTION: words.NO_SECTION,
    Saying.NO_FILES: words.NO_FILES,
    Saying.NO_UPLOADS: words.NO_UPLOADS,
    Saying.PUT_BACK: words.PUT_BACK,
    Saying.LEFT: words.LEFT,
    Saying.LEAD_SUBMITS: words.LEAD_SUBMITS,
    Saying.NOT_YOURS: words.NOT_YOURS,
    Saying.TOO_LATE: words.TOO_LATE,
    Saying.STRANGER: words.STRANGER,
    Saying.UNORGANISED: words.UNORGANISED,
    Saying.ORGANISER: words.ORGANISER,
}


def _place(assignment: Assignment, section: int) -> Place:
    return Place(event=assignment.event.key, session=assignment.session.code, section=section)


def _keep(report: Report) -> ButtonElement:
    return kit.button(
        words.keep(report.held),
        Action.KEEP,
        _place(report.assignment, 0),
        "Keep the notes that are no longer in this chat in the report",
    )


def _show_row(assignment: Assignment) -> ActionsBlock:
    return kit.row(_show(assignment))


def _show(assignment: Assignment) -> ButtonElement:
    return kit.button(words.SHOW, Action.SHOW, _place(assignment, 0), "Show my report")
