"""People named by e-mail and handle, people who are not there yet, people who are deactivated."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.config import Settings
from bot.demo import players
from bot.demo.stage import Stage
from bot.errors import EventRefused
from bot.operations import Answers, apply_event, people_lines
from tests.flows.conftest import Staged
from tests.flows.test_day import answer, answers, words

BY_EMAIL, BY_HANDLE, LATER = "UBYEMAIL", "UBYHANDLE", "ULATER"
EMAIL, HANDLE, LATER_EMAIL = "by.email@office.example", "by.handle", "later@office.example"


async def apply(
    set_up: Stage,
    rapporteurs: dict[str, dict[str, str]],
    organisers: list[str],
    *,
    sessions: dict[str, dict[str, str] | None] | None = None,
    **options: Any,
) -> list[str]:
    """Apply the stage's event again with these people; gives what the command prints.

    `sessions` has other keys for some of them, or None for one that the file names no more.
    """
    yaml = YAML()
    file = set_up.folder / "event.yaml"
    tree = yaml.load(file)
    for row in tree["sessions"]:
        row.pop("rapporteur", None)
        if row["code"] in rapporteurs:
            row["rapporteur"] = rapporteurs[row["code"]]
    for code, keys in (sessions or {}).items():
        (row,) = [each for each in tree["sessions"] if each["code"] == code]
        if keys is None:
            tree["sessions"].remove(row)
        else:
            row.update(keys)
    tree["organisers"] = organisers
    with file.open("w", encoding="utf-8") as target:
        yaml.dump(tree, target)
    settings = Settings.load(set_up.bot.environ)
    return await apply_event(settings, file, None, now=set_up.clock.now, **options)


async def three(set_up: Stage) -> list[str]:
    """An event with an e-mail, a handle, and somebody who is not there yet."""
    await set_up.driver.join(BY_EMAIL, "By e-mail", "rapporteur", email=EMAIL)
    await set_up.driver.join(BY_HANDLE, "By handle", "rapporteur", handle=HANDLE)
    named = {"1.1": {"email": EMAIL}, "2.1": {"handle": f"@{HANDLE}"}, "3.1": {"email": LATER_EMAIL}}
    return await apply(set_up, named, [players.ORGANISER])


async def told(set_up: Stage) -> list[dict[str, Any]]:
    """What the organiser was told of people."""
    every = await answers(set_up, players.ORGANISER)
    return [each for each in every if "cannot be served" in words(each)]


async def test_who_is_named_by_email_or_handle_walks_and_who_joins_later_is_served_without_a_restart(
    staged: Staged,
) -> None:
    async with staged() as set_up:
        *_, problem = await three(set_up)
        assert problem.startswith(f"3.1, rapporteur {LATER_EMAIL}: nobody active in this workspace")
        for person, session in ((BY_EMAIL, "1.1"), (BY_HANDLE, "2.1")):
            await set_up.driver.say(person, "a first note")
            await answer(set_up, person, f"Roundtable {session} is yours to report.")
        await answer(set_up, players.ORGANISER, LATER_EMAIL)
        await set_up.driver.join(LATER, "Later", "rapporteur", email=LATER_EMAIL)
        await set_up.driver.settled()
        await set_up.driver.say(LATER, "a first note")
        await answer(set_up, LATER, "Roundtable 3.1 is yours to report.")
        await set_up.driver.forward(24 * 3600 - 10 * 60)  # to Friday 13:50
        await answer(set_up, LATER, "3.1 is due at 14:30")
        assert await people_lines(Settings.load(set_up.bot.environ)) == [
            "Everybody whom the event files name is found."
        ]
        assert len(await told(set_up)) == 1


async def test_who_joined_while_the_bot_was_not_told_is_found_when_it_looks_again(staged: Staged) -> None:
    async with staged() as set_up:
        await three(set_up)
        await set_up.bot.kill()
        await set_up.driver.join(LATER, "Later", "rapporteur", email=LATER_EMAIL)
        await set_up.driver.settled()  # given up: nobody took it
        await set_up.bot.start()
        await set_up.driver.forward(600)

        async def found() -> bool:
            return "is found" in (await people_lines(Settings.load(set_up.bot.environ)))[0]

        await set_up.driver.until(found)
        await set_up.driver.say(LATER, "a first note")
        await answer(set_up, LATER, "Roundtable 3.1 is yours to report.")


async def test_of_who_is_deactivated_the_organiser_is_told_once_and_who_comes_back_is_served(
    staged: Staged,
) -> None:
    rapporteur = players.rapporteur("2.2")
    async with staged() as set_up:
        await set_up.driver.say(rapporteur, "a first note")
        await answer(set_up, rapporteur, "Roundtable 2.2 is yours to report.")
        await set_up.driver.deactivate(rapporteur)
        message = await answer(set_up, players.ORGANISER, "account is deactivated")
        assert rapporteur in words(message)
        assert rapporteur not in message["text"]  # what a lock screen shows names nobody
        await set_up.driver.forward(600)  # it is looked up again, and is no news
        await set_up.driver.reactivate(rapporteur)
        await set_up.driver.settled()
        await set_up.driver.say(rapporteur, "report")
        await answer(set_up, rapporteur, "a first note")
        assert len(await told(set_up)) == 1


async def test_who_is_replaced_through_the_file_is_told_and_the_new_one_goes_on(staged: Staged) -> None:
    rapporteur = players.rapporteur("2.2")
    async with staged() as set_up:
        await set_up.driver.say(rapporteur, "a first note")
        await answer(set_up, rapporteur, "Roundtable 2.2 is yours to report.")
        await set_up.driver.join(LATER, "Later", "rapporteur")
        agreed: list[str] = []

        def declines(lines: Sequence[str]) -> bool:
            agreed.extend(lines)
            return False

        named = {"2.2": {"slack": LATER}}
        asked = Answers(agrees=declines)
        assert await apply(set_up, named, [players.ORGANISER], asked=asked) == ["Nothing was applied."]
        assert f"2.2: {LATER} is assigned." in agreed
        shown = await apply(set_up, named, [players.ORGANISER], dry_run=True)
        assert shown == [*agreed, "Nothing was applied: this was --dry-run."]
        told = await apply(set_up, named, [players.ORGANISER])
        assert told == ["It is applied.", "5 sessions have no rapporteur yet."]
        await answer(set_up, rapporteur, "2.2 is handed over. Reminders to you have stopped.")
        await set_up.driver.say(LATER, "a note of the new one")
        await answer(set_up, LATER, "Roundtable 2.2 is yours to report.")


async def test_who_reports_a_session_that_moves_or_vanishes_reads_of_it_once(staged: Staged) -> None:
    moves, goes = (players.rapporteur(code) for code in ("1.2", "2.2"))
    everybody = {"1.2": {"slack": moves}, "2.2": {"slack": goes}}
    async with staged() as set_up:
        await set_up.driver.say(goes, "a first note")
        await answer(set_up, goes, "Roundtable 2.2 is yours to report.")
        later = {"starts": "2018-12-06 15:00", "ends": "2018-12-06 17:30"}
        with pytest.raises(EventRefused, match=r"--remove 2\.2: then it counts as cancelled, and its 1 note"):
            await apply(set_up, everybody, [players.ORGANISER], sessions={"1.2": later, "2.2": None})
        removing = Answers(removes=lambda sentence: sentence.startswith("2.2 ("))
        for _ in range(2):
            await apply(set_up, {"1.2": {"slack": moves}}, [players.ORGANISER], asked=removing)
        await answer(set_up, moves, "1.2 is now")
        await answer(set_up, goes, "2.2 was cancelled. Nothing is due. Your 1 note is kept.")
        await set_up.driver.forward(120)
        await set_up.driver.settled()
        for person, said in ((moves, "1.2 is now"), (goes, "2.2 was cancelled")):
            assert len([each for each in await answers(set_up, person) if said in words(each)]) == 1


async def test_no_address_of_an_event_file_is_in_the_log(staged: Staged, tmp_path: Path) -> None:
    async with staged(environ={"LOG_LEVEL": "DEBUG"}) as set_up:
        await three(set_up)
        await answer(set_up, players.ORGANISER, LATER_EMAIL)
        await set_up.driver.join(LATER, "Later", "rapporteur", email=LATER_EMAIL)
        await set_up.driver.settled()
        await set_up.driver.forward(600)
        await set_up.driver.say(LATER, "a first note")
        await answer(set_up, LATER, "Roundtable 3.1 is yours to report.")
    log = (tmp_path / "bot.log").read_text()
    assert "delivered" in log
    assert [each for each in (EMAIL, HANDLE, LATER_EMAIL) if each in log] == []
