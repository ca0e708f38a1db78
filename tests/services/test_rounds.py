"""The rounds: what is done hourly is done though the clock was put back."""

from datetime import timedelta

import pytest

from bot.metrics import Metrics
from bot.rounds import READ_EVERY, Rounds
from bot.services import organising
from storage import Storage
from tests.builders import THURSDAY, WORKSPACE, a_programme

HOUR = timedelta(hours=1)


class At:
    """Rounds whose clock is put by hand."""

    def __init__(self, storage: Storage) -> None:
        self.storage, self.now, self.read = storage, THURSDAY, 0
        self.rounds = Rounds(storage, WORKSPACE, lambda: self.now, self.caught, Metrics(), lambda: None)

    def caught(self) -> None:
        self.read += 1


@pytest.fixture
async def at(storage: Storage) -> At:
    await storage.write(lambda tx: organising.apply_event(tx, a_programme(), THURSDAY))
    return At(storage)


async def test_the_dms_are_read_hourly_also_when_the_clock_was_put_back(at: At) -> None:
    read = []
    for moved in (timedelta(), READ_EVERY, -HOUR, timedelta(minutes=1), READ_EVERY):
        at.now += moved
        await at.rounds()
        read.append(at.read)
    assert read == [0, 1, 2, 2, 3]
