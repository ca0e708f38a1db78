"""What readers of the channel see. Nothing here that was typed has not passed the gate."""

from bot.domain.document import Bullet, Document, Heading, Paragraph
from bot.domain.gate import Cleared, Reader
from bot.domain.words import Words
from bot.slack import kit, limits, words
from bot.slack.kit import Screen


def parent(cleared: Cleared[Reader]) -> Screen:
    """The top-level post: a title, one line a session as far as they fit, who is not in."""
    title, opening, *rest = cleared.document.blocks
    lines = [block for block in rest if isinstance(block, Bullet)]
    ending = [block for block in rest if not isinstance(block, Bullet)]
    shown = _as_far_as_they_fit(lines)
    if len(shown) < len(lines):
        shown.append(Bullet(Words(f"and {len(lines) - len(shown)} more in the thread")))
    listed = Document(tuple(shown) or (Paragraph(Words("No report is in.")),))
    text = kit.spoken(Document((title, opening, *listed.blocks, *ending)))
    return kit.message(
        kit.fitting(text, limits.PAGE_TEXT),
        kit.heading(title.words.typed),
        kit.paragraph(opening.words.typed),
        kit.rich(listed),
        *(kit.small(block.words.typed) for block in ending),
    )


def reply_pages(cleared: Cleared[Reader]) -> list[Screen]:
    """A report as messages of the thread: rich_text only, and its whole text as plain sentences."""
    title = cleared.document.blocks[0]
    first, *further = kit.pages(cleared.document)
    again = Heading(Words(words.continued(kit.fitting(title.words.typed, limits.HEADER))))
    return [_page(first), *(_page(Document((again,)) + page) for page in further)]


def _page(page: Document) -> Screen:
    return kit.message(kit.spoken(page), kit.rich(page))


def _as_far_as_they_fit(lines: list[Bullet]) -> list[Bullet]:
    shown, room = [], limits.PAGE_TEXT - 800
    for line in lines:
        short = Bullet(Words(kit.shortened(line.words.typed, limits.PREVIEW_LINE)))
        room -= len(kit.escaped(short.words.typed)) + 1
        if room < 0:
            break
        shown.append(short)
    return shown
