"""Words: typed text, which shows its length wherever it might be printed by accident."""

import unicodedata
from dataclasses import dataclass

_UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")  # control and format characters, and white space


@dataclass(frozen=True, slots=True, repr=False)
class Words:
    """Text that a person typed. Whoever truly needs it asks for `.typed`."""

    typed: str

    def __repr__(self) -> str:
        return f"<{len(self.typed)} characters>"

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __bool__(self) -> bool:
        """Whether anything that can be seen was typed."""
        return any(unicodedata.category(each) not in _UNSEEN for each in self.typed)
