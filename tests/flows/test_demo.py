"""The demo as somebody starts it: a first prompt, a bot that may be killed, state that may be kept."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.demo import players
from bot.demo.breaks import Break
from bot.demo.perform import perform
from bot.domain.moment import Ts, moment_of
from bot.domain.wall import on_the_wall
from bot.sandbox.driver import Driver

R22 = players.rapporteur("2.2")


@asynccontextmanager
async def demo(*arguments: str) -> AsyncIterator[tuple[str, str]]:
    """What the command says until it is ready, and the page's address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        said = ""
        while "Ctrl-C" not in said:
            line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
            assert line, said
            said += line
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found is not None
        yield said, found[0]
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_a_first_prompt_stands_and_a_kill_loses_nothing() -> None:
    async with demo() as (said, url), Driver(url) as driver:
        assert "first prompt stands after" in said
        told = [each["text"] for each in await driver.history(R22) if each.get("bot_id")]
        assert "Roundtable 2.2 is yours to report." in told[0]
        assert told[-1].startswith("1. Main points")
        killed = re.search(r"process (\d+)", said)
        assert killed is not None
        os.kill(int(killed[1]), signal.SIGKILL)
        await driver.say(R22, "typed while it was dead")
        await driver.settled()
        await driver.say(R22, "report")
        await driver.until(lambda: _stands(driver, "typed while it was dead"))


async def test_it_is_thursday_morning_and_seven_people_know_what_is_theirs() -> None:
    async with demo() as (_, url), Driver(url) as driver:
        assert (await driver.status())["now"].startswith("2018-12-06T07:3")
        theirs = {(one, code) for code, people in players.SEVEN.reporting.items() for one in people}
        assert len({one for one, _ in theirs}) == 6
        for one, code in theirs:
            await driver.until(lambda one=one, code=code: _is_told(driver, one, code))
        assert await driver.history(players.RESERVE) == []


async def test_the_day_is_gone_through_moment_by_moment_and_nothing_comes_late() -> None:
    async with demo() as (_, url), Driver(url) as driver, aiohttp.ClientSession(url) as browser:
        said = [await _go_on(browser)]
        while "is over" not in said[-1]:
            said.append(await _go_on(browser))
        assert said == [
            "10:00 in Marrakesh: 1.1, 2.1 and 3.1 begin.",
            "12:30 in Marrakesh: 1.1, 2.1 and 3.1 end.",
            "12:35 in Marrakesh: session end, 3 people.",
            "14:00 in Marrakesh: 1.2, 2.2 and 3.2 begin.",
            "16:30 in Marrakesh: 1.2, 2.2 and 3.2 end.",
            "16:35 in Marrakesh: session end, 3 people.",
            "20:30 in Marrakesh: evening, 5 people.",
            "Fri 7 Dec, 08:30 in Marrakesh: morning, 5 people.",
            "11:30 in Marrakesh: three hours left, 5 people.",
            "13:30 in Marrakesh: one hour left, 6 people.",
            "14:15 in Marrakesh: a quarter left, 6 people.",
            "14:30 in Marrakesh: reports are due.",
            "14:35 in Marrakesh: overdue, 6 people.",
            "15:00 in Marrakesh: corrections close.",
            "15:30 in Marrakesh: the closing session begins.",
            "17:00 in Marrakesh: the closing session is over.",
        ]
        await driver.until(lambda: _says(browser, "Nothing is left to come."))
        told = [str(each["ts"]) for each in await driver.history(players.rapporteur("1.1"))]
        came = [on_the_wall(moment_of(Ts(each)), players.SEVEN.zone).strftime("%H:%M") for each in told]
        assert came == ["08:30", "12:35", "20:30", "08:30", "11:30", "13:30", "14:15", "14:35"]


async def test_while_something_is_due_and_does_not_go_out_nothing_is_next() -> None:
    async with demo() as (said, url), Driver(url), aiohttp.ClientSession(url) as browser:
        while "12:30" not in await _go_on(browser):
            pass
        paused = re.search(r"process (\d+)", said)
        assert paused is not None
        os.kill(int(paused[1]), signal.SIGSTOP)
        try:
            assert "12:35" in await _go_on(browser)
            await asyncio.sleep(1.5)
            assert "Next: " not in await _moment(browser)
        finally:
            os.kill(int(paused[1]), signal.SIGCONT)
        assert "14:00" in await _go_on(browser)


async def test_others_write_by_themselves_but_not_whom_you_are_also_after_a_kill() -> None:
    you, other = players.rapporteur("1.1"), players.rapporteur("2.1")
    async with demo() as (said, url), Driver(url) as driver, aiohttp.ClientSession(url) as browser:
        assert await _own(driver, other) == 0
        await browser.post("/page/others?now", data={"write": "yes"})
        await driver.until(lambda: _others_write(driver))
        assert await _go_on(browser) == "10:00 in Marrakesh: 1.1, 2.1 and 3.1 begin."
        await browser.get("/", params={"as": you})
        await browser.post("/page/rate?now", data={"rate": "600"})
        await driver.until(lambda: _own(driver, other))
        killed = re.search(r"process (\d+)", said)
        assert killed is not None
        os.kill(int(killed[1]), signal.SIGKILL)
        stood = await _own(driver, other)
        await browser.get("/", params={"as": you})
        await driver.until(lambda: _has_more(driver, other, stood + 1))
        assert await _own(driver, you) == 0
        await browser.post("/page/others?now", data={"write": "no"})
        await asyncio.sleep(1.5)
        stands = await _own(driver, other)
        await asyncio.sleep(1.5)
        assert await _own(driver, other) == stands


async def _others_write(driver: Driver) -> bool:
    return bool((await driver.status())["others_write"])


async def _own(driver: Driver, person: str) -> int:
    return sum(each.get("user") == person for each in await driver.history(person))


async def _has_more(driver: Driver, person: str, than: int) -> bool:
    return await _own(driver, person) > than


async def _go_on(browser: aiohttp.ClientSession) -> str:
    """Press the button once it is known what comes, and read what the page says of the moment then."""
    while True:
        if "Next: " in await _moment(browser):
            await browser.post("/page/next?now")
            return re.sub(r" *(Next: |What comes|Nothing is left).*", "", await _moment(browser))
        await asyncio.sleep(0.1)


async def _moment(browser: aiohttp.ClientSession) -> str:
    async with browser.get("/panes") as answer:
        found = re.search(r'<p data-pane="moment">(.*?)</p>', await answer.text(), re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<.*?>", "", found[1]).split())


async def _says(browser: aiohttp.ClientSession, words: str) -> bool:
    return words in await _moment(browser)


async def _is_told(driver: Driver, person: str, code: str) -> bool:
    return f"Roundtable {code} is yours" in str(await driver.history(person))


async def _stands(driver: Driver, text: str) -> bool:
    return any(text in str(each) for each in await driver.history(R22) if each.get("bot_id"))


async def test_what_was_kept_goes_on_where_it_was(tmp_path: Path) -> None:
    async with demo("--keep", str(tmp_path)) as (_, url), Driver(url) as driver:
        await driver.say(R22, "a note of yesterday")
        await driver.settled()
    async with demo("--keep", str(tmp_path)) as (said, url), Driver(url) as driver:
        assert "first prompt" not in said
        await driver.say(R22, "report")
        await driver.until(lambda: _stands(driver, "a note of yesterday"))


OWN_EVENT = """\
event: lisbon-2027
name: Lisbon dialogue
place: Lisbon
zone: Europe/Lisbon
closing: {starts: "2027-03-05 15:30", ends: "2027-03-05 17:00"}
due_minutes_before: 60
freeze_minutes_before: 30
template: one-text
channel: C0OWN
organisers: ["@desk"]
people: [Somebody Else]
sessions: table.csv
"""
OWN_TABLE = """\
code,title,day,starts,ends,rapporteur,rapporteur name,co-rapporteurs
A,Opening,2027-03-04,10:00,11:30,first@office.example,,@second
B,Ports,2027-03-04,14:00,15:30,First@Office.example,,
C,Papers,2027-03-04,14:00,15:30,U0THIRD,,
"""


def own_event(folder: Path, zone: str = "Europe/Lisbon") -> Path:
    (folder / "table.csv").write_text(OWN_TABLE)
    file = folder / "mine.yaml"
    file.write_text(OWN_EVENT.replace("Europe/Lisbon", zone))
    return file


async def test_an_event_of_ones_own_is_played_with_the_people_that_it_names(tmp_path: Path) -> None:
    async with demo("--event", str(own_event(tmp_path))) as (said, url), Driver(url) as driver:
        assert (await driver.status())["now"].startswith("2027-03-04T08:3")
        assert "first@office.example: UPERSON1, first@office.example, reports A, B\n" in said
        assert "second: UPERSON2, @second, reports A\n" in said
        assert "Rapporteur C: U0THIRD, reports C\n" in said
        assert "desk: UPERSON3, @desk\n" in said
        for person, code in (("UPERSON1", "A"), ("UPERSON1", "B"), ("UPERSON2", "A"), ("U0THIRD", "C")):
            await driver.until(lambda person=person, code=code: _is_contacted(driver, person, code))
        for text in ("next", "Papers travel faster than people", "submit", "submit"):
            await driver.say("U0THIRD", text)
        await driver.until(lambda: driver.history("C0OWN"))


async def _is_contacted(driver: Driver, person: str, code: str) -> bool:
    return f"{code} is yours to report" in str(await driver.history(person))


async def test_a_faulty_event_is_refused_with_each_fault_and_nothing_starts(tmp_path: Path) -> None:
    file = own_event(tmp_path, zone="Europe/Lisboa")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--event", str(file), "--keep", str(tmp_path / "kept"),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, faults = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, said) == (2, b"")
    assert b"mine.yaml:4: " in faults
    assert b"Europe/Lisbon" in faults
    assert b"Traceback" not in faults
    assert not (tmp_path / "kept" / "clock.json").exists()


async def test_in_an_empty_workspace_an_administrator_begins() -> None:
    async with demo("--empty") as (said, url), Driver(url) as driver:
        assert "rapporteur1@office.example, @rapporteur1" in said
        await driver.say("UADMIN", "new event")
        await driver.until(lambda: _offers(driver, "UADMIN", "question 1 of 6"))


async def _offers(driver: Driver, person: str, word: str) -> bool:
    return any(word in str(each) for each in await driver.history(person) if each.get("bot_id"))


@pytest.mark.parametrize(
    "broken",
    [Break.LOSES_NOTE, Break.FORGETS_REMINDER, Break.REMINDS_SUBMITTED, Break.QUIET_HOURS],
)
async def test_the_script_of_a_break_is_good_without_its_fault(
    broken: Break, capsys: pytest.CaptureFixture[str]
) -> None:
    """These are all scripts there are; several breaks share one."""
    play = perform(transport="socket", database_kind="sqlite", short=False, broken=broken, planted=False)
    code = await play
    assert (code, "FAULT" in capsys.readouterr().out) == (0, False)
