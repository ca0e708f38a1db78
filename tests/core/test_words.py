"""Words: what was typed, and whether there is anything to see."""

import pytest

from bot.domain.words import Words


@pytest.mark.parametrize("typed", ["", " \n\t", "\u200b\u200d", "\u2067\u2069", "\x07\x00", "\u00a0"])
def test_what_nobody_can_see_is_no_note(typed: str) -> None:
    assert not Words(typed)


@pytest.mark.parametrize("typed", ["a", " . ", "👍", "👩\u200d🔧", "م", "\u200bx"])
def test_all_else_is(typed: str) -> None:
    assert Words(typed)
