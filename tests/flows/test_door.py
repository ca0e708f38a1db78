"""The HTTP door: what is refused, what is acknowledged and stored nowhere, and no word of it in the log."""

import json
import time
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.demo import players
from bot.sandbox.deliveries import signature
from storage import open_storage
from tests.flows.conftest import Staged

MARKER = "zanzibarquux"
R22 = players.rapporteur("2.2")
TS = "1544101200.000100"


class Slack:
    """Requests as Slack would send them, or would not."""

    def __init__(self, http: aiohttp.ClientSession, secret: str, team: str) -> None:
        self._http, self._secret, self.team = http, secret, team

    async def send(
        self, body: str, *, secret: str | None = None, at: str | None = None, kind: str = "application/json"
    ) -> int:
        """The status of a signed request."""
        timestamp = at or str(int(time.time()))
        headers = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(secret or self._secret, timestamp, body),
        }
        sent = BytesIO(body.encode())  # aiohttp warns of long bytes
        async with self._http.post("/slack/events", data=sent, headers=headers) as answered:
            return answered.status

    def event(self, team: str | None = None, **event: Any) -> str:
        """A message event; its words are the marker."""
        message = {
            "type": "message", "channel_type": "im", "channel": "D1", "user": R22, "text": f"{MARKER} words",
            "ts": TS, "event_ts": TS, **event,
        }  # fmt: skip
        return json.dumps(
            {"type": "event_callback", "team_id": team or self.team, "event_id": "Ev1", "event": message}
        )


@pytest.fixture
async def door(staged: Staged, tmp_path: Path) -> AsyncIterator[Slack]:
    async with staged(transport="http", environ={"LOG_LEVEL": "DEBUG"}) as set_up:
        team = json.loads((tmp_path / "workspace.json").read_text())["team"]
        async with aiohttp.ClientSession(f"http://127.0.0.1:{set_up.bot.environ['PORT']}") as http:
            yield Slack(http, set_up.secrets.signing, team)
    log = (tmp_path / "bot.log").read_text()
    assert (MARKER in log, set_up.secrets.signing in log, "wrong-secret" in log) == (False, False, False)


async def kept(url: str, team: str) -> int:
    """How many messages are stored."""
    storage = open_storage(url, lambda: None)
    wordings = await storage.read(lambda tx: tx.dialogues.wordings_of_all(team, "marrakesh-2018"))  # type: ignore[arg-type]
    await storage.close()
    return sum(len(each.newest()) for each in wordings.values())


async def test_a_wrong_or_stale_signature_is_refused(door: Slack, sqlite_url: str) -> None:
    body = door.event()
    assert await door.send(body, secret="wrong-secret") == 401
    assert await door.send(body, at=str(int(time.time()) - 600)) == 401
    assert await door.send(body, at="soon") == 401
    assert await door.send(body, at="9" * 400) == 401
    assert await kept(sqlite_url, door.team) == 0


@pytest.mark.parametrize(
    "body",
    [
        MARKER,
        "[1]",
        '"x"',
        "",
        "{",
        "[" * 100_000,
        '{"event": 1}',
        '{"type": "view_submission", "view": {"callback_id": "x"}}',
    ],
)
async def test_junk_is_refused(door: Slack, body: str) -> None:
    assert await door.send(body) == 400
    assert await door.send(f"payload={body}&x", kind="application/x-www-form-urlencoded") == 400


async def test_what_is_not_for_us_is_acknowledged_and_stored_nowhere(door: Slack, sqlite_url: str) -> None:
    for body in (
        door.event(type="app_mention"),
        door.event(channel_type="channel"),
        door.event(team="TOTHER"),
        door.event(user="UVISITOR"),
        door.event(ts="soon"),
        json.dumps(
            {"type": "event_callback", "team_id": door.team, "event": {"type": "never_seen", "x": MARKER}}
        ),
        json.dumps(
            {
                "type": "view_submission",
                "team": {"id": door.team},
                "view": {"type": "modal", "callback_id": MARKER},
            }
        ),
    ):
        assert await door.send(body) == 200
    assert await kept(sqlite_url, door.team) == 0


async def test_an_old_button_is_acknowledged_and_does_nothing(door: Slack, sqlite_url: str) -> None:
    payload = {
        "type": "block_actions", "team": {"id": door.team}, "user": {"id": R22}, "channel": {"id": "D1"},
        "trigger_id": "1.2", "container": {"type": "message", "message_ts": TS},
        "actions": [{"type": "button", "action_id": "walk.next", "value": f"0|{MARKER}", "action_ts": TS}],
    }  # fmt: skip
    for action_id in ("walk.next", "walk.of_an_older_version"):
        payload["actions"][0]["action_id"] = action_id  # type: ignore[index] # a list, as written
        body = "payload=" + json.dumps(payload).replace("%", "%25").replace("+", "%2B").replace("&", "%26")
        assert await door.send(body, kind="application/x-www-form-urlencoded") == 200


async def test_an_edit_before_its_original_and_everything_twice_is_one_note(
    door: Slack, sqlite_url: str
) -> None:
    later = "1544101300.000200"
    edited = {"user": R22, "text": f"{MARKER} in the end", "ts": TS, "edited": {"user": R22, "ts": later}}
    edit = door.event(subtype="message_changed", message=edited, ts=later, event_ts=later).replace(
        "Ev1", "Ev2"
    )
    for body in (edit, door.event(), edit, door.event(), door.event().replace("Ev1", "Ev3")):
        assert await door.send(body) == 200
    assert await kept(sqlite_url, door.team) == 1


async def test_text_that_no_database_stores_is_kept_all_the_same(door: Slack, sqlite_url: str) -> None:
    assert await door.send(door.event(text="a\0b \ud800 c")) == 200
    assert await kept(sqlite_url, door.team) == 1
