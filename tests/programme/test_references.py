"""The pages about both files say what the schemas say, and all of it; their examples are checked."""

import os
import re
from pathlib import Path

import pytest

from bot.domain.event import WorkspaceId
from bot.programme.folder import InMemory
from bot.programme.schemas import Schema
from bot.programme.yaml import read_event, read_template
from tests.support.references import named, renewed, tables_of

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {Schema.EVENT: DOCS / "event-file.md", Schema.TEMPLATE: DOCS / "template-file.md"}


@pytest.mark.parametrize("file", Schema)
def test_the_tables_of_a_page_are_those_of_the_schema(file: Schema) -> None:
    """UPDATE_GOLDENS=1 makes them anew."""
    page = PAGES[file].read_text()
    if os.environ.get("UPDATE_GOLDENS"):
        PAGES[file].write_text(page := renewed(page, file))
    assert page == renewed(page, file)


@pytest.mark.parametrize("file", Schema)
def test_a_page_leaves_no_table_out(file: Schema) -> None:
    assert sorted(named(PAGES[file].read_text())) == sorted(tables_of(file))


def examples(file: Schema) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", PAGES[file].read_text(), re.DOTALL)


def test_the_example_of_an_event_file_has_no_fault_and_no_warning() -> None:
    example, *_ = examples(Schema.EVENT)
    found = read_event(InMemory({"event.yaml": example.encode()}), "event.yaml", WorkspaceId("T1"))
    assert [str(each) for each in found.faults] == []


def test_the_example_of_a_template_file_has_no_fault() -> None:
    example, *_ = examples(Schema.TEMPLATE)
    template, faults = read_template(InMemory({"form.yaml": example.encode()}), "form.yaml")
    assert [str(each) for each in faults] == []
    assert template is not None


def test_the_reminders_that_the_page_lists_are_ours() -> None:
    rungs = next(each for each in examples(Schema.EVENT) if each.startswith("rungs:"))
    example, *_ = examples(Schema.EVENT)
    files = {"event.yaml": f"{example}\n{rungs}".encode(), "plain.yaml": example.encode()}
    spelled, plain = (
        read_event(InMemory(files), name, WorkspaceId("T1")).programme
        for name in ("event.yaml", "plain.yaml")
    )
    assert spelled is not None
    assert plain is not None
    assert spelled.event.settings == plain.event.settings
