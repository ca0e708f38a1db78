"""Two sessions of one person, from Slack's signed requests to what is posted."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.event import EventKey, SessionCode
from bot.slack.ids import Action, Place, numbered
from tests.builders import RAPPORTEUR, THURSDAY, a_programme, ts
from tests.flows.test_quiet import Heard, Line, event, heard, line
from tests.support.reports import report_in

__all__ = ["Heard", "heard", "line"]  # fixtures


async def reports_both(line: Line) -> None:
    """1.2 is over an hour before 2.2 begins."""
    programme = a_programme({"1.2": RAPPORTEUR, "2.2": RAPPORTEUR})
    first, second = programme.sessions
    earlier = replace(first, starts_at=THURSDAY - timedelta(hours=3), ends_at=THURSDAY - timedelta(hours=1))
    programme = replace(programme, sessions=(earlier, second))
    await line.storage.write(lambda tx: tx.programmes.save(programme, ts(0)))


def posted(line: Line) -> list[dict[str, Any]]:
    return [body for method, body in line.web_api.calls if method == "chat.postMessage"]


async def test_the_question_which_is_posted_and_its_second_button_answers_it(line: Line) -> None:
    await reports_both(line)
    assert await line.send(event(-600, "typed at noon")) == 200
    await line.deliver()
    (question,) = posted(line)
    (actions,) = [block for block in question["blocks"] if block["type"] == "actions"]
    second = actions["elements"][1]
    place = Place(event=EventKey("marrakesh-2018"), session=SessionCode("1.2"), section=0)
    assert (second["action_id"], second["value"]) == (numbered(Action.TAKE, 1), place.value())
    assert await line.press(second["action_id"], value=second["value"]) == 200
    await line.deliver()
    report = await line.storage.read(lambda tx: report_in(tx, "1.2"))
    assert [entry.document.text for entry in report.unsorted] == ["typed at noon"]
    (small,) = posted(line)[1]["blocks"][0]["elements"]
    assert small["text"] == "1.2 · Chatham House Rule · 1 unsorted kept"
