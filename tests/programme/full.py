"""One event file and one template file that use every key there is, as plain values."""

from io import BytesIO
from typing import Any

from ruamel.yaml import YAML


def full_event() -> dict[str, Any]:
    return {
        "event": "dialogue-2027",
        "name": "Regional dialogue",
        "place": "Montréal",
        "zone": "America/Toronto",
        "languages": ["fr", "en"],
        "closing": {"starts": "2027-05-20 16:00", "ends": "2027-05-20 17:30"},
        "due_minutes_before": 90,
        "freeze_minutes_before": 45,
        "template": "takeaways",
        "level": "Chatham House Rule",
        "channel": "C0123456789",
        "organisers": ["UORGANISER", "@name"],
        "people": [
            {
                "name": "Some Body",
                "spellings": ["S. Body", "Sombody"],
                "affiliation": "Office",
                "title": "Director",
                "email": "some.body@office.example",
            },
            "Any One",
        ],
        "organisations": [{"name": "Regional Bank", "spellings": ["RB"]}, "Office"],
        "rungs": [
            {"key": "session end", "anchor": "session end", "minutes": 10},
            {"key": "evening", "anchor": "eve", "at": "19:00"},
        ],
        "quiet_hours": {"starts": "21:30", "ends": "08:00"},
        "switches": {"escalates": False},
        "sessions": [
            {
                "code": "A1",
                "title": "First panel",
                "starts": "2027-05-19 09:00",
                "ends": "2027-05-19 10:30",
                "room": "Hall 1",
                "track": "Mobility",
                "level": "off the record",
                "template": "one-text",
                "due": "2027-05-20 12:00",
                "cancelled": False,
                "rapporteurs": [
                    {"slack": "U1", "name": "Rapporteur 1", "affiliation": "Office", "part": "co"},
                    {"email": "name@office.example", "part": "lead"},
                ],
            },
            {
                "code": "A2",
                "title": "Second panel",
                "starts": "2027-05-19 11:00",
                "ends": "2027-05-19 12:30",
                "rapporteur": {"handle": "@two", "name": "Rapporteur 2"},
            },
        ],
    }


def full_template() -> dict[str, Any]:
    return {
        "template": "our-form",
        "version": 3,
        "name": "Our form",
        "language": "en",
        "header": ["event", "session"],
        "sections": [
            {
                "key": "points",
                "title": "Main points of the session",
                "short": "Points",
                "help": "What was said?",
                "kind": "bullets",
                "need": "required",
                "words": 120,
                "digest": "first line",
                "translations": {"fr": {"title": "Points", "short": "Points", "help": "Quoi ?"}},
            },
            {
                "key": "theme",
                "title": "Theme",
                "short": "Theme",
                "help": "Which one?",
                "kind": "choice",
                "options": [
                    {"code": "a", "title": "Work", "translations": {"fr": "Travail"}},
                    {"code": "b", "title": "Health"},
                ],
            },
            {
                "key": "present",
                "title": "Participants",
                "short": "Participants",
                "help": "How many?",
                "kind": "number",
                "need": "optional",
                "lowest": 0,
                "highest": 900,
            },
            {"key": "notice", "title": "Notice", "short": "Notice", "help": "Thank you.", "kind": "static"},
            {"key": "place", "title": "Place", "short": "Place", "kind": "header"},
        ],
    }


def yaml_text(tree: object) -> bytes:
    target = BytesIO()
    YAML().dump(tree, target)
    return target.getvalue()
