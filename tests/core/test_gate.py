"""The gate: readers see nobody of the list."""

import pytest

from bot.demo.names import LISTED, UNLISTED
from bot.domain.document import Bullet, Document
from bot.domain.gate import People, clear_for_rapporteur, clear_for_readers
from bot.domain.words import Words

FIRST, HYPHENATED, ACCENTED, COMMON = LISTED
SURNAME = FIRST.split()[1]
PEOPLE = People(LISTED, frozenset({"may"}))


def read(text: str) -> str:
    cleared = clear_for_readers(Document((Bullet(Words(text)),)), PEOPLE)
    return cleared.document.blocks[0].words.typed


@pytest.mark.parametrize(
    ("typed", "reads"),
    [
        (f"{FIRST} said so", "a participant said so"),
        (f"{FIRST.upper()}'s view", "a participant's view"),
        (f"as {SURNAME} put it", "as a participant put it"),
        (f"({SURNAME.lower()})", "(a participant)"),
        (f"_{SURNAME}_ and *{SURNAME}*", "_a participant_ and *a participant*"),
        (" ".join(reversed(FIRST.split())), "a participant"),
        (f"{SURNAME}, {FIRST.split()[0]} spoke", "a participant spoke"),
        (FIRST.replace(" ", "\u00a0"), "a participant"),
        (FIRST.replace(" ", ".").lower() + "@example.org", "a participant@example.org"),
        (SURNAME[:3] + "\u200b" + SURNAME[3:] + "\u200d", "a participant"),
        (ACCENTED.replace("é", "e").replace("ï", "i"), "a participant"),
        (ACCENTED.replace("é", "e\u0301"), "a participant"),
        (HYPHENATED.replace("-", " "), "a participant"),
        (HYPHENATED.split()[1], "a participant"),
        (HYPHENATED.split()[1].split("-")[0] + " agreed", "a participant agreed"),
        ("<@U0123ABC> agreed, <@W1|somebody> too", "a participant agreed, a participant too"),
        (f"{COMMON} spoke", "a participant spoke"),
        ("In May we may meet", "In May we may meet"),
        (f"{SURNAME}ian ideas", f"{SURNAME}ian ideas"),
        (f"{UNLISTED[0]} is on no list", f"{UNLISTED[0]} is on no list"),
        ("مرحبا 👍 nothing here", "مرحبا 👍 nothing here"),
    ],
)
def test_readers_see_a_participant(typed: str, reads: str) -> None:
    assert read(typed) == reads


def test_a_list_of_nobody_changes_only_mentions() -> None:
    assert People(()).unnamed(f"{FIRST} and <@U1>") == f"{FIRST} and a participant"


def test_the_rapporteur_reads_what_was_typed() -> None:
    document = Document((Bullet(Words(FIRST)),))
    assert clear_for_rapporteur(document).document == document


def test_nothing_that_is_cleared_prints_its_words() -> None:
    cleared = clear_for_rapporteur(Document((Bullet(Words("a marker")),)))
    assert "marker" not in f"{cleared} {cleared!r} {cleared.document!r} {Words('a marker')}"


@pytest.mark.parametrize(
    ("name", "typed", "reads"),
    [
        (f"Rapporteure d'{SURNAME}", f"d’{SURNAME} et l'{SURNAME}", f"a participant et l'{SURNAME}"),
        (f"Rapporteure d'{SURNAME}", "Aujourd'hui, d'abord", "Aujourd'hui, d'abord"),
        (
            f"Rapporteur Al-{SURNAME}",
            f"{SURNAME} et al., Al-{SURNAME}",
            "a participant et al., a participant",
        ),
        ("Rapporteure A1", "A1 is in; Rapporteure A1 is not", "A1 is in; a participant is not"),
    ],
)
def test_a_particle_and_a_code_are_no_names_alone(name: str, typed: str, reads: str) -> None:
    assert People((name,)).unnamed(typed) == reads
