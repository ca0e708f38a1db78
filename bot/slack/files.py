"""Downloads: only from Slack's own host, never on by a redirect, capped while they come.

For organisers' files only. Nothing of a file's text is logged, and no error holds any of it.
"""

import asyncio

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.domain.dropped import FileId, Unread
from bot.domain.event import WorkspaceId
from bot.slack.refusals import Kind, refusal_of

SLACKS_FILES = URL("https://files.slack.com")
_WITHIN = 30.0  # seconds for a whole file
_PIECE = 2**16
_GONE = {"file_not_found", "file_deleted", "file_is_deleted", "not_visible"}
_NOT_ALLOWED = {"missing_scope", "not_allowed_token_type", "no_permission", "access_denied"}
_HTML = (b"<!doctype html", b"<html")


def files_origin(api_url: str) -> URL:
    """Where files lie: Slack's own host, or beside the imitation of Slack whose Web API this is."""
    api = URL(api_url)
    return SLACKS_FILES if api.host in ("slack.com", "www.slack.com") else api.origin()


class Files:
    """Files of one workspace, fetched by the bot's token."""

    def __init__(self, client: AsyncWebClient, workspace: WorkspaceId, within: float = _WITHIN) -> None:
        self._client, self._workspace, self._within = client, workspace, within
        self._origin = files_origin(client.base_url)

    async def fetch(self, file: FileId, most: int) -> bytes | Unread:
        """The bytes of a file, at most so many. Slack is asked about it: an event may say too little."""
        try:
            answer = await self._client.files_info(file=file)
        except Exception as error:  # noqa: BLE001 - what is no refusal of Slack's is raised again
            return _unread(error)
        about = answer.get("file")
        address = _address(about, self._workspace, most) if isinstance(about, dict) else Unread.GONE
        if isinstance(address, Unread):
            return address
        return await self._download(address, most)

    async def _download(self, address: URL, most: int) -> bytes | Unread:
        if address.origin() != self._origin or address.user or address.password:
            return Unread.ELSEWHERE
        assert self._client.session is not None  # noqa: S101 - web_client gave it one
        headers = {"Authorization": f"Bearer {self._client.token}", "Accept-Encoding": "identity"}
        try:
            async with (
                asyncio.timeout(self._within),
                self._client.session.get(address, headers=headers, allow_redirects=False) as answer,
            ):
                return _refused(answer) or await _capped(answer, most)
        except (aiohttp.ClientError, TimeoutError):
            return Unread.BUSY


def _unread(error: Exception) -> Unread:
    refusal = refusal_of(error)
    if refusal is None:
        raise error
    if refusal.code in _GONE:
        return Unread.GONE
    if refusal.code in _NOT_ALLOWED:
        return Unread.NOT_ALLOWED
    return Unread.GONE if refusal.kind is Kind.OURS else Unread.BUSY


def _address(about: dict[str, object], workspace: WorkspaceId, most: int) -> URL | Unread:
    """Where a file lies, from what Slack says of it; its size is believed only when it is too large."""
    size, address = about.get("size"), about.get("url_private_download") or about.get("url_private")
    if about.get("user_team") not in (None, workspace):
        return Unread.FOREIGN
    if about.get("is_external"):
        return Unread.ELSEWHERE
    if about.get("mode") in ("tombstone", "hidden_by_limit"):
        return Unread.GONE
    if isinstance(size, int) and size > most:
        return Unread.TOO_LARGE
    try:
        found = URL(str(address))
    except ValueError:
        return Unread.ELSEWHERE
    return found if found.absolute and found.scheme in ("https", "http") else Unread.ELSEWHERE


def _refused(answer: aiohttp.ClientResponse) -> Unread | None:
    match answer.status:
        case 200:
            is_packed = answer.headers.get("Content-Encoding", "identity") != "identity"
            return Unread.BUSY if is_packed else None  # it was asked for as it is
        case 301 | 302 | 303 | 307 | 308 | 401 | 403:  # Slack sends who may not read it to a page to sign in
            return Unread.NOT_ALLOWED
        case 404 | 410:
            return Unread.GONE
        case _:
            return Unread.BUSY


async def _capped(answer: aiohttp.ClientResponse, most: int) -> bytes | Unread:
    body = bytearray()
    async for piece in answer.content.iter_chunked(_PIECE):
        body += piece
        if len(body) > most:
            return Unread.TOO_LARGE
    if bytes(body[:99]).lstrip().lower().startswith(_HTML):  # 200, and the page to sign in
        return Unread.NOT_ALLOWED
    return bytes(body) or Unread.EMPTY
