"""The invented names, from the one marked file that holds them (bot/library/invented_names.yaml)."""

from ruamel.yaml import YAML

from bot.programme.files import LIBRARY

_names: dict[str, list[str]] = YAML(typ="safe", pure=True).load(LIBRARY / "invented_names.yaml")

LISTED = tuple(_names["listed"])  # on the event's list: readers never see them
UNLISTED = tuple(_names["unlisted"])  # on no list: the gate leaves them alone
RAPPORTEURS = tuple(_names["rapporteurs"])
