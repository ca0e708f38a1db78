"""The talk about an event: who may begin it, what belongs to it, and that everything happens once."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.domain.asking_event import Sketch
from bot.domain.dropped import Dropped, FileId, Unread
from bot.domain.errands import Admit, Apply, Errand, Fetch
from bot.domain.event import ChannelId, EventKey, PersonId, WorkspaceId
from bot.domain.moment import Ts
from bot.domain.moves import Decided, Decision, Said, Shared
from bot.domain.people import How
from bot.domain.replies import (
    AskEvent,
    Checked,
    EventApplied,
    EventFile,
    FileWaits,
    LeftAlone,
    Rewritten,
    Say,
    Saying,
)
from bot.domain.words import Words
from bot.rounds import sweep
from bot.services import intake, new_event, organising, talking
from bot.services.intake import Taken
from bot.services.talking import Whom
from storage import State, Storage
from tests.builders import RAPPORTEUR, THURSDAY, WORKSPACE, a_programme, sought_organiser, ts

ORGANISER, ADMIN, OTHER = PersonId("UORGANISER"), PersonId("UADMIN"), PersonId("UOTHER")
ELSEWHERE = WorkspaceId("TELSEWHERE")
ANSWERS = ("Dialogue", "Lisbon", "2031-03-11", "2031-03-12 15:30-17:00", "2", "<#C0123|digest>")
NOW = THURSDAY + timedelta(minutes=1)


class Chat:
    """A database, and what people do in their DMs."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    async def organise(self, **more: object) -> None:
        programme = a_programme(organisers=[ORGANISER], **more)  # type: ignore[arg-type]
        await self.storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))

    async def say(self, at: float, text: str | None, person: PersonId = ORGANISER, **more: object) -> Taken:
        moment = ts(at)
        said = Said(
            receipts=(f"{at}/{more.get('as_of')}/{person}",), workspace=WORKSPACE, person=person,
            channel=ChannelId(f"D{person}"), ts=moment, as_of=moment,
            words=None if text is None else Words(text),
        )  # fmt: skip
        said = replace(said, **more)  # type: ignore[arg-type]
        return await self.storage.write(lambda tx: intake.take_said(tx, said, NOW))

    async def drop(self, at: float, *names: str, person: PersonId = ORGANISER) -> Taken:
        files = tuple(Shared(id=FileId(f"F{at}-{name}"), name=name) for name in names)
        return await self.say(at, "", person, has_file=True, files=files)

    async def fetch(self, body: bytes | None, unread: Unread | None = None) -> None:
        """All files that wait come, with this content."""
        for errand in await self.errands():
            if isinstance(errand.task, Fetch):
                file = Dropped(file=errand.task.file, ts=errand.task.ts, name="", body=body, unread=unread)
                whom = Whom(workspace=WORKSPACE, person=errand.person)
                await self.storage.write(
                    lambda tx, whom=whom, errand=errand, file=file: talking.fetched(
                        tx, whom, errand, file, NOW
                    )
                )

    async def press(
        self, decision: Decision, of: Ts, at: float = 500, base: str = "", person: PersonId = ORGANISER
    ) -> bool:
        decided = Decided(
            receipts=(f"press/{at}",), workspace=WORKSPACE, person=person, ts=ts(at), message=ts(400),
            decision=decision, of=of, base=base,
        )  # fmt: skip
        return await self.storage.write(lambda tx: talking.take_decided(tx, decided, NOW))

    async def errands(self, now: datetime = NOW) -> list[Errand]:
        return [each for each, _ in await self.storage.read(lambda tx: tx.errands.due(WORKSPACE, now))]

    async def replies(self, person: PersonId = ORGANISER) -> list[object]:
        """What waits to go out to somebody."""
        rows = await self.storage.write(
            lambda tx: tx.outbox.claim(
                WORKSPACE, now=NOW + timedelta(hours=1), real_now=NOW, lease=timedelta(), at_most=50
            )
        )
        for row in rows:
            await self.storage.write(lambda tx, row=row: tx.outbox.settle(row, State.SETTLED, NOW))
        more = await self.replies(person) if rows else []
        return [*(row.reply for row in rows if row.address == person), *more]

    async def answer(self, person: PersonId = ORGANISER) -> None:
        await self.say(1, "new event", person)
        for at, answer in enumerate(ANSWERS, 2):
            await self.say(at, answer, person)


@pytest.fixture
def chat(storage: Storage) -> Chat:
    return Chat(storage)


async def state(chat: Chat, person: PersonId = ORGANISER, begun: float = 1) -> object:
    whom = Whom(workspace=WORKSPACE, person=person)
    found = await chat.storage.read(lambda tx: talking.talk(tx, whom, ts(begun)))
    return None if found is None else found.question or "complete"


async def test_an_organiser_is_asked_and_gets_both_files(chat: Chat) -> None:
    await chat.organise()
    await chat.answer()
    assert await chat.replies() == [
        AskEvent(ts(1)), EventFile(ts(1)), talking.SessionsTable(ts(1)),
    ]  # fmt: skip # questions that were not sent yet gave way to the newer


async def test_a_rapporteur_who_organises_nothing_typed_a_note(chat: Chat) -> None:
    await chat.organise()
    assert await chat.say(1, "new event", RAPPORTEUR) is Taken.KEPT
    assert (await state(chat, RAPPORTEUR), await chat.errands()) == (None, [])
    assert await chat.drop(2, "event.yaml", person=RAPPORTEUR) is Taken.KEPT
    assert await chat.errands() == []


async def test_a_stranger_cannot_begin_where_somebody_organises(chat: Chat) -> None:
    await chat.organise()
    assert await chat.say(1, "new event", OTHER) is Taken.STRANGER
    assert await chat.drop(2, "event.yaml", person=OTHER) is Taken.STRANGER
    assert (await chat.errands(), await state(chat, OTHER)) == ([], None)


async def test_who_writes_first_where_nobody_organises_reads_how_one_begins(chat: Chat) -> None:
    assert await chat.say(1, "Hello", ADMIN) is Taken.STRANGER
    assert await chat.replies(ADMIN) == [Say(Saying.UNORGANISED)]


async def test_an_organiser_who_is_only_sought_counts_as_one(chat: Chat) -> None:
    programme = a_programme()
    programme = replace(programme, sought=(*programme.sought, sought_organiser("a@b.example", How.EMAIL)))
    await chat.storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
    assert await chat.say(1, "new event", ADMIN) is Taken.STRANGER
    assert await chat.errands() == []


@pytest.mark.parametrize("is_admin", [True, False])
async def test_without_an_organiser_slack_is_asked_whether_somebody_administers_the_workspace(
    chat: Chat, is_admin: bool
) -> None:
    await chat.say(1, "new event", ADMIN)
    await chat.say(2, "Dialogue", ADMIN)  # no answer before it is known who this is
    (errand,) = await chat.errands()
    assert errand == Errand(person=ADMIN, task=Admit(ts(1)))
    whom = Whom(workspace=WORKSPACE, person=ADMIN)
    for _ in range(2):
        await chat.storage.write(
            lambda tx: talking.admitted(tx, whom, errand, Admit(ts(1)), NOW, is_admin=is_admin)
        )
    replies = [type(each).__name__ for each in await chat.replies(ADMIN)]
    assert replies == (["Say", "AskEvent"] if is_admin else ["Say"])
    assert (await state(chat, ADMIN) is not None) is is_admin
    assert await chat.drop(3, "event.yaml", person=ADMIN) is (Taken.KEPT if is_admin else Taken.STRANGER)
    await chat.organise()  # from now on somebody organises, and it is not this person
    assert await chat.drop(4, "event.yaml", person=ADMIN) is Taken.STRANGER


async def test_an_edited_answer_changes_what_follows_and_a_deleted_one_is_asked_for_again(chat: Chat) -> None:
    await chat.organise()
    await chat.answer()
    await chat.say(3, "Nowhere", as_of=ts(50))
    assert await state(chat) == "place"
    await chat.say(3, "New York", as_of=ts(51))
    assert await state(chat) == "complete"
    await chat.say(7, None, as_of=ts(52))
    assert await state(chat) == "channel"
    await chat.say(1, None, as_of=ts(53))
    assert await state(chat) is None


async def test_an_answer_that_comes_twice_is_one_and_an_older_version_changes_nothing(chat: Chat) -> None:
    await chat.organise()
    await chat.say(1, "new event")
    await chat.say(2, "Dialogue, edited", as_of=ts(60))
    for _ in range(2):
        await chat.say(2, "Dialogue")
    whom = Whom(workspace=WORKSPACE, person=ORGANISER)
    found = await chat.storage.read(lambda tx: talking.talk(tx, whom, ts(1)))
    assert found is not None
    assert (found.sketch.name, found.answered) == ("Dialogue, edited", 1)


async def test_after_an_hour_of_silence_what_is_typed_is_no_answer(chat: Chat) -> None:
    await chat.organise()
    await chat.say(1, "new event")
    assert await chat.say(3602, "A note") is Taken.STRANGER  # told so, as before
    assert await state(chat) == "name"
    assert await chat.say(3600, "Dialogue") is Taken.KEPT


async def test_buttons_go_back_and_stop_in_the_order_of_their_moments(chat: Chat) -> None:
    await chat.organise()
    await chat.say(1, "new event")
    await chat.say(2, "Dialogue")
    assert await chat.press(Decision.BACK, ts(1), at=3) is True
    assert await state(chat) == "name"
    assert await chat.press(Decision.STOP, ts(1), at=4) is True
    assert await chat.press(Decision.STOP, ts(1), at=5) is False  # it is stopped
    assert await chat.press(Decision.BACK, ts(1), at=6, person=OTHER) is False
    assert await chat.say(7, "Dialogue") is Taken.STRANGER


async def test_files_are_fetched_and_answered_once_when_all_of_a_message_are_there(chat: Chat) -> None:
    await chat.organise()
    await chat.drop(1, "event.yaml", "sessions.csv", "photo.png")
    await chat.drop(1, "event.yaml", "sessions.csv")  # Slack sends it again
    errands = await chat.errands()
    assert [each.task for each in errands] == [
        Fetch(ts(1), FileId("F1-event.yaml")), Fetch(ts(1), FileId("F1-sessions.csv")),
    ]  # fmt: skip
    whom = Whom(workspace=WORKSPACE, person=ORGANISER)
    first = Dropped(file=FileId("F1-event.yaml"), ts=ts(1), name="", body=b"x")
    await chat.storage.write(lambda tx: talking.fetched(tx, whom, errands[0], first, NOW))
    assert await chat.replies() == []
    for _ in range(2):
        await chat.fetch(b"\x00\xff")
    assert (await chat.replies(), await chat.errands()) == ([Checked(ts(1))], [])
    kept = await chat.storage.read(lambda tx: tx.dropped.of(WORKSPACE, ORGANISER))
    assert [(each.name, each.body) for each in kept] == [("event.yaml", b"x"), ("sessions.csv", b"\x00\xff")]


async def test_a_file_that_slack_does_not_give_is_waited_for_and_said_so_once(chat: Chat) -> None:
    await chat.organise()
    await chat.drop(1, "event.yaml")
    whom = Whom(workspace=WORKSPACE, person=ORGANISER)
    at = NOW
    for tries in range(3):
        (errand,) = await chat.errands(at)
        assert errand.tries == tries
        at += timedelta(seconds=5)
        await chat.storage.write(lambda tx, errand=errand, at=at: talking.waits(tx, whom, errand, at, NOW))
        assert await chat.errands(at - timedelta(seconds=1)) == []
    assert await chat.replies() == [FileWaits(ts(1))]
    assert (
        len(await chat.errands(at - timedelta(days=1))) == 1
    )  # the clock was put back: it is not waited for


async def test_a_message_that_is_deleted_takes_its_files_along(chat: Chat) -> None:
    await chat.organise()
    await chat.drop(1, "event.yaml")
    await chat.say(1, None, as_of=ts(9))
    await chat.fetch(b"x")
    kept = await chat.storage.read(lambda tx: tx.dropped.of(WORKSPACE, ORGANISER))
    assert (await chat.replies(), kept) == ([], ())


SESSIONS = """\
sessions:
  - {code: "1", title: Session 1, starts: "2031-03-11 10:00", ends: "2031-03-11 11:30"}
  - {code: "2", title: Session 2, starts: "2031-03-11 10:00", ends: "2031-03-11 11:30"}"""


def the_file(organiser: PersonId = ORGANISER, **changes: str) -> bytes:
    sketch = Sketch(
        name="Dialogue", place="Lisbon", zone="Europe/Lisbon", first_day=date(2031, 3, 11),
        closing_starts=datetime(2031, 3, 12, 15, 30), closing_ends=datetime(2031, 3, 12, 17),  # noqa: DTZ001
        sessions=2, channel=ChannelId("C0123"),
    )  # fmt: skip
    text = new_event.event_file(sketch, organiser)[1].decode().replace('sessions: "sessions.xlsx"', SESSIONS)
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text.encode()


async def applies(chat: Chat, body: bytes, base: str, *, at: float = 1, person: PersonId = ORGANISER) -> None:
    """Somebody drops a file and presses Apply, twice; both processes do the errand."""
    await chat.drop(at, "event.yaml", person=person)
    await chat.fetch(body)
    for press in (at + 500, at + 501):
        await chat.press(Decision.APPLY, ts(at), at=press, base=base, person=person)
    whom = Whom(workspace=WORKSPACE, person=person)
    (errand,) = await chat.errands()
    assert isinstance(errand.task, Apply)
    task = errand.task
    programme, _ = new_event.check({"event.yaml": body}, WORKSPACE)
    for _ in range(2):
        await chat.storage.write(lambda tx: talking.applied(tx, whom, errand, task, programme, NOW))


async def shown(chat: Chat, body: bytes, person: PersonId = ORGANISER) -> new_event.Difference:
    programme, _ = new_event.check({"event.yaml": body}, WORKSPACE)
    return await chat.storage.read(lambda tx: new_event.difference(tx, programme, person, NOW))


async def test_what_was_shown_is_applied_once_however_often_it_is_pressed(chat: Chat) -> None:
    await chat.organise()
    await applies(chat, the_file(), (await shown(chat, the_file())).base)
    found = await chat.storage.read(lambda tx: tx.events.one(WORKSPACE, EventKey("dialogue-2031")))
    assert found is not None
    replies = [each for each in await chat.replies() if isinstance(each, Rewritten)]
    assert replies == [Rewritten(of=ts(400), into=EventApplied())]
    assert (await shown(chat, the_file())).sentences == ()


async def test_what_changed_since_it_was_shown_is_not_applied_but_shown_anew(chat: Chat) -> None:
    await chat.organise()
    base = (await shown(chat, the_file())).base
    other, _ = new_event.check({"event.yaml": the_file(Dialogue="Another one")}, WORKSPACE)
    other = replace(other, event=replace(other.event, key=EventKey("dialogue-2031")))
    await chat.storage.write(lambda tx: organising.apply_event(tx, other, NOW))
    await applies(chat, the_file(), base)
    assert [each for each in await chat.replies() if isinstance(each, Rewritten | Checked)] == [
        Checked(ts(1)),
        Rewritten(of=ts(400), into=LeftAlone(ts(1))),
        Checked(ts(1), changed=True),
    ]
    found = await chat.storage.read(lambda tx: tx.events.one(WORKSPACE, EventKey("dialogue-2031")))
    assert found == other.event


async def test_not_now_changes_nothing(chat: Chat) -> None:
    await chat.organise()
    await chat.drop(1, "event.yaml")
    await chat.fetch(the_file())
    assert await chat.press(Decision.NOT_NOW, ts(1)) is True
    assert (await chat.replies())[-1] == Rewritten(of=ts(400), into=LeftAlone(ts(1)))
    assert await chat.storage.read(lambda tx: tx.events.one(WORKSPACE, EventKey("dialogue-2031"))) is None


async def test_an_event_with_other_organisers_is_theirs(chat: Chat) -> None:
    await chat.organise()
    theirs, _ = new_event.check({"event.yaml": the_file(OTHER)}, WORKSPACE)
    await chat.storage.write(lambda tx: organising.apply_event(tx, theirs, NOW))
    mine = await shown(chat, the_file(**{"Session 2": "Mine"}))
    assert mine.refusals == ("This event has other organisers. Only they can change it.",)
    await applies(chat, the_file(**{"Session 2": "Mine"}), mine.base)
    titles = await chat.storage.read(lambda tx: tx.events.sessions(WORKSPACE, EventKey("dialogue-2031")))
    assert [each.title for each in titles] == ["Session 1", "Session 2"]


async def test_a_press_of_who_organises_no_more_does_nothing(chat: Chat) -> None:
    await chat.organise()
    base = (await shown(chat, the_file())).base
    await chat.drop(1, "event.yaml")
    await chat.fetch(the_file())
    await chat.press(Decision.APPLY, ts(1), base=base)
    (errand,) = await chat.errands()
    programme = a_programme(organisers=[OTHER])
    await chat.storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))
    assert isinstance(errand.task, Apply)
    task, whom = errand.task, Whom(workspace=WORKSPACE, person=ORGANISER)
    wanted, _ = new_event.check({"event.yaml": the_file()}, WORKSPACE)
    await chat.storage.write(lambda tx: talking.applied(tx, whom, errand, task, wanted, NOW))
    assert await chat.storage.read(lambda tx: tx.events.one(WORKSPACE, EventKey("dialogue-2031"))) is None


async def test_a_table_alone_goes_with_the_event_file_that_came_or_was_made_last(chat: Chat) -> None:
    await chat.organise()
    await chat.answer()
    whom = Whom(workspace=WORKSPACE, person=ORGANISER)
    await chat.drop(100, "sessions.csv")
    await chat.fetch(b"table")
    found = await chat.storage.read(lambda tx: talking.folder(tx, whom, ts(100)))
    assert list(found) == ["sessions.csv", "dialogue-2031.yaml"]
    await chat.drop(101, "mine.yaml")
    await chat.fetch(b"sessions: []")
    await chat.drop(102, "sessions.csv")
    await chat.fetch(b"table")
    found = await chat.storage.read(lambda tx: talking.folder(tx, whom, ts(102)))
    assert found == {"sessions.csv": b"table", "mine.yaml": b"sessions: []"}
    found = await chat.storage.read(lambda tx: talking.folder(tx, whom, ts(101)))
    assert found == {"mine.yaml": b"sessions: []", "sessions.csv": b"table"}


async def test_after_a_week_nothing_of_it_is_kept(chat: Chat) -> None:
    await chat.organise()
    await chat.answer()
    await chat.drop(100, "event.yaml")
    await chat.fetch(b"x")
    for days, kept in ((6, True), (8, False)):
        await chat.storage.write(lambda tx, days=days: sweep(tx, WORKSPACE, NOW + timedelta(days=days)))
        typed = await chat.storage.read(lambda tx: tx.talks.of(WORKSPACE, ORGANISER))
        files = await chat.storage.read(lambda tx: tx.dropped.of(WORKSPACE, ORGANISER))
        assert (bool(typed), bool(files)) == (kept, kept)


async def test_another_workspace_sees_nothing_of_it(chat: Chat) -> None:
    await chat.organise()
    await chat.answer()
    await chat.drop(100, "event.yaml")
    here = await chat.storage.read(
        lambda tx: (
            tx.talks.of(ELSEWHERE, ORGANISER),
            tx.dropped.of(ELSEWHERE, ORGANISER),
            tx.errands.due(ELSEWHERE, NOW),
            tx.talks.is_organised(ELSEWHERE),
        )
    )
    assert here == ({}, (), (), False)
