"""Who looks at the page, and as whom; and whether the others write by themselves."""

import time
from dataclasses import dataclass, field

_LOOKS_FOR = 10.0  # seconds after a look at the page, which looks again by itself


@dataclass(slots=True)
class Onlookers:
    """`others_write` is the page's switch; what is done about it is not the sandbox's."""

    others_write: bool = False
    _looked: dict[str, float] = field(default_factory=dict)

    def look(self, person: str) -> None:
        """Somebody looks at the page as this person."""
        self._looked[person] = time.monotonic()

    @property
    def you(self) -> list[str]:
        """As whom somebody looks now."""
        return [each for each, at in self._looked.items() if time.monotonic() - at < _LOOKS_FOR]
