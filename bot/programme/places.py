"""From a place to its time zone, by the names of zones and countries that the tzdata package has."""

import unicodedata
from functools import lru_cache
from importlib import resources

from rapidfuzz import process

from bot.domain.asking_event import Atlas
from bot.domain.zones import names

_ALIKE = 75  # of 100; "Marakesh" and "Marrakesh" have 94


def zones_of(place: str) -> tuple[str, ...]:
    """The zones that a place may be in: its city's own, else all of the country that it names; or none.

    The place is a city or the name of a zone; or a city and, behind a comma, its country, as in "Marrakesh,
    Morocco", a zone, or a city whose clocks it has. The last part must be known: "Paris, Texas" is nowhere.
    """
    parts = [_folded(each) for each in place.split(",")]
    for zone in names():
        if _folded(zone) == parts[-1]:
            return (zone,)
    if parts[-1] not in _by_country() and parts[-1] not in _by_city():
        return ()
    countries = {zone for part in parts for zone in _by_country().get(part, ())}
    cities = {zone for part in parts for zone in _by_city().get(part, ())}
    return tuple(sorted(cities & countries or cities or countries))


def alike(place: str) -> tuple[str, ...]:
    """Zones, cities and countries spelled nearly as a part of it, the last one first; at most three."""
    known = {**{_folded(each): each for each in names()}, **_spelled()}
    for part in (_folded(each) for each in reversed(place.split(","))):
        found = process.extract(part, known.keys(), score_cutoff=_ALIKE, limit=3)
        if found:
            return tuple(known[each] for each, *_ in found)
    return ()


ATLAS = Atlas(zones_of=zones_of, alike=alike)


def _folded(text: str) -> str:
    bare = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(bare.casefold().replace("_", " ").replace("-", " ").split())


@lru_cache(maxsize=1)
def _by_city() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for _, zone in _table():
        city = _folded(zone.rpartition("/")[2])
        found[city] = (*found.get(city, ()), zone)
    return found


@lru_cache(maxsize=1)
def _by_country() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    countries = _countries()
    for code, zone in _table():
        country = _folded(countries[code])
        found[country] = (*found.get(country, ()), zone)
    return found


def _spelled() -> dict[str, str]:
    """Cities and countries, folded, as they are written."""
    cities = {
        _folded(city): city for _, zone in _table() for city in [zone.rpartition("/")[2].replace("_", " ")]
    }
    return {**cities, **{_folded(each): each for each in _countries().values()}}


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[str, str], ...]:
    """Country code and zone, of every zone that is a place of its own."""
    return tuple((row[0], row[2]) for row in _rows("zone.tab"))


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    return {row[0]: row[1] for row in _rows("iso3166.tab")}


def _rows(file: str) -> list[list[str]]:
    text = resources.files("tzdata").joinpath("zoneinfo", file).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
