"""Only a long outage, ended, is worth reading all DMs."""

import pytest

from bot.slack import outage
from bot.slack.outage import Outage


def test_a_long_outage_that_ends_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    kept = Outage(lambda: told.append("over"))
    for seconds, failed in ((0, True), (30, True), (61, False), (62, False), (70, True), (80, False)):
        monkeypatch.setattr(outage.time, "monotonic", lambda seconds=seconds: float(seconds))
        kept.failed() if failed else kept.succeeded()
    assert told == ["over"]
