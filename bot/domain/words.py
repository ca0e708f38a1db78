"""Words: typed text, which shows its length wherever it might be printed by accident."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Words:
    """Text that a person typed. Whoever truly needs it asks for `.typed`."""

    typed: str

    def __repr__(self) -> str:
        return f"<{len(self.typed)} characters>"

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __bool__(self) -> bool:
        """Whether anything but white space was typed."""
        return bool(self.typed.strip())
