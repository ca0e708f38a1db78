"""Notes typed during one session into another report: asked about once, when that session is over."""

from datetime import timedelta

import pytest

from bot.domain.dialogue import Deed
from bot.domain.event import PersonId
from bot.domain.replies import Strayed
from bot.services import organising
from storage import Storage
from tests.builders import RAPPORTEUR, THURSDAY
from tests.services.test_intake import pressed, said, section_texts, take
from tests.services.test_several import both, drawn, readers_read, unsorted
from tests.support.nudges import outbox, ring

ENDED = THURSDAY + timedelta(hours=2, minutes=35)  # five minutes after 2.2
BEFORE = THURSDAY - timedelta(hours=4)
INTO_THE_OTHER = (said(10, "1.2"), said(20, "one"), said(30, "two"))


@pytest.fixture
async def several(storage: Storage) -> Storage:
    await storage.write(lambda tx: organising.apply_event(tx, both(), BEFORE))
    await ring(storage, THURSDAY)  # 1.2 is over
    return storage


async def asked(storage: Storage) -> list[PersonId]:
    """Who is asked, each time."""
    return [PersonId(person) for person, _ in await outbox(storage, Strayed)]


async def test_it_is_asked_once_behind_the_reminder_at_the_session_s_end(several: Storage) -> None:
    await take(several, *INTO_THE_OTHER)
    await ring(several, ENDED - timedelta(seconds=1))
    assert await asked(several) == []
    for later in range(6):
        await ring(several, ENDED + timedelta(hours=later))
    assert await asked(several) == [RAPPORTEUR]
    kinds = [row.kind for row in await several.read(lambda tx: tx.operators.listing())]
    assert kinds.index("Strayed") == len(kinds) - 1 - kinds[::-1].index("Strayed")
    assert "Reminder" in kinds[: kinds.index("Strayed")]


async def test_who_types_until_the_end_is_asked_though_the_reminder_is_not_sent(several: Storage) -> None:
    await take(several, *INTO_THE_OTHER, said(2.5 * 3600 - 60, "three"))
    assert await ring(several, ENDED) == []
    assert await asked(several) == [RAPPORTEUR]


@pytest.mark.parametrize(
    "moves",
    [
        (said(10, "2.2"), said(20, "one")),
        (*INTO_THE_OTHER, pressed(40, Deed.MOVE, session="2.2")),
        (*INTO_THE_OTHER, pressed(40, Deed.LEAVE, session="2.2")),
        (said(10, "1.2"), said(20, "one"), said(20, None, as_of=30)),
    ],
    ids=["in its own report", "moved", "left", "deleted"],
)
async def test_nobody_is_asked_when_nothing_strayed(several: Storage, moves: tuple[object, ...]) -> None:
    await take(several, *moves)  # type: ignore[arg-type]
    await ring(several, ENDED)
    assert await asked(several) == []


async def test_moved_notes_keep_their_order_and_their_edits_and_deletions_count(several: Storage) -> None:
    await take(several, *INTO_THE_OTHER, said(40, "three"))
    move = (pressed(9300, Deed.MOVE, session="2.2"), pressed(9301, Deed.MOVE, session="2.2"))
    await take(several, *move)
    assert await unsorted(several, "2.2") == ["one", "two", "three"]
    await take(several, said(20, "first", as_of=9310), said(30, None, as_of=9320))
    assert await unsorted(several, "2.2") == ["first", "three"]
    assert (await section_texts(several, "1.2"))[0] == []


async def test_readers_of_a_submitted_report_do_not_read_what_moved_out_of_it_nor_yet_elsewhere(
    several: Storage,
) -> None:
    await take(several, *INTO_THE_OTHER, pressed(50, Deed.SUBMIT, 5, session="1.2"))
    assert "one" in (await readers_read(several))["1.2"]
    await take(several, pressed(9300, Deed.MOVE, session="2.2"))
    found = await readers_read(several)
    assert list(found) == ["1.2"]
    assert "one" not in found["1.2"]


async def test_nobody_is_woken_for_it_nor_called_out_of_a_session(several: Storage) -> None:
    await take(several, *INTO_THE_OTHER)
    question = "  2 notes typed during 2.2 went to 1.2."
    night = THURSDAY + timedelta(hours=10)
    assert await drawn(several, Strayed(), now=THURSDAY + timedelta(hours=1)) == "not yet"
    assert await drawn(several, Strayed(), now=night) == "not yet"
    assert (await drawn(several, Strayed(), now=ENDED))[0] == question
