"""The template file, and a list of codes, as they are written: their keys, and what each may hold."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from bot.domain.template import Fill, InDigest, Need
from bot.programme.fields import Key, Language, Line, OneOf, Short, Strict, Text, wrong

HEADER = ("event", "place", "date", "session", "rapporteur", "affiliation")
CHOSEN = (Fill.CHOICE, Fill.CHOICES)
NEVER_ASKED = (Fill.STATIC, Fill.HEADER)


class TranslationRow(Strict):
    """The words of a section in one more language; what is left out stays as it is."""

    title: Line | None = Field(None, description="The full title.")
    short: Short | None = Field(None, description="The short title.")
    help: Text | None = Field(None, description="The prompt.")


class OptionRow(Strict):
    """One code of a list."""

    code: Annotated[str, Field(min_length=1, max_length=12)] = Field(
        description='What is typed to choose it, in quotes: "8".'
    )
    title: Line = Field(description="What it stands for.")
    translations: dict[Language, Line] = Field({}, description="The title in other languages: `fr: …`.")


Options = Annotated[list[OptionRow], Field(min_length=1, max_length=200)]


def _or_shipped(schema: dict[str, Any]) -> None:
    schema["anyOf"] = [*schema["anyOf"], {"type": "string"}]


class SectionRow(Strict):
    """A part of the form."""

    key: Key = Field(description="Its key; it never changes its meaning while reports use the form.")
    title: Line = Field(description="The full title, for digest and documents.")
    short: Short = Field(description="The short title, for cards and receipt lines.")
    help: Text | None = Field(
        None, description="The prompt, one or two sentences; of a static section, its words."
    )
    kind: Annotated[str, OneOf(Fill)] = Field(
        Fill.TEXT.value, description="How it is filled in; `static` and `header` are never asked."
    )
    need: Annotated[str, OneOf(Need)] = Field(
        Need.OR_NONE.value, description="Whether it has to be answered. Nothing blocks a submit."
    )
    words: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None, description="Advice on its length, in words. More is said to be more, never refused."
    )
    digest: Annotated[str, OneOf(InDigest)] = Field(
        InDigest.ALL.value, description="What the digest uses of it."
    )
    options: Options | None = Field(
        None,
        description="Of a choice: the key of a list that ships (`goals`, `compact`), or codes and titles.",
        json_schema_extra=_or_shipped,
    )
    lowest: int | None = Field(None, description="Of a number: the lowest that is taken.")
    highest: int | None = Field(None, description="Of a number: the highest that is taken.")
    translations: dict[Language, TranslationRow] = Field(
        {}, description="Its words in other languages: `fr: {title: …, short: …, help: …}`."
    )

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "SectionRow":
        if (self.kind in CHOSEN) != (self.options is not None):
            raise wrong(f"{self.kind} expects {'options' if self.kind in CHOSEN else 'no options'}")
        if self.kind != Fill.NUMBER and (self.lowest, self.highest) != (None, None):
            raise wrong(f"{self.kind} expects no lowest and highest; they are a number's")
        if self.lowest is not None and self.highest is not None and self.lowest > self.highest:
            raise wrong("the lowest number is above the highest")
        if self.kind != Fill.HEADER and not self.help:
            raise wrong(f"{self.kind} expects help: the prompt, or the words of a static section")
        if self.kind == Fill.HEADER and self.key not in HEADER:
            raise wrong(f"a header's key is one of: {', '.join(HEADER)}", HEADER)
        return self


class TemplateFile(Strict):
    """A form: its sections, and their words in each language."""

    template: Key = Field(description="The form's key.")
    version: Annotated[int, Field(ge=1)] = Field(
        description="Raise it with each change; reports keep the version that they began with."
    )
    name: Line = Field(description="The form's name.")
    language: Language = Field("en", description="The language of the words outside `translations`.")
    header: list[Annotated[str, OneOf(HEADER)]] = Field(
        description="What the form asks at its top; known from the programme, so never asked."
    )
    sections: Annotated[list[SectionRow], Field(min_length=1, max_length=20)] = Field(
        description="The parts of the form, 1 to 20, in their order."
    )

    @model_validator(mode="after")
    def _some_asked(self) -> "TemplateFile":
        if all(row.kind in NEVER_ASKED for row in self.sections):
            raise wrong("nothing of this form is asked; expected a section of another kind")
        return self


class CodesFile(Strict):
    """A list of codes, from which sections of any form choose."""

    codes: Key
    name: Line
    language: Language = "en"
    options: Options
