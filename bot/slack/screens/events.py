"""What an organiser sees in the DM while setting an event up. The notification texts hold nothing typed."""

from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import Block

from bot.domain.asking_event import QUESTIONS, Asked, Question
from bot.domain.document import Bullet, Document, Heading, Paragraph
from bot.domain.dropped import Dropped
from bot.domain.event import Event
from bot.domain.moment import Ts
from bot.domain.words import Words
from bot.services.new_event import Difference
from bot.slack import event_words as words
from bot.slack import kit
from bot.slack.ids import About, EventAction
from bot.slack.kit import Screen
from bot.slack.words import INVITE_LINE, continued

MOST_FAULTS = (
    20  # listed in the DM, or warnings; a table with one wrong column has hundreds, which are all alike
)


def question(state: Asked, talk: Ts) -> Screen:
    """What is asked now, after what was wrong with the last answer or how the place was understood."""
    if state.stopped or state.question is None:
        return _line(words.TALK_STOPPED)
    number = QUESTIONS.index(state.question) + 1
    above = words.question_number(number, len(QUESTIONS))
    text = words.QUESTIONS[state.question]
    said = _said(state)
    stop = kit.option(words.STOP, EventAction.STOP, About(of=talk))
    if number == 1:
        deeds = kit.row(kit.button(words.STOP, EventAction.STOP, About(of=talk), "Stop setting the event up"))
    else:
        deeds = kit.row(kit.menu(kit.option(words.BACK, EventAction.BACK, About(of=talk)), stop))
    return kit.message(f"{above}. {text}", kit.small(above), *map(kit.rich, said), kit.paragraph(text), deeds)


def _said(state: Asked) -> list[Document]:
    lines = []
    if state.unclear is not None:
        lines.append(words.UNCLEAR[state.unclear])
        if state.near:
            lines.append(words.near(state.near))
    elif state.question is Question.FIRST_DAY:
        lines.append(words.zone_of(state.sketch.place, state.sketch.zone))
    return [Document((Heading(Words(line)),)) for line in lines]


def file_waits() -> Screen:
    """Slack does not give it yet."""
    return _line(words.FILE_WAITS)


def unread(files: tuple[Dropped, ...]) -> Screen:
    """Which files could not be read, and what to do; nothing of the message was looked at."""
    lines = [
        Bullet(Words(f"{each.name}: {words.UNREAD[each.unread]}"))
        for each in files
        if each.unread is not None
    ]
    return kit.message(words.NOT_READ, kit.paragraph(words.NOT_READ), kit.rich(Document(tuple(lines))))


def faults(found: list[str]) -> list[Screen]:
    """The first faults of the files, by line or cell, and how many more there are; mostly one message."""
    title = words.faults(len(found))
    pages = kit.pages(Document(tuple(Bullet(Words(each)) for each in found[:MOST_FAULTS])))
    more = [kit.paragraph(words.more_faults(len(found) - MOST_FAULTS))] if len(found) > MOST_FAULTS else []
    bodies: list[list[Block]] = [[kit.rich(page)] for page in pages]
    bodies[0].insert(0, kit.heading(title))
    bodies[-1] += [*more, kit.paragraph(words.FAULTS_NEXT)]
    first, *further = bodies
    return [kit.message(title, *first), *(kit.message(continued(title), *each) for each in further)]


def difference(shown: Difference, files: Ts, warnings: Sequence[str], *, changed: bool) -> list[Screen]:
    """What applying the files would change, what should be looked at before, and below it the decision.

    In as many messages as it needs.
    """
    title = words.CHANGED if changed else words.DIFFERENCE
    sentences = shown.refusals or shown.sentences or (words.NOTHING_CHANGES,)
    changes = [Bullet(Words(each)) for each in sentences]
    pages = kit.pages(Document((*changes, *(() if shown.refusals else _warned(warnings)))))
    bodies = [kit.rich(page) for page in pages]
    about = About(of=files, base=shown.base)
    decision = (
        kit.button(words.APPLY, EventAction.APPLY, about, "Apply the event as shown", primary=True),
        kit.button(words.NOT_NOW, EventAction.NOT_NOW, about, "Leave everything as it is"),
    )
    ending = [kit.row(*decision)] if shown.sentences and not shown.refusals else []
    *before, last = bodies
    first = [kit.heading(title)]
    if not before:
        return [kit.message(title, *first, last, *ending)]
    return [
        kit.message(title, *first, before[0]),
        *(kit.message(continued(title), each) for each in before[1:]),
        kit.message(continued(title), last, *ending),
    ]


def _warned(warnings: Sequence[str]) -> Iterator[Paragraph | Heading | Bullet]:
    if warnings:
        yield Heading(Words(words.warnings(len(warnings))))
    for each in warnings[:MOST_FAULTS]:
        yield Bullet(Words(each))
    if len(warnings) > MOST_FAULTS:
        yield Paragraph(Words(words.more_warnings(len(warnings) - MOST_FAULTS)))


def applied(event: Event, sessions: int) -> Screen:
    """It is stored, and what comes next; in the place of a difference, so rich_text stays rich_text."""
    before, after = words.invites(event)
    return kit.message(
        words.APPLIED,
        kit.heading(words.APPLIED),
        kit.rich(Document((Paragraph(Words(words.applied(event, sessions))),))),
        kit.line_to_type(before, event.channel, after, INVITE_LINE),
    )


def left_alone() -> Screen:
    """Nothing was changed; in the place of a difference as well."""
    title, text = words.LEFT_ALONE
    return kit.message(title, kit.heading(title), kit.rich(Document((Paragraph(Words(text)),))))


def _line(text: str) -> Screen:
    return kit.message(text, kit.paragraph(text))
