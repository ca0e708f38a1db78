"""Quiet about people: a marker word goes through every door at DEBUG, and is in the notes and nowhere else.

The real app, door, database and delivery in this process, with everything that any library logs captured;
Slack's Web API is a server on the loopback that keeps what it is sent and fails as told.
"""

import asyncio
import json
import logging
import sqlite3
import sys
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import structlog
from aiohttp import web

from bot.domain.event import EventKey, SessionCode
from bot.sandbox.deliveries import signature
from bot.services import organising
from bot.slack.connection import Door, Identity, make_app, serving, web_client
from bot.slack.delivery import Delivery, Pace
from bot.slack.ids import EVENTS_PATH, Action, Place
from bot.slack.listeners import buttons, messages
from bot.slack.outage import Outage
from bot.slack.posting import Posting
from bot.watch import configure_logs
from storage import Storage, open_storage
from tests.builders import RAPPORTEUR, THURSDAY, WORKSPACE, a_programme, an_event, ts
from tests.support.reports import report_in

MARKER = "zanzibarquux"
TOKEN, SECRET, WRONG_SECRET = "xoxb-kept-quiet", "signing-kept-quiet", "guessed-kept-quiet"
LOUD = ("slack_bolt", "slack_sdk", "aiohttp", "asyncio", "sqlalchemy", "alembic")

Row = tuple[Any, ...]


@dataclass
class Heard:
    """What goes to stderr, and what the libraries said before it was made brief."""

    stderr: StringIO = field(default_factory=StringIO)
    others: StringIO = field(default_factory=StringIO)

    @property
    def log(self) -> str:
        """All lines so far."""
        return self.stderr.getvalue()

    def leaks(self) -> list[str]:
        """Lines with a word or a secret in them."""
        secret = (MARKER, TOKEN, SECRET, WRONG_SECRET)
        return [line for line in self.log.splitlines() if any(word in line for word in secret)]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Logs as `plenary run` sets them up at DEBUG; everything is put back afterwards."""
    found = Heard()
    root, hook, settings = logging.getLogger(), sys.excepthook, structlog.get_config()
    before, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in LOUD}
    root.handlers = []
    with redirect_stderr(found.stderr):
        configure_logs("DEBUG")
    root.addHandler(logging.StreamHandler(found.others))
    for name in LOUD:
        logging.getLogger(name).setLevel("DEBUG")
    yield found
    logging.captureWarnings(False)
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)
    root.handlers, sys.excepthook = before, hook
    root.setLevel(level)
    structlog.configure(**settings)


@dataclass
class WebApi:
    """Slack's Web API, as delivery calls it: keeps what it is sent; a failure answers with all of that."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    fails: int = 0

    @property
    def route(self) -> web.RouteDef:
        return web.route("*", "/api/{method}", self._answer)

    async def _answer(self, request: web.Request) -> web.Response:
        sent = await request.text()
        body = json.loads(sent) if request.content_type == "application/json" else dict(await request.post())
        self.calls.append((request.match_info["method"], body))
        if self.fails:
            self.fails -= 1
            return web.Response(status=500, text=sent)
        answer = {"ok": True, "ts": ts(9000 + len(self.calls)), "channel": {"id": "D1"}, "messages": []}
        return web.json_response(answer)


@dataclass
class Line:
    """The line from Slack's request to the outbox."""

    http: aiohttp.ClientSession
    storage: Storage
    file: Path
    web_api: WebApi
    api_url: str

    async def send(
        self, body: str, kind: str = "application/json", *, secret: str = SECRET, at: str | None = None
    ) -> int:
        """The status of a signed request."""
        timestamp = at or str(int(time.time()))
        headers = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(secret, timestamp, body),
        }
        async with self.http.post(EVENTS_PATH, data=body.encode(), headers=headers) as answered:
            return answered.status

    async def press(self, action: str = Action.SUBMIT, **changes: Any) -> int:
        """The status of a button."""
        return await self.send(pressing(action, **changes), "application/x-www-form-urlencoded")

    async def deliver(self) -> None:
        """Deliver until nothing waits."""
        async with web_client(TOKEN, self.api_url, 5.0) as client:
            delivery = Delivery(
                storage=self.storage,
                posting=Posting(client),
                workspace=WORKSPACE,
                now=lambda: THURSDAY + timedelta(hours=1),
                pace=Pace(lease=1.0, timeout=0.0, rest=0.0),
                outage=Outage(lambda: None),
            )
            running = asyncio.create_task(delivery.run())
            end = time.monotonic() + 20
            while waiting := await self.due():
                if time.monotonic() > end:
                    break
                await asyncio.sleep(0.02)
            while not running.done():
                running.cancel()
                await asyncio.wait({running}, timeout=0.1)
            assert waiting == []

    async def due(self) -> list[int]:
        """What waits and whose time has come."""
        rows = await self.storage.read(lambda tx: tx.operators.listing())
        return [row.number for row in rows if row.not_before <= THURSDAY + timedelta(hours=1)]

    def tables(self) -> dict[str, list[Row]]:
        """Everything that is stored, read past our own code."""
        with sqlite3.connect(self.file) as connection:
            names = [
                name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
            ]
            return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # noqa: S608 - from the schema

    def break_table(self, name: str) -> None:
        """A database that refuses what is asked of it."""
        with sqlite3.connect(self.file) as connection:
            connection.execute(f"DROP TABLE {name}")

    async def notes(self) -> list[str]:
        """The notes of the report, unsorted ones too."""
        report = await self.storage.read(report_in)
        entries = [entry for answer in report.answers for entry in answer.entries] + list(report.unsorted)
        return [block.words.typed for entry in entries for block in entry.document.blocks]


@pytest.fixture
async def line(sqlite_url: str, tmp_path: Path, heard: Heard) -> AsyncIterator[Line]:
    storage = open_storage(sqlite_url, lambda: None)
    await storage.write(lambda tx: organising.apply_event(tx, a_programme(), THURSDAY))
    door, web_api = Door(SECRET), WebApi()
    async with (
        serving("127.0.0.1", 0, [door.route, web_api.route]) as port,
        web_client(TOKEN, f"http://127.0.0.1:{port}/api/", 5.0) as client,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
    ):
        app = make_app(client, Identity(workspace=WORKSPACE, bot_user="UBOT", bot_id="BBOT"), lambda: None)
        messages.register(app, WORKSPACE, storage, lambda: THURSDAY, lambda: None)
        buttons.register(app, WORKSPACE, storage, lambda: THURSDAY)
        door.open(app)
        yield Line(http, storage, tmp_path / "plenary.db", web_api, f"http://127.0.0.1:{port}/api/")
    await storage.close()


def event(at: float, text: str | None, as_of: float | None = None, /, **changes: Any) -> str:
    """A message event: new, an edit as of a moment, or (None) a deletion."""
    moment = ts(at if as_of is None else as_of)
    message: dict[str, Any] = {"type": "message", "user": RAPPORTEUR, "text": text, "ts": ts(at)}
    if as_of is None:
        inner = {**message, "event_ts": moment}
    elif text is None:
        deleted = {"subtype": "message_deleted", "deleted_ts": ts(at), "previous_message": message}
        inner = {"type": "message", **deleted, "ts": moment, "event_ts": moment}
    else:
        edited = {**message, "edited": {"user": RAPPORTEUR, "ts": f"{moment[:10]}.000000"}}
        inner = {
            "type": "message", "subtype": "message_changed", "message": edited,
            "previous_message": {**message, "text": "as it was before"},
            "hidden": True, "ts": moment, "event_ts": moment,
        }  # fmt: skip
    outer = {"team_id": WORKSPACE, "event_id": f"Ev{at}-{moment}", **changes.pop("outer", {})}
    inner |= {"channel": "D1", "channel_type": "im", **changes}
    return json.dumps({"type": "event_callback", **outer, "event": inner})


def pressing(action: str, value: str | None = None, **changes: Any) -> str:
    """A button's payload, as a form."""
    place = Place(event=EventKey("marrakesh-2018"), session=SessionCode("2.2"), section=0)
    pressed = {"type": "button", "action_id": action, "value": value or place.value(), "action_ts": ts(500)}
    payload = {
        "type": "block_actions", "team": {"id": WORKSPACE}, "user": {"id": RAPPORTEUR, "name": MARKER},
        "channel": {"id": "D1"}, "trigger_id": "1.2.3",
        "container": {"type": "message", "message_ts": ts(400)},
        "message": {"text": MARKER, "ts": ts(400)}, "response_url": f"https://example.org/{MARKER}",
        "actions": [pressed], **changes,
    }  # fmt: skip
    return urlencode({"payload": json.dumps(payload)})


def blocks_of(text: str) -> list[dict[str, Any]]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "elements": [section]}]


def test_the_capture_would_hear_a_marker_and_the_libraries_are_made_brief(heard: Heard) -> None:
    structlog.get_logger().info("ours", text=MARKER)
    assert len(heard.leaks()) == 1
    for name in LOUD:
        logging.getLogger(name).debug("a payload: %s %s", MARKER, TOKEN)
    try:
        raise ValueError(MARKER)
    except ValueError:
        logging.getLogger("asyncio").exception("unhandled %s", MARKER)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(MARKER, stacklevel=1)
    assert heard.others.getvalue().count(MARKER) >= len(LOUD) + 3
    assert len(heard.leaks()) == 1
    assert [name for name in LOUD if f"by='{name}'" not in heard.log] == []


def test_an_unexpected_end_says_where_and_not_what(heard: Heard) -> None:
    try:
        raise ValueError(MARKER)
    except ValueError as error:
        with redirect_stderr(heard.stderr):
            sys.excepthook(type(error), error, error.__traceback__)
    assert heard.leaks() == []
    assert "event='ended' by='ValueError' at='test_quiet.py:" in heard.log


async def test_what_is_typed_is_in_the_notes_and_in_no_log_outbox_metadata_or_notification(
    line: Line, heard: Heard
) -> None:
    asyncio.get_running_loop().set_debug(True)
    note, gone = f"{MARKER} a note", f"{MARKER} gone"
    assert await line.send(event(1, "next")) == 200
    assert await line.send(event(2, note, blocks=blocks_of(note))) == 200
    assert await line.send(event(3, gone)) == 200
    assert await line.send(event(2, f"{MARKER} edited", 4)) == 200
    assert await line.send(event(3, None, 5)) == 200
    assert (
        await line.send(event(6, f"{MARKER}\0\ud800", files=[{"name": MARKER}], subtype="file_share")) == 200
    )
    assert await line.press(Action.SHOW) == 200
    assert await line.press(Action.SUBMIT, trigger_id="4.5.6") == 200
    outbox = line.tables()["outbox"]
    await line.deliver()
    sent = [(method, body) for method, body in line.web_api.calls if method == "chat.postMessage"]
    in_dms = [body for _, body in sent if body["channel"] == "D1"]
    in_channel = [body for _, body in sent if body["channel"] == an_event().channel]
    assert heard.leaks() == []
    assert MARKER not in repr(outbox)
    assert len(outbox) >= 7
    assert [MARKER in json.dumps(body["metadata"]) for _, body in sent] == [False] * len(sent)
    assert [MARKER in body["text"] for body in in_dms] == [False] * len(in_dms)
    # it was there to be found: stored, posted to the rapporteur, and in the digest after the submit
    assert MARKER in repr(line.tables()["versions"])
    assert any(MARKER in json.dumps(body["blocks"]) for body in in_dms)
    assert any(MARKER in body["text"] for body in in_channel)
    assert "delivered" in heard.log


async def test_a_slack_that_fails_with_our_own_words_in_its_answer_leaves_none_in_the_log(
    line: Line, heard: Heard
) -> None:
    await line.send(event(1, f"{MARKER} a note"))
    await line.press(Action.SUBMIT)
    line.web_api.fails = 4
    await line.deliver()
    assert heard.leaks() == []
    assert "http 500" in heard.log
    assert any(MARKER in json.dumps(body) for _, body in line.web_api.calls)


@pytest.mark.parametrize("table", ["versions", "receipts", "outbox", "events"])
async def test_a_database_error_is_a_500_without_a_word_of_what_was_on_its_way(
    line: Line, heard: Heard, table: str
) -> None:
    line.break_table(table)
    assert await line.send(event(1, f"{MARKER} a note", blocks=blocks_of(MARKER))) == 500
    assert heard.leaks() == []
    assert "SQL parameters hidden" in heard.others.getvalue()
    assert MARKER not in heard.others.getvalue()  # not even before it was made brief
    assert "intake failed" in heard.log


async def test_a_closed_database_is_a_500_and_the_same_event_counts_when_it_is_back(
    line: Line, heard: Heard, sqlite_url: str
) -> None:
    await line.storage.close()
    assert await line.send(event(1, f"{MARKER} a note")) == 500
    assert await line.press() == 500
    assert heard.leaks() == []
    line.storage = open_storage(sqlite_url, lambda: None)
    assert await line.notes() == []
    await line.storage.close()


async def test_a_button_that_fails_is_answered_in_the_dm_with_the_code_of_the_log(
    line: Line, heard: Heard
) -> None:
    line.break_table("presses")
    assert await line.press() == 200
    (apology,) = line.tables()["outbox"]
    code = next(cell for cell in apology if isinstance(cell, str) and "Apology" in cell).split('"')[3]
    assert f"code='{code}'" in heard.log
    assert heard.leaks() == []


@pytest.mark.parametrize(
    ("secret", "at"),
    [
        (WRONG_SECRET, None),
        ("", None),
        (SECRET, str(int(time.time()) - 60 * 6)),
        (SECRET, str(int(time.time()) + 60 * 60)),
        (SECRET, "soon"),
        (SECRET, "-1"),
        (SECRET, "1e9"),
        (SECRET, "٢٠١٨"),
        (SECRET, "9" * 400),
    ],
    ids=["wrong", "empty secret", "stale", "of tomorrow", "a word", "negative", "float", "arabic", "huge"],
)
async def test_a_wrong_or_stale_signature_is_a_401_and_nothing_is_stored_or_said(
    line: Line, heard: Heard, secret: str, at: str | None
) -> None:
    before = line.tables()
    body = event(1, f"{MARKER} a note")
    timestamp = at or str(int(time.time()))
    headers = {
        b"Content-Type": b"application/json",
        b"X-Slack-Request-Timestamp": timestamp.encode(),
        b"X-Slack-Signature": signature(secret, timestamp, body).encode(),
    }
    sent = {name.decode(): value.decode("utf-8", "surrogateescape") for name, value in headers.items()}
    async with line.http.post(EVENTS_PATH, data=body.encode(), headers=sent) as answered:
        assert (answered.status, await answered.text()) == (401, "")
    assert (heard.leaks(), line.tables() == before) == ([], True)


@pytest.mark.parametrize("missing", ["X-Slack-Signature", "X-Slack-Request-Timestamp"])
async def test_a_request_without_a_signature_is_a_401(line: Line, heard: Heard, missing: str) -> None:
    timestamp, body = str(int(time.time())), event(1, MARKER)
    headers = {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(SECRET, timestamp, body),
    }
    del headers[missing]
    async with line.http.post(EVENTS_PATH, data=body.encode(), headers=headers) as answered:
        assert answered.status == 401
    assert heard.leaks() == []


JUNK = [
    MARKER, "", "{", "[]", f'["{MARKER}"]', f'"{MARKER}"', "null", "7", "[" * 50_000,
    f'{{"event": "{MARKER}"}}', f'{{"event": ["{MARKER}"]}}', f'{{"{MARKER}": ',
]  # fmt: skip


@pytest.mark.parametrize("body", JUNK, ids=[each[:20] for each in JUNK])
async def test_junk_is_a_400_and_nothing_is_stored_or_said(line: Line, heard: Heard, body: str) -> None:
    before = line.tables()
    assert await line.send(body) == 400
    assert await line.send(urlencode({"payload": body}), "application/x-www-form-urlencoded") == 400
    assert await line.send(urlencode({MARKER: body}), "application/x-www-form-urlencoded") == 400
    assert (heard.leaks(), line.tables() == before) == ([], True)


async def test_bytes_that_are_no_text_are_refused_like_any_wrong_signature(line: Line, heard: Heard) -> None:
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(WRONG_SECRET, timestamp, MARKER),
    }
    async with line.http.post(EVENTS_PATH, data=b"\xff" + MARKER.encode(), headers=headers) as answered:
        status = answered.status
    assert (status, heard.leaks()) == (401, [])


STRANGE_EVENTS = {
    "an unknown event": {"type": "never_seen", "text": MARKER},
    "a mention": {"type": "app_mention", "text": MARKER},
    "an unknown subtype": {"subtype": "never_seen"},
    "a channel": {"channel_type": "channel", "channel": "C1"},
    "a group's channel": {"channel_type": "mpim", "channel": "G1"},
    "another workspace": {"outer": {"team_id": "TOTHER"}},
    "our own": {"bot_id": "BBOT", "user": "UBOT"},
    "another bot": {"bot_id": "BOTHER"},
    "Slackbot": {"user": "USLACKBOT"},
    "no author": {"user": None},
    "no time": {"ts": None},
    "no event id": {"outer": {"event_id": None}},
}


@pytest.mark.parametrize("strange", STRANGE_EVENTS)
async def test_an_event_that_is_not_for_us_is_a_200_and_nothing_is_stored(
    line: Line, heard: Heard, strange: str
) -> None:
    before = line.tables()
    assert await line.send(event(1, f"{MARKER} a note", **STRANGE_EVENTS[strange])) == 200
    assert (heard.leaks(), line.tables() == before) == ([], True)


STRANGE_BUTTONS: dict[str, tuple[str, dict[str, Any]]] = {
    "an unknown id": (f"walk.{MARKER}", {}),
    "an old value": (Action.NEXT, {"value": f"0|{MARKER}|2.2|0"}),
    "no value of ours": (Action.NEXT, {"value": MARKER}),
    "another event": (Action.NEXT, {"value": "1|elsewhere-2018|2.2|0"}),
    "another session": (Action.NEXT, {"value": "1|marrakesh-2018|3.1|0"}),
    "a section that is not there": (Action.NEXT, {"value": "1|marrakesh-2018|2.2|99"}),
    "another workspace": (Action.NEXT, {"team": {"id": "TOTHER"}}),
    "somebody else's": (Action.NEXT, {"user": {"id": "UVISITOR"}}),
}


@pytest.mark.parametrize("strange", STRANGE_BUTTONS)
async def test_a_button_that_is_not_for_us_is_a_200_and_nothing_is_stored(
    line: Line, heard: Heard, strange: str
) -> None:
    assert await line.send(event(0, "a note")) == 200  # the lock of a rapporteur's dialogue is a row of it
    before = line.tables()
    action, changes = STRANGE_BUTTONS[strange]
    assert await line.press(action, **changes) == 200
    assert (heard.leaks(), line.tables() == before) == ([], True)


@pytest.mark.parametrize("payload", [{"type": "view_submission"}, {"type": "shortcut"}, {"type": MARKER}])
async def test_interactions_that_no_version_had_are_acknowledged(
    line: Line, heard: Heard, payload: dict[str, str]
) -> None:
    before = line.tables()
    view = {"type": "modal", "callback_id": MARKER, "state": {"values": {}}}
    body = {"team": {"id": WORKSPACE}, "user": {"id": RAPPORTEUR}, "callback_id": MARKER, "view": view}
    form = urlencode({"payload": json.dumps({**body, **payload})})
    assert await line.send(form, "application/x-www-form-urlencoded") == 200
    assert (heard.leaks(), line.tables() == before) == ([], True)


async def test_a_stranger_s_words_are_stored_nowhere(line: Line, heard: Heard) -> None:
    assert await line.send(event(1, f"{MARKER} a note", user="UVISITOR")) == 200
    assert MARKER not in repr(line.tables())
    assert heard.leaks() == []


async def test_an_edit_that_overtakes_its_original_counts(line: Line) -> None:
    for body in (event(2, "in the end", 3), event(2, "at first")):
        assert await line.send(body) == 200
    assert await line.notes() == ["in the end"]


async def test_a_deletion_that_overtakes_everything_counts(line: Line) -> None:
    for body in (event(2, None, 9), event(2, "in between", 3), event(2, "at first")):
        assert await line.send(body) == 200
    assert await line.notes() == []


async def test_an_event_that_comes_twice_counts_once(line: Line) -> None:
    await line.send(event(2, "a note"))
    once = line.tables()
    assert await line.send(event(2, "a note")) == 200
    other_words_under_the_same_id = event(2.5, "forged", outer={"event_id": f"Ev2-{ts(2)}"})
    assert await line.send(other_words_under_the_same_id) == 200
    assert {**line.tables(), "receipts": []} == {**once, "receipts": []}
    assert await line.notes() == ["a note"]


async def test_a_message_that_comes_as_two_events_counts_once(line: Line) -> None:
    await line.send(event(2, "a note"))
    once = line.tables()
    assert await line.send(event(2, "a note", outer={"event_id": "EvOther"})) == 200
    assert {**line.tables(), "receipts": []} == {**once, "receipts": []}


async def test_a_button_that_comes_twice_counts_once(line: Line) -> None:
    assert [await line.press(Action.NEXT), await line.press(Action.NEXT)] == [200, 200]
    assert [len(line.tables()[table]) for table in ("presses", "outbox")] == [1, 1]


async def test_two_at_once_are_both_kept_in_order(line: Line) -> None:
    sent = [event(at, f"note {at}") for at in range(2, 22)]
    statuses = await asyncio.gather(*(line.send(body) for body in reversed(sent)))
    assert set(statuses) == {200}
    assert await line.notes() == [f"note {at}" for at in range(2, 22)]


def test_the_clock_of_a_signature_is_real_time() -> None:
    assert datetime.now(UTC).year > THURSDAY.year
