"""Kinds of values in organisers' files; each says what it expects, and knows the right words."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from bot.domain import zones
from bot.programme.folder import TABLES

YEARS = range(1970, 2101)
MOST_MINUTES = 7 * 24 * 60
_WALL = "%Y-%m-%d %H:%M"


class Strict(BaseModel):
    """A mapping of a file: no unknown keys, nothing converted in silence, no values in error texts."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def wrong(expected: str, choices: Iterable[str] = ()) -> PydanticCustomError:
    """The error of a value: what is expected, and the words among which the right one is."""
    return PydanticCustomError("wrong", "{expected}", {"expected": expected, "choices": list(choices)})


class Like:
    """Text of a form; a fault says what is expected, not the pattern."""

    def __init__(self, pattern: str, expected: str) -> None:
        self._pattern = pattern
        self._expected = expected

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        return {**handler(schema), "pattern": f"^(?:{self._pattern})$"}

    def _checked(self, text: str) -> str:
        if re.fullmatch(self._pattern, text) is None:
            raise wrong(f"expected {self._expected}")
        return text


class OneOf:
    """Text that is one of these words; capitals do not matter."""

    def __init__(self, words: type[StrEnum] | Sequence[str]) -> None:
        self._words = [str(each) for each in words]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        return {**handler(schema), "enum": self._words}

    def _checked(self, value: object) -> str:
        for word in self._words:
            if isinstance(value, str) and word.casefold() == value.strip().casefold():
                return word
        raise wrong(f"expected one of: {'; '.join(self._words)}", self._words)


def wall_of(text: object) -> datetime | None:
    """A wall time without its zone, if it is one."""
    try:
        wall = datetime.strptime(str(text), _WALL)  # noqa: DTZ007 - a wall time; its zone is the event's
    except ValueError:
        return None
    return wall if wall.year in YEARS else None


def _wall_time(text: str) -> str:
    if wall_of(text) is None:
        raise wrong(f"expected a day and time such as 2018-12-07 15:30, in {YEARS[0]} to {YEARS[-1]}")
    return text


def clock_of(text: str) -> time:
    """A time of day; ValueError for other text."""
    return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - what the clock on the wall shows


def _clock(text: str) -> str:
    try:
        clock_of(text)
    except ValueError:
        raise wrong('expected a time of day such as "22:00"') from None
    return text


def _zone(text: str) -> str:
    if not zones.is_zone(text):
        raise wrong("is no time zone; expected a name such as Africa/Casablanca", zones.names())
    return text


def is_table(value: object) -> bool:
    """Whether the value of a list is the name of a table's file."""
    return isinstance(value, str) and value.lower().endswith(TABLES)


def or_table(schema: dict[str, Any]) -> None:
    """The schema of a list that may also be the name of a table."""
    _or(schema, {"type": "string", "pattern": r"\.(xlsx|csv)$"})


def or_name(schema: dict[str, Any]) -> None:
    """The schema of a row that may also be a name alone."""
    _or(schema, {"type": "string", "minLength": 1})


def _or(schema: dict[str, Any], other: dict[str, Any]) -> None:
    about: dict[str, Any] = {each: schema.pop(each) for each in ("title", "description") if each in schema}
    first = dict(schema)
    schema.clear()
    schema |= {**about, "anyOf": [first, other]}


SlackChannel = Annotated[str, Like(r"[CG][A-Z0-9]+", "a Slack channel id such as C0123456789")]
Code = Annotated[str, Like(r"[^\s/|]{1,12}", "a short code such as 2.2, without spaces")]
Key = Annotated[str, Like(r"[a-z0-9-]{1,60}", "small letters, digits and hyphens")]
TemplateName = Annotated[
    str,
    Like(
        r"[a-z0-9-]{1,60}|[^/\\\x00]{1,100}\.ya?ml",
        "the key of a template that ships, or the name of a YAML file beside this one",
    ),
]
Line = Annotated[str, Like(r"(?=.*\S).{1,300}", "a line of 1 to 300 characters")]
Short = Annotated[str, Like(r"(?=.*\S).{1,40}", "a line of 1 to 40 characters")]
Text = Annotated[str, Like(r"(?=[\s\S]*\S)[\s\S]{1,2000}", "a text of 1 to 2,000 characters")]
Language = Annotated[str, Like(r"[a-z]{2}", 'the two letters of a language, such as "en" or "fr"')]
WallTime = Annotated[
    str,
    AfterValidator(_wall_time),
    Field(json_schema_extra={"pattern": r"^\d{4}-\d\d?-\d\d? \d\d?:\d\d?$"}),
]
Clock = Annotated[str, AfterValidator(_clock), Field(json_schema_extra={"pattern": r"^\d\d?:\d\d?$"})]
Zone = Annotated[str, AfterValidator(_zone)]
Minutes = Annotated[int, Field(ge=0, le=MOST_MINUTES)]
