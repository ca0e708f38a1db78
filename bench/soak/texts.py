"""What people type: short and long, with names, bullets and other scripts; each wording with its marker."""

from random import Random

from bench.soak.ledger import Wording
from bot.demo.names import LISTED, UNLISTED

_WORDS = [
    "borders", "papers", "ports", "cities", "cards", "costs", "training", "returns", "skills", "wages",
    "students", "housing", "health", "banks", "fees", "trust", "courts", "mayors", "farms", "boats", "visas",
]  # fmt: skip
_SCRIPTS = ("\u0627\u0644\u0647\u062c\u0631\u0629", "\u79fb\u6c11", "m\u00e9moire", "🌍", "naïve", "Ελλάδα")
_SOMEBODY = "a participant"  # what readers read instead of a name (README)


def wording(rng: Random, marker: str) -> Wording:
    """One version of a note."""
    line = _line(rng, marker)
    match rng.choices(range(6), (60, 12, 4, 10, 10, 2))[0]:
        case 0:
            return Wording(marker, line, line)
        case 1:
            name = rng.choice(LISTED)
            return Wording(marker, f"{line} said {name} today", f"{line} said {_SOMEBODY} today")
        case 2:
            text = f"{line} said {rng.choice(UNLISTED)}"
        case 3:
            text = "\n".join([line, *(f"- {_line(rng)}" for _ in range(rng.randint(1, 4)))])
        case 4:
            text = f"{line} {rng.choice(_SCRIPTS)} & <b> {rng.choice(_SCRIPTS)} *bold* > end"
        case _:
            text = f"{line} {' '.join(_line(rng) for _ in range(60))}"
    return Wording(marker, text, text)


def _line(rng: Random, *first: str) -> str:
    return " ".join([*first, *rng.choices(_WORDS, k=rng.randint(3, 9))])
