"""Delivery: what becomes of a row when Slack does as asked, and when not. Posting is the one fake."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.dialogue import Deed
from bot.domain.event import ChannelId, Event, PersonId, SessionCode
from bot.domain.moment import Ts
from bot.domain.moves import Pressed, Said
from bot.domain.replies import DigestParent, Say, Saying, Tick, manner_of
from bot.domain.words import Words
from bot.services import intake, organising, publishing
from bot.slack.calls import Doubles, Look, Post, Update
from bot.slack.delivery import SET_ASIDE_AFTER, Delivery, Pace
from bot.slack.drawing import draw
from bot.slack.kit import Screen
from bot.slack.outage import Outage
from bot.slack.refusals import CODES, Kind, Refusal
from storage import LONGEST, Row, Slot, State, Storage, Transaction, open_storage
from storage.tables import outbox
from tests.builders import RAPPORTEUR, THURSDAY, WORKSPACE, a_programme, an_event, ts

LEASE = 60.0


@dataclass
class FailingPosting:
    """A Slack that fails as told: each call takes the next failure, if there is one."""

    failures: list[Refusal] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)  # keys that stand in Slack
    stands: dict[tuple[str, Ts], Screen] = field(default_factory=dict)  # what people see, by channel and ts
    threads: list[Ts | None] = field(default_factory=list)
    updates: int = 0
    looked: int = 0
    loses_answers: bool = False  # does it, and then fails all the same
    is_behind: bool = False  # its history does not have the newest posts yet

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)

    def _post(self, channel: str, call: Post, key: str) -> None:
        self.posted.append(key)
        self.threads.append(call.thread)
        self.stands[channel, ts(len(self.posted))] = call.screen

    async def greet(self) -> None:
        self._fail()

    async def post(self, channel: str, call: Post, key: str) -> Ts:
        if self.loses_answers:
            self._post(channel, call, key)
        self._fail()
        if not self.loses_answers:
            self._post(channel, call, key)
        return ts(len(self.posted))

    async def update(self, channel: str, call: Update) -> None:
        self._fail()
        if (channel, call.ts) not in self.stands:
            raise Refusal(Kind.TARGET_GONE, "message_not_found")
        self.updates += 1
        self.stands[channel, call.ts] = call.screen

    async def delete(self, channel: str, message: Ts) -> None:
        self._fail()
        self.stands.pop((channel, message), None)

    async def react(self, channel: str, message: Ts, name: str) -> None:
        self._fail()

    async def open_dm(self, person: PersonId) -> ChannelId:
        return ChannelId("D1")

    async def find(self, channel: str, thread: Ts | None, key: str, since: datetime) -> Ts | None:
        self.looked += 1
        if self.is_behind:
            return None
        return ts(self.posted.index(key) + 1) if key in self.posted else None

    async def take_doubles_away(self, channel: str, doubles: Doubles) -> int:
        self._fail()
        found = [
            ts(at)
            for at, key in enumerate(self.posted, 1)
            if key == doubles.key and ts(at) != doubles.ts and (channel, ts(at)) in self.stands
        ]
        for each in found:
            del self.stands[channel, each]
        return len(found)

    async def missing(self, channel: str, look: Look) -> tuple[Slot, ...]:
        self._fail()
        return tuple(slot for slot in look.slots if (channel, slot.ts) not in self.stands)

    def in_channel(self, channel: str) -> list[str]:
        """The texts that stand in a channel, in the order of posting."""
        return [screen.text for (where, _), screen in sorted(self.stands.items()) if where == channel]


@dataclass
class Bench:
    """A database, the fake, and a delivery; leases are over when the next rows are claimed."""

    storage: Storage
    posting: FailingPosting
    now: datetime = THURSDAY + timedelta(seconds=10)

    def __post_init__(self) -> None:
        self.delivery = Delivery(
            storage=self.storage,
            posting=self.posting,  # type: ignore[arg-type] # the one hand-written fake
            workspace=WORKSPACE,
            now=lambda: self.now,
            pace=Pace(lease=LEASE, timeout=0.0, rest=0.0),
            outage=Outage(lambda: None),
        )

    async def put(self, reply: Say | Tick | None = None, address: str = RAPPORTEUR) -> None:
        reply = reply or Say(Saying.HELP)
        manner = manner_of(reply, person=address, session="2.2")
        session, event = (SessionCode("2.2"), an_event().key) if address == RAPPORTEUR else (None, None)
        await self.take(
            lambda tx: tx.outbox.put(
                WORKSPACE, address, reply, manner, THURSDAY, event=event, session=session
            )
        )

    async def take(self, work: Callable[[Transaction], object]) -> None:
        await self.storage.write(work)

    async def say(self, at: float, text: str | None, as_of: float | None = None) -> None:
        """The rapporteur types; edits or (None) deletes as of a moment."""
        moment = ts(at if as_of is None else as_of)
        said = Said(
            receipts=(f"{at}/{moment}",), workspace=WORKSPACE, person=RAPPORTEUR, channel=ChannelId("D1"),
            ts=ts(at), as_of=moment, words=None if text is None else Words(text),
        )  # fmt: skip
        await self.take(lambda tx: intake.take_said(tx, said, self.now))

    async def submit(self, at: float, event: Event | None = None, person: PersonId = RAPPORTEUR) -> None:
        pressed = Pressed(
            receipts=(f"{at}/{person}",), workspace=WORKSPACE, person=person, channel=ChannelId("D1"),
            ts=ts(at), deed=Deed.SUBMIT, event=(event or an_event()).key, session=SessionCode("2.2"),
            section=0,
        )  # fmt: skip
        await self.take(lambda tx: intake.take_pressed(tx, pressed, self.now))

    async def settle(self, after: float = 0.0) -> None:
        """Deliver all that may go out, some seconds later."""
        self.now += timedelta(seconds=after)
        while rows := await self.claim():
            for row in rows:
                await self.delivery._deliver(row)

    async def claim(self) -> tuple[Row, ...]:
        over = update(outbox).where(
            outbox.c.workspace == WORKSPACE, outbox.c.retry_at <= datetime.now(UTC) + timedelta(seconds=LEASE)
        )
        await self.take(lambda tx: tx.outbox._connection.execute(over.values(retry_at=None)))
        return await self.delivery._claim()

    def digest(self) -> list[str]:
        return self.posting.in_channel(an_event().channel)

    def delete_by_hand(self, number: int) -> None:
        """The parent is number 0."""
        found = sorted(each for each in self.posting.stands if each[0] == an_event().channel)
        del self.posting.stands[found[number]]

    async def gone(self) -> list[tuple[str, str]]:
        """Event and slot of the messages that operators are told were deleted by hand."""
        found = await self.storage.read(lambda tx: tx.operators.digests_gone())
        return [(event, slot) for event, slot, _ in found]

    async def round(self) -> None:
        """Claim what may be claimed and deliver it."""
        for row in await self.claim():
            await self.delivery._deliver(row)

    async def states(self) -> list[str]:
        """What still is listed: waiting, given up, set aside."""
        rows = await self.storage.read(lambda tx: tx.operators.listing())
        return [f"{row.state}: {row.reason}" for row in rows if row.kind != "Recount"]


@pytest.fixture
async def sqlite_bench(sqlite_url: str) -> AsyncIterator[Bench]:
    storage = open_storage(sqlite_url, lambda: None)
    await storage.write(lambda tx: organising.apply_event(tx, a_programme(), THURSDAY))
    yield Bench(storage, FailingPosting())
    await storage.close()


@pytest.fixture
async def bench(storage: Storage) -> Callable[..., Awaitable[Bench]]:
    await storage.write(lambda tx: organising.apply_event(tx, a_programme(), THURSDAY))

    async def made(*failures: Refusal, **options: Any) -> Bench:
        return Bench(storage, FailingPosting(list(failures), **options))

    return made


Made = Callable[..., Awaitable[Bench]]
AT_ONCE = 0.0


async def test_a_post_whose_answer_was_lost_is_found_and_not_posted_again(bench: Made) -> None:
    at = await bench(Refusal(Kind.LOOK, "no answer", AT_ONCE), loses_answers=True)
    await at.put()
    await at.round()
    await at.round()
    assert (len(at.posting.posted), at.posting.looked, await at.states()) == (1, 1, [])


async def test_a_post_that_never_arrived_is_posted_after_a_look(bench: Made) -> None:
    at = await bench(Refusal(Kind.LOOK, "no answer", AT_ONCE))
    await at.put()
    await at.round()
    await at.round()
    assert (len(at.posting.posted), at.posting.looked, await at.states()) == (1, 1, [])


@pytest.mark.parametrize("kind", [Kind.WAIT, Kind.AGAIN, Kind.LOOK, Kind.INSTALLATION_GONE, Kind.UNKNOWN])
async def test_a_failure_that_may_pass_keeps_the_order(bench: Made, kind: Kind) -> None:
    at = await bench(Refusal(kind, "x", 3600.0))
    await at.put()
    await at.put()
    await at.round()
    await at.round()
    held_up = 0 if kind is not Kind.INSTALLATION_GONE else len(at.posting.posted)  # its wait is the lease
    assert (len(at.posting.posted), len(await at.states())) == (held_up, 2 - held_up)


async def test_a_target_that_is_gone_gives_the_row_up_with_a_reason_and_the_next_one_goes(
    bench: Made,
) -> None:
    at = await bench(Refusal(Kind.TARGET_GONE, "user_disabled"))
    await at.put()
    await at.put()
    await at.round()
    await at.round()
    assert (len(at.posting.posted), await at.states()) == (1, ["given up: target gone: user_disabled"])


async def test_while_the_installation_is_gone_every_row_is_kept_and_readiness_is_red(bench: Made) -> None:
    at = await bench(*[Refusal(Kind.INSTALLATION_GONE, "token_revoked")] * 4)
    await at.put()
    await at.put()
    await at.round()
    assert (len(at.posting.posted), len(await at.states())) == (0, 2)
    assert await at.delivery.trouble() == "token_revoked"


async def test_an_unknown_error_is_set_aside_after_a_minute_and_holds_nothing_up(
    bench: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.delivery.SET_ASIDE_AFTER", -SET_ASIDE_AFTER)
    at = await bench(Refusal(Kind.UNKNOWN, "brand_new_error"))
    await at.put()
    await at.put()
    await at.round()
    await at.round()
    assert (len(at.posting.posted), await at.states()) == (1, ["set aside: unknown: brand_new_error"])


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in CODES.items() for code in codes])
async def test_what_each_code_does_to_its_row_and_the_next(
    sqlite_bench: Bench, kind: Kind, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.delivery.SET_ASIDE_AFTER", timedelta())
    at = sqlite_bench
    at.posting.failures = [Refusal(kind, code, 3600.0)]
    await at.put()
    await at.put()
    await at.round()
    await at.round()
    ended = {Kind.TARGET_GONE: "given up", Kind.OURS: "set aside"}
    if kind in ended:
        assert (len(at.posting.posted), await at.states()) == (1, [f"{ended[kind]}: {kind}: {code}"])
    elif kind is Kind.INSTALLATION_GONE:
        assert at.delivery.installation_gone is None  # the second round was answered
        assert (len(at.posting.posted), await at.states()) == (1, ["waiting: None"])
    else:
        assert (len(at.posting.posted), await at.states()) == (
            0,
            [f"waiting: {kind}: {code}", "waiting: None"],
        )


async def test_a_process_that_slept_past_its_lease_does_not_post(bench: Made) -> None:
    at = await bench()
    await at.put()
    (row,) = await at.claim()
    await at.delivery._deliver(replace(row, leased_until=datetime.now(UTC)))
    assert at.posting.posted == []
    await at.round()
    assert (len(at.posting.posted), await at.states()) == (1, [])


async def test_a_double_of_a_process_that_was_paused_inside_the_call_is_removed(bench: Made) -> None:
    at = await bench()
    await at.put()
    (paused,) = await at.claim()
    at.posting.is_behind = True  # the other process looks, finds nothing, posts
    await at.round()
    await at.delivery._deliver(paused)  # and this one's post arrives after all
    assert len(at.posting.posted) == 2
    at.posting.is_behind = False
    await at.settle(after=31)
    assert [when for _, when in at.posting.stands] == [ts(1)]
    assert await at.states() == []


@pytest.mark.parametrize("answered", [True, False], ids=["answered", "timed out"])
async def test_an_update_of_a_process_that_was_paused_inside_the_call_is_overwritten(
    bench: Made, answered: bool
) -> None:
    at = await bench()
    await at.say(1, "old words")
    await at.submit(2)
    await at.settle()
    await at.say(1, "other words", as_of=90)
    at.now += timedelta(minutes=2)
    paused = [row for row in await at.claim() if isinstance(row.reply, DigestParent)]
    drawn = await at.storage.read(lambda tx: draw(tx, paused[0], at.now))
    await at.say(1, "newest words", as_of=200)
    await at.settle(after=120)
    assert isinstance(drawn.call, Update)
    await at.posting.update(an_event().channel, drawn.call)  # what it had drawn before it was paused
    if answered:
        await at.delivery._settle(paused[0], State.SETTLED, drawn, ts=drawn.call.ts)
    else:
        await at.delivery._refused(paused[0], Refusal(Kind.LOOK, "no answer"))
    assert "other words" in at.digest()[0]
    await at.settle(after=120)
    assert "newest words" in at.digest()[0]


async def test_what_was_set_aside_goes_out_when_an_operator_says_so(
    bench: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.delivery.SET_ASIDE_AFTER", timedelta())
    at = await bench(Refusal(Kind.OURS, "invalid_blocks"), Refusal(Kind.OURS, "no_text"))
    await at.put()
    await at.put()
    await at.settle()
    first, second = [row.number for row in await at.storage.read(lambda tx: tx.operators.listing())]
    assert await at.storage.write(lambda tx: tx.operators.retry(first))
    assert await at.storage.write(lambda tx: tx.operators.drop(second, at.now))
    assert not await at.storage.write(lambda tx: tx.operators.retry(second))
    await at.settle()
    assert (len(at.posting.posted), at.posting.looked, await at.states()) == (1, 1, [])


async def test_a_tick_that_fails_is_dropped(bench: Made) -> None:
    at = await bench(Refusal(Kind.LOOK, "no answer"))
    await at.put(Tick(ts(1)))
    await at.round()
    assert await at.states() == []


async def test_an_installation_that_is_back_sends_everything(bench: Made) -> None:
    at = await bench(*[Refusal(Kind.INSTALLATION_GONE, "account_inactive")] * 2)
    await at.put()
    await at.put(address="UOTHER")
    await at.round()
    assert at.delivery.installation_gone == "account_inactive"
    await at.settle()
    assert (at.delivery.installation_gone, len(at.posting.posted), await at.states()) == (None, 2, [])


async def test_a_row_that_asks_slack_nothing_does_not_end_a_missing_installation(bench: Made) -> None:
    at = await bench()
    at.delivery.installation_gone = "token_revoked"
    await at.put(Tick(ts(1)))
    await at.settle(after=181)  # too late: dropped unsent
    assert (at.delivery.installation_gone, await at.states()) == ("token_revoked", [])


async def test_a_tick_that_comes_too_late_is_dropped_unsent(bench: Made) -> None:
    at = await bench(Refusal(Kind.UNKNOWN, "never to be asked for"))
    await at.put(Tick(ts(1)))
    await at.settle(after=181)
    assert (await at.states(), len(at.posting.failures)) == ([], 1)


async def test_a_tick_waits_when_slack_asks_to_wait_and_holds_no_message_up(bench: Made) -> None:
    at = await bench(Refusal(Kind.WAIT, "ratelimited", 3600.0))
    await at.put(Tick(ts(1)))
    await at.round()
    await at.put()
    await at.round()
    assert (await at.states(), len(at.posting.posted)) == (["waiting: wait: ratelimited"], 1)


async def test_a_failing_channel_holds_no_other_up(bench: Made) -> None:
    at = await bench(Refusal(Kind.AGAIN, "unreachable", 3600.0))
    for address in (RAPPORTEUR, RAPPORTEUR, "UOTHER", "UTHIRD"):
        await at.put(address=address)
    await at.settle()
    waiting = await at.storage.read(lambda tx: tx.operators.listing())
    assert (len(at.posting.posted), [row.address for row in waiting]) == (2, [RAPPORTEUR, RAPPORTEUR])


@pytest.mark.parametrize("turns", range(5))
async def test_delivery_ends_when_told_even_while_it_is_being_woken(bench: Made, turns: int) -> None:
    """Turns of the loop between the two; else SIGTERM would wait for it for ever."""
    at = await bench()
    running = asyncio.create_task(at.delivery.run())
    await asyncio.sleep(0.1)
    at.delivery.wake()
    for _ in range(turns):
        await asyncio.sleep(0)
    running.cancel()
    done, _ = await asyncio.wait({running}, timeout=1)
    while not running.done():  # a delivery that does not end must not hold the suite up
        running.cancel()
        await asyncio.wait({running}, timeout=0.1)
    assert done == {running}


# The digest

LONG = "word " * 2000  # four pages of the thread


async def test_the_first_submit_posts_the_parent_and_a_reply_in_its_thread(bench: Made) -> None:
    at = await bench()
    await at.say(1, "a note")
    await at.submit(2)
    await at.settle()
    first_lines = [text.splitlines()[0] for text in at.digest()]
    assert first_lines == ["Marrakesh 2018: session reports", "2.2 Session 2.2"]
    parent = min(when for channel, when in at.posting.stands if channel == an_event().channel)
    assert [thread for thread in at.posting.threads if thread] == [parent]


async def test_a_digest_message_whose_answer_was_lost_is_adopted_and_then_follows_edits(bench: Made) -> None:
    at = await bench(*[Refusal(Kind.LOOK, "no answer", AT_ONCE)] * 4, loses_answers=True)
    await at.say(1, "a note")
    await at.submit(2)
    await at.settle()
    await at.settle(after=10)
    await at.say(1, "edited", as_of=3)
    await at.settle(after=70)
    await at.settle(after=70)
    assert len(set(at.posting.posted)) == len(at.posting.posted)
    assert [("edited" in text) for text in at.digest()] == [True, True]


async def test_a_report_that_grows_and_shrinks_gains_and_loses_replies_in_one_thread(bench: Made) -> None:
    at = await bench()
    await at.say(1, "a note")
    await at.submit(2)
    await at.settle()
    assert len(at.digest()) == 2
    await at.say(1, LONG, as_of=3)
    await at.settle(after=61)
    grown = at.digest()
    await at.say(1, "short again", as_of=4)
    await at.settle(after=61)
    await at.settle(after=61)
    shrunk = at.digest()
    await at.say(1, LONG, as_of=5)
    await at.settle(after=61)
    await at.settle(after=61)
    assert (len(grown), len(shrunk), at.digest()) == (5, 2, grown)
    assert "".join(grown[1:]).count("word") == 2000
    assert [text.splitlines()[0] for text in grown[2:]] == ["2.2 Session 2.2, continued"] * 3
    assert "short again" in shrunk[1]


async def test_what_reads_as_it_stands_is_not_updated(bench: Made) -> None:
    at = await bench()
    await at.say(1, "a note")
    await at.submit(2)
    await at.settle()
    await at.say(1, "another", as_of=3)
    await at.say(1, "a note", as_of=4)
    await at.settle(after=61)
    assert (at.posting.updates, await at.states()) == (0, [])


async def test_a_digest_message_changes_at_most_once_a_minute_and_ends_as_typed_last(bench: Made) -> None:
    at = await bench()
    await at.say(1, "edit 0")
    await at.submit(2)
    await at.settle()
    moments: list[datetime] = []
    for number in range(1, 60):
        await at.say(1, f"edit {number}", as_of=2 + number)
        before = at.digest()[1]
        await at.settle(after=5)
        if at.digest()[1] != before:
            moments.append(at.now)
    await at.settle(after=61)
    between = [later - earlier for earlier, later in pairwise(moments)]
    assert min(between) >= timedelta(minutes=1)
    assert len(moments) >= 4
    assert "edit 59" in at.digest()[1]
    assert await at.states() == []


async def test_an_update_that_was_held_up_does_not_make_the_next_one_come_too_soon(bench: Made) -> None:
    at = await bench()
    await at.say(1, "edit 0")
    await at.submit(2)
    await at.settle()
    await at.say(1, "edit 1", as_of=3)
    await at.settle(after=10)  # what the rapporteur is told
    at.now += timedelta(seconds=61)
    at.posting.failures = [Refusal(Kind.AGAIN, "unreachable", AT_ONCE)]
    await at.round()
    await at.say(1, "edit 2", as_of=4)
    await at.settle(after=55)
    assert "edit 2" in at.digest()[0]
    await at.say(1, "edit 3", as_of=5)
    await at.settle(after=10)
    assert "edit 2" in at.digest()[0]
    await at.settle(after=61)
    assert "edit 3" in at.digest()[0]


async def test_a_submit_that_is_taken_back_takes_the_reply_away(bench: Made) -> None:
    at = await bench()
    await at.say(1, "a note")
    await at.say(2, "submit")
    await at.say(5, "submit")
    await at.settle()
    assert len(at.digest()) == 2
    await at.say(3, "between the two, and late")
    await at.settle(after=61)
    (parent,) = at.digest()
    assert "Not in yet: 2.2" in parent


async def test_a_parent_deleted_by_hand_is_listed_and_nothing_is_posted_anew(bench: Made) -> None:
    at = await bench()
    await at.say(1, "a note")
    await at.submit(2)
    await at.settle()
    at.delete_by_hand(0)
    await at.say(1, "edited", as_of=3)
    await at.settle(after=61)
    assert await at.gone() == [("marrakesh-2018", "")]
    await at.say(1, "edited again", as_of=4)
    await at.submit(9)
    await at.settle(after=200)
    assert len(at.digest()) == 1
    reasons = {row.reason for row in await at.storage.read(lambda tx: tx.operators.listing())}
    assert "the digest was deleted by hand" in reasons


async def test_a_reply_deleted_by_hand_is_listed_and_the_parent_still_follows(bench: Made) -> None:
    at = await bench()
    await at.say(1, "a note")
    await at.submit(2)
    await at.settle()
    at.delete_by_hand(1)
    await at.say(1, "edited", as_of=3)
    await at.settle(after=61)
    assert await at.gone() == [("marrakesh-2018", "2.2/0")]
    (parent,) = at.digest()
    assert "2.2 edited" in parent


@pytest.mark.parametrize(("number", "gone"), [(2, [("marrakesh-2018", "2.2/1")]), (None, [])])
async def test_a_look_finds_what_was_deleted_by_hand_and_posts_nothing(
    bench: Made, number: int | None, gone: list[tuple[str, str]]
) -> None:
    at = await bench()
    await at.say(1, LONG)
    await at.submit(2)
    await at.settle()
    posted = list(at.posting.posted)
    if number is not None:
        at.delete_by_hand(number)
    await at.take(lambda tx: publishing.look_after_digests(tx, WORKSPACE, at.now))
    await at.settle()
    assert (await at.gone(), at.posting.posted, at.posting.updates) == (gone, posted, 0)


async def test_a_parent_that_is_set_aside_keeps_the_replies_that_need_it(
    bench: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """house.md 3: set aside, a row holds its channel up no longer, except for rows that need its ts."""
    monkeypatch.setattr("bot.slack.delivery.SET_ASIDE_AFTER", -SET_ASIDE_AFTER)
    at = await bench()
    await at.submit(2)
    while rows := await at.delivery._claim():
        for row in rows:
            if type(row.reply).__name__ == "DigestParent":
                at.posting.failures = [Refusal(Kind.UNKNOWN, "brand_new_error")]
            await at.delivery._deliver(row)
        listed = await at.storage.read(lambda tx: tx.operators.listing())
        if at.now < THURSDAY + timedelta(seconds=30) and "set aside" in {row.state for row in listed}:
            break
    for row in await at.delivery._claim():
        await at.delivery._deliver(row)
    listed = await at.storage.read(lambda tx: tx.operators.listing())
    states = {row.kind: row.state for row in listed if row.address == an_event().channel}
    assert states == {"DigestParent": "set aside", "DigestReply": "waiting"}


async def test_two_events_of_a_workspace_each_get_their_digest(storage: Storage) -> None:
    other, second = an_event("rabat-2018", channel=ChannelId("CRABAT")), PersonId("USECOND")
    await storage.write(lambda tx: organising.apply_event(tx, a_programme(), THURSDAY))
    await storage.write(
        lambda tx: organising.apply_event(tx, a_programme({"2.2": second}, event=other), THURSDAY)
    )
    at = Bench(storage, FailingPosting())
    await at.submit(1)
    await at.submit(2, other, second)
    await at.settle()
    assert [len(at.posting.in_channel(channel)) for channel in ("CDIGEST", "CRABAT")] == [2, 2]


async def test_a_digest_message_changes_though_the_clock_was_put_back(bench: Made) -> None:
    at = await bench()
    at.now += timedelta(hours=1)
    await at.say(1, "old words")
    await at.submit(2)
    await at.settle()
    await at.say(1, "other words", as_of=90)
    at.now -= timedelta(hours=1)
    await at.settle()
    assert "other words" in at.digest()[0]
    await at.say(1, "newest words", as_of=200)
    await at.settle(after=59)
    assert "newest words" not in at.digest()[0]
    await at.settle(after=61)
    assert "newest words" in at.digest()[0]


async def test_a_row_is_set_aside_though_the_machines_clock_was_put_back(bench: Made) -> None:
    at = await bench(Refusal(Kind.UNKNOWN, "brand_new_error"))
    await at.put()
    (row,) = await at.claim()
    tried_later = replace(row, first_tried_at=datetime.now(UTC) + timedelta(hours=1))
    await at.delivery._deliver(tried_later)
    assert await at.states() == ["set aside: unknown: brand_new_error"]


async def test_a_wait_is_never_so_long_that_it_looks_like_a_clock_put_back(bench: Made) -> None:
    at = await bench(Refusal(Kind.WAIT, "ratelimited", 24 * 3600.0))
    await at.put()
    await at.round()
    (row,) = await at.storage.read(lambda tx: tx.operators.listing())
    assert row.retry_at is not None
    assert timedelta(minutes=4) < row.retry_at - datetime.now(UTC) < LONGEST
