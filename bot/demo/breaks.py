"""Faults to plant, each with the shortest script that shows it; without its fault the same script is good."""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.demo import golden, players
from bot.demo.days import scene
from bot.demo.names import LISTED, UNLISTED
from bot.demo.play import Play
from bot.demo.stage import SHIPPED

FORGETFUL = "bot.demo.forgetful"
ELSEWHERE = "Europe/London"  # an hour behind Marrakesh in that winter


class Break(StrEnum):
    """A fault to plant; the checker must find and name it."""

    LOSES_NOTE = "loses-note"
    DOUBLES_POST = "doubles-post"
    LEAKS_NAME = "leaks-name"
    FORGETS_EDIT = "forgets-edit"
    FORGETS_REMINDER = "forgets-reminder"
    REMINDS_TWICE = "reminds-twice"
    REMINDS_SUBMITTED = "reminds-submitted"
    QUIET_HOURS = "quiet-hours"
    WRONG_ZONE = "wrong-zone"

    @property
    def is_silent(self) -> bool:
        """Whether nothing is submitted, so that nothing stands in the channel."""
        return self is Break.QUIET_HOURS or (
            self in _IN_THE_FIRST_WAVE and self is not Break.REMINDS_SUBMITTED
        )


_IN_THE_FIRST_WAVE = (
    Break.FORGETS_REMINDER, Break.REMINDS_TWICE, Break.REMINDS_SUBMITTED, Break.WRONG_ZONE,
)  # fmt: skip

_HARDLY = {"starts": "03:00", "ends": "03:30"}

# what the sandbox does wrong, planted when the script is where it shows
_FAULTS: Mapping[Break, Mapping[str, Any]] = {
    Break.LOSES_NOTE: {"kind": "event_lost", "subtype": "", "nth": 3},
    Break.DOUBLES_POST: {"kind": "post_doubled", "method": "chat.postMessage", "channel": players.DIGEST},
    Break.FORGETS_EDIT: {"kind": "event_lost", "subtype": "message_changed"},
    Break.FORGETS_REMINDER: {"kind": "post_lost", "method": "chat.postMessage"},
    Break.REMINDS_TWICE: {"kind": "post_doubled", "method": "chat.postMessage"},
}


async def broken_day(play: Play, broken: Break, *, planted: bool = True) -> None:
    """The shortest script that shows a fault."""

    async def plant() -> None:
        if planted and broken in _FAULTS:
            await play.stage.driver.plant(**_FAULTS[broken])

    play.expect(golden.until("Thu 08:30"))
    await play.rungs("Thu 08:30")
    if broken is Break.QUIET_HOURS:
        await _late_evening(play)
    elif broken in _IN_THE_FIRST_WAVE:
        await _first_wave(play, plant, submits=broken is Break.REMINDS_SUBMITTED)
    else:
        await plant()
        await _one_report(play)


def event_file(folder: Path, broken: Break | None, *, planted: bool = True) -> Path:
    """The event as the script needs it, and tampered with where that is the fault."""
    if broken not in (Break.QUIET_HOURS, Break.WRONG_ZONE):
        return SHIPPED
    tree = YAML().load(SHIPPED)
    if broken is Break.QUIET_HOURS:
        tree["rungs"] = [{"key": "evening", "anchor": "eve", "at": "22:30"}]
    if planted:
        tampered = {"zone": ELSEWHERE} if broken is Break.WRONG_ZONE else {"quiet_hours": _HARDLY}
        tree.update(tampered)
    path = folder / "shipped.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(tree, file)
    return path


async def _one_report(play: Play) -> None:
    """A report with a name of the list, a name on no list, and a note that is corrected."""
    scene("Thu 08:31", "one types, corrects and submits")
    await play.say("2.2", "next")
    ts, kept = await play.note("2.2", 0, "A first note")
    await play.note("2.2", 0, f"{LISTED[0]} spoke", "a participant spoke")
    await play.note("2.2", 0, f"{UNLISTED[0]} is on no list")
    await play.edit("2.2", ts, kept, "A first note, corrected")
    await play.stage.driver.settled()
    await play.submit("2.2")
    await play.stands("2.2", "2.2 is submitted")


async def _first_wave(play: Play, plant: Callable[[], Awaitable[None]], *, submits: bool) -> None:
    """Three sessions end at once; of one the report may be in by then."""
    if submits:
        scene("Thu 11:00", "one submits before the session ends")
        await play.to("Thu 11:00")
        await play.say("2.1", "next")
        await play.note("2.1", 0, f"{UNLISTED[0]} is on no list")
        await play.submit("2.1")
        await play.stands("2.1", "2.1 is submitted")
    play.expect(golden.first_wave(without=["2.1"] if submits else []))
    scene("Thu 12:35", "the first wave has ended")
    await plant()
    await play.rungs("Thu 12:35")
    await play.nothing_at("Thu 13:35")


async def _late_evening(play: Play) -> None:
    """A reminder that is meant for quiet hours comes before them; that sessions ended is no news by then."""
    play.expect([*golden.until("Thu 08:30"), *golden.LATE_EVENING])
    scene("Thu 21:45", "what is meant for 22:30 comes before quiet hours")
    await play.to("Thu 21:40")
    await play.rungs("Thu 21:45")
    await play.nothing_at("Thu 22:30")
