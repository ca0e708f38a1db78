"""The form: a template and its sections."""

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.event import TemplateKey


class Fill(StrEnum):
    """How a section is filled in."""

    TEXT = "text"
    BULLETS = "bullets"
    QUOTE = "quote"
    CHOICE = "choice"  # one of the options
    CHOICES = "choices"  # any number of them
    NUMBER = "number"
    STATIC = "static"  # words of the form itself: never asked
    HEADER = "header"  # known from the programme: never asked

    @property
    def is_asked(self) -> bool:
        """Whether a card asks for it."""
        return self not in (Fill.STATIC, Fill.HEADER)

    @property
    def takes_value(self) -> bool:
        """Whether its answer is a number or options, not notes."""
        return self in (Fill.CHOICE, Fill.CHOICES, Fill.NUMBER)


class Need(StrEnum):
    """Whether a section has to be answered. Nothing blocks submit; the review says what is open."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    OR_NONE = "required or say none"


class InDigest(StrEnum):
    """What the digest uses of a section."""

    ALL = "all"
    FIRST_LINE = "first line"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The words of a section or option in one more language; an empty one falls back to the form's own."""

    language: str  # ISO 639-1
    title: str = ""
    short: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One code of a code list, such as Goal 8."""

    code: str
    title: str
    translations: tuple[Translation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the form."""

    key: str
    title: str  # in full: digest and documents
    short: str  # for cards and receipt lines
    help: str  # the prompt: one or two sentences
    fill: Fill = Fill.TEXT
    need: Need = Need.OR_NONE
    advice: int | None = None  # words that are read out; longer is said, never refused
    in_digest: InDigest = InDigest.ALL
    options: tuple[Option, ...] = ()  # of a choice
    lowest: int | None = None  # of a number
    highest: int | None = None
    translations: tuple[Translation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A version of a form; a section's number is its place here, from 1."""

    key: TemplateKey
    version: int
    name: str
    header: tuple[str, ...]  # HeaderField names: known from the programme, never asked
    sections: tuple[Section, ...]
    language: str = "en"  # of the words that are not in `translations`

    def heading(self, index: int) -> str:
        """'2. Challenges', as cards and receipt lines say it; `index` counts from 0."""
        return f"{index + 1}. {self.sections[index].short}"

    def full_heading(self, index: int) -> str:
        """As `heading`, with the full title."""
        return f"{index + 1}. {self.sections[index].title}"

    def in_language(self, language: str) -> "Template":
        """The same form in another language, as far as it was translated."""
        if language == self.language:
            return self
        return replace(self, sections=tuple(_section_in(each, language) for each in self.sections))


def _section_in(section: Section, language: str) -> Section:
    said = _said(section.translations, language)
    return replace(
        section,
        title=said.title or section.title,
        short=said.short or section.short,
        help=said.help or section.help,
        options=tuple(
            replace(each, title=_said(each.translations, language).title or each.title)
            for each in section.options
        ),
    )


def _said(translations: tuple[Translation, ...], language: str) -> Translation:
    return next((each for each in translations if each.language == language), Translation(language=language))
