"""The columns of organisers' tables: what each is called, in the words that people use."""

import unicodedata
from collections.abc import Mapping

SESSIONS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "session code", "session", "no", "number", "nr", "id", "numéro", "numero"),
    "title": ("title", "session title", "topic", "name", "titre", "intitulé"),
    "day": ("day", "date", "jour"),
    "starts": ("starts", "start", "start time", "from", "begins", "début", "de"),
    "ends": ("ends", "end", "end time", "to", "until", "fin", "à"),
    "room": ("room", "venue", "hall", "location", "place", "salle", "lieu"),
    "track": ("track", "theme", "stream", "strand", "axe", "volet"),
    "level": ("level", "rule", "confidentiality", "niveau", "confidentialité"),
    "template": ("template", "form", "modèle", "formulaire"),
    "due": ("due", "report due", "deadline", "échéance"),
    "cancelled": ("cancelled", "canceled", "annulé", "annulée"),
    "rapporteur": ("rapporteur", "lead", "lead rapporteur", "reporter", "note-taker", "rapporteuse"),
    "rapporteur name": ("rapporteur name", "name of rapporteur", "lead name", "nom du rapporteur"),
    "rapporteur affiliation": (
        "rapporteur affiliation", "rapporteur organisation", "rapporteur organization",
        "affiliation du rapporteur",
    ),
    "co-rapporteurs": ("co-rapporteurs", "co-rapporteur", "co rapporteur", "corapporteurs", "corapporteur"),
}  # fmt: skip

PEOPLE: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "full name", "participant", "person", "nom", "nom complet"),
    "given name": ("given name", "first name", "prénom"),
    "surname": ("surname", "last name", "family name", "nom de famille"),
    "spellings": ("spellings", "other spellings", "spelling", "also known as", "autres graphies"),
    "affiliation": (
        "affiliation", "organisation", "organization", "institution", "delegation", "country", "organisme",
    ),
    "title": ("title", "function", "position", "role", "titre", "fonction"),
    "email": ("email", "e-mail", "e-mail address", "email address", "mail", "courriel", "adresse e-mail"),
}  # fmt: skip

ORGANISATIONS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "organisation", "organization", "delegation", "institution", "nom", "organisme"),
    "spellings": (
        "spellings",
        "other spellings",
        "acronym",
        "acronyms",
        "short name",
        "sigle",
        "autres noms",
    ),
}

TABLES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sessions": SESSIONS,
    "people": PEOPLE,
    "organisations": ORGANISATIONS,
}
NEEDED: Mapping[str, tuple[str, ...]] = {
    "sessions": ("code", "title", "starts", "ends"),
    "people": ("name",),
    "organisations": ("name",),
}


def folded(name: str) -> str:
    """A column's name without capitals, accents, hyphens and other signs."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    return " ".join("".join(each if each.isalnum() else " " for each in bare.casefold()).split())


def meant(table: str, heading: str) -> str | None:
    """The key that a heading stands for."""
    spelled = folded(heading)
    for key, names in TABLES[table].items():
        if spelled and spelled in {folded(each) for each in names}:
            return key
    return None
