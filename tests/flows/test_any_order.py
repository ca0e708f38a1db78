"""Any day's events in any order, with any duplicates, give the same report byte by byte.

On SQLite in one process, on PostgreSQL from two processes at once.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.digest import reply_document
from bot.domain.event import PersonId, WorkspaceId
from bot.services import organising, publishing, reporting
from storage import Storage, Transaction, open_storage
from tests.builders import RAPPORTEUR, THURSDAY, a_programme, a_template, an_event
from tests.support.reports import report_in
from tests.support.taker import Json, take

TEXTS = (
    "a note",
    "another note",
    "next",
    "back",
    "3",
    "nothing raised",
    "submit",
    "submit",
    "report",
    "closing line",
    " ",
)
OTHER = PersonId("UOTHER")
_numbers = count(1)


@st.composite
def days(draw: st.DrawFn) -> tuple[list[Json], list[Json], list[Json]]:
    """What one person did in the order of Slack's ts, and the same, shuffled and doubled, in two heaps."""
    day: list[Json] = []
    for at in range(draw(st.integers(1, 9))):
        if draw(st.integers(0, 4)) == 0:
            deed = draw(st.sampled_from(["next", "nothing", "open", "submit", "report", "line"]))
            day.append({"at": at, "deed": deed, "section": draw(st.integers(0, 2))})
            continue
        day.append({"at": at, "as_of": at, "text": draw(st.sampled_from(TEXTS))})
        for change in range(draw(st.integers(0, 2))):
            as_of = at + draw(st.integers(1, 5)) + (change + 1) / 10
            day.append({"at": at, "as_of": as_of, "text": draw(st.sampled_from((*TEXTS, None)))})
    shuffled = draw(st.permutations([move for move in day for _ in range(draw(st.integers(1, 2)))]))
    cut = draw(st.integers(0, len(shuffled)))
    return day, list(shuffled[:cut]), list(shuffled[cut:])


Taking = Callable[[str, list[Json], list[Json]], None]


@contextmanager
def one_process(url: str) -> Iterator[Taking]:
    async def both(workspace: str, one: list[Json], two: list[Json]) -> None:
        storage = open_storage(url, lambda: None)
        await asyncio.gather(take(storage, workspace, one), take(storage, workspace, two))
        await storage.close()

    yield lambda workspace, one, two: asyncio.run(both(workspace, one, two))


@contextmanager
def two_processes(url: str) -> Iterator[Taking]:
    takers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.taker", url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]

    def heard(taker: "subprocess.Popen[str]") -> str:
        assert taker.stdout is not None
        return taker.stdout.readline().strip()

    def both(workspace: str, *heaps: list[Json]) -> None:
        for taker, heap in zip(takers, heaps, strict=True):
            assert taker.stdin is not None
            taker.stdin.write(json.dumps({"workspace": workspace, "moves": heap}) + "\n")
            taker.stdin.flush()
        assert [heard(taker) for taker in takers] == ["done", "done"]

    assert [heard(taker) for taker in takers] == ["ready", "ready"]
    try:
        yield both
    finally:
        for taker in takers:
            taker.communicate()


def reports(url: str, workspace: str) -> bytes:
    """All that rapporteur and readers read of the session."""

    def work(tx: Transaction) -> str:
        event = tx.events.one(WorkspaceId(workspace), an_event().key)
        assert event is not None
        own = report_in(tx, workspace=event.workspace, event=event.key)
        documents = [reporting.review(own).document]
        documents += [reply_document(report) for report in publishing.submitted_reports(tx, event)]
        return "\n".join(f"{block.words.typed}" for each in documents for block in each.blocks)

    async def read() -> str:
        storage = open_storage(url, lambda: None)
        found = await storage.read(work)
        await storage.close()
        return found

    return asyncio.run(read()).encode()


def prepare(url: str, *workspaces: str) -> None:
    async def apply() -> None:
        storage: Storage = open_storage(url, lambda: None)
        for workspace in workspaces:
            event = an_event(workspace=WorkspaceId(workspace))
            programme = a_programme(
                {"2.2": RAPPORTEUR, "1.2": OTHER}, event=event, template=a_template(("One", "Two", "Three"))
            )
            await storage.write(
                lambda tx, programme=programme: organising.apply_event(tx, programme, THURSDAY)
            )
        await storage.close()

    asyncio.run(apply())


@pytest.mark.parametrize(("kind", "taking"), [("sqlite", one_process), ("postgres", two_processes)])
def test_order_and_duplicates_do_not_change_a_byte(
    kind: str, taking: Callable[[str], "contextmanager[Taking]"], request: pytest.FixtureRequest
) -> None:
    url = str(request.getfixturevalue(f"{kind}_url"))
    with taking(url) as taken:  # type: ignore[attr-defined] # a context manager

        @given(days())
        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        def property_(day: tuple[list[Json], list[Json], list[Json]]) -> None:
            number = next(_numbers)
            straight, shuffled = f"TSTRAIGHT{number}", f"TSHUFFLED{number}"
            prepare(url, straight, shuffled)
            for move in day[0]:
                taken(straight, [move], [])
            taken(shuffled, day[1], day[2])
            assert reports(url, shuffled) == reports(url, straight)

        property_()
