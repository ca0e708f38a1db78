"""One line is all I have: from a reminder's button to what the channel reads, with the real bot."""

from tests.flows.conftest import Staged
from tests.flows.test_day import answer, digest, digest_shows
from tests.flows.test_reminders import R22, go_to

LINE = "Papers, not people, are what borders slow down"


async def test_a_line_typed_while_the_bot_is_down_is_submitted_alone_and_follows_its_message(
    staged: Staged, database_url: str
) -> None:
    async with staged(database_url=database_url) as set_up:
        await go_to(set_up, "Thu", "16:35")
        ended = await answer(set_up, R22, "Roundtable 2.2 has ended.")
        await set_up.driver.press(R22, ended["ts"], "report.line")
        await answer(set_up, R22, "Write the one line to be read out for 2.2.")
        await set_up.bot.kill()
        ts = await set_up.driver.say(R22, LINE)
        await set_up.bot.start()
        shown = await answer(set_up, R22, "The closing line of 2.2 is kept.")
        await set_up.driver.press(R22, shown["ts"], "report.submit")
        await answer(set_up, R22, "2.2 is submitted, 16:3")
        await digest_shows(set_up, LINE)
        parent, reply = await digest(set_up)
        assert f"2.2 {LINE}" in parent["text"]
        assert f"Closing line\n{LINE}\n" in reply["text"]
        assert reply["text"].count("Not answered") == 6
        await set_up.driver.delete(R22, ts)
        await answer(set_up, R22, "What you deleted is out: it was the closing line.")
        await set_up.driver.forward(120)
        await digest_shows(set_up, LINE, shows=False)


async def test_the_last_rungs_offer_it_behind_the_dots_and_say_once_it_is_kept(staged: Staged) -> None:
    async with staged(transport="http") as set_up:
        await set_up.driver.say(R22, "A note")
        await go_to(set_up, "Fri", "13:30")
        rung = await answer(set_up, R22, "One hour left: 2.2")
        await set_up.driver.choose(R22, rung["ts"], "One line is all I have")
        await answer(set_up, R22, "Write the one line to be read out for 2.2.")
        await set_up.driver.say(R22, LINE)
        await answer(set_up, R22, "The closing line of 2.2 is kept.")
        await go_to(set_up, "Fri", "14:15")
        last = await answer(set_up, R22, "15 minutes left for 2.2.")
        assert "The closing line is kept." in str(last["blocks"])
        assert "One line is all I have" not in str(last["blocks"])
