"""Who is found has a part; what is in the way is told once; what is solved is served."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.event import PersonId, WorkspaceId
from bot.domain.people import Answer, How, Member, Problem, Sought
from bot.domain.programme import Programme
from bot.services import intake, organising, reminding, seeking
from storage import Storage, Transaction
from tests.builders import (
    THURSDAY,
    WORKSPACE,
    a_programme,
    a_session,
    an_event,
    sought_organiser,
    sought_rapporteur,
)
from tests.services.test_intake import said

ORGANISER, SECOND, FOUND = PersonId("UORGANISER"), PersonId("USECOND"), PersonId("UFOUND")
EVENT = an_event().key
RUNG = an_event().due_at - timedelta(hours=1)
FIRST_RUNG = a_session().ends_at + timedelta(minutes=5)
BY_EMAIL = sought_rapporteur("2.2", "name@office.example", How.EMAIL)
BY_HANDLE = sought_rapporteur("1.2", "@name", How.HANDLE)
RUNS = sought_organiser(ORGANISER)
RUNS_TOO = sought_organiser("second@office.example", How.EMAIL)
NOT_FOUND, AWAY = Answer(problem=Problem.NOT_FOUND), Answer(problem=Problem.AWAY)


def naming(*people: Sought) -> Programme:
    """A programme of two sessions that names these."""
    sessions = (a_session("2.2"), a_session("1.2"))
    return replace(a_programme({}), sessions=sessions, sought=people)


def member(id_: PersonId = FOUND, *handles: str, email: str | None = None, gone: bool = False) -> Member:
    return Member(id=id_, handles=handles, email=email, is_deactivated=gone, is_bot=False)


async def apply(
    storage: Storage,
    programme: Programme,
    answers: dict[Sought, Answer] | None = None,
    now: datetime = THURSDAY,
) -> None:
    by_key = {each.key: answer for each, answer in (answers or {}).items()}
    await storage.write(lambda tx: organising.apply_event(tx, programme, now, by_key))


async def answer(storage: Storage, sought: Sought, given: Answer, now: datetime = THURSDAY) -> None:
    await storage.write(lambda tx: seeking.take_answers(tx, WORKSPACE, EVENT, {sought.key: given}, now))


async def changed(storage: Storage, one: Member, now: datetime = THURSDAY) -> None:
    assert await storage.read(lambda tx: seeking.is_concerned(tx, WORKSPACE, one, now))
    await storage.write(lambda tx: seeking.take_member(tx, WORKSPACE, one, now))


async def parts(storage: Storage) -> dict[str, str]:
    """Who reports what."""
    found = await storage.read(lambda tx: tx.events.assignments(WORKSPACE, EVENT))
    return {each.session.code: each.person for each in found}


async def problems(storage: Storage) -> list[Problem | None]:
    found = await storage.read(lambda tx: seeking.people_problems(tx, WORKSPACE, EVENT))
    return [each.problem for each in found]


async def told(storage: Storage) -> list[str]:
    """To whom messages about people wait."""
    rows = await storage.read(lambda tx: tx.operators.listing())
    return [row.address for row in rows if row.kind == "PeopleProblems"]


async def test_who_is_found_when_the_file_is_applied_has_their_part(storage: Storage) -> None:
    await apply(storage, naming(BY_EMAIL, BY_HANDLE, RUNS_TOO), {
        BY_EMAIL: Answer(person=FOUND), BY_HANDLE: NOT_FOUND, RUNS_TOO: Answer(person=SECOND),
    })  # fmt: skip
    assert await parts(storage) == {"2.2": FOUND}
    assert [
        each.key for each in await storage.read(lambda tx: tx.events.organised_by(WORKSPACE, SECOND))
    ] == [EVENT]
    assert await problems(storage) == [Problem.NOT_FOUND]


async def test_a_member_id_has_its_part_whatever_slack_says(storage: Storage) -> None:
    by_id = sought_rapporteur("2.2", "UNOBODY")
    await apply(storage, naming(by_id), {by_id: NOT_FOUND})
    assert await parts(storage) == {"2.2": "UNOBODY"}
    assert await problems(storage) == [Problem.NOT_FOUND]


async def test_who_joins_later_has_their_next_note_taken_and_is_reminded(storage: Storage) -> None:
    await apply(storage, naming(BY_EMAIL), {BY_EMAIL: NOT_FOUND})
    await storage.write(lambda tx: intake.take_said(tx, said(1, "too early", person=FOUND), THURSDAY))
    await changed(storage, member(email="Name@office.example"))
    await storage.write(lambda tx: intake.take_said(tx, said(2, "a note", person=FOUND), THURSDAY))
    kept = await storage.read(lambda tx: tx.dialogues.wordings_of_all(WORKSPACE, EVENT))
    assert [wording.text for wording in kept[FOUND].newest().values()] == ["a note"]
    assert await storage.read(lambda tx: tx.reminders.next_due(WORKSPACE)) == FIRST_RUNG
    assert await problems(storage) == []


async def test_who_is_found_after_a_rung_is_reminded_by_the_next_one(storage: Storage) -> None:
    await apply(storage, naming(BY_EMAIL), {BY_EMAIL: NOT_FOUND})
    late = RUNG + timedelta(minutes=20)
    await answer(storage, BY_EMAIL, Answer(person=FOUND), late)
    last = an_event().due_at - timedelta(minutes=15)
    assert await storage.read(lambda tx: tx.reminders.next_due(WORKSPACE)) == last


async def test_a_rung_of_others_that_is_over_is_not_lost_when_somebody_is_found(storage: Storage) -> None:
    by_id = sought_rapporteur("1.2", "UOTHER")
    await apply(storage, naming(BY_EMAIL, by_id), {BY_EMAIL: NOT_FOUND})
    late = RUNG + timedelta(minutes=20)
    await answer(storage, BY_EMAIL, Answer(person=FOUND), late)
    await storage.write(lambda tx: reminding.remind(tx, WORKSPACE, late))
    rows = await storage.read(lambda tx: tx.operators.listing())
    assert [row.address for row in rows] == ["UOTHER"]


async def test_who_is_deactivated_is_not_reminded_and_keeps_what_they_wrote(storage: Storage) -> None:
    by_id = sought_rapporteur("2.2", FOUND)
    await apply(storage, naming(by_id, RUNS))
    await storage.write(lambda tx: intake.take_said(tx, said(2, "a note", person=FOUND), THURSDAY))
    await changed(storage, member(gone=True))
    assert await problems(storage) == [Problem.DEACTIVATED]
    assert await parts(storage) == {"2.2": FOUND}
    assert await storage.read(lambda tx: tx.reminders.next_due(WORKSPACE)) is None
    kept = await storage.read(lambda tx: tx.dialogues.wordings_of_all(WORKSPACE, EVENT))
    assert len(kept[FOUND].newest()) == 1
    await changed(storage, member())
    assert await problems(storage) == []
    assert await storage.read(lambda tx: tx.reminders.next_due(WORKSPACE)) == FIRST_RUNG


async def test_organisers_are_told_once_of_each_problem_and_not_of_slack_being_away(storage: Storage) -> None:
    await apply(storage, naming(BY_EMAIL, RUNS), {BY_EMAIL: AWAY})
    assert await told(storage) == []
    await answer(storage, BY_EMAIL, NOT_FOUND)
    await answer(storage, BY_EMAIL, NOT_FOUND)
    await answer(storage, BY_EMAIL, AWAY)
    await answer(storage, BY_EMAIL, NOT_FOUND)
    await apply(storage, naming(BY_EMAIL, RUNS), {BY_EMAIL: NOT_FOUND})
    assert await told(storage) == [ORGANISER]
    await answer(storage, BY_EMAIL, Answer(problem=Problem.MAY_NOT_LOOK))
    assert await told(storage) == [ORGANISER, ORGANISER]


async def test_a_problem_that_comes_again_after_it_was_solved_is_told_again(storage: Storage) -> None:
    by_id = sought_rapporteur("2.2", FOUND)
    await apply(storage, naming(by_id, RUNS))
    for gone in (True, False, True):
        await changed(storage, member(gone=gone))
    assert await told(storage) == [ORGANISER, ORGANISER]


async def test_an_organiser_who_is_found_later_is_told_of_what_stands(storage: Storage) -> None:
    await apply(storage, naming(BY_EMAIL, RUNS_TOO), {BY_EMAIL: NOT_FOUND, RUNS_TOO: NOT_FOUND})
    assert await told(storage) == []
    await changed(storage, member(SECOND, email="second@office.example"))
    assert await told(storage) == [SECOND]
    await apply(storage, naming(BY_EMAIL, RUNS_TOO, RUNS), {BY_EMAIL: NOT_FOUND})
    assert await told(storage) == [SECOND, ORGANISER]


async def test_a_handle_that_several_may_have_is_looked_up_again_at_once(storage: Storage) -> None:
    twice = Answer(problem=Problem.FOUND_TWICE)
    await apply(storage, naming(BY_HANDLE), {BY_HANDLE: twice})
    assert await storage.read(lambda tx: seeking.to_ask(tx, WORKSPACE, THURSDAY)) == ()
    await changed(storage, member(FOUND, "name"))
    assert await problems(storage) == [Problem.FOUND_TWICE]
    (asked,) = await storage.read(lambda tx: seeking.to_ask(tx, WORKSPACE, THURSDAY))
    assert asked.key == BY_HANDLE.key


async def test_a_handle_that_nobody_had_is_found_when_somebody_takes_it(storage: Storage) -> None:
    await apply(storage, naming(BY_HANDLE), {BY_HANDLE: NOT_FOUND})
    await changed(storage, member(FOUND, "Name"))
    assert await parts(storage) == {"1.2": FOUND}
    await changed(storage, member(FOUND, "another"))
    assert await parts(storage) == {"1.2": FOUND}


async def test_a_change_that_was_overtaken_by_a_later_one_has_slack_asked(storage: Storage) -> None:
    by_id = sought_rapporteur("2.2", FOUND)
    await apply(storage, naming(by_id), {by_id: Answer(person=FOUND)})
    gone = replace(member(gone=True), as_of=THURSDAY - timedelta(seconds=1))
    await changed(storage, gone)
    assert await problems(storage) == []
    assert len(await storage.read(lambda tx: seeking.to_ask(tx, WORKSPACE, THURSDAY))) == 1
    await changed(storage, replace(gone, as_of=THURSDAY))
    assert await problems(storage) == [Problem.DEACTIVATED]


async def test_two_processes_that_find_the_same_at_once_tell_of_it_once(storage: Storage) -> None:
    await apply(storage, naming(BY_EMAIL, RUNS), {BY_EMAIL: AWAY})
    await asyncio.gather(*(answer(storage, BY_EMAIL, NOT_FOUND) for _ in range(8)))
    assert await told(storage) == [ORGANISER]


async def test_a_member_whom_no_file_names_concerns_nobody(storage: Storage) -> None:
    await apply(storage, naming(BY_EMAIL, BY_HANDLE), {BY_HANDLE: NOT_FOUND})
    stranger = member(FOUND, "somebody", email="else@office.example")
    assert not await storage.read(lambda tx: seeking.is_concerned(tx, WORKSPACE, stranger, THURSDAY))
    named, elsewhere = member(FOUND, "name"), WorkspaceId("TOTHER")
    assert not await storage.read(lambda tx: seeking.is_concerned(tx, elsewhere, named, THURSDAY))


async def test_a_person_may_report_several_sessions(storage: Storage) -> None:
    await apply(storage, naming(BY_EMAIL, BY_HANDLE), {BY_EMAIL: NOT_FOUND, BY_HANDLE: Answer(person=FOUND)})
    await answer(storage, BY_EMAIL, Answer(person=FOUND), THURSDAY + timedelta(hours=1))
    assert await problems(storage) == []
    assert await parts(storage) == {"1.2": FOUND, "2.2": FOUND}


async def test_who_is_found_by_two_words_for_one_session_reports_it_once(storage: Storage) -> None:
    by_id = sought_rapporteur("2.2", FOUND)
    await apply(storage, naming(by_id, BY_EMAIL), {BY_EMAIL: Answer(person=FOUND)})
    assert await parts(storage) == {"2.2": FOUND}


async def test_applying_again_keeps_who_was_found_also_when_slack_is_away(storage: Storage) -> None:
    await apply(storage, naming(BY_EMAIL), {BY_EMAIL: Answer(person=FOUND)})
    await storage.write(lambda tx: intake.take_said(tx, said(2, "a note", person=FOUND), THURSDAY))
    await apply(storage, naming(BY_EMAIL), {BY_EMAIL: AWAY})
    await apply(storage, naming(BY_EMAIL))
    assert await parts(storage) == {"2.2": FOUND}


async def test_naming_a_writer_by_other_words_takes_nothing_away(storage: Storage) -> None:
    await apply(storage, naming(sought_rapporteur("2.2", FOUND)))
    await storage.write(lambda tx: intake.take_said(tx, said(2, "a note", person=FOUND), THURSDAY))
    await apply(storage, naming(BY_EMAIL), {BY_EMAIL: Answer(person=FOUND)})
    assert await parts(storage) == {"2.2": FOUND}
    (writer,) = await storage.read(lambda tx: tx.events.writers_of(WORKSPACE, EVENT))
    assert writer.until is None


async def test_who_waits_longest_is_asked_first_and_handles_together(storage: Storage) -> None:
    other = sought_rapporteur("2.2", "@other", How.HANDLE)
    await apply(storage, naming(BY_HANDLE, RUNS_TOO, other, RUNS), {
        BY_HANDLE: NOT_FOUND, RUNS_TOO: NOT_FOUND, other: NOT_FOUND, RUNS: Answer(person=ORGANISER),
    })  # fmt: skip
    await answer(storage, RUNS_TOO, NOT_FOUND, THURSDAY + timedelta(minutes=1))

    async def asked(minutes: float) -> Sequence[str]:
        now = THURSDAY + timedelta(minutes=minutes)
        return [each.whom for each in await storage.read(lambda tx: seeking.to_ask(tx, WORKSPACE, now))]

    assert await asked(4.9) == []
    assert await asked(6.5) == ["@name", "@other"]
    for each in (BY_HANDLE, other):
        await answer(storage, each, NOT_FOUND, THURSDAY + timedelta(minutes=6.5))
    assert await asked(6.6) == [RUNS_TOO.whom]
    assert await asked(48 * 60) == []  # the closing session is over


async def test_what_is_found_is_looked_at_once_a_day(storage: Storage) -> None:
    event = an_event(
        closing_at=THURSDAY + timedelta(days=9), closing_ends_at=THURSDAY + timedelta(days=9, hours=1)
    )
    programme = replace(naming(BY_EMAIL), event=event)
    await apply(storage, programme, {BY_EMAIL: Answer(person=FOUND)})

    def asked(tx: Transaction, hours: float) -> int:
        return len(seeking.to_ask(tx, WORKSPACE, THURSDAY + timedelta(hours=hours)))

    assert [await storage.read(lambda tx, hours=hours: asked(tx, hours)) for hours in (23, 25)] == [0, 1]


async def test_who_is_to_be_asked_about_is_asked_about_though_the_clock_was_put_back(
    storage: Storage,
) -> None:
    await apply(storage, naming(BY_EMAIL), {BY_EMAIL: NOT_FOUND})
    for at, due in ((THURSDAY - timedelta(seconds=1), 0), (THURSDAY - timedelta(hours=1), 1)):
        asked = await storage.read(lambda tx, at=at: seeking.to_ask(tx, WORKSPACE, at))
        assert len(asked) == due
