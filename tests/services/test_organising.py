"""Applying an event file: what is kept, who is told, what is refused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.change_words import NOTHING, sentences
from bot.domain.changes import Change
from bot.domain.event import PersonId, Session, SessionCode
from bot.domain.moment import ts_of
from bot.domain.people import Sought
from bot.domain.programme import Programme
from bot.domain.template import Template
from bot.errors import EventRefused
from bot.services import intake, organising
from storage import Storage, Transaction
from tests.builders import (
    RAPPORTEUR,
    THURSDAY,
    WORKSPACE,
    a_programme,
    a_template,
    an_event,
    sought_rapporteur,
    ts,
)
from tests.services.test_intake import said

SECOND, THIRD = PersonId("USECOND"), PersonId("UTHIRD")
EVENT = an_event().key
PROGRAMME = a_programme({"2.2": RAPPORTEUR, "1.2": SECOND}, organisers=[THIRD])
HOUR = timedelta(hours=1)


async def apply(
    storage: Storage, programme: Programme, after: timedelta = HOUR, *removed: str
) -> tuple[Change, ...]:
    codes = [SessionCode(each) for each in removed]
    now = THURSDAY + after
    return await storage.write(lambda tx: organising.apply_event(tx, programme, now, removed=codes))


async def note(storage: Storage, at: float, person: PersonId = RAPPORTEUR) -> None:
    await storage.write(lambda tx: intake.take_said(tx, said(at, f"note {at}", person=person), THURSDAY))


async def put(storage: Storage) -> list[tuple[str, str, str | None]]:
    """What waits for people about changes: its kind, whom it is for, of which session."""
    rows = await storage.read(lambda tx: tx.operators.listing())
    kinds = ("Moved", "Cancelled", "TakenOff")
    return sorted((row.kind, row.address, row.session) for row in rows if row.kind in kinds)


async def being_sent(storage: Storage) -> None:
    """Delivery takes what waits: people are told of it."""
    now, lease = THURSDAY + HOUR, timedelta(minutes=1)
    await storage.write(lambda tx: tx.outbox.claim(WORKSPACE, now=now, real_now=now, lease=lease, at_most=9))


async def spans(storage: Storage) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    """Since when and until when who reports what."""
    found = await storage.read(lambda tx: tx.events.writers_of(WORKSPACE, EVENT))
    return {(each.session, each.person): (each.since, each.until) for each in found}


async def cancelled(storage: Storage) -> dict[str, bool]:
    found = await storage.read(lambda tx: tx.events.sessions(WORKSPACE, EVENT))
    return {each.code: each.is_cancelled for each in found}


def named(programme: Programme, *people: Sought) -> Programme:
    return replace(programme, sought=people)


def with_session(programme: Programme, code: str, **fields: object) -> Programme:
    sessions: Sequence[Session] = [
        replace(each, **fields) if each.code == code else each  # type: ignore[arg-type]
        for each in programme.sessions
    ]
    return replace(programme, sessions=tuple(sessions))


def without(programme: Programme, code: str) -> Programme:
    return replace(
        programme,
        sessions=tuple(each for each in programme.sessions if each.code != code),
        sought=tuple(each for each in programme.sought if each.session != code),
    )


async def test_what_is_stored_is_what_was_applied(storage: Storage) -> None:
    wanted = with_session(PROGRAMME, "2.2", room="Oliveraie", track="Mobility", due_at=THURSDAY + 20 * HOUR)
    await apply(storage, replace(wanted, listed=("A B",)))
    stored = await storage.read(lambda tx: tx.programmes.one(WORKSPACE, EVENT))
    assert stored is not None
    assert (stored.event, stored.templates, stored.sessions) == (
        wanted.event,
        wanted.templates,
        wanted.sessions,
    )
    assert (stored.assignments, stored.organisers, stored.listed) == (
        wanted.assignments,
        wanted.organisers,
        ("A B",),
    )


async def test_the_same_file_twice_changes_nothing_and_tells_nobody(storage: Storage) -> None:
    await apply(storage, PROGRAMME)
    await note(storage, 1)
    assert sentences(await apply(storage, PROGRAMME)) == [NOTHING]
    assert await put(storage) == []
    assert await spans(storage) == {("2.2", RAPPORTEUR): (None, None), ("1.2", SECOND): (None, None)}


async def test_a_session_that_moves_tells_its_people_once(storage: Storage) -> None:
    await apply(storage, PROGRAMME)
    moved = with_session(PROGRAMME, "2.2", starts_at=THURSDAY + HOUR, ends_at=THURSDAY + 3 * HOUR)
    moved = with_session(moved, "1.2", room="Roseraie")
    for _ in range(2):
        await apply(storage, moved)
    assert await put(storage) == [("Moved", RAPPORTEUR, "2.2"), ("Moved", SECOND, "1.2")]


async def test_who_takes_over_has_the_notes_and_who_wrote_is_told_and_stays_as_a_former_one(
    storage: Storage,
) -> None:
    await apply(storage, PROGRAMME)
    await note(storage, 1)
    first, *others = PROGRAMME.sought
    await apply(storage, named(PROGRAMME, replace(first, whom=THIRD, person=THIRD), *others), 2 * HOUR)
    at = ts_of(THURSDAY + 2 * HOUR)
    assert await spans(storage) == {
        ("2.2", RAPPORTEUR): (None, at),
        ("2.2", THIRD): (None, None),
        ("1.2", SECOND): (None, None),
    }
    assert await put(storage) == [("TakenOff", RAPPORTEUR, "2.2")]
    assert await storage.read(lambda tx: tx.events.of_person(WORKSPACE, RAPPORTEUR)) == ()
    present = await storage.read(lambda tx: tx.events.assignments(WORKSPACE, EVENT))
    assert {(each.session.code, each.person) for each in present} == {("2.2", THIRD), ("1.2", SECOND)}


async def test_who_once_reported_stays_masked_whatever_later_files_name(storage: Storage) -> None:
    first, *others = PROGRAMME.sought
    await apply(
        storage, replace(named(PROGRAMME, replace(first, name="C D"), *others), listed=("A B", "C D"))
    )
    taken_over = replace(
        named(PROGRAMME, replace(first, whom=THIRD, person=THIRD, name="E F"), *others), listed=("A B", "E F")
    )
    for _ in range(2):
        changes = await apply(storage, taken_over)
        masked = await storage.read(lambda tx: tx.events.listed(WORKSPACE, EVENT))
        assert sorted(masked) == ["A B", "C D", "E F"]
    assert changes == ()
    await apply(storage, replace(taken_over, listed=("E F",)))  # a name of the list alone may go
    assert sorted(await storage.read(lambda tx: tx.events.listed(WORKSPACE, EVENT))) == ["C D", "E F"]


async def test_who_goes_and_wrote_nothing_leaves_no_trace_and_is_not_told(storage: Storage) -> None:
    await apply(storage, PROGRAMME)
    await apply(storage, named(PROGRAMME, *PROGRAMME.sought[1:]))
    assert await spans(storage) == {("1.2", SECOND): (None, None)}
    assert await put(storage) == []


async def test_who_comes_back_goes_on_where_they_were_and_is_contacted_anew(storage: Storage) -> None:
    await apply(storage, PROGRAMME)
    await note(storage, 1)
    await storage.write(lambda tx: tx.programmes.contacted(WORKSPACE, EVENT, "2.2", RAPPORTEUR, THURSDAY))  # type: ignore[arg-type]
    await apply(storage, named(PROGRAMME, *PROGRAMME.sought[1:]))
    assert await storage.read(lambda tx: tx.events.contacted(WORKSPACE, EVENT)) == {("2.2", RAPPORTEUR)}
    await apply(storage, PROGRAMME)
    assert (await spans(storage))["2.2", RAPPORTEUR] == (None, None)
    assert await storage.read(lambda tx: tx.events.contacted(WORKSPACE, EVENT)) == set()


async def test_who_stays_keeps_what_is_known_of_them(storage: Storage) -> None:
    await apply(storage, PROGRAMME)
    await storage.write(lambda tx: tx.programmes.contacted(WORKSPACE, EVENT, "2.2", RAPPORTEUR, THURSDAY))  # type: ignore[arg-type]
    await apply(storage, replace(PROGRAMME, listed=("A B",)))
    assert await storage.read(lambda tx: tx.events.contacted(WORKSPACE, EVENT)) == {("2.2", RAPPORTEUR)}


BOTH = named(PROGRAMME, *PROGRAMME.sought, sought_rapporteur("1.2", RAPPORTEUR))
NEITHER = named(PROGRAMME, *PROGRAMME.sought[1:])


async def test_a_note_for_one_of_two_sessions_does_not_begin_the_other(storage: Storage) -> None:
    await apply(storage, BOTH, timedelta())
    for each in (said(1, "1.2"), said(2, "a note")):
        await storage.write(lambda tx, each=each: intake.take_said(tx, each, THURSDAY))  # type: ignore[misc]
    await apply(storage, NEITHER, 2 * HOUR)
    assert await spans(storage) == {
        ("1.2", SECOND): (None, None),
        ("1.2", RAPPORTEUR): (None, ts_of(THURSDAY + 2 * HOUR)),
    }
    assert await put(storage) == [("TakenOff", RAPPORTEUR, "1.2")]


async def test_a_note_of_no_report_yet_is_lost_with_neither(storage: Storage) -> None:
    await apply(storage, BOTH, timedelta())
    await note(storage, 1)
    await apply(storage, NEITHER, 2 * HOUR)
    until = ts_of(THURSDAY + 2 * HOUR)
    found = await spans(storage)
    assert found["2.2", RAPPORTEUR] == found["1.2", RAPPORTEUR] == (None, until)


async def test_a_second_session_of_who_wrote_already_begins_with_the_apply(storage: Storage) -> None:
    await apply(storage, PROGRAMME)
    await note(storage, 1)
    both = named(PROGRAMME, *PROGRAMME.sought, sought_rapporteur("1.2", RAPPORTEUR))
    await apply(storage, both, 2 * HOUR)
    found = await spans(storage)
    assert found["2.2", RAPPORTEUR] == (None, None)
    assert found["1.2", RAPPORTEUR] == (ts_of(THURSDAY + 2 * HOUR), None)


async def test_a_session_that_vanished_asks_first(storage: Storage) -> None:
    await apply(storage, PROGRAMME)
    await note(storage, 1)
    await note(storage, 2)
    with pytest.raises(EventRefused) as refused:
        await apply(storage, replace(PROGRAMME, sessions=PROGRAMME.sessions[:0], sought=()))
    assert refused.value.faults == [
        "2.2 (Session 2.2) is no longer in the file. Put it back, or say --remove 2.2: then it counts as "
        "cancelled, and its 2 notes are kept.",
        "1.2 (Session 1.2) is no longer in the file. Put it back, or say --remove 1.2: then it is removed: "
        "nobody has written for it.",
    ]
    assert await cancelled(storage) == {"2.2": False, "1.2": False}


async def test_a_removed_session_is_deleted_or_with_notes_cancelled_with_its_people_told(
    storage: Storage,
) -> None:
    await apply(storage, PROGRAMME)
    await note(storage, 1)
    neither = without(without(PROGRAMME, "2.2"), "1.2")
    third = replace(PROGRAMME.sessions[0], code=SessionCode("3.1"))
    wanted = replace(neither, sessions=(third,))
    await apply(storage, wanted, HOUR, "2.2", "1.2")
    assert await cancelled(storage) == {"3.1": False, "2.2": True}
    assert await put(storage) == [("Cancelled", RAPPORTEUR, "2.2")]
    assert await storage.read(lambda tx: tx.reminders.next_due(WORKSPACE)) is None
    assert (await spans(storage)) == {("2.2", RAPPORTEUR): (None, None)}
    assert sentences(await apply(storage, wanted)) == [NOTHING]


async def test_a_cancelled_session_plans_nothing_and_one_taken_up_again_tells_its_people(
    storage: Storage,
) -> None:
    await apply(storage, PROGRAMME)
    off = with_session(with_session(PROGRAMME, "2.2", is_cancelled=True), "1.2", is_cancelled=True)
    await apply(storage, off)
    assert await storage.read(lambda tx: tx.reminders.next_due(WORKSPACE)) is None
    await being_sent(storage)
    await apply(storage, PROGRAMME)
    assert await storage.read(lambda tx: tx.reminders.next_due(WORKSPACE)) is not None
    assert await put(storage) == [
        ("Cancelled", RAPPORTEUR, "2.2"),
        ("Cancelled", SECOND, "1.2"),
        ("Moved", RAPPORTEUR, "2.2"),
        ("Moved", SECOND, "1.2"),
    ]


def shorter(version: int) -> Template:
    return replace(a_template(), version=version, sections=a_template().sections[:5])


async def forms(storage: Storage) -> dict[str, tuple[int, int]]:
    """The version of each session's form, and how many sections it has."""
    found = await storage.read(lambda tx: tx.events.templates(WORKSPACE, EVENT))
    return {code: (form.version, len(form.sections)) for code, form in found.items()}


async def test_a_report_keeps_the_form_it_began_with_and_others_take_the_new_one(storage: Storage) -> None:
    await apply(storage, PROGRAMME)
    await note(storage, 1)
    longer = replace(
        a_template(),
        version=2,
        sections=(*a_template().sections, replace(a_template().sections[0], key="more")),
    )
    wanted = replace(PROGRAMME, templates=(longer,))
    for _ in range(2):
        await apply(storage, wanted)
        assert await forms(storage) == {"2.2": (1, 6), "1.2": (2, 7)}
    proposal = await storage.read(lambda tx: organising.propose(tx, wanted, THURSDAY))
    assert proposal.changes == ()
    assert proposal.remarks == ("2.2 keeps the form roundtable, version 1: somebody has written in it.",)


async def test_a_version_that_reads_otherwise_without_a_new_number_is_refused(storage: Storage) -> None:
    await apply(storage, PROGRAMME)
    with pytest.raises(EventRefused, match="Give it the version 2"):
        await apply(storage, replace(PROGRAMME, templates=(shorter(1),)))
    assert await forms(storage) == {"2.2": (1, 6), "1.2": (1, 6)}


async def test_a_section_does_not_vanish_while_reports_use_it(storage: Storage) -> None:
    await apply(storage, PROGRAMME)
    await note(storage, 1)
    with pytest.raises(EventRefused, match=r"has no section quotes any more, and reports use it: 2\.2"):
        await apply(storage, replace(PROGRAMME, templates=(shorter(2),)))


async def test_a_section_may_vanish_while_nobody_wrote(storage: Storage) -> None:
    await apply(storage, PROGRAMME)
    await apply(storage, replace(PROGRAMME, templates=(shorter(2),)))
    assert await forms(storage) == {"2.2": (2, 5), "1.2": (2, 5)}


async def test_what_was_shown_is_applied_or_nothing(storage: Storage) -> None:
    await apply(storage, PROGRAMME)
    mine = with_session(PROGRAMME, "2.2", title="Mine")
    shown = (await storage.read(lambda tx: organising.propose(tx, mine, THURSDAY))).changes
    await note(storage, 1)  # notes come in while people look at it

    def agreed(tx: Transaction) -> object:
        return organising.apply_event(tx, mine, THURSDAY, shown=shown)

    theirs = with_session(PROGRAMME, "2.2", title="Theirs")
    await apply(storage, theirs)
    with pytest.raises(EventRefused, match="changed while you looked"):
        await storage.write(agreed)
    await apply(storage, PROGRAMME)
    await storage.write(agreed)
    sessions = await storage.read(lambda tx: tx.events.sessions(WORKSPACE, EVENT))
    assert sessions[0].title == "Mine"


async def test_notes_typed_after_somebody_else_took_over_are_not_counted_for_them(storage: Storage) -> None:
    both = named(PROGRAMME, *PROGRAMME.sought, sought_rapporteur("1.2", RAPPORTEUR))
    await apply(storage, both, timedelta())
    await note(storage, 1)
    only = named(PROGRAMME, *PROGRAMME.sought[1:], sought_rapporteur("1.2", RAPPORTEUR))
    await apply(storage, only, timedelta(seconds=10))
    await note(storage, 20)
    writers = await storage.read(lambda tx: tx.events.writers_of(WORKSPACE, EVENT))
    assert {(each.session, each.until) for each in writers if each.person == RAPPORTEUR} == {
        ("2.2", ts(10)),
        ("1.2", None),
    }
