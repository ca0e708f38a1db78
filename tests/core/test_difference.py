"""What applying would change, and how it is said."""

from dataclasses import replace
from datetime import time, timedelta

from bot.domain.change_words import NOTHING, sentences
from bot.domain.changes import Stored
from bot.domain.difference import carried, differences, keeps, vanished
from bot.domain.event import EventSettings, Level, Part, PersonId, SessionCode
from bot.domain.people import How
from bot.domain.programme import Programme
from bot.domain.rungs import LADDER, QuietHours
from bot.domain.template import Template
from tests.builders import RAPPORTEUR, a_programme, a_template, an_event, sought_organiser, sought_rapporteur

SECOND = PersonId("USECOND")
CODE = SessionCode("2.2")


def stored(programme: Programme, notes: dict[str, int] | None = None) -> Stored:
    forms = {each.code: programme.templates[0] for each in programme.sessions}
    return Stored(
        programme=programme,
        forms=forms,
        notes={SessionCode(code): count for code, count in (notes or {}).items()},
    )


def told(was: Programme, now: Programme, notes: dict[str, int] | None = None, *removed: str) -> list[str]:
    return sentences(differences(stored(was, notes), now, [SessionCode(each) for each in removed]))


def changed(programme: Programme, **fields: object) -> Programme:
    """The same with other fields of the first session."""
    first, *others = programme.sessions
    return replace(programme, sessions=(replace(first, **fields), *others))  # type: ignore[arg-type]


PROGRAMME = a_programme(
    {"2.2": RAPPORTEUR, "1.2": SECOND}, organisers=[PersonId("UORGANISER")], listed=["A B"]
)


def test_the_same_file_changes_nothing() -> None:
    assert told(PROGRAMME, PROGRAMME) == [NOTHING]


def test_a_new_event_is_one_sentence() -> None:
    assert sentences(differences(None, PROGRAMME, ())) == [
        "Marrakesh 2018 is new: 2 sessions, 2 rapporteurs, 1 organiser, 1 name whom readers must not see; "
        "reports are due Fri 7 Dec 2018, 14:30 in Marrakesh."
    ]


def test_a_move_says_from_when_to_when_and_who_is_told() -> None:
    was = changed(PROGRAMME, room="Oliveraie")
    first = was.sessions[0]
    later, day = timedelta(hours=1), timedelta(days=1)
    moved = changed(was, starts_at=first.starts_at + later, ends_at=first.ends_at + later, room="Roseraie")
    assert told(was, moved) == [
        "2.2 moves from Thu 6 Dec, 14:00 to 15:00 in Marrakesh, room Roseraie. One person is told."
    ]
    next_day = changed(was, starts_at=first.starts_at + day, ends_at=first.ends_at + day)
    assert told(was, next_day) == [
        "2.2 moves from Thu 6 Dec, 14:00 to Fri 7 Dec, 14:00 in Marrakesh, room Oliveraie. "
        "One person is told."
    ]
    assert told(was, changed(was, room="Roseraie")) == [
        "2.2 moves to room Roseraie (was room Oliveraie). One person is told."
    ]
    assert told(was, changed(was, ends_at=first.ends_at + later)) == [
        "2.2 ends at 17:30 in Marrakesh, room Oliveraie (was 16:30). One person is told."
    ]


def test_another_zone_with_the_same_wall_times_moves_nobody() -> None:
    hour = timedelta(hours=1)
    event = an_event(
        zone="Africa/Tunis",  # the same hour in that December
        closing_at=an_event().closing_at,
    )
    assert told(PROGRAMME, replace(PROGRAMME, event=event)) == [
        "The zone becomes Africa/Tunis (was Africa/Casablanca). All times of the file are wall times there."
    ]
    east = replace(
        PROGRAMME,
        event=an_event(
            zone="Africa/Cairo",
            **{
                name: getattr(an_event(), name) - hour
                for name in ("closing_at", "closing_ends_at", "due_at", "freeze_at")
            },
        ),
        sessions=tuple(
            replace(each, starts_at=each.starts_at - hour, ends_at=each.ends_at - hour)
            for each in PROGRAMME.sessions
        ),
    )
    assert len(told(PROGRAMME, east)) == 1


def test_each_setting_of_the_event_has_its_sentence() -> None:
    event = PROGRAMME.event
    hour = timedelta(hours=1)
    other = EventSettings(
        languages=("fr", "en"),
        rungs=LADDER[:2],
        quiet=QuietHours(starts=time(23), ends=time(6)),
        escalates=False,
    )
    wanted = replace(
        PROGRAMME,
        event=replace(
            event,
            name="Marrakesh",
            place="Rabat",
            channel="COTHER",  # type: ignore[arg-type]
            closing_at=event.closing_at + hour,
            closing_ends_at=event.closing_ends_at + hour,
            due_at=event.due_at + hour,
            freeze_at=event.freeze_at + hour,
            settings=other,
        ),
        templates=(replace(a_template(), version=2),),
        listed=("A B", "C D"),
    )
    assert told(PROGRAMME, wanted) == [
        "The name becomes Marrakesh (was Marrakesh 2018).",
        "The place becomes Rabat (was Marrakesh).",
        "The channel becomes COTHER (was CDIGEST).",
        "The closing session moves from Fri 7 Dec 2018, 15:30 to Fri 7 Dec 2018, 16:30 in Rabat.",
        "The closing session ends Fri 7 Dec 2018, 18:00 in Rabat (was Fri 7 Dec 2018, 17:00).",
        "Reports are due Fri 7 Dec 2018, 15:30 in Rabat (was Fri 7 Dec 2018, 14:30). "
        "Reminders are planned anew.",
        "Corrections close Fri 7 Dec 2018, 16:00 in Rabat (was Fri 7 Dec 2018, 15:00).",
        "The languages become fr, en (were en).",
        "The quiet hours become 23:00 to 06:00 (were 22:00 to 07:30).",
        "The reminders are now: session end, evening.",
        "Organisers are no longer told privately who is missing.",
        "The form becomes roundtable, version 2 (was roundtable, version 1). "
        "Sessions for which somebody has written keep theirs.",
        "The list of people whom readers must not see changes: 1 more, 0 fewer.",
    ]


def test_a_rung_that_only_moves_is_a_change() -> None:
    later = (replace(LADDER[0], offset=timedelta(minutes=20)), *LADDER[1:])
    settings = replace(PROGRAMME.event.settings, rungs=later)
    (line,) = told(PROGRAMME, replace(PROGRAMME, event=replace(PROGRAMME.event, settings=settings)))
    assert line.startswith("The reminders are now: session end, evening, morning, ")


def test_each_change_of_a_session_has_its_sentence() -> None:
    wanted = changed(
        PROGRAMME,
        title="Another",
        track="Water",
        level=Level.OFF_THE_RECORD,
        due_at=PROGRAMME.event.due_at - timedelta(hours=2),
    )
    assert told(PROGRAMME, wanted) == [
        "2.2 is called “Another” (was “Session 2.2”).",
        "2.2: the track becomes Water (was none).",
        "2.2: the level becomes off the record (was Chatham House Rule).",
        "2.2 is due Fri 7 Dec 2018, 12:30 (was as all reports).",
    ]


def test_cancelled_and_taken_up_again() -> None:
    cancelled = changed(PROGRAMME, is_cancelled=True)
    assert told(PROGRAMME, cancelled, {"2.2": 2}) == [
        "2.2 is cancelled. Its 2 notes are kept. One person is told."
    ]
    assert told(PROGRAMME, cancelled) == ["2.2 is cancelled. One person is told."]
    assert told(cancelled, PROGRAMME) == ["2.2 takes place after all."]


def test_added_reordered_and_removed() -> None:
    first, second = PROGRAMME.sessions
    assert told(replace(PROGRAMME, sessions=(first,), sought=()), replace(PROGRAMME, sought=())) == [
        "1.2 is added: Session 1.2."
    ]
    assert told(PROGRAMME, replace(PROGRAMME, sessions=(second, first))) == [
        "The sessions stand in another order."
    ]
    without = replace(PROGRAMME, sessions=(second,), sought=PROGRAMME.sought[1:])
    assert told(PROGRAMME, without, None, "2.2") == ["2.2 is removed. Nobody has written for it."]
    assert told(PROGRAMME, without, {"2.2": 1}, "2.2") == [
        "2.2 is no longer in the file and counts as cancelled. Its 1 note is kept."
    ]


def test_a_session_that_vanished_is_kept_as_cancelled_with_its_people_if_anybody_wrote() -> None:
    without = replace(PROGRAMME, sessions=PROGRAMME.sessions[1:], sought=PROGRAMME.sought[1:])
    standing = stored(PROGRAMME, {"2.2": 1})
    kept = carried(standing, without, {CODE})
    assert [(each.code, each.is_cancelled) for each in kept.sessions] == [("1.2", False), ("2.2", True)]
    assert {each.person for each in kept.assignments if each.session.code == CODE} == {RAPPORTEUR}
    assert [each.code for each in carried(stored(PROGRAMME), without, {CODE}).sessions] == ["1.2"]
    again = stored(kept, {"2.2": 1})
    assert vanished(kept, without) == ()
    assert differences(again, without, ()) == ()
    assert carried(again, without, ()) == kept


def test_people_are_named_as_the_file_names_them() -> None:
    by_email = replace(sought_rapporteur("2.2", "name@office.example", How.EMAIL), name="Rapporteur 2.2")
    co = replace(sought_rapporteur("2.2", SECOND), part=Part.CO)
    _, *others = PROGRAMME.sought
    wanted = replace(PROGRAMME, sought=(by_email, co, others[0], sought_organiser("@second", How.HANDLE)))
    assert told(PROGRAMME, wanted) == [
        f"2.2: {RAPPORTEUR} reports it no more. Notes that were written stay with 2.2.",
        "UORGANISER is no organiser any more.",
        "2.2: Rapporteur 2.2 (name@office.example) is assigned.",
        "2.2: USECOND is assigned as co-rapporteur.",
        "@second becomes an organiser.",
    ]
    renamed = replace(by_email, affiliation="An office")
    assert told(wanted, replace(wanted, sought=(renamed, *wanted.sought[1:]))) == [
        "2.2: name@office.example is Rapporteur 2.2, An office from now on (was Rapporteur 2.2)."
    ]
    leads = replace(wanted, sought=(by_email, replace(co, part=Part.LEAD), *wanted.sought[2:]))
    assert told(wanted, leads) == ["2.2: USECOND leads from now on."]


def test_the_same_person_by_other_words_is_neither_taken_off_nor_assigned() -> None:
    by_email = replace(sought_rapporteur("2.2", "name@office.example", How.EMAIL), person=RAPPORTEUR)
    wanted = replace(PROGRAMME, sought=(by_email, *PROGRAMME.sought[1:]))
    assert told(PROGRAMME, wanted) == [
        f"2.2: name@office.example stands in the place of {RAPPORTEUR}; it is the same person."
    ]


def test_what_was_found_out_since_is_no_change_and_changes_no_record() -> None:
    asked = replace(sought_rapporteur("2.2", "@name", How.HANDLE), checked_at=PROGRAMME.event.due_at)
    found = replace(asked, person=SECOND, served_since=PROGRAMME.event.closing_at)
    was, now = (replace(PROGRAMME, sought=(each,)) for each in (asked, found))
    assert differences(stored(was), now, ()) == ()
    none = stored(replace(PROGRAMME, sought=()))
    assert differences(none, was, ()) == differences(none, now, ())


def test_who_wrote_keeps_the_form() -> None:
    other = Template(
        key="one-text",
        version=1,
        name="",
        header=(),
        sections=a_template().sections[:1],  # type: ignore[arg-type]
    )
    wanted = replace(
        PROGRAMME,
        templates=(*PROGRAMME.templates, other),
        sessions=tuple(replace(each, template=other.key) for each in PROGRAMME.sessions),
    )
    standing = stored(PROGRAMME, {"2.2": 1})
    assert sentences(differences(standing, wanted, ())) == [
        "1.2: the form becomes one-text, version 1 (was roundtable, version 1)."
    ]
    kept = carried(standing, wanted, ())
    assert [each.template for each in kept.sessions] == ["roundtable", "one-text"]
    assert keeps(standing, kept) == {"2.2": a_template()}
