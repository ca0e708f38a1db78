"""How much waits: by lane, since it could go out, of one workspace."""

from datetime import datetime, timedelta

from bot.domain.event import WorkspaceId
from bot.domain.replies import Lane, Manner, Say, Saying
from storage import Depth, State, Storage
from tests.builders import THURSDAY, WORKSPACE

LATER = THURSDAY + timedelta(minutes=5)


async def put(storage: Storage, lane: Lane, at: datetime = THURSDAY, **manner: timedelta) -> None:
    await storage.write(
        lambda tx: tx.outbox.put(WORKSPACE, "U1", Say(Saying.HELP), Manner(lane=lane, **manner), at)
    )


async def depths(storage: Storage, workspace: WorkspaceId = WORKSPACE) -> set[Depth]:
    return set(await storage.read(lambda tx: tx.depths.of_outbox(workspace, LATER)))


async def end_the_first(storage: Storage, state: State) -> None:
    (row,) = await storage.write(
        lambda tx: tx.outbox.claim(
            WORKSPACE, now=LATER, real_now=LATER, lease=timedelta(seconds=30), at_most=1
        )
    )
    await storage.write(lambda tx: tx.outbox.settle(row, state, LATER))


def depth(lane: Lane, rows: int, since: datetime, state: State = State.WAITING) -> Depth:
    return Depth(lane=lane, state=state, rows=rows, since=since)


async def test_what_could_go_out_is_counted_by_lane_since_it_could(storage: Storage) -> None:
    await put(storage, Lane.CARD, THURSDAY + timedelta(minutes=1))
    await put(storage, Lane.CARD)
    await put(storage, Lane.TICK, delay=timedelta(seconds=5))
    assert await depths(storage) == {
        depth(Lane.CARD, 2, THURSDAY),
        depth(Lane.TICK, 1, THURSDAY + timedelta(seconds=5)),
    }


async def test_what_is_not_due_yet_does_not_wait(storage: Storage) -> None:
    await put(storage, Lane.TICK, delay=timedelta(minutes=6))
    assert await depths(storage) == set()


async def test_what_ended_is_counted_only_when_somebody_should_know(storage: Storage) -> None:
    for state in (State.SETTLED, State.DROPPED, State.GIVEN_UP, State.ASIDE):
        await put(storage, Lane.ANSWER)
        await end_the_first(storage, state)
    assert await depths(storage) == {
        depth(Lane.ANSWER, 1, THURSDAY, State.GIVEN_UP),
        depth(Lane.ANSWER, 1, THURSDAY, State.ASIDE),
    }


async def test_another_workspace_is_not_counted(storage: Storage) -> None:
    await put(storage, Lane.CARD)
    assert await depths(storage, WorkspaceId("TOTHER")) == set()
