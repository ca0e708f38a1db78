"""The invitation: organisers are asked for it once, and it lets what waits for the channel go at once."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.event import EventKey, PersonId
from bot.domain.replies import DigestParent, Uninvited, manner_of
from bot.services import organising, publishing
from bot.slack.calls import Nothing, Post
from bot.slack.drawing import draw
from bot.slack.inbound import Json, invited
from bot.slack.listeners.channels import AWAITS_INVITATION
from storage import Row, Storage
from tests.builders import THURSDAY, WORKSPACE, a_programme, an_event

BOT, ORGANISER = "UPLENARY", PersonId("UORGANISER")
SECOND = timedelta(seconds=1)


def joined(**event: object) -> Json:
    told = {"type": "member_joined_channel", "user": BOT, "channel": "CDIGEST", "channel_type": "C"}
    return {"team_id": WORKSPACE, "event": {**told, **event}}


def test_the_bot_hears_of_its_own_invitation_only() -> None:
    assert invited(joined(), WORKSPACE, BOT) == "CDIGEST"
    for other in (joined(user="U1"), joined(channel=None), {**joined(), "team_id": "TOTHER"}, {"event": []}):
        assert invited(other, WORKSPACE, BOT) is None


async def claimed(storage: Storage, seconds: float = 0.0, lease: float = 30.0) -> tuple[Row, ...]:
    """What delivery would get, so many seconds later."""
    moment = THURSDAY + timedelta(seconds=seconds)
    return await storage.write(
        lambda tx: tx.outbox.claim(
            WORKSPACE, now=moment, real_now=moment, lease=timedelta(seconds=lease), at_most=9
        )
    )


async def applied(storage: Storage, *organisers: PersonId) -> None:
    programme = a_programme(organisers=organisers)
    await storage.write(lambda tx: organising.apply_event(tx, programme, THURSDAY))


async def test_what_waits_for_the_invitation_goes_at_once_and_nothing_else_does(storage: Storage) -> None:
    manner = manner_of(DigestParent(), person="", session="")
    reasons = (*AWAITS_INVITATION, "look first: no answer")
    for number, reason in enumerate(reasons):
        address = f"C{number}"
        other = replace(manner, replaces=None)
        await storage.write(
            lambda tx, a=address, m=other: tx.outbox.put(WORKSPACE, a, DigestParent(), m, THURSDAY)
        )
        (row,) = await claimed(storage)
        await storage.write(lambda tx, r=row, w=reason: tx.outbox.again(r, THURSDAY + 30 * SECOND, why=w))
    for number in range(len(reasons)):
        await storage.write(
            lambda tx, n=number: tx.outbox.due_now(WORKSPACE, f"C{n}", reasons=AWAITS_INVITATION)
        )
    at_once = {row.address for row in await claimed(storage, 1)}
    assert at_once == {f"C{number}" for number in range(len(AWAITS_INVITATION))}


async def test_a_row_that_is_being_posted_is_left_alone_when_the_invitation_comes(storage: Storage) -> None:
    manner = manner_of(DigestParent(), person="", session="")
    await storage.write(lambda tx: tx.outbox.put(WORKSPACE, "C1", DigestParent(), manner, THURSDAY))
    (row,) = await claimed(storage)
    await storage.write(lambda tx: tx.outbox.again(row, THURSDAY + SECOND, why=AWAITS_INVITATION[0]))
    assert len(await claimed(storage, 2)) == 1
    await storage.write(lambda tx: tx.outbox.due_now(WORKSPACE, "C1", reasons=AWAITS_INVITATION))
    assert await claimed(storage, 3) == ()


async def test_every_organiser_is_asked_once_also_after_the_sweep_and_anew_for_another_channel(
    storage: Storage,
) -> None:
    await applied(storage, ORGANISER, PersonId("UOTHER"))
    event = an_event()
    for days in (-10, -5, 0):
        moment = THURSDAY + timedelta(days=days)
        await storage.write(lambda tx, now=moment: publishing.ask_for_invitation(tx, event, now))
        await storage.write(lambda tx, now=moment: tx.receipts.sweep(WORKSPACE, now))
    assert [row.address for row in await claimed(storage, 10**6)] == [ORGANISER, "UOTHER"]
    moved = replace(event, channel="CNEW")
    await storage.write(lambda tx: publishing.ask_for_invitation(tx, moved, THURSDAY))
    assert len(await claimed(storage, 10**6 + 31)) == 2


async def test_who_becomes_organiser_later_is_still_asked(storage: Storage) -> None:
    await applied(storage)
    await storage.write(lambda tx: publishing.ask_for_invitation(tx, an_event(), THURSDAY))
    assert await claimed(storage) == ()
    await applied(storage, ORGANISER)
    await storage.write(lambda tx: publishing.ask_for_invitation(tx, an_event(), THURSDAY))
    assert [row.address for row in await claimed(storage)] == [ORGANISER]


async def test_the_line_to_type_is_drawn_for_an_event_that_is_there(storage: Storage) -> None:
    await applied(storage, ORGANISER)
    await storage.write(lambda tx: publishing.ask_for_invitation(tx, an_event(), THURSDAY))
    (row,) = await claimed(storage)
    assert row.reply == Uninvited()
    drawn = await storage.read(lambda tx: draw(tx, row, THURSDAY))
    assert isinstance(drawn.call, Post)
    shown = str(drawn.call.screen.as_json())
    assert ("/invite @Plenary" in shown, "CDIGEST" in shown) == (True, True)
    other = replace(row, event=EventKey("another"))
    gone = await storage.read(lambda tx: draw(tx, other, THURSDAY))
    assert isinstance(gone.call, Nothing)
