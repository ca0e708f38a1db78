"""`/metrics` of the real bot: what happened is counted, and nobody is in it."""

import json
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.demo import players
from bot.demo.stage import Stage
from tests.flows.conftest import Staged
from tests.flows.test_day import answer, submitted

MARKER = "zanzibarquux"
R11, R22 = players.rapporteur("1.1"), players.rapporteur("2.2")
Figures = dict[str, float]


async def scraped(set_up: Stage) -> str:
    url = f"http://127.0.0.1:{set_up.bot.environ['PORT']}/metrics"
    async with aiohttp.ClientSession() as http, http.get(url) as answered:
        assert (answered.status, answered.content_type) == (200, "text/plain")
        return await answered.text()


def figures(told: str) -> Figures:
    """Every sample by its name and the values of its labels, by label: plenary_events_total{new,kept}."""
    return {
        f"{sample.name}{{{','.join(value for _, value in sorted(sample.labels.items()))}}}": sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }


async def named_in(told: str, set_up: Stage) -> list[str]:
    """People, channels, sessions, the event and typed words that stand there."""
    team = json.loads((set_up.folder / "workspace.json").read_text())["team"]
    people = [*map(players.rapporteur, players.SESSIONS), players.VISITOR, players.ORGANISER]
    channels = [players.DIGEST, *[await set_up.driver.channel(each) for each in people]]
    never = [MARKER, team, *people, *channels, "marrakesh", *(f'"{each}"' for each in players.SESSIONS)]
    return [each for each in never if each in told]


async def test_what_happens_is_counted(staged: Staged) -> None:
    async with staged(transport="http") as set_up:
        before = figures(await scraped(set_up))
        doubled = await set_up.driver.plant("event_doubled", count=1)
        limited = await set_up.driver.plant("ratelimit", method="chat.postMessage", seconds=1)
        first, second = await submitted(set_up, "One", "Two")
        await set_up.driver.edit(R22, first, "One, edited")
        await set_up.driver.delete(R22, second)
        await set_up.driver.say(players.VISITOR, "Hello")
        await set_up.driver.settled()
        struck = [await set_up.driver.struck(each) for each in (doubled, limited)]
        await set_up.driver.forward(24 * 3600 - 10 * 60)  # Thursday 14:00 to Friday 13:50
        await answer(set_up, R11, "is due at 14:30")
        async with aiohttp.ClientSession() as http:
            await http.post(f"http://127.0.0.1:{set_up.bot.environ['PORT']}/slack/events", data="junk")
        told = await scraped(set_up)
        assert await named_in(told, set_up) == []
    after = figures(told)
    assert struck == [1, 1]
    assert (before["plenary_ready{}"], before["plenary_database_readable{}"]) == (1, 1)
    assert "plenary_events_total{new,kept}" not in before
    assert after["plenary_events_total{new,kept}"] >= 4
    assert after["plenary_events_total{new,known already}"] == 1
    assert after["plenary_events_total{edited,kept}"] == 1
    assert after["plenary_events_total{deleted,kept}"] == 1
    assert after["plenary_events_total{new,stranger}"] == 1
    assert after["plenary_requests_refused_total{signature}"] == 1
    turns = sum(value for name, value in after.items() if name.startswith("plenary_events_total"))
    ignored = after.get("plenary_events_total{other,ignored}", 0)  # the bot's own messages come back
    assert after["plenary_turn_seconds_count{}"] == turns - ignored
    assert after["plenary_acknowledgement_seconds_count{http}"] >= turns
    assert after["plenary_slack_calls_total{chat.postMessage,wait}"] == 1
    assert after["plenary_slack_calls_total{chat.postMessage,done}"] >= 4
    assert after["plenary_delivery_attempts_total{settled,DigestParent}"] >= 1
    assert sum(value for name, value in after.items() if "delivery_retries_total" in name) >= 1
    assert after["plenary_database_write_seconds_count{}"] > before["plenary_database_write_seconds_count{}"]
    assert "plenary_reminders_total{needless}" not in after  # what was planned went with the submit
    assert after["plenary_reminders_total{sent}"] == after["plenary_reminder_late_seconds_count{}"] >= 1
    assert (
        1200 <= after["plenary_reminder_late_seconds_sum{}"] / after["plenary_reminders_total{sent}"] < 1300
    )


async def test_what_waits_and_what_was_given_up_is_read_from_the_outbox(staged: Staged) -> None:
    async with staged() as set_up:
        away = await set_up.driver.plant("server_error", count=None)
        await set_up.driver.say(R22, "next")

        async def told() -> Figures:
            return figures(await scraped(set_up))

        async def waiting() -> bool:
            seen = await told()
            return (
                seen["plenary_outbox_waiting_rows{card}"] > 0
                and seen["plenary_outbox_oldest_seconds{card}"] > 1
            )

        await set_up.driver.until(waiting)
        await set_up.driver.clear(away)
        await answer(set_up, R22, "1. Main points")
        await set_up.driver.plant("api_error", code="user_disabled", method="chat.postMessage")
        await set_up.driver.say(R22, "next")

        async def given_up() -> bool:
            return (await told())["plenary_outbox_ended_rows{given up}"] == 1

        await set_up.driver.until(given_up)
        seen = await told()
    assert seen["plenary_outbox_waiting_rows{card}"] == 0
    assert seen["plenary_acknowledgement_seconds_count{socket}"] >= 2


async def test_nobody_and_nothing_typed_is_in_the_metrics(staged: Staged) -> None:
    async with staged() as set_up:
        await submitted(set_up, f"{MARKER} one")
        await set_up.driver.say(players.VISITOR, f"{MARKER} of a visitor")
        await set_up.driver.settled()
        told = await scraped(set_up)
        assert "plenary_events_total" in told
        assert await named_in(told, set_up) == []


@pytest.mark.parametrize("form", ["text", "json"])
async def test_the_log_has_one_line_a_deed_in_the_form_that_was_asked_for(
    staged: Staged, tmp_path: Path, form: str
) -> None:
    async with staged(environ={"LOG_FORMAT": form}) as set_up:
        said = await set_up.driver.say(R22, f"{MARKER} one")
        await answer(set_up, R22, "is yours to report")
        await set_up.bot.stop()
        channel = await set_up.driver.channel(R22)
    log = (tmp_path / "bot.log").read_text()
    lines = log.splitlines()
    if form == "json":
        deeds = [json.loads(line) for line in lines]
        assert {"timestamp", "level", "event"} <= set.intersection(*map(set, deeds))
        assert [each["event"] for each in deeds].count("taken in") == 1
        (taken,) = [each for each in deeds if each["event"] == "taken in"]
        assert (taken["came"], taken["outcome"], taken["ts"], type(taken["ms"])) == ("new", "kept", said, int)
        beside = ("said something", "delivered")  # the first contact may come first
        ours = [each["event"] for each in deeds if each["event"] not in beside]
        assert (ours[:2], ours[-1]) == (["socket connected", "started"], "stopped")
    else:
        (line,) = [line for line in lines if "event='taken in'" in line]
        assert f"ts='{said}'" in line
    assert [each for each in (MARKER, R22, channel) if each in log] == []
