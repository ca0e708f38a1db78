"""The local Slack as a process: what stands there outlives SIGTERM."""

import json
from pathlib import Path

import pytest

from bot.sandbox.driver import Driver, SandboxProcess
from tests.sandbox.local import CHECKER, ONE, OPEN, TWO, WORKSPACE


@pytest.fixture
def sandbox(tmp_path: Path) -> SandboxProcess:
    file = tmp_path / "workspace.json"
    file.write_text(json.dumps(WORKSPACE))
    return SandboxProcess(file, tmp_path, clock=tmp_path / "clock.json", zone="Africa/Casablanca")


async def test_what_was_said_at_the_last_moment_stands_after_a_restart(sandbox: SandboxProcess) -> None:
    async with sandbox, Driver(sandbox.url, checker_token=CHECKER) as driver:
        await driver.forward(86_400)
        parent = await driver.say(ONE, "Among many", channel=OPEN)
        await driver.say(TWO, "A reply", channel=OPEN, thread=parent)
        edited = await driver.say(ONE, "A note")
        await driver.edit(ONE, edited, "A better note, with half an emoji: \ud83d")
        before = (await driver.history(ONE), await driver.history(OPEN), await driver.replies(OPEN, parent))
    async with sandbox, Driver(sandbox.url, checker_token=CHECKER) as driver:
        assert before == (
            await driver.history(ONE),
            await driver.history(OPEN),
            await driver.replies(OPEN, parent),
        )
        assert await driver.say(ONE, "Later") > edited
        await driver.delete(ONE, edited)
        assert [each["text"] for each in await driver.history(ONE)] == ["Later"]
    assert [len(before[0]), len(before[1]), len(before[2])] == [1, 1, 2]


async def test_the_process_says_where_it_is_and_ends_with_the_block(sandbox: SandboxProcess) -> None:
    async with sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")
        async with Driver(sandbox.url, checker_token=CHECKER) as driver:
            assert await driver.version() == 0
    async with Driver(sandbox.url, checker_token=CHECKER) as driver:
        with pytest.raises(OSError, match="Connect call failed"):
            await driver.version()


async def test_a_driver_says_when_what_it_waits_for_does_not_come(sandbox: SandboxProcess) -> None:
    async with sandbox, Driver(sandbox.url, checker_token=CHECKER) as driver:
        with pytest.raises(TimeoutError):
            await driver.until(lambda: driver.history(ONE), within=0.1)
        await driver.say(ONE, "Nobody listens, and Slack tries again")
        with pytest.raises(TimeoutError):
            await driver.settled(within=0.1)


async def test_it_starts_again_at_the_same_address_with_what_stood_there(sandbox: SandboxProcess) -> None:
    async with sandbox, Driver(sandbox.url, checker_token=CHECKER) as driver:
        address = sandbox.url
        ts = await driver.say(ONE, "A note")
        await sandbox.restart()
        assert sandbox.url == address
        assert [each["ts"] for each in await driver.history(ONE)] == [ts]
        await sandbox.kill()
        with pytest.raises(OSError, match="Connect call failed"):
            await driver.version()
        await sandbox.start()
        assert [each["ts"] for each in await driver.history(ONE)] == [ts]


async def test_who_starts_it_in_vain_is_told(sandbox: SandboxProcess) -> None:
    sandbox.workspace_file.write_text("{}")
    with pytest.raises(RuntimeError, match="did not start"):
        await sandbox.start()
    await sandbox.stop()
