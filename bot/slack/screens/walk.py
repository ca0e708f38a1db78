"""What a rapporteur sees in the DM. Notification texts hold no word that was typed."""

from datetime import datetime

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.domain.document import Document
from bot.domain.event import Assignment
from bot.domain.gate import Cleared, Rapporteur
from bot.domain.moment import moment_of
from bot.domain.replies import Apology, Card, Corrected, Removed, Say, Saying, Submitted
from bot.domain.report import Report
from bot.slack import kit, words
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
    template, index = report.template, reply.section
    heading, sections = template.heading(index), len(template.sections)
    above = words.opened(report, index) if reply.left is None else words.receipt(report, reply.left)
    place = _place(report.assignment, index)
    return kit.message(
        f"{heading}. {template.sections[index].help}",
        kit.small(above),
        kit.heading(heading),
        kit.paragraph(template.sections[index].help),
        kit.small(words.KEEP_TYPING.format(sections=sections)),
        kit.row(
            kit.button(words.NEXT, Action.NEXT, place, f"Next, leave {heading}", primary=True),
            kit.button(words.NOTHING, Action.NOTHING, place, f"Nothing raised in {heading}"),
        ),
    )


def review_pages(cleared: Cleared[Rapporteur]) -> list[Document]:
    """The report in parts of one message each; the last one gets the buttons."""
    return list(kit.pages(cleared.document))


def review_page(report: Report, page: Document, number: int, *, is_last: bool) -> Screen:
    """A page of the review; decisions stand below the last one."""
    session = report.assignment.session
    name = f"Your report of {words.session_name(session)}"
    title = name if number == 0 else words.continued(name)
    body = [kit.heading(title), kit.rich(page)] if page.blocks else [kit.heading(title)]
    if not is_last:
        return kit.message(title, *body)
    answered = len(report.answers) - len(report.open_sections)
    preview = (
        f"{title}: {words.notes(report.note_count)}, {answered} of {len(report.answers)} sections answered."
    )
    left_open = [kit.paragraph("\n".join(lines))] if (lines := words.left_open(report)) else []
    place = _place(report.assignment, len(report.answers) - 1)
    submit = kit.button(
        words.SUBMIT, Action.SUBMIT, place, f"Submit the report of {session.code}", primary=True
    )
    buttons = [submit, *([_keep(report)] if report.held else [])]
    return kit.message(preview, *body, *left_open, kit.small(words.review_hint(report)), kit.row(*buttons))


def submitted(report: Report, reply: Submitted, now: datetime) -> Screen:
    text = words.submitted(report, moment_of(reply.at), now)
    return kit.message(
        f"{report.assignment.session.code} is submitted.", kit.paragraph(text), _show_row(report.assignment)
    )


def kept_apart(report: Report) -> Screen:
    text = words.kept_apart(report.assignment.session)
    return kit.message(text, kit.paragraph(text), _show_row(report.assignment))


def corrected(report: Report, reply: Corrected) -> Screen:
    text = words.corrected(report.template, reply.section)
    return kit.message(text, kit.paragraph(text))


def removed(report: Report, reply: Removed) -> Screen:
    text = words.removed(report.template, reply.section, reply.in_digest)
    return kit.message(text, kit.paragraph(text))


def held(report: Report) -> Screen:
    text = words.held(report.held)
    return kit.message(text, kit.paragraph(text), kit.row(_keep(report)))


def say(reply: Say, sections: int) -> Screen:
    text = _SENTENCES[reply.saying].format(sections=sections)
    return kit.message(text, kit.paragraph(text))


def apology(reply: Apology) -> Screen:
    text = words.WENT_WRONG.format(code=reply.code)
    return kit.message(text, kit.paragraph(text))


_SENTENCES = {
    Saying.HELP: "\n".join(words.HELP),
    Saying.NO_SECTION: words.NO_SECTION,
    Saying.NO_FILES: words.NO_FILES,
    Saying.PUT_BACK: words.PUT_BACK,
    Saying.TOO_LATE: words.TOO_LATE,
    Saying.STRANGER: words.STRANGER,
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
    return kit.row(kit.button(words.SHOW, Action.SHOW, _place(assignment, 0), "Show my report"))
