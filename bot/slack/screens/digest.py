"""What readers of the channel see. Nothing here that was typed has not passed the gate."""

from collections.abc import Sequence

from bot.domain.document import Block, Bullet, Document, Heading, Paragraph
from bot.domain.gate import Cleared, Reader
from bot.domain.words import Words
from bot.slack import kit, limits, words
from bot.slack.kit import Screen


def parent(cleared: Cleared[Reader]) -> Screen:
    """The top-level post: a title, one line a session as far as they fit, who is not in."""
    title, opening, *lines, ending = cleared.document.blocks
    shown = _as_far_as_they_fit(lines)
    if len(shown) < len(lines):
        shown.append(Bullet(Words(f"and {len(lines) - len(shown)} more in the thread")))
    listed = Document(tuple(shown) or (Paragraph(Words("No report is in.")),))
    text = kit.spoken(Document((title, opening, *listed.blocks, ending)))
    return kit.message(
        kit.fitting(text, limits.PAGE_TEXT),
        kit.heading(title.words.typed),
        kit.paragraph(opening.words.typed),
        kit.rich(listed),
        kit.small(ending.words.typed),
    )


def reply_pages(cleared: Cleared[Reader]) -> list[Screen]:
    """A report as messages of the thread: rich_text only, and its whole text as plain sentences."""
    title = cleared.document.blocks[0]
    first, *further = kit.pages(cleared.document)
    again = Heading(Words(words.continued(kit.fitting(title.words.typed, limits.HEADER))))
    return [_page(first), *(_page(Document((again,)) + page) for page in further)]


def _page(page: Document) -> Screen:
    return kit.message(kit.spoken(page), kit.rich(page))


def _as_far_as_they_fit(lines: Sequence[Block]) -> list[Bullet]:
    shown, room = [], limits.PAGE_TEXT - 800
    for line in lines:
        short = Bullet(Words(_in_one_line(line)))
        room -= len(kit.escaped(short.words.typed)) + 1
        if room < 0:
            break
        shown.append(short)
    return shown


def _in_one_line(line: Block) -> str:
    """A closing line is a paragraph (domain.digest), and has more room than the first line of notes."""
    first, *rest = line.words.typed.split("\n")
    shown = kit.shortened(first, limits.CLOSING_LINE if isinstance(line, Paragraph) else limits.PREVIEW_LINE)
    return words.goes_on(shown.removesuffix(" …")) if rest or shown != first else shown
