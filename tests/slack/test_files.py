"""Downloads from a Slack that lies: nothing goes to another host, nothing grows, each no has its kind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bot.domain.dropped import FileId, Unread
from bot.domain.event import WorkspaceId
from bot.slack.connection import serving, web_client
from bot.slack.files import SLACKS_FILES, Files, files_origin

MOST = 100_000
MARKER = b"zanzibarquux"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def plain(_: web.Request) -> web.StreamResponse:
    return web.Response(body=MARKER)


@dataclass
class Slack:
    """Slack and its files on the loopback, as told; what was asked of either is kept."""

    answer: Answer = plain
    about: dict[str, Any] = field(default_factory=dict)
    info: dict[str, Any] | None = None  # instead of the file's object
    port: int = 0
    asked: list[tuple[str, str | None]] = field(default_factory=list)  # path, Authorization

    @property
    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/files.info", self._info), web.get("/{path:.*}", self._file)]

    async def _info(self, request: web.Request) -> web.Response:
        assert request.query["file"] == "F1"
        file = {"id": "F1", "url_private_download": f"http://127.0.0.1:{self.port}/files-pri/T1-F1/x.yaml"}
        return web.json_response(self.info or {"ok": True, "file": {**file, **self.about}})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, request.headers.get("Authorization")))
        return await self.answer(request)


@pytest.fixture
def slack() -> Slack:
    return Slack()


@pytest.fixture
async def files(slack: Slack) -> AsyncIterator[Files]:
    async with serving("127.0.0.1", 0, slack.routes) as port:
        slack.port = port
        async with web_client("xoxb-test", f"http://127.0.0.1:{port}/api/", 2.0) as client:
            yield Files(client, WorkspaceId("T1"), within=1.0)


async def fetched(files: Files, most: int = MOST) -> bytes | Unread:
    return await files.fetch(FileId("F1"), most)


async def test_a_file_comes_whole_by_the_bots_token(files: Files, slack: Slack) -> None:
    assert await fetched(files) == MARKER
    assert slack.asked == [("/files-pri/T1-F1/x.yaml", "Bearer xoxb-test")]


@pytest.mark.parametrize("api", ["https://slack.com/api/", "https://www.slack.com/api/"])
def test_with_slack_itself_only_slacks_own_host_of_files_will_do(api: str) -> None:
    assert files_origin(api) == SLACKS_FILES


@pytest.mark.parametrize(
    "address",
    [
        "https://files.slack.com.evil.example/files-pri/T1-F1/x",
        "https://files.slack.com@evil.example/x",
        "https://user:word@127.0.0.1/x",
        "http://127.0.0.1:9/x",
        "https://127.0.0.1/x",
        "//127.0.0.1/x",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "http://",
        "http://[::1",
        "not an address",
        "",
        7,
    ],
)
async def test_an_address_elsewhere_is_never_called(files: Files, slack: Slack, address: object) -> None:
    slack.about = {"url_private_download": address, "url_private": address}
    assert await fetched(files) is Unread.ELSEWHERE
    assert slack.asked == []


async def test_credentials_in_an_address_of_the_right_host_are_refused(files: Files, slack: Slack) -> None:
    slack.about = {"url_private_download": f"http://user:word@127.0.0.1:{slack.port}/x"}
    assert (await fetched(files), slack.asked) == (Unread.ELSEWHERE, [])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_wherever_it_leads(files: Files, slack: Slack, status: int) -> None:
    async def away(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": f"http://127.0.0.1:{slack.port}/secret"})

    slack.answer = away
    assert await fetched(files) is Unread.NOT_ALLOWED
    assert [path for path, _ in slack.asked] == ["/files-pri/T1-F1/x.yaml"]


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (401, Unread.NOT_ALLOWED),
        (403, Unread.NOT_ALLOWED),
        (404, Unread.GONE),
        (410, Unread.GONE),
        (429, Unread.BUSY),
        (500, Unread.BUSY),
        (503, Unread.BUSY),
        (206, Unread.BUSY),
    ],
)
async def test_a_status_has_its_kind(files: Files, slack: Slack, status: int, why: Unread) -> None:
    async def refuse(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=MARKER)

    slack.answer = refuse
    assert await fetched(files) is why


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><title>Sign in</title>", b"\n <HTML>", b"<html lang=en>"])
async def test_a_page_to_sign_in_is_no_file_though_slack_answers_200(
    files: Files, slack: Slack, page: bytes
) -> None:
    async def sign_in(_: web.Request) -> web.StreamResponse:
        return web.Response(body=page, content_type="text/yaml")

    slack.answer = sign_in
    assert await fetched(files) is Unread.NOT_ALLOWED


def flowing(pieces: int, pause: float = 0.0, **headers: str) -> Answer:
    async def flow(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers=headers)
        await answer.prepare(request)
        for _ in range(pieces):
            await answer.write(b"x" * 10_000)
            await asyncio.sleep(pause)
        return answer

    return flow


async def test_a_body_without_end_is_left_when_it_is_too_long(files: Files, slack: Slack) -> None:
    slack.answer = flowing(1_000_000)
    async with asyncio.timeout(5):
        assert await fetched(files) is Unread.TOO_LARGE


async def test_a_size_is_believed_when_it_is_too_large_and_not_when_it_is_small(
    files: Files, slack: Slack
) -> None:
    slack.about = {"size": MOST + 1}
    assert (await fetched(files), slack.asked) == (Unread.TOO_LARGE, [])
    slack.about, slack.answer = {"size": 3}, flowing(11)
    assert await fetched(files) is Unread.TOO_LARGE
    slack.answer = flowing(10)
    assert await fetched(files) == b"x" * MOST


async def test_a_body_that_ends_before_its_length_is_no_file(files: Files, slack: Slack) -> None:
    slack.answer = flowing(2, **{"Content-Length": "90000"})
    assert await fetched(files) is Unread.BUSY


async def test_a_body_that_trickles_is_left_after_a_while(files: Files, slack: Slack) -> None:
    slack.answer = flowing(9, pause=0.4)
    async with asyncio.timeout(3):
        assert await fetched(files) is Unread.BUSY


async def test_a_packed_body_is_not_unpacked(files: Files, slack: Slack) -> None:
    async def packed(request: web.Request) -> web.StreamResponse:
        assert request.headers["Accept-Encoding"] == "identity"
        answer = web.Response(body=MARKER * 100)
        answer.enable_compression(web.ContentCoding.gzip)
        return answer

    slack.answer = packed
    assert await fetched(files) is Unread.BUSY


async def test_nothing_is_no_file(files: Files, slack: Slack) -> None:
    async def nothing(_: web.Request) -> web.StreamResponse:
        return web.Response()

    slack.answer = nothing
    assert await fetched(files) is Unread.EMPTY


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"user_team": "T2"}, Unread.FOREIGN),
        ({"is_external": True}, Unread.ELSEWHERE),
        ({"mode": "tombstone"}, Unread.GONE),
        ({"mode": "hidden_by_limit"}, Unread.GONE),
    ],
)
async def test_what_slack_says_of_a_file_is_heeded_before_its_address_is_called(
    files: Files, slack: Slack, about: dict[str, Any], why: Unread
) -> None:
    slack.about = about
    assert (await fetched(files), slack.asked) == (why, [])


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("file_not_found", Unread.GONE),
        ("file_deleted", Unread.GONE),
        ("not_visible", Unread.GONE),
        ("missing_scope", Unread.NOT_ALLOWED),
        ("access_denied", Unread.NOT_ALLOWED),
        ("ratelimited", Unread.BUSY),
        ("internal_error", Unread.BUSY),
        ("token_revoked", Unread.BUSY),
        ("brand_new_error", Unread.BUSY),
    ],
)
async def test_what_slack_refuses_to_say_has_its_kind(
    files: Files, slack: Slack, code: str, why: Unread
) -> None:
    slack.info = {"ok": False, "error": code}
    assert (await fetched(files), slack.asked) == (why, [])


async def test_a_slack_that_is_away_is_busy() -> None:
    async with web_client("xoxb-test", "http://127.0.0.1:9/api/", 2.0) as client:
        assert await Files(client, WorkspaceId("T1")).fetch(FileId("F1"), MOST) is Unread.BUSY


async def test_no_error_holds_a_word_of_a_file(files: Files, slack: Slack) -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "90000"})
        await answer.prepare(request)
        await answer.write(MARKER)
        return answer

    slack.answer = broken
    assert MARKER.decode() not in repr(await fetched(files))
