"""Looking people up, against the local Slack: by id, e-mail, handle; and what Slack does not tell."""

import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.event import PersonId
from bot.domain.people import Answer, How, Problem, Sought
from bot.slack import directory as directory_module
from bot.slack.directory import Directory
from bot.slack.inbound import changed_member, member
from tests.builders import THURSDAY, WORKSPACE, sought_rapporteur, ts
from tests.sandbox.local import BOT, ONE, TWO, Json, Local, local_slack
from tests.sandbox.local import WORKSPACE as SLACK

PEOPLE: list[Json] = [
    {"id": ONE, "name": "One", "role": "", "email": "one@office.example", "handle": "one.name"},
    {"id": TWO, "name": "Two", "role": "", "email": "two@office.example", "handle": "two.name"},
    {"id": "UTWIN", "name": "Two", "role": "", "handle": "twin"},
    {"id": "UGONE", "name": "Gone", "role": "", "email": "gone@office.example", "deactivated": True},
    {"id": "UAPP", "name": "App", "role": "", "handle": "app.name", "is_bot": True},
]


def serving(folder: Path, *without: str) -> AbstractAsyncContextManager[Local]:
    return local_slack(folder, workspace={**SLACK, "people": PEOPLE, "channels": []}, without=without)


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Local]:
    async with serving(tmp_path) as local:
        yield local


def by(how: How, whom: str) -> Sought:
    return sought_rapporteur("2.2", whom, how)


async def look_up(slack: Local, *asked: Sought) -> list[Answer]:
    found = await Directory(slack.bot).answers(asked)
    return [found[each.key] for each in asked]


def found(person: str) -> Answer:
    return Answer(person=PersonId(person))


@pytest.mark.parametrize(
    ("how", "whom", "answer"),
    [
        (How.ID, ONE, found(ONE)),
        (How.ID, "UNOBODY", Answer(problem=Problem.NOT_FOUND)),
        (How.ID, "UGONE", Answer(problem=Problem.DEACTIVATED)),
        (How.ID, "UAPP", Answer(problem=Problem.IS_BOT)),
        (How.ID, BOT, Answer(problem=Problem.IS_BOT)),
        (How.EMAIL, "One@Office.example", found(ONE)),
        (How.EMAIL, "nobody@office.example", Answer(problem=Problem.NOT_FOUND)),
        (How.EMAIL, "gone@office.example", Answer(problem=Problem.NOT_FOUND)),  # so says Slack
        (How.HANDLE, "@One.Name", found(ONE)),
        (How.HANDLE, "one", found(ONE)),  # the display name
        (How.HANDLE, "two", Answer(problem=Problem.FOUND_TWICE)),
        (How.HANDLE, "two.name", found(TWO)),
        (How.HANDLE, "gone", Answer(problem=Problem.DEACTIVATED)),
        (How.HANDLE, "app.name", Answer(problem=Problem.IS_BOT)),
        (How.HANDLE, "plenary", Answer(problem=Problem.IS_BOT)),
        (How.HANDLE, "nobody", Answer(problem=Problem.NOT_FOUND)),
    ],
)
async def test_each_is_found_or_a_problem(slack: Local, how: How, whom: str, answer: Answer) -> None:
    assert await look_up(slack, by(how, whom)) == [answer]


async def test_all_handles_cost_one_list_and_it_is_read_to_its_end(
    slack: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_module, "_PAGE", 2)
    await slack.driver.plant("ratelimit", method="users.list", nth=4, seconds=1)  # six people, three pages
    asked = [by(How.HANDLE, "one.name"), by(How.HANDLE, "two"), by(How.HANDLE, "app.name")]
    assert await look_up(slack, *asked) == [
        found(ONE), Answer(problem=Problem.FOUND_TWICE), Answer(problem=Problem.IS_BOT),
    ]  # fmt: skip
    assert (await slack.driver.status())["struck"] == {"1": 0}  # there was no fourth call


@pytest.mark.parametrize(
    ("scope", "how", "whom"),
    [
        ("users:read.email", How.EMAIL, "one@office.example"),
        ("users:read", How.HANDLE, "one"),
        ("users:read", How.ID, ONE),
    ],
)
async def test_without_its_scope_it_may_not_look(tmp_path: Path, scope: str, how: How, whom: str) -> None:
    async with serving(tmp_path, scope) as slack:
        assert await look_up(slack, by(how, whom)) == [Answer(problem=Problem.MAY_NOT_LOOK)]


async def test_without_the_scope_for_e_mails_everything_else_is_found(tmp_path: Path) -> None:
    async with serving(tmp_path, "users:read.email") as slack:
        assert await look_up(slack, by(How.HANDLE, "one"), by(How.ID, TWO)) == [found(ONE), found(TWO)]


@pytest.mark.parametrize("kind", ["server_error", "lost_answer"])
@pytest.mark.parametrize(
    ("method", "how", "whom"),
    [
        ("users.info", How.ID, ONE),
        ("users.lookupByEmail", How.EMAIL, "one@office.example"),
        ("users.list", How.HANDLE, "one"),
    ],
)
async def test_while_slack_is_away_it_says_so_of_each_kind(
    slack: Local, kind: str, method: str, how: How, whom: str
) -> None:
    fault = await slack.driver.plant(
        kind, method=method, count=10
    )  # aiohttp asks again by itself when cut off
    assert await look_up(slack, by(how, whom)) == [Answer(problem=Problem.AWAY)]
    await slack.driver.clear(fault)
    assert await look_up(slack, by(how, whom)) == [found(ONE)]


async def test_it_waits_as_long_as_slack_asks_and_goes_on(slack: Local) -> None:
    await slack.driver.plant("ratelimit", seconds=1)
    began = time.monotonic()
    assert await look_up(slack, by(How.ID, ONE)) == [found(ONE)]
    assert time.monotonic() - began >= 1


async def test_calls_are_a_rest_apart(slack: Local) -> None:
    began = time.monotonic()
    asked = [by(How.ID, each) for each in (ONE, TWO, "UGONE")]
    await Directory(slack.bot, rest=0.2).answers(asked)
    assert time.monotonic() - began >= 0.4


@pytest.mark.parametrize("user", [None, {}, [], {"id": 7}, {"name": "x"}])
def test_what_is_no_user_is_none(user: object) -> None:
    assert member(user) is None
    body = {"team_id": WORKSPACE, "event": {"type": "user_change", "user": user}}
    assert changed_member(body, WORKSPACE) is None


def test_a_user_of_whom_little_is_told_is_one_all_the_same() -> None:
    bare = member({"id": "U1", "name": None, "profile": None, "deleted": None})
    assert bare is not None
    assert (bare.id, bare.handles, bare.email, bare.is_deactivated, bare.is_bot) == (
        "U1",
        (),
        None,
        False,
        False,
    )


def test_a_change_in_another_workspace_is_none() -> None:
    body = {"team_id": "TOTHER", "event": {"type": "user_change", "user": {"id": "U1"}}}
    assert changed_member(body, WORKSPACE) is None


def test_a_change_is_as_of_its_event() -> None:
    user = {"id": "U1", "name": "name", "profile": {"display_name": "Name", "email": "n@office.example"}}
    body = {"team_id": WORKSPACE, "event": {"type": "user_change", "user": user, "event_ts": ts(7)}}
    change = changed_member(body, WORKSPACE)
    assert change is not None
    assert (change.handles, change.email, change.as_of) == (
        ("name", "Name"), "n@office.example", THURSDAY + timedelta(seconds=7),
    )  # fmt: skip
