"""Looking people up in Slack: by member id, e-mail or handle. What Slack does not tell is an answer too."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from functools import partial

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.people import Answer, How, Member, Problem, Sought, answer_of
from bot.slack import inbound
from bot.slack.refusals import Refusal, patiently

_PAGE = 200  # what Slack recommends of users.list
_TRIES = 3  # while Slack asks us to wait
_NOBODY = ("users_not_found", "user_not_found", "user_not_visible", "invalid_arguments")
_MAY_NOT = ("missing_scope", "no_permission", "not_allowed_token_type")


class Directory:
    """The workspace's people. `rest` seconds pass between two calls: users.list is Tier 2 (20 a minute)."""

    def __init__(self, client: AsyncWebClient, rest: float = 0.0) -> None:
        self._client, self._rest = client, rest
        self._free_at = 0.0  # time.monotonic()

    async def answers(self, asked: Iterable[Sought]) -> dict[str, Answer]:
        """What Slack says of each, by their keys: a call for each, and one list for all handles together."""
        found: dict[str, Answer] = {}
        handles = []
        for each in asked:
            if each.person is None and each.how is How.HANDLE:
                handles.append(each)
                continue
            found[each.key] = await self._one(each)
        return found | (await self._by_handle(handles) if handles else {})

    async def _one(self, each: Sought) -> Answer:
        try:
            if each.person is None and each.how is How.EMAIL:
                answer = await self._call(lambda: self._client.users_lookupByEmail(email=each.whom))
            else:
                person = each.person or each.whom
                answer = await self._call(lambda: self._client.users_info(user=person))
        except Refusal as refusal:
            return Answer(problem=_problem(refusal))
        member = inbound.member(answer.get("user"))
        return answer_of(() if member is None else (member,))

    async def _by_handle(self, asked: list[Sought]) -> dict[str, Answer]:
        fitting: dict[str, list[Member]] = {each.key: [] for each in asked}
        try:
            async for member in self._members():
                for each in asked:
                    if each.fits(member):
                        fitting[each.key].append(member)
        except Refusal as refusal:
            return {each.key: Answer(problem=_problem(refusal)) for each in asked}
        return {key: answer_of(members) for key, members in fitting.items()}

    async def _members(self) -> AsyncIterator[Member]:
        """Everybody, page by page."""
        cursor = ""
        while True:
            answer = await self._call(partial(self._client.users_list, limit=_PAGE, cursor=cursor))
            for user in answer.get("members") or ():
                if member := inbound.member(user):
                    yield member
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _call(self, call: Callable[[], Awaitable[AsyncSlackResponse]]) -> AsyncSlackResponse:
        """A call, made again as often as is sensible while Slack asks us to wait."""

        async def paced() -> AsyncSlackResponse:
            await asyncio.sleep(self._free_at - time.monotonic())
            self._free_at = time.monotonic() + self._rest
            return await call()

        return await patiently(paced, tries=_TRIES)


def _problem(refusal: Refusal) -> Problem:
    if refusal.code in _NOBODY:
        return Problem.NOT_FOUND
    return Problem.MAY_NOT_LOOK if refusal.code in _MAY_NOT else Problem.AWAY
