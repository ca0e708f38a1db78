"""Time zones by IANA name, from the tzdata package alone: what this machine's own files say does not matter.

A machine with an older database would bring every reminder an hour late for as long as a zone has changed
since. So neither the system's files nor PYTHONTZPATH are looked at.
"""

from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """Every zone there is data for."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("ascii").split())


def is_zone(name: str) -> bool:
    """Whether there is data for a zone of this name; upper and lower case matter."""
    return name in names()


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone of a name; one object a name. Raises ZoneInfoNotFoundError for a name that is none."""
    if not is_zone(name):
        raise ZoneInfoNotFoundError(f"there is no data for the zone {name!r}")
    found = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    with found.open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
