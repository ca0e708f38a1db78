"""docs/first-install.md names what is there: commands, settings, scopes, the line that invites."""

import re
from pathlib import Path

from bot.config import NAMES
from bot.manifest import manifest, scopes
from bot.slack.ids import EVENTS_PATH
from bot.slack.words import INVITE_LINE
from tests.house.test_docs import commands, first_cells, in_code

PAGE = (Path(__file__).parents[2] / "docs" / "first-install.md").read_text()
_BLOCKS = re.compile(r"^ *```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
CODE = "\n".join([*_BLOCKS.findall(PAGE), *in_code(_BLOCKS.sub("", PAGE))])


def test_every_command_that_it_names_is_there_with_its_options() -> None:
    named = re.findall(r"\bplenary (?!is ready)([a-z].*|--\S+)", CODE)
    assert len(named) > 10
    for line in named:
        words = line.split()
        known = next((each for each in (" ".join(words[:2]), words[0]) if each in commands()), None)
        options = set(re.findall(r"--[a-z]+", line))
        assert options <= (commands()[known] if known else {"--help"}), line
        assert known is not None or words[0].startswith("--"), line


def test_every_setting_that_it_names_is_there_and_every_secret_is_named() -> None:
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", CODE))
    assert named - set(NAMES) == set()
    assert named >= {name for name in NAMES if name.endswith(("TOKEN", "SECRET"))}


def test_every_scope_is_explained_and_no_other() -> None:
    assert [in_code(cell)[0] for cell in first_cells(PAGE, "Why each scope")] == in_order_of_the_manifest()


def in_order_of_the_manifest() -> list[str]:
    return sorted(scopes(), key=lambda scope: manifest().index(f"- {scope} "))


def test_the_line_that_invites_and_the_path_of_signed_http_are_the_bots() -> None:
    assert INVITE_LINE in CODE
    assert f"reverse_proxy {EVENTS_PATH} " in CODE
