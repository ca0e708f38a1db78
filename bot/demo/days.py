"""The scripts of the days: who types, edits, deletes and presses what, and when the bot is killed."""

import asyncio
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.demo import players
from bot.demo.names import LISTED, UNLISTED
from bot.demo.play import Play
from bot.demo.texts import Form

RUNG = datetime(2018, 12, 7, 12, 30, tzinfo=UTC)  # 13:30 in Marrakesh, one hour before the reports are due


class Break(StrEnum):
    """A fault to plant; the checker must find and name it."""

    LOSES_NOTE = "loses-note"
    DOUBLES_POST = "doubles-post"
    LEAKS_NAME = "leaks-name"
    FORGETS_EDIT = "forgets-edit"
    FORGETS_REMINDER = "forgets-reminder"


async def whole_day(play: Play, forms: dict[str, Form]) -> None:
    """Two people report two sessions, a real form is typed as a third, one is late; the bot dies twice."""
    driver, bot = play.stage.driver, play.stage.bot
    early, _ = await play.note("2.2", -1, "Noted before anything was opened")
    print("  two people type; the bot is killed in mid-section", flush=True)
    typing = asyncio.gather(*(play.fill(session, forms[session]) for session in ("2.2", "1.2")))
    await asyncio.sleep(0.3)
    await bot.kill()
    await typing
    long_note = " ".join(f"desk{number}" for number in range(900))
    edited, kept = await play.note("2.2", 5, "A quote that was heard wrong at first")
    dropped = await play.say("2.2", "A line that somebody asked to be struck out")
    play.record.gone.append("A line that somebody asked to be struck out")
    await driver.delete(players.rapporteur("2.2"), dropped)
    await bot.start()
    await play.edit("2.2", edited, kept, "A quote that was heard rightly in the end")
    await play.note("2.2", 5, long_note)
    if "3.1" in forms:
        print("  a real form is typed as a third", flush=True)
        await play.fill("3.1", forms["3.1"])
    for each in forms["2.1"].notes(0):
        await play.note("2.1", -1, each.typed, each.reads)  # late, and never opens a section

    print("  submits; the bot is killed between a post and its settling, and an answer is lost", flush=True)
    hold = await driver.plant("hold", method="chat.postMessage", channel=players.DIGEST, seconds=5, count=1)
    await play.submit("2.2")
    await play.until("a post to the channel", lambda: driver.struck(hold))
    await bot.kill()
    await bot.start()
    lost = await driver.plant("lost_answer", method="chat.postMessage", count=1)
    await play.submit("1.2", typed=True)
    await play.until("an answer to be lost", lambda: driver.struck(lost))
    if "3.1" in forms:
        await play.submit("3.1")
    await play.stands("1.2", "1.2 is submitted")

    print("  Friday 13:30 in Marrakesh: the reminder", flush=True)
    await reminder(play, without=["2.2", "1.2", *(["3.1"] if "3.1" in forms else [])])
    print("  the late one submits; corrections after the submit", flush=True)
    await play.submit("2.1")
    await play.edit(
        "2.2", early, play.told("2.2").notes[-1][0], "Noted before anything was opened, and corrected"
    )
    struck = await play.say("2.2", "A new note after the submit, not in the report")
    play.record.gone.append("A new note after the submit, not in the report")
    await driver.edit(
        players.rapporteur("2.2"), struck, "A new note after the submit, still not in the report"
    )
    play.record.gone.append("A new note after the submit, still not in the report")


async def short_day(play: Play, forms: dict[str, Form]) -> None:
    """One person, two sections, a kill, an edit, a deletion, the reminder to the others."""
    await play.say("2.2", "next")
    edited, kept = await play.note("2.2", 0, "Papers are what the borders speed up")
    first = forms["2.2"].notes(0)[2]
    await play.note("2.2", 0, first.typed, first.reads)
    await play.stage.bot.kill()
    await play.say("2.2", "next")
    control = f"A line by {UNLISTED[0]}, who is on no list"
    await play.note("2.2", 1, control)
    dropped = await play.say("2.2", "A line that somebody asked to be struck out")
    play.record.gone.append("A line that somebody asked to be struck out")
    await play.stage.bot.start()
    await play.stage.driver.delete(players.rapporteur("2.2"), dropped)
    await play.edit("2.2", edited, kept, "Papers are what the borders slow down")
    await play.submit("2.2")
    await play.stands("2.2", "2.2 is submitted")
    await reminder(play, without=["2.2"])


async def broken_day(play: Play, broken: Break) -> None:
    """The shortest script that shows a fault."""
    driver = play.stage.driver
    match broken:
        case Break.LOSES_NOTE:
            await driver.plant("event_lost", subtype="", nth=3, count=1)
        case Break.DOUBLES_POST:
            await driver.plant("post_doubled", method="chat.postMessage", channel=players.DIGEST, count=1)
        case Break.FORGETS_EDIT:
            await driver.plant("event_lost", subtype="message_changed", count=1)
        case Break.FORGETS_REMINDER | Break.LEAKS_NAME:
            pass  # planted at its moment below; for the leak the bot was given a list without anybody
    if broken is Break.FORGETS_REMINDER:
        await reminder(play, without=[], loses_one=True)
        return
    await play.say("2.2", "next")
    ts, kept = await play.note("2.2", 0, "A first note")
    await play.note("2.2", 0, f"{LISTED[0]} spoke", "a participant spoke")
    await play.note("2.2", 0, f"{UNLISTED[0]} is on no list")
    await play.edit("2.2", ts, kept, "A first note, corrected")
    await play.stage.driver.settled()
    await play.submit("2.2")
    await play.stands("2.2", "2.2 is submitted")


async def reminder(play: Play, *, without: list[str], loses_one: bool = False) -> None:
    """Let it become 13:30 on Friday; a while before, what an earlier rung had to say has come, late."""
    await play.stage.driver.settled()
    await play.to(RUNG - timedelta(minutes=11))  # what falls due within ten minutes is one message
    for session in players.SESSIONS:
        if session not in without:
            await play.stands(session, f"{session} is due at 14:30 in Marrakesh")
    await play.to(RUNG - timedelta(seconds=20))
    if loses_one:
        await play.stage.driver.plant("post_lost", method="chat.postMessage", count=1)
    await play.stage.driver.forward(25)
    play.record.reminded = [players.rapporteur(each) for each in players.SESSIONS if each not in without]
    play.record.not_reminded = [players.rapporteur(each) for each in without]
    play.record.reminder_from = RUNG.isoformat()
    play.record.reminder_to = (RUNG + timedelta(minutes=1)).isoformat()
    for session in players.SESSIONS:
        if session not in without:
            await play.stands(session, f"One hour left: {session} is due")
