"""Document: what typed and pasted notes give, and what screens and renderers take."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.domain.words import Words


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows."""

    words: Words
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of its own, without a bullet."""

    words: Words


@dataclass(frozen=True, slots=True)
class Bullet:
    """A list line; depth 0 is the outermost."""

    words: Words
    depth: int = 0


Block = Heading | Paragraph | Bullet


@dataclass(frozen=True, slots=True)
class Document:
    """Blocks in reading order."""

    blocks: tuple[Block, ...] = ()

    def __add__(self, other: "Document") -> "Document":
        return Document(self.blocks + other.blocks)

    @property
    def text(self) -> str:
        """What was typed, a line a block."""
        return "\n".join(block.words.typed for block in self.blocks)

    def reworded(self, reword: Callable[[str], str]) -> "Document":
        """The same blocks with every text passed through `reword`."""
        return Document(
            tuple(replace(block, words=Words(reword(block.words.typed))) for block in self.blocks)
        )


def note(lines: list[Bullet]) -> Document:
    """One note as one bullet, its own bullets nested below it.

    Plain lines that follow one another are one bullet of several lines; one that comes after a bullet is
    nested, and so is what stands below it. A note of bullets only has no line to stand under: its bullets
    stay where they are.
    """
    kept = [line for line in lines if line.words]
    if not kept or kept[0].depth:
        lead = kept[0].depth if kept else 0
        return Document(tuple(replace(line, depth=max(line.depth - lead, 0)) for line in kept))
    nested: list[Bullet] = []
    under, follows = 0, False  # the depth of the line that bullets stand under; whether that line is the last
    for line in kept:
        if line.depth:
            nested.append(replace(line, depth=line.depth + under))
        elif follows:
            nested[-1] = replace(nested[-1], words=Words(f"{nested[-1].words.typed}\n{line.words.typed}"))
        else:
            under = 1 if nested else 0
            nested.append(replace(line, depth=under))
        follows = not line.depth
    return Document(tuple(nested))
