"""The scripts of the days: who types, edits, deletes and presses what, and when the bot is killed."""

import asyncio

from bot.demo import golden, players
from bot.demo.names import UNLISTED
from bot.demo.play import Play
from bot.demo.record import Kept
from bot.demo.texts import Form

STRUCK = "A line that somebody asked to be struck out"


def scene(at: str, what: str) -> None:
    """One line a scene."""
    print(f"  {at}  {what}", flush=True)


async def whole_day(play: Play, forms: dict[str, Form]) -> None:
    """From Thursday's first contact to the end of the closing session."""
    play.expect(golden.until("Fri 18:00"))
    play.record.sittings = {
        person: [(golden.wall(begin), golden.wall(end)) for begin, end in spans]
        for person, spans in golden.SITTINGS.items()
    }
    play.writers = {"3.2": golden.TWO}
    early = await _morning(play, forms)
    await _afternoon(play, forms)
    await _evening(play)
    await _friday_morning(play, forms)
    await _last_hours(play, early)


async def _morning(play: Play, forms: dict[str, Form]) -> tuple[str, Kept]:
    scene("Thu 08:30", "everybody hears what is theirs to report; one writes at once")
    await play.rungs("Thu 08:30")
    early = await play.note("2.2", -1, "Noted before anything was opened")
    scene("Thu 11:00", "two people type in the first wave of sessions; nobody is disturbed")
    await play.to("Thu 11:00")
    await play.fill("3.1", forms["3.1"])
    for each in forms["2.1"].notes(0):
        await play.note("2.1", -1, each.typed, each.reads)  # never opens a section
    scene("Thu 12:00", "3.2 is moved to the lunch hour, through the event's file")
    await play.to("Thu 12:00")
    await play.stage.change("3.2", starts="2018-12-06 12:30", ends="2018-12-06 15:00")
    await play.told_at("Thu 12:00")
    scene("Thu 12:35", "the first wave has ended; who sits in the session that was moved is left in peace")
    await play.rungs("Thu 12:35")
    return early


async def _afternoon(play: Play, forms: dict[str, Form]) -> None:
    driver, bot = play.stage.driver, play.stage.bot
    scene("Thu 14:40", "two people type in their sessions; the bot is killed in mid-section")
    await play.to("Thu 14:40")
    typing = asyncio.gather(play.fill("2.2", forms["2.2"]), _second_session(play))
    await asyncio.sleep(0.3)
    await bot.kill()
    await typing
    long_note = " ".join(f"desk{number}" for number in range(900))
    edited, kept = await play.note("2.2", 5, "A quote that was heard wrong at first")
    dropped = await play.strike("2.2", STRUCK)
    await driver.delete(play.writer("2.2"), dropped)
    await bot.start()
    await play.edit("2.2", edited, kept, "A quote that was heard rightly in the end")
    await play.note("2.2", 5, long_note)
    scene("Thu 15:05", "the session that was moved has ended: one message about two reports")
    await play.rungs("Thu 15:05")
    scene("Thu 16:35", "the second wave has ended")
    await play.rungs("Thu 16:35")


async def _second_session(play: Play) -> None:
    """Who has two sessions goes to the other report by its code."""
    await play.say("3.2", "3.2")
    await play.say("3.2", "1")
    await play.note("3.2", 0, "Letters home carry more than money")
    await play.note("3.2", 0, "A club of engineers lends its weekends")


async def _evening(play: Play) -> None:
    scene("Thu 20:30", "the evening; one says that they cannot")
    await play.rungs("Thu 20:30")
    await play.to("Thu 20:40")
    await play.choose("1.2", "1.2 is due tomorrow", "I cannot")
    play.record.stopped = {golden.CANNOT: {"1.2": golden.wall("Thu 20:41")}}
    await play.told_at("Thu 20:40")
    scene("Thu 20:50", "the one in reserve takes over, through the event's file")
    await play.to("Thu 20:50")
    await play.stage.change("1.2", rapporteur={"slack": players.RESERVE})
    await play.stage.driver.forward(5)
    await play.told_at("Thu 20:50")
    play.writers["1.2"] = players.RESERVE
    scene("Thu 23:00", "quiet hours")
    await play.nothing_at("Thu 23:00")


async def _friday_morning(play: Play, forms: dict[str, Form]) -> None:
    scene("Fri 08:30", "the bot dies in the middle of the morning's reminders, and is back at 08:50")
    await _outage(play)
    scene("Fri 09:10", "the one in reserve writes it all; one says: away 12:00-18:00")
    await play.to("Fri 09:10")
    await play.say("2.2", "away 12:00-18:00")
    await play.told_at("Fri 09:10")
    await play.fill("1.2", forms["1.2"])
    scene("Fri 11:30", "three hours left")
    await play.rungs("Fri 11:30")
    scene("Fri 11:45", "who goes away is told before they leave")
    await play.rungs("Fri 11:45")
    scene("Fri 11:50", "two reports come in; an answer of Slack is lost")
    await play.to("Fri 11:50")
    lost = await play.stage.driver.plant("lost_answer", method="chat.postMessage", count=1)
    await play.submit("1.2", typed=True)
    await play.until("an answer to be lost", lambda: play.stage.driver.struck(lost))
    await play.stands("1.2", "1.2 is submitted")
    await play.say("3.1", "3.1")
    await play.submit("3.1")
    await play.stands("3.1", "3.1 is submitted")


async def _outage(play: Play) -> None:
    """Two of the reminders are posted, the second unsettled; the others wait for the bot."""
    driver, bot = play.stage.driver, play.stage.bot
    held = await driver.plant("hold", method="chat.postMessage", nth=2, seconds=5, count=1)
    failing = await driver.plant("server_error", method="chat.postMessage", nth=2, count=10_000)
    await play.to("Fri 08:30")
    await play.until("a reminder to be held", lambda: driver.struck(held))
    await play.until("a reminder to fail", lambda: driver.struck(failing))
    await bot.kill()
    await driver.clear(failing)
    await play.to("Fri 08:50")
    await bot.start()
    await play.told_at("Fri 08:50", late=True)


async def _last_hours(play: Play, early: tuple[str, Kept]) -> None:
    driver, bot = play.stage.driver, play.stage.bot
    scene("Fri 13:30", "one hour left; the organiser hears how many are not in")
    await play.rungs("Fri 13:30")
    scene("Fri 13:40", "2.2 comes in; the bot is killed between a post to the channel and its settling")
    await play.to("Fri 13:40")
    hold = await driver.plant("hold", method="chat.postMessage", channel=players.DIGEST, seconds=5, count=1)
    await play.submit("2.2")
    await play.until("a post to the channel", lambda: driver.struck(hold))
    await bot.kill()
    await bot.start()
    await play.stands("2.2", "2.2 is submitted")
    scene("Fri 14:15", "15 minutes left")
    await play.rungs("Fri 14:15")
    await play.to("Fri 14:20")
    await play.submit("3.2")
    await play.stands("3.2", "3.2 is submitted")
    scene("Fri 14:35", "two reports are late; one never comes")
    await play.rungs("Fri 14:35")
    await play.to("Fri 14:45")
    await play.submit("2.1")
    await play.stands("2.1", "2.1 is submitted")
    scene("Fri 14:50", "corrections after the submit")
    await _corrections(play, early)
    scene("Fri 17:05", "the closing session is over")
    await play.nothing_at("Fri 17:05")


async def _corrections(play: Play, early: tuple[str, Kept]) -> None:
    ts, kept = early
    await play.to("Fri 14:50")
    await play.edit("2.2", ts, kept, "Noted before anything was opened, and corrected")
    new = await play.strike("2.2", "A new note after the submit, not in the report")
    still = "A new note after the submit, still not in the report"
    play.record.gone.append(still)
    await play.stage.driver.edit(play.writer("2.2"), new, still)


async def short_day(play: Play, forms: dict[str, Form]) -> None:
    """One person, two sections, a kill, an edit, a deletion; then the session ends for the others."""
    play.expect(golden.first_wave(without=["2.1"]))
    scene("Thu 08:30", "one types, and the bot is killed")
    await play.rungs("Thu 08:30")
    await play.say("2.1", "next")
    edited, kept = await play.note("2.1", 0, "Papers are what the borders speed up")
    first = forms["2.2"].notes(0)[2]
    await play.note("2.1", 0, first.typed, first.reads)
    await play.stage.bot.kill()
    await play.say("2.1", "next")
    await play.note("2.1", 1, f"A line by {UNLISTED[0]}, who is on no list")
    dropped = await play.strike("2.1", STRUCK)
    await play.stage.bot.start()
    await play.stage.driver.delete(play.writer("2.1"), dropped)
    await play.edit("2.1", edited, kept, "Papers are what the borders slow down")
    await play.submit("2.1")
    await play.stands("2.1", "2.1 is submitted")
    scene("Thu 12:35", "the session has ended; who submitted hears nothing")
    await play.rungs("Thu 12:35")
