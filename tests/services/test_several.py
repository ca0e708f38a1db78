"""Several sessions of a person, and sessions that several report, through the whole intake on a database."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bot.domain.answers import Chosen, Number
from bot.domain.dialogue import Deed
from bot.domain.event import EventSettings, Level, Part, PersonId, SessionCode
from bot.domain.moves import Pressed, Said
from bot.domain.programme import Programme
from bot.domain.replies import Card, NoValue, Reply, Review, Say, Saying, Strayed, Switched, Which
from bot.domain.template import Translation
from bot.services import intake, publishing
from bot.slack.drawing import Nothing, NotYet, Post, draw
from storage import Row, Storage, Transaction, open_storage
from tests.builders import RAPPORTEUR, THURSDAY, WORKSPACE, a_programme, a_template_of_kinds, an_event, ts
from tests.core.test_dialogues import told
from tests.services.test_intake import pressed, said, section_texts, take
from tests.support.assigning import join, take_over
from tests.support.reports import report_in
from tests.support.statements import counted

OTHER = PersonId("UOTHER")
KEY = (WORKSPACE, an_event().key)


def both() -> Programme:
    """1.2 is over when 2.2 begins; the rapporteur reports both."""
    programme = a_programme({"1.2": RAPPORTEUR, "2.2": RAPPORTEUR})
    first, second = programme.sessions
    earlier = replace(first, starts_at=THURSDAY - timedelta(hours=3), ends_at=THURSDAY - timedelta(hours=1))
    return replace(programme, sessions=(earlier, second))


async def applied(storage: Storage, programme: Programme) -> Storage:
    await storage.write(lambda tx: tx.programmes.save(programme, ts(0)))
    return storage


@pytest.fixture
async def several(storage: Storage) -> Storage:
    return await applied(storage, both())


@pytest.fixture
async def one(storage: Storage) -> Storage:
    return await applied(storage, a_programme())


async def readers_read(storage: Storage) -> dict[str, list[str]]:
    """All that the digest's replies hold, by session."""

    def work(tx: Transaction) -> dict[str, list[str]]:
        found = {}
        for report in publishing.submitted_reports(tx, an_event()):
            session = report.assignment.session.code
            cleared = publishing.reply(tx, an_event(), session)
            assert cleared is not None
            found[str(session)] = [block.words.typed for block in cleared.document.blocks]
        return found

    return await storage.read(work)


async def unsorted(storage: Storage, session: str) -> list[str]:
    report = await storage.read(lambda tx: report_in(tx, session))
    return [entry.document.text for entry in report.unsorted]


async def test_the_running_session_gets_the_note_and_a_moved_one_keeps_it(several: Storage) -> None:
    assert await take(several, said(60, "typed at 14:01")) == ["Tick", "Welcome"]
    programme = both()
    first, second = programme.sessions
    later = replace(second, starts_at=THURSDAY + timedelta(hours=5), ends_at=THURSDAY + timedelta(hours=6))
    await applied(several, replace(programme, sessions=(first, later)))
    assert (await unsorted(several, "1.2"), await unsorted(several, "2.2")) == ([], ["typed at 14:01"])


async def test_a_note_of_no_report_is_asked_about_once_and_taken_by_the_answer(several: Storage) -> None:
    notes = (said(-600, "one"), said(-590, "two"))
    assert await take(several, *notes) == ["Tick", "Which"]
    await take(several, pressed(-580, Deed.TAKE, session="1.2"), said(-570, "three"))
    assert await unsorted(several, "1.2") == ["one", "two"]
    assert (await section_texts(several, "1.2"))[0] == ["three"]


async def test_a_programme_that_changes_takes_no_note_away_from_the_report_that_was_said(
    several: Storage,
) -> None:
    await take(several, said(-600, "one"), pressed(-580, Deed.TAKE, session="1.2"))
    programme = both()
    first, second = programme.sessions
    moved = replace(second, starts_at=THURSDAY - timedelta(minutes=20))
    await applied(several, replace(programme, sessions=(first, moved)))
    assert await unsorted(several, "1.2") == ["one"]


async def test_each_report_has_its_own_submit(several: Storage) -> None:
    await take(several, said(60, "2.2"), said(70, "noted"), pressed(80, Deed.SUBMIT, 5, session="2.2"))
    submitted = await several.read(lambda tx: tx.dialogues.submitted(*KEY))
    assert submitted == {"2.2": ts(80)}
    assert list(await readers_read(several)) == ["2.2"]


async def test_a_submit_that_falls_away_is_not_kept(several: Storage) -> None:
    await take(several, said(10, "2.2"), said(20, "submit"), said(40, "submit"))
    assert await several.read(lambda tx: tx.dialogues.submitted(*KEY)) == {"2.2": ts(40)}
    await take(several, said(30, "between, but late"))
    assert await several.read(lambda tx: tx.dialogues.submitted(*KEY)) == {}


async def drawn(
    storage: Storage,
    reply: Reply,
    session: str = "2.2",
    person: PersonId = RAPPORTEUR,
    now: datetime = THURSDAY,
) -> list[str] | str:
    """What a reply to somebody reads like now, or why it is not sent."""
    row = Row(
        number=1, workspace=WORKSPACE, key="k", address=person, event=an_event().key,
        session=SessionCode(session), reply=reply, ordered=True, attempts=1, first_tried_at=THURSDAY,
        leased_until=THURSDAY, put_at=THURSDAY, not_before=THURSDAY, stale_after=None,
    )  # fmt: skip
    call = (await storage.read(lambda tx: draw(tx, row, now))).call
    if isinstance(call, Nothing):
        return call.why
    if isinstance(call, NotYet):
        return "not yet"
    assert isinstance(call, Post)
    return told("bot", call.screen).splitlines()[1:]


async def test_switch_is_drawn_with_the_report_that_was_left(several: Storage) -> None:
    await take(several, said(10, "1.2"), said(20, "noted"), said(30, "switch"))
    lines = await drawn(several, Switched(SessionCode("1.2")))
    assert lines[0] == (
        "  (You are in 2.2 now, 1. Main points. 1.2 is as you left it: 1 of 6, not submitted.)"
    )


async def test_the_question_which_has_a_button_a_report_and_the_one_that_ended_last_first(
    several: Storage,
) -> None:
    await take(several, said(-600, "one"))
    lines = await drawn(several, Which())
    assert lines == ["  Kept. Which report is it for?", "  [2.2 Session 2.2] [1.2 Session 1.2]"]


async def test_a_command_of_no_report_is_not_said_to_be_kept_and_the_notes_that_wait_go_along(
    several: Storage,
) -> None:
    assert await take(several, said(-600, "one"), said(-590, "report")) == ["Tick", "Which", "Which"]
    (asked, _) = await drawn(several, Which(of_command=True))
    assert asked == "  Which report do you mean? 1 note kept before goes into it."
    await take(several, said(-580, "two"))
    (asked, _) = await drawn(several, Which(of_command=True))
    assert asked == "  Which report do you mean? 2 notes kept before go into it."


async def test_strayed_notes_are_asked_about_while_there_are_any(several: Storage) -> None:
    await take(several, said(10, "1.2"), said(20, "one"), said(30, "two"))
    ended = THURSDAY + timedelta(hours=3)
    assert await drawn(several, Strayed(), now=ended) == [
        "  2 notes typed during 2.2 went to 1.2.",
        "  [Move to 2.2] [Right as it is]",
    ]
    await take(several, pressed(40, Deed.MOVE, session="2.2"))
    assert await unsorted(several, "2.2") == ["one", "two"]
    assert await drawn(several, Strayed(), now=ended) == "no note went elsewhere"


async def test_small_lines_say_the_session_to_who_has_several(several: Storage) -> None:
    await take(several, said(10, "2.2"), said(20, "noted"))
    assert (await drawn(several, Card(section=1, left=0)))[0] == "  (2.2 · 1. Main points: 1 note kept)"


async def test_who_takes_over_finds_the_notes_and_what_comes_late_of_the_former_is_out(one: Storage) -> None:
    await take(one, said(10, "next"), said(20, "by the first"), said(30, "struck in time"))
    await take(one, said(30, None, as_of=40))
    await one.write(lambda tx: take_over(tx, "2.2", RAPPORTEUR, OTHER, at=50))
    await take(one, said(20, "changed too late", as_of=60), said(55, "typed too late"))
    await take(one, said(70, "1", person=OTHER), said(80, "by the second", person=OTHER))
    assert (await section_texts(one, person=OTHER))[0] == ["by the first", "by the second"]
    submit = replace(pressed(90, Deed.SUBMIT, 5), person=OTHER)
    await take(one, submit)
    assert (await readers_read(one))["2.2"][3:5] == ["by the first", "by the second"]


async def test_the_former_rapporteur_is_told_and_nothing_is_kept(one: Storage) -> None:
    await take(one, said(10, "a note"))
    await one.write(lambda tx: take_over(tx, "2.2", RAPPORTEUR, OTHER, at=50))
    before = len(await take(one))
    waiting = await take(one, said(60, "late"), said(70, "later"), pressed(80, Deed.SUBMIT, 5))
    assert waiting[before:] == ["Say", "Say"]  # once a day for notes, and each button
    kept = await one.read(lambda tx: tx.dialogues.wordings(*KEY, RAPPORTEUR))
    assert list(kept.newest()) == [ts(10)]
    assert await one.read(lambda tx: tx.dialogues.submitted(*KEY)) == {}
    assert await drawn(one, Card(section=0, left=None)) == "the session is no longer this person's"


async def test_what_the_former_submitted_stays_in_the_digest(one: Storage) -> None:
    await take(one, said(10, "next"), said(20, "submitted"), pressed(30, Deed.SUBMIT, 5))
    await one.write(lambda tx: take_over(tx, "2.2", RAPPORTEUR, OTHER, at=50))
    await take(one, said(60, "1", person=OTHER), said(70, "not submitted yet", person=OTHER))
    assert (await readers_read(one))["2.2"][3:5] == ["submitted", "2. Challenges in full"]
    report = await one.read(lambda tx: report_in(tx, person=OTHER))
    assert (report.submitted_at, report.apart) == (ts(30), 1)


async def test_a_note_of_the_former_that_arrives_after_the_hand_over_is_in(one: Storage) -> None:
    await one.write(lambda tx: take_over(tx, "2.2", RAPPORTEUR, OTHER, at=50))
    await take(one, said(20, "typed before it"))
    report = await one.read(lambda tx: report_in(tx, person=OTHER))
    assert [entry.document.text for entry in report.unsorted] == ["typed before it"]


async def test_lead_and_co_rapporteur_write_one_report_and_the_lead_submits(one: Storage) -> None:
    await one.write(lambda tx: join(tx, "2.2", OTHER, part=Part.CO))
    await take(one, said(10, "1"), said(20, "by the lead"))
    await take(one, said(30, "1", person=OTHER), said(40, "by the other", person=OTHER))
    await take(one, *(said(at, "submit", person=OTHER) for at in (50, 60)))
    assert await one.read(lambda tx: tx.dialogues.submitted(*KEY)) == {}
    assert await drawn(one, Say(Saying.LEAD_SUBMITS), person=OTHER) == [
        "  The lead of this session submits the report. All that you type is in it."
    ]
    assert "[Submit]" not in "".join(await drawn(one, Review(), person=OTHER))
    assert "[Submit]" in "".join(await drawn(one, Review()))
    waiting = await take(one, pressed(70, Deed.SUBMIT, 5))
    assert waiting[-2:] == ["DigestParent", "DigestReply"]
    assert (await readers_read(one))["2.2"][3:5] == ["by the lead", "by the other"]


async def test_an_edit_of_the_co_rapporteur_after_the_submit_reaches_readers(one: Storage) -> None:
    await one.write(lambda tx: join(tx, "2.2", OTHER, part=Part.CO))
    await take(one, said(10, "1", person=OTHER), said(20, "as heard", person=OTHER))
    await take(one, pressed(30, Deed.SUBMIT, 5))

    edit = said(20, "corrected", as_of=40, person=OTHER)
    later = THURSDAY + timedelta(minutes=5)
    with counted() as statements:
        await one.write(lambda tx: intake.take_said(tx, edit, later))
    assert sum(text.startswith("INSERT INTO outbox") for text in statements) == 3  # tick, parent and reply
    assert (await readers_read(one))["2.2"][3] == "corrected"


async def test_nobody_reads_of_a_closed_session_more_than_that_it_took_place(storage: Storage) -> None:
    programme = a_programme()
    session = replace(programme.sessions[0], level=Level.OFF_THE_RECORD)
    await applied(storage, replace(programme, sessions=(session,)))
    await take(storage, said(10, "next"), said(20, "a secret marker"), pressed(30, Deed.SUBMIT, 5))
    parent = await storage.read(lambda tx: publishing.parent(tx, an_event()))
    told_to_readers = [
        *(await readers_read(storage))["2.2"],
        *(b.words.typed for b in parent.document.blocks),
    ]
    assert "secret" not in "".join(told_to_readers)
    assert (await readers_read(storage))["2.2"][1:] == [
        "Thu 6 Dec · Off the record",
        "This session took place.",
    ]
    assert "a secret marker" in (await section_texts(storage))[0]


async def test_values_are_stored_as_typed_asked_for_once_and_read_typed(storage: Storage) -> None:
    await applied(storage, a_programme(template=a_template_of_kinds()))
    waiting = await take(storage, said(10, "next"), said(20, "forty"), said(30, "about forty"))
    assert waiting == ["Card", "Tick", "NoValue"]
    await take(storage, said(40, "45"), said(50, "go 5"), said(60, "1"), said(70, "1, 3"))
    report = await storage.read(report_in)
    values = [answer.value for answer in report.answers]
    assert (values[2], values[4]) == (Number(Decimal(45)), Chosen(("1", "3")))
    assert await drawn(storage, NoValue(section=2, ts=ts(20))) == [
        "  I need a number here, 0 or more, for example 45. I kept your text as a note below it."
    ]


async def test_a_form_is_walked_in_the_events_first_language(storage: Storage) -> None:
    template = a_template_of_kinds()
    french = Translation(language="fr", title="Personnes", short="Gens", help="Combien ?")
    sections = tuple(
        replace(each, translations=(french,)) if each.key == "people" else each for each in template.sections
    )
    event = an_event(settings=EventSettings(languages=("fr", "en")))
    await applied(storage, a_programme(event=event, template=replace(template, sections=sections)))
    await take(storage, said(10, "next"))
    assert (await drawn(storage, Card(section=2, left=None)))[1:3] == ["  # 3. Gens", "  Combien ?"]


async def heard(storage: Storage) -> str:
    return (await storage.read(lambda tx: tx.dialogues.heard(*KEY)))[RAPPORTEUR]


async def test_the_newest_sign_of_life_is_kept(one: Storage) -> None:
    await take(one, said(10, "a note"), said(5, "late"))
    assert await heard(one) == ts(10)
    await take(one, said(10, "edited", as_of=20))
    assert await heard(one) == ts(20)
    await take(one, pressed(30, Deed.NEXT))
    assert await heard(one) == ts(30)
    await take(one, said(10, None, as_of=40))
    assert await heard(one) == ts(40)


async def test_what_is_caught_up_is_as_old_as_it_is_and_a_loss_is_no_sign_of_life(one: Storage) -> None:
    await take(one, said(10, "a note"))
    caught_up = (said(15, "another", as_of=900), replace(said(10, None, as_of=900), is_missing=True))
    for each in caught_up:
        await one.write(lambda tx, each=each: intake.take_said(tx, each, THURSDAY, catches_up=True))  # type: ignore[misc]
    assert await heard(one) == ts(15)


async def executed(storage: Storage, move: Said | Pressed) -> int:
    with counted() as statements:
        await take(storage, move)
    return sum(text.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE") for text in statements)


async def test_a_turn_costs_so_many_statements_and_one_more_for_who_has_several(sqlite_url: str) -> None:
    """A test against growth: thirty notes cost what one does."""
    storage = open_storage(sqlite_url, lambda: None)
    await applied(storage, a_programme())
    await take(storage, said(1, "next"))
    first = await executed(storage, said(2, "a note"))
    await take(storage, *(said(at, "a note") for at in range(3, 33)))
    assert (first, await executed(storage, said(40, "a note"))) == (15, 15)  # with the look at the outbox
    await applied(storage, both())
    await take(storage, said(50, "2.2"))
    assert await executed(storage, said(60, "a note")) == 16
    await storage.close()


async def test_a_card_is_drawn_in_five_statements_also_for_who_has_several(sqlite_url: str) -> None:
    storage = open_storage(sqlite_url, lambda: None)
    for programme in (a_programme(), both()):
        await applied(storage, programme)
        with counted() as statements:
            await drawn(storage, Card(section=0, left=None))
        assert sum(text.startswith("SELECT") for text in statements) == 5
    await storage.close()
