"""Socket Mode in this process, against a local Slack: what takes an hour, or a wrong token."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from bot.domain.event import WorkspaceId
from bot.errors import InstallationRefused
from bot.metrics import Metrics
from bot.slack.connection import Identity, make_app, web_client
from bot.slack.socket import socket
from bot.slack.tickets import Tickets, Waits
from tests.sandbox.local import APP_TOKEN, BOT_TOKEN, ONE, Local, local_slack

WAITS = Waits(attempt=2.0, ping=1.0, pause=0.05, longest=0.1, refused=0.2, linger=0.5, burst=100, ticket=0.1)
IDENTITY = Identity(workspace=WorkspaceId("TTEAM"), bot_user="UBOT", bot_id="BBOT")


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Local]:
    async with local_slack(tmp_path, retry_scale=0.01) as served:
        yield served


@asynccontextmanager
async def an_app(slack: Local, hear: Callable[[str], Any]) -> AsyncIterator[AsyncApp]:
    """An app that hands the text of each message on, and waits for what comes back."""
    async with web_client(BOT_TOKEN, f"{slack.url}/api/", 5.0) as client:
        app = make_app(client, IDENTITY, lambda: None)

        @app.event("message")
        async def heard(event: dict[str, Any]) -> None:
            await hear(event["text"])

        yield app


async def gone(_: str) -> None:
    """What hears nothing of it."""


async def test_a_line_that_slack_never_refreshes_is_replaced_without_a_gap(slack: Local) -> None:
    gaps: list[None] = []
    short = Waits(attempt=2.0, life=0.2, linger=0.1, burst=100)
    async with (
        an_app(slack, gone) as app,
        socket(
            app, APP_TOKEN, f"{slack.url}/api/", lambda: gaps.append(None), Metrics(), waits=short
        ) as trouble,
    ):

        async def several() -> bool:
            assert await trouble() is None
            return int((await slack.driver.status())["tickets"]) >= 3

        await slack.driver.until(several)
    assert len(gaps) == 1  # the start


async def test_catching_up_is_called_for_at_the_start_and_after_each_gap(slack: Local) -> None:
    gaps: list[None] = []
    async with (
        an_app(slack, gone) as app,
        socket(app, APP_TOKEN, f"{slack.url}/api/", lambda: gaps.append(None), Metrics(), waits=WAITS),
    ):
        assert len(gaps) == 1
        for number in (2, 3):
            await slack.driver.plant("socket_dropped")

            async def called_for(times: int = number) -> bool:
                return len(gaps) == times

            await slack.driver.until(called_for)


async def test_many_envelopes_are_at_work_at_once_and_the_old_line_acknowledges_its_own(slack: Local) -> None:
    at_work, go_on = [], asyncio.Event()

    async def hold(text: str) -> None:
        at_work.append(text)
        await go_on.wait()

    async with (
        an_app(slack, hold) as app,
        socket(app, APP_TOKEN, f"{slack.url}/api/", lambda: None, Metrics(), waits=WAITS),
    ):
        for number in range(20):
            await slack.driver.say(ONE, f"note{number}")

        async def all_at_work() -> bool:
            return len(at_work) == 20

        await slack.driver.until(all_at_work)
        await slack.driver.plant("disconnect_refresh_requested", seconds=60)

        async def both_stand() -> bool:
            return int((await slack.driver.status())["sockets"]) == 2

        await slack.driver.until(both_stand)
        go_on.set()
        await slack.driver.settled()
        deliveries = await slack.driver.deliveries()
    assert {(each["attempts"], each["acknowledged"]) for each in deliveries} == {(1, True)}


async def test_what_is_held_at_the_end_is_finished_and_what_comes_then_is_left_to_slack(slack: Local) -> None:
    began, go_on, heard = asyncio.Event(), asyncio.Event(), []

    async def slowly(text: str) -> None:
        heard.append(text)
        began.set()
        await go_on.wait()

    async def end_when_told() -> None:
        async with (
            an_app(slack, slowly) as app,
            socket(app, APP_TOKEN, f"{slack.url}/api/", lambda: None, Metrics(), waits=WAITS),
        ):
            await slack.driver.say(ONE, "held")
            await began.wait()

    ending = asyncio.create_task(end_when_told())
    await began.wait()
    await asyncio.sleep(0.1)  # it is closing now
    await slack.driver.say(ONE, "too late")
    await asyncio.sleep(0.1)
    go_on.set()
    await ending
    await slack.driver.settled()
    acknowledged = {each["acknowledged"] for each in (await slack.driver.deliveries())[:1]}
    assert (heard, acknowledged) == (["held"], {True})
    assert [each["acknowledged"] for each in (await slack.driver.deliveries())[1:]] == [False]


@pytest.mark.parametrize("code", ["missing_scope", "not_allowed_token_type", "invalid_auth"])
async def test_a_wrong_token_at_the_start_is_refused_by_its_setting(slack: Local, code: str) -> None:
    await slack.driver.plant("api_error", method="apps.connections.open", code=code)
    async with an_app(slack, gone) as app:
        with pytest.raises(InstallationRefused, match=f"SLACK_APP_TOKEN .{code}.") as refused:
            async with socket(app, APP_TOKEN, f"{slack.url}/api/", lambda: None, Metrics(), waits=WAITS):
                pass
    assert APP_TOKEN not in str(refused.value)


@pytest.mark.parametrize(
    "body", ["[]", "junk", '{"type": "disconnect"}', '{"envelope_id": "x", "payload": 1}']
)
async def test_what_is_not_of_slacks_shape_ends_nothing(slack: Local, body: str) -> None:
    """Said by the sandbox itself, through the socket that stands."""
    heard: list[str] = []

    async def hear(text: str) -> None:
        heard.append(text)

    async with (
        an_app(slack, hear) as app,
        socket(app, APP_TOKEN, f"{slack.url}/api/", lambda: None, Metrics(), waits=WAITS),
    ):
        await slack.sockets.open[0].response.send_str(body)
        await slack.driver.say(ONE, "A note")
        await slack.driver.settled()
    assert heard == ["A note"]


async def test_tickets_are_a_burst_and_then_one_a_while_and_unreached_ones_are_given_back() -> None:
    waits = Waits(burst=2, ticket=1000.0)
    tickets = Tickets(waits)
    for _ in range(2):
        assert tickets.wait == 0
        tickets.spend()
    assert 990 < tickets.wait <= 1000
    tickets.restore()
    assert tickets.wait == 0


def test_a_line_stands_at_most_a_minute_after_the_network_is_back() -> None:
    real = Waits()
    assert max(real.ticket, real.longest + real.attempt, real.refused + real.attempt) < 60
    assert 1.5 * real.ping + real.pause < 60
