"""The next moment that matters, as whoever runs the sandbox tells it; and the one that was reached last."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Ahead:
    """`at` and `says` of the next moment; `reached`: what the last one said.

    `at` is None while it is not known, or when `says` tells that there is none.

    `zone` and `place` are of the clock that the page shows.
    """

    zone: str
    place: str = ""
    at: datetime | None = None
    says: str = ""
    reached: str = ""

    def tell(self, at: datetime | None, says: str, now: datetime) -> bool:
        """Take what comes next; whether that is news."""
        self.look(now)
        is_news = (at, says) != (self.at, self.says)
        self.at, self.says = at, says
        return is_news

    def stand_in(self, zone: str, place: str) -> bool:
        """Show the times of a place; whether that is news."""
        is_news = (zone, place) != (self.zone, self.place)
        self.zone, self.place = zone, place
        return is_news

    def look(self, now: datetime) -> None:
        """Note that the moment has come, if it has."""
        if self.at is not None and self.at <= now:
            self.at, self.says, self.reached = None, "", self.says
