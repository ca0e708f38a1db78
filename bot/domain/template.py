"""The form: a template and its sections."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the form."""

    key: str
    title: str  # in full: digest and documents
    short: str  # for cards and receipt lines
    help: str  # the prompt: one or two sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A version of a form; a section's number is its place here, from 1."""

    key: str
    version: int
    name: str
    header: tuple[str, ...]  # HeaderField names: known from the programme, never asked
    sections: tuple[Section, ...]

    def heading(self, index: int) -> str:
        """'2. Challenges', as cards and receipt lines say it; `index` counts from 0."""
        return f"{index + 1}. {self.sections[index].short}"

    def full_heading(self, index: int) -> str:
        """As `heading`, with the full title."""
        return f"{index + 1}. {self.sections[index].title}"
