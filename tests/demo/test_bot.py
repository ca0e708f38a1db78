"""The demo's bot while its clock runs fast."""

import pytest

from bot.demo.bot import PACE, rings_every
from bot.domain.ladder import LATE


@pytest.mark.parametrize("rate", [60.0, 600.0])  # those of the page
def test_it_rings_often_enough_that_no_reminder_says_that_it_is_late(rate: float) -> None:
    assert 0.1 <= rings_every(rate) <= 1.0
    assert rings_every(rate) * rate <= LATE.total_seconds() / 5
    assert PACE.late / rate >= 1.0  # real seconds, in which the local Slack has answered
