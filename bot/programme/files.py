"""The data that ships, and where it is."""

from functools import lru_cache
from pathlib import Path

LIBRARY = Path(__file__).parent.parent / "library"


def manifest_path() -> Path:
    """Where app.yaml is: in a checkout at the top level, in an installed package in the library."""
    top = LIBRARY.parent.parent / "app.yaml"
    return top if top.is_file() else LIBRARY / "app.yaml"


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Surnames that are everyday words, in lower case."""
    text = (LIBRARY / "common_words.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())
