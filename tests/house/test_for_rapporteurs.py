"""docs/for-rapporteurs.md names words and buttons that are there, and every word that one can type."""

import re
from pathlib import Path

from bot.domain.away import away_in
from bot.domain.commands import Command, Typed, command_of
from bot.domain.event import SessionCode
from bot.domain.spans import Span
from bot.slack import reminder_words, words
from tests.builders import THURSDAY
from tests.house.test_docs import in_code

PAGE = (Path(__file__).parents[2] / "docs" / "for-rapporteurs.md").read_text()
TYPED = in_code(PAGE)
CODES = [SessionCode("2.2")]


def taken(word: str) -> Typed | Span | None:
    """What the bot makes of a message, if it does not keep it as a note."""
    return command_of(word, CODES) or away_in(word, "Africa/Casablanca", THURSDAY)


def test_every_word_that_the_page_names_does_something() -> None:
    assert [word for word in TYPED if taken(word) is None] == []
    assert taken("Next: funding") is None


def test_every_word_that_does_something_is_on_the_page() -> None:
    found = [taken(word) for word in TYPED]
    kinds = {type(each).__name__ for each in found if not isinstance(each, Command)}
    assert [word for word in Command if word not in found] == []
    assert kinds == {"Digits", "Go", "To", "Span"}


def test_help_says_every_word_of_the_page() -> None:
    told = " ".join((*words.HELP, words.HELP_SEVERAL))
    elsewhere = {"2.2", "go 2", "help"}  # a session's code; said on a card that needs it; typed to read this
    assert [word for word in TYPED if word not in told and word not in elsewhere] == ["6"]  # {sections}


def test_the_buttons_that_the_page_names_are_there() -> None:
    labels = {*reminder_words.LATER.values()}
    for each in (reminder_words, words):
        labels |= {value for name, value in vars(each).items() if name.isupper() and isinstance(value, str)}
    named = re.findall(r"(?<!\*)\*([A-Z][^*]+)\*(?!\*)", PAGE)
    assert len(named) > 7
    assert [name for name in named if name not in labels | {"Plenary"}] == []


def test_the_page_is_one_to_print() -> None:
    assert len(PAGE.split()) <= 500  # with the marks of the table
