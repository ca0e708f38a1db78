"""Our few words over Slack's block models. They own what those lack: limits, non-empty text, escaping."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextElementParts,
    RichTextListElement,
    RichTextPreformattedElement,
    RichTextSectionElement,
    SectionBlock,
    StaticSelectElement,
)

from bot.domain import document as written
from bot.domain.document import Document
from bot.slack import limits
from bot.slack.ids import MENU, PICK, Value, option_value

Element = ButtonElement | OverflowMenuElement | StaticSelectElement


@dataclass(frozen=True, slots=True, repr=False)
class Screen:
    """A message: blocks, and the text that lock screens show and screen readers read."""

    text: str
    blocks: tuple[Block, ...]

    def as_json(self) -> list[dict[str, Any]]:
        """The blocks as Slack takes them."""
        return [block.to_dict() for block in self.blocks]


def message(text: str, *blocks: Block) -> Screen:
    """A message; `text` is escaped here and nowhere else."""
    if not text.strip() or len(blocks) > limits.MESSAGE_BLOCKS:
        raise ValueError("a message needs a text and at most 50 blocks")
    return Screen(escaped(text), blocks)


def bare(screen: Screen) -> Screen:
    """The same message with nothing left to press."""
    kept = (_bare(block) for block in screen.blocks if not isinstance(block, ActionsBlock))
    return Screen(screen.text, tuple(kept))


def _bare(block: Block) -> Block:
    return SectionBlock(text=block.text) if isinstance(block, SectionBlock) else block


def heading(text: str) -> HeaderBlock:
    """A large line."""
    return HeaderBlock(text=PlainTextObject(text=shortened(text, limits.HEADER)))


def paragraph(text: str, beside: Element | None = None) -> SectionBlock:
    """A line of our own words, with a button or menu `beside` it."""
    return SectionBlock(text=PlainTextObject(text=shortened(text, limits.SECTION)), accessory=beside)


def small(text: str) -> ContextBlock:
    """A line in small grey letters."""
    return ContextBlock(elements=[PlainTextObject(text=shortened(text, limits.SECTION))])


def button(label: str, action: StrEnum, place: Value, says: str, *, primary: bool = False) -> ButtonElement:
    """A button; `says` names its object for a screen reader."""
    return ButtonElement(
        text=PlainTextObject(text=label),
        action_id=action.value,
        value=place.value(),
        style="primary" if primary else None,
        accessibility_label=shortened(says, limits.BUTTON_LABEL),
    )


def option(label: str, action: StrEnum, place: Value) -> Option:
    """One line of a menu: it does what a button of that action and place does."""
    value = option_value(action.value, place.value())
    if len(value) > limits.OPTION_VALUE:
        raise ValueError("an option's value has at most 150 characters")
    return Option(text=PlainTextObject(text=shortened(label, limits.OPTION_LABEL)), value=value)


def menu(*options: Option) -> OverflowMenuElement:
    """The menu behind three dots, for what is seldom needed."""
    if len(options) not in limits.MENU_OPTIONS:
        raise ValueError("a menu behind three dots has 2 to 5 lines")
    return OverflowMenuElement(action_id=MENU, options=list(options))


def pick(placeholder: str, *options: Option) -> StaticSelectElement:
    """A menu that shows what is chosen; `placeholder` says what is to be."""
    if len(options) not in limits.PICK_OPTIONS:
        raise ValueError("a select has 1 to 100 lines")
    text = PlainTextObject(text=shortened(placeholder, limits.PLACEHOLDER))
    return StaticSelectElement(action_id=PICK, placeholder=text, options=list(options))


def row(*elements: Element) -> ActionsBlock:
    """Buttons side by side, and menus after them."""
    return ActionsBlock(elements=list(elements))


def rich(document: Document) -> RichTextBlock:
    """A document as literal text: nothing in it can ping or format."""
    elements: list[RichTextElement] = []
    for kind, blocks in groupby(document.blocks, key=_kind):
        if kind is None:
            elements += [_section(block) for block in blocks]
        else:
            lines = [RichTextSectionElement(elements=[_text(block.words.typed)]) for block in blocks]
            elements.append(RichTextListElement(style="bullet", indent=kind, elements=list(lines)))
    return RichTextBlock(elements=elements)


def line_to_type(before: str, channel: str, after: str, line: str) -> RichTextBlock:
    """A sentence that names a channel, and below it a line to copy."""
    sentence = [_text(before), RichTextElementParts.Channel(channel_id=channel), _text(after)]
    return RichTextBlock(
        elements=[
            RichTextSectionElement(elements=list(sentence)),
            RichTextPreformattedElement(elements=[_text(line)]),
        ]
    )


def spoken(document: Document) -> str:
    """A document as plain sentences, a line a block."""
    return "\n".join(block.words.typed for block in document.blocks)


def shortened(text: str, length: int) -> str:
    """A text cut at a space, never in mid-word where that can be helped."""
    if len(text) <= length:
        return text
    space = text.rfind(" ", 1, length - 1)
    return f"{text[: space if space > 0 else length - 2].rstrip()} …"


def fitting(text: str, length: int) -> str:
    """A text cut so that its wire form has at most so many characters."""
    cut = length
    while len(escaped(shortened(text, cut))) > length:
        cut = cut * 4 // 5
    return shortened(text, cut)


def escaped(text: str) -> str:
    """Slack's wire form of literal text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _kind(block: written.Block) -> int | None:
    return block.depth if isinstance(block, written.Bullet) else None


def _section(block: written.Block) -> RichTextSectionElement:
    bold = isinstance(block, written.Heading)
    return RichTextSectionElement(elements=[_text(f"{block.words.typed}\n", bold=bold)])


def _text(text: str, *, bold: bool = False) -> RichTextElementParts.Text:
    style = RichTextElementParts.TextStyle(bold=True) if bold else None
    return RichTextElementParts.Text(text=text, style=style)


def pages(document: Document) -> Sequence[Document]:
    """The document in parts that each fit one message, every word kept, in order.

    A heading is never the last line of a page; a line too long for one goes on in the next.
    """
    parts: list[list[written.Block]] = [[]]
    length = 0
    for block in _fitting(document):
        size = len(escaped(block.words.typed)) + 1
        page = parts[-1]
        if page and (length + size > limits.PAGE_TEXT or len(page) >= limits.PAGE_LINES):
            length = len(escaped(page[-1].words.typed)) + 1
            carries = isinstance(page[-1], written.Heading) and len(page) > 1 and length < limits.HEADING
            parts.append([page.pop()] if carries else [])
            length = length if carries else 0
        parts[-1].append(block)
        length += size
    return [Document(tuple(part)) for part in parts]


def _fitting(document: Document) -> Sequence[written.Block]:
    fitting: list[written.Block] = []
    for block in document.blocks:
        fitting += [_reworded(block, text) for text in _cut(block.words.typed)]
    return fitting


def _reworded(block: written.Block, text: str) -> written.Block:
    (only,) = Document((block,)).reworded(lambda _: text).blocks
    return only


def _cut(text: str) -> list[str]:
    """A line in pieces that fit, cut at spaces where there are any."""
    pieces = []
    while len(escaped(text)) > limits.LINE:
        length = limits.LINE
        while len(escaped(text[:length])) > limits.LINE:
            length -= 100
        space = max(text.rfind(mark, length // 2, length) for mark in " \n\u00a0")
        end = space if space > 0 else length
        pieces.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*pieces, text]
