"""Taking in: one transaction, harmless twice, and nothing kept of people who are on no list."""

from datetime import timedelta

import pytest

from bot.domain.dialogue import Deed
from bot.domain.event import ChannelId, PersonId, WorkspaceId
from bot.domain.moves import Pressed, Said
from bot.domain.words import Words
from bot.services import intake, organising
from storage import Storage, Transaction
from tests.builders import RAPPORTEUR, THURSDAY, WORKSPACE, a_programme, an_event, ts
from tests.support.reports import report_in

ORGANISER = PersonId("UORGANISER")


def said(
    at: float,
    text: str | None,
    as_of: float | None = None,
    *,
    person: PersonId = RAPPORTEUR,
    receipt: str | None = None,
    workspace: WorkspaceId = WORKSPACE,
    has_file: bool = False,
) -> Said:
    moment = at if as_of is None else as_of
    return Said(
        receipts=(receipt or f"event/{at}/{moment}/{person}", f"message/D1/{ts(at)}/{ts(moment)}/{person}"),
        workspace=workspace,
        person=person,
        channel=ChannelId("D1"),
        ts=ts(at),
        as_of=ts(moment),
        words=None if text is None else Words(text),
        has_file=has_file,
    )


def pressed(
    at: float, deed: Deed, section: int = 0, *, session: str = "2.2", event: str = "marrakesh-2018"
) -> Pressed:
    return Pressed(
        receipts=(f"trigger/{at}",),
        workspace=WORKSPACE,
        person=RAPPORTEUR,
        channel=ChannelId("D1"),
        ts=ts(at),
        deed=deed,
        event=event,  # type: ignore[arg-type]
        session=session,  # type: ignore[arg-type]
        section=section,
    )


@pytest.fixture
async def event(storage: Storage) -> Storage:
    programme = a_programme(organisers=[ORGANISER])
    await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
    return storage


async def take(storage: Storage, *moves: Said | Pressed) -> list[str]:
    """Take moves in, and name the replies that wait afterwards."""
    for move in moves:

        def work(tx: Transaction, move: Said | Pressed = move) -> None:
            match move:
                case Said():
                    intake.take_said(tx, move, THURSDAY)
                case Pressed():
                    intake.take_pressed(tx, move, THURSDAY)

        await storage.write(work)
    return [row.kind for row in await storage.read(lambda tx: tx.operators.listing())]


async def section_texts(
    storage: Storage, session: str = "2.2", person: PersonId = RAPPORTEUR
) -> list[list[str]]:
    def work(tx: Transaction) -> list[list[str]]:
        report = report_in(tx, session, person)
        return [
            [block.words.typed for entry in answer.entries for block in entry.document.blocks]
            for answer in report.answers
        ]

    return await storage.read(work)


async def test_the_first_note_is_kept_and_answered_with_a_welcome(event: Storage) -> None:
    assert await take(event, said(1, "a note")) == ["Tick", "Welcome"]


async def test_what_comes_twice_counts_once(event: Storage) -> None:
    await take(event, said(1, "next"), said(2, "a note", receipt="one"))
    before = await take(event, said(2, "a note", receipt="one"), said(2, "a note", receipt="another"))
    assert before == ["Card", "Tick"]
    assert (await section_texts(event))[0] == ["a note"]


async def test_an_edit_that_overtakes_its_original_counts(event: Storage) -> None:
    await take(event, said(1, "next"), said(2, "edited", as_of=3), said(2, "a note"))
    assert (await section_texts(event))[0] == ["edited"]


async def test_a_deletion_without_an_author_is_the_dm_s_persons(event: Storage) -> None:
    await take(event, said(1, "next"), said(2, "a note"), said(2, None, as_of=3, person=PersonId("")))
    assert (await section_texts(event))[0] == []


async def test_a_stranger_is_told_once_a_day_and_nothing_is_kept(event: Storage) -> None:
    visitor = PersonId("UVISITOR")
    first = await take(event, said(1, "a marker", person=visitor), said(2, "a marker", person=visitor))
    assert first == ["Say"]
    kept = await event.read(lambda tx: tx.dialogues.wordings_of_all(WORKSPACE, an_event().key))
    assert kept == {}
    later = said(3, "a marker", person=visitor)
    await event.write(lambda tx: intake.take_said(tx, later, THURSDAY + timedelta(days=1, minutes=1)))
    assert await take(event) == ["Say", "Say"]


async def test_an_organiser_who_reports_nothing_is_told_so(event: Storage) -> None:
    assert await take(event, said(1, "hello", person=ORGANISER)) == ["Say"]


async def test_a_file_is_not_read_and_its_text_is_kept(event: Storage) -> None:
    assert await take(event, said(1, "next"), said(2, "submit", has_file=True)) == ["Card", "Say", "Tick"]
    assert (await section_texts(event))[0] == ["submit"]


async def test_another_workspace_has_no_part_in_it(event: Storage) -> None:
    assert await take(event, said(1, "a note", workspace=WorkspaceId("TOTHER"))) == ["Say"]


@pytest.mark.parametrize("other", [{"session": "9.9"}, {"event": "elsewhere"}, {"section": 17}])
async def test_an_old_or_foreign_button_stores_nothing(event: Storage, other: dict[str, object]) -> None:
    assert await take(event, pressed(1, Deed.NEXT, **other)) == []  # type: ignore[arg-type]


async def test_a_button_pressed_twice_counts_once(event: Storage) -> None:
    assert await take(event, pressed(1, Deed.NEXT), pressed(1, Deed.NEXT)) == ["Card"]


async def test_a_submit_brings_the_digest_and_an_edit_renews_it(event: Storage) -> None:
    waiting = await take(event, said(1, "next"), said(2, "a note"), pressed(3, Deed.SUBMIT, 5))
    assert waiting == ["Card", "Tick", "Submitted", "DigestParent", "DigestReply"]
    again = await take(event, said(2, "edited", as_of=4))
    assert again == ["Card", "Tick", "Submitted", "DigestParent", "DigestReply", "Corrected"]


async def test_a_note_after_the_submit_is_kept_apart(event: Storage) -> None:
    waiting = await take(
        event, said(1, "next"), said(2, "a note"), pressed(3, Deed.SUBMIT, 5), said(4, "late")
    )
    assert waiting[-1] == "KeptApart"


async def test_a_note_sent_before_the_submit_that_arrives_after_it_is_in(event: Storage) -> None:
    await take(event, said(1, "next"), pressed(5, Deed.SUBMIT, 5), said(3, "overtaken"))
    assert (await section_texts(event))[0] == ["overtaken"]
