"""The closing line through the whole intake, on a database."""

from dataclasses import replace

import pytest

from bot.domain.dialogue import Deed
from bot.domain.event import Level, PersonId, SessionCode
from bot.domain.replies import AskLine, LineKept, Say, Saying
from bot.services import kept, organising, publishing
from bot.services.progressing import progress
from bot.slack.screens import digest
from storage import Storage, Transaction
from tests.builders import RAPPORTEUR, THURSDAY, WORKSPACE, a_programme, an_event, ts
from tests.services.test_intake import pressed, said, take
from tests.services.test_several import both, drawn
from tests.support.assigning import join, take_over
from tests.support.nudges import outbox
from tests.support.reports import report_in

KEY = (WORKSPACE, an_event().key)
CODE = SessionCode("2.2")
OTHER = PersonId("UOTHER")


@pytest.fixture
async def event(storage: Storage) -> Storage:
    await storage.write(lambda tx: organising.apply_event(tx, a_programme(), THURSDAY))
    return storage


@pytest.fixture
async def several(storage: Storage) -> Storage:
    await storage.write(lambda tx: tx.programmes.save(both(), ts(0)))
    return storage


async def line_of(storage: Storage, session: str = "2.2", person: PersonId = RAPPORTEUR) -> str | None:
    report = await storage.read(lambda tx: report_in(tx, session, person))
    return None if report.line is None else report.line.document.text


async def read_out(storage: Storage) -> list[str]:
    """The sessions' lines in the digest's parent, as they are shown."""

    def work(tx: Transaction) -> list[str]:
        screen = digest.parent(publishing.parent(tx, an_event()))
        return [line for line in screen.text.split("\n") if line.startswith(("1.2 ", "2.2 "))]

    return await storage.read(work)


async def test_one_line_is_asked_for_kept_submitted_alone_and_read_out(event: Storage) -> None:
    assert await take(event, pressed(10, Deed.LINE)) == ["AskLine"]
    assert await take(event, said(20, "Papers are slow")) == ["AskLine", "Tick", "LineKept"]
    assert await line_of(event) == "Papers are slow"
    await take(event, pressed(30, Deed.SUBMIT, 5))
    assert await read_out(event) == ["2.2 Papers are slow"]


async def test_the_line_follows_its_message_and_a_new_one_counts_after_the_next_submit(
    event: Storage,
) -> None:
    await take(event, pressed(10, Deed.LINE), said(20, "Papers are slow"), pressed(30, Deed.SUBMIT, 5))
    await take(event, said(20, "Papers, not people", as_of=40))
    assert await read_out(event) == ["2.2 Papers, not people"]
    await take(event, said(50, "closing line"), said(60, "Another one"))
    assert (await line_of(event), await read_out(event)) == ("Another one", ["2.2 Papers, not people"])
    await take(event, pressed(70, Deed.SUBMIT, 5))
    assert await read_out(event) == ["2.2 Another one"]
    await take(event, said(60, None, as_of=80))
    assert (await line_of(event), await read_out(event)) == (None, ["2.2 Not answered."])


async def test_the_line_is_the_session_s_that_the_button_names(several: Storage) -> None:
    await take(several, said(5, "1.2"), pressed(10, Deed.LINE, session="2.2"), said(20, "Of 2.2"))
    await take(several, said(30, "1.2"), said(40, "A note"))
    assert (await line_of(several, "2.2"), await line_of(several, "1.2")) == ("Of 2.2", None)


async def test_the_newest_line_of_all_who_write_counts(event: Storage) -> None:
    await event.write(lambda tx: join(tx, "2.2", OTHER))
    await take(event, pressed(10, Deed.LINE), said(20, "Of one"))
    await take(event, said(30, "closing line", person=OTHER), said(40, "Of the other", person=OTHER))
    assert (await line_of(event), await line_of(event, person=OTHER)) == ("Of the other",) * 2
    await take(event, pressed(50, Deed.SUBMIT, 5), said(40, "Of the other, mended", as_of=60, person=OTHER))
    assert await read_out(event) == ["2.2 Of the other, mended"]


async def test_a_file_without_words_is_not_the_line_and_the_next_message_is(event: Storage) -> None:
    await take(event, pressed(10, Deed.LINE), said(20, "", has_file=True))
    assert [reply for _, reply in await outbox(event, Say)] == [Say(Saying.NO_FILES)]
    await take(event, said(30, "Papers are slow"))
    assert await line_of(event) == "Papers are slow"


async def test_a_form_of_four_thousand_characters_is_kept_whole(event: Storage) -> None:
    form = "The main point\n" + "A line of the form\n" * 210
    await take(event, pressed(10, Deed.LINE), said(20, form), pressed(30, Deed.SUBMIT, 5))
    assert (await line_of(event) or "").split() == form.split()
    assert await read_out(event) == ["2.2 The main point … goes on in the thread"]


async def test_after_a_hand_over_the_old_button_does_nothing_and_the_line_goes_along(event: Storage) -> None:
    await take(event, pressed(10, Deed.LINE), said(20, "Of the former one"))
    await event.write(lambda tx: take_over(tx, "2.2", RAPPORTEUR, OTHER, at=30))
    await take(event, pressed(40, Deed.LINE), said(50, "Too late"))
    assert [reply for _, reply in await outbox(event, AskLine)] == [AskLine()]
    assert await line_of(event, person=OTHER) == "Of the former one"


async def test_a_line_counts_for_progress_and_is_none_of_the_notes(event: Storage) -> None:
    await take(event, pressed(10, Deed.LINE), said(20, "Papers are slow"))
    found = (await event.read(lambda tx: progress(tx, an_event(), RAPPORTEUR, [CODE])))[CODE]
    assert (found.notes, found.has_line, found.is_written) == (0, True, True)
    assert (await event.read(lambda tx: kept.kept_of(tx, *KEY))).notes == {CODE: 1}
    await take(event, said(20, None, as_of=30))
    assert (await event.read(lambda tx: kept.kept_of(tx, *KEY))).notes == {CODE: 0}


async def test_off_the_record_nobody_reads_the_line(storage: Storage) -> None:
    programme = a_programme()
    (session,) = programme.sessions
    closed = replace(programme, sessions=(replace(session, level=Level.OFF_THE_RECORD),))
    await storage.write(lambda tx: organising.apply_event(tx, closed, THURSDAY))
    await take(storage, pressed(10, Deed.LINE), said(20, "A marker"), pressed(30, Deed.SUBMIT, 5))
    assert await read_out(storage) == ["2.2 This session took place. Off the record."]


async def test_what_is_shown_is_the_line_as_it_is_then_and_nothing_once_it_is_gone(event: Storage) -> None:
    await take(event, pressed(10, Deed.LINE))
    assert "Write the one line" in (await drawn(event, AskLine()))[0]
    await take(event, said(20, "Papers are slow"), said(20, "Papers, not people", as_of=25))
    assert await drawn(event, AskLine()) == "the line was written, or something else was opened"
    assert "  - Papers, not people" in await drawn(event, LineKept())
    await take(event, said(20, None, as_of=30))
    assert await drawn(event, LineKept()) == "there is no closing line any more"
