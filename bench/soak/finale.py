"""When the trouble is over: the reminder, and the fault that `--break` plants where nothing heals it."""

from datetime import UTC, datetime, timedelta

from bench.soak.ground import Ground
from bench.soak.people import Person
from bot.demo.breaks import Break
from bot.demo.names import LISTED

RUNG = datetime(2018, 12, 7, 12, 30, tzinfo=UTC)  # an hour before the reports are due
_WITHIN = 30.0  # seconds


async def reminded(set_up: Ground) -> None:
    """Let it become an hour before the reports are due; whoever never submitted is to hear of it, once."""
    driver, broken = set_up.stage.driver, set_up.asked.broken
    for diary in set_up.ledger.diaries.values():
        diary.is_to_be_reminded = not diary.submits
    if broken is Break.FORGETS_REMINDER:
        await driver.plant("post_lost", count=1)
    rung = RUNG + set_up.asked.later
    await driver.forward((rung - set_up.stage.clock.now() + timedelta(seconds=5)).total_seconds())
    waiting = [each for each in set_up.ledger.diaries.values() if each.is_to_be_reminded]

    async def all_heard() -> bool:
        return all([await _is_reminded(set_up, each.person) for each in waiting])

    await set_up.comes(all_heard, 5.0 if broken else _WITHIN)


async def _is_reminded(set_up: Ground, person: str) -> bool:
    return any("One hour left: " in str(each["text"]) for each in await set_up.stage.driver.history(person))


async def planted(set_up: Ground, person: Person) -> None:
    """Plant what was asked for, and see it strike."""
    driver, channel = set_up.stage.driver, person.channel
    match set_up.asked.broken:
        case Break.LOSES_NOTE:
            await driver.plant("event_lost", subtype="", channel=channel)
            await person.note()
        case Break.FORGETS_EDIT:
            await person.note()
            await person.delivered()
            await driver.plant("event_lost", subtype="message_changed", channel=channel)
            await person.edit_last()
        case Break.DOUBLES_POST:
            await driver.plant("post_doubled", channel=channel)
        case Break.LEAKS_NAME:
            await person.name(LISTED[0])
        case _:
            pass  # the reminder's is planted in time
