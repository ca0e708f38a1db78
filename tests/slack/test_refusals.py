"""What an unsuccessful call to Slack means, and the calls themselves against a Slack that fails as told."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError, SlackClientError, SlackRequestError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.document import Bullet, Document
from bot.domain.moment import Ts
from bot.domain.words import Words
from bot.slack import kit
from bot.slack.calls import Look, Post, Update
from bot.slack.connection import serving, web_client
from bot.slack.ids import DELIVERY
from bot.slack.posting import Posting
from bot.slack.refusals import CODES, Kind, Refusal, refusal_of
from storage import Slot
from tests.builders import THURSDAY, ts

MARKER = "zanzibarquux"


def answered(status: int, body: dict[str, Any] | str, **headers: str) -> SlackApiError:
    response = AsyncSlackResponse(
        client=None, http_verb="POST", api_url="x", req_args={}, data=body,  # type: ignore[arg-type]
        headers=headers, status_code=status,
    )  # fmt: skip
    return SlackApiError("x", response)


def refused(code: object, status: int = 200, **headers: str) -> SlackApiError:
    return answered(status, {"ok": False, "error": code}, **headers)


SLOW = (*CODES[Kind.AGAIN], "message_limit_exceeded")  # somebody must do something first


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in CODES.items() for code in codes])
def test_every_code_of_the_table_has_its_kind(kind: Kind, code: str) -> None:
    assert refusal_of(refused(code)) == Refusal(kind, code, 30.0 if code in SLOW else 5.0)


def test_no_code_has_two_kinds() -> None:
    codes = [code for codes in CODES.values() for code in codes]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (refused("brand_new_error"), Refusal(Kind.UNKNOWN, "brand_new_error")),
        (refused(""), Refusal(Kind.UNKNOWN, "")),
        (refused("ratelimited", 429, **{"Retry-After": "7"}), Refusal(Kind.WAIT, "ratelimited", 7.0)),
        (refused("ratelimited", 429), Refusal(Kind.WAIT, "ratelimited", 30.0)),
        (refused("ratelimited", 429, **{"Retry-After": "soon"}), Refusal(Kind.WAIT, "ratelimited", 30.0)),
        (answered(429, "slow down", **{"Retry-After": "3"}), Refusal(Kind.WAIT, "ratelimited", 3.0)),
        (answered(500, "upstream"), Refusal(Kind.LOOK, "http 500")),
        (answered(503, {"ok": False}), Refusal(Kind.LOOK, "http 503")),
        (answered(200, "a page of a proxy"), Refusal(Kind.LOOK, "answer not understood")),
        (refused(None), Refusal(Kind.LOOK, "answer not understood")),
        (refused(["a", "list"]), Refusal(Kind.LOOK, "answer not understood")),
        (TimeoutError(), Refusal(Kind.LOOK, "no answer")),
        (aiohttp.ServerDisconnectedError(), Refusal(Kind.LOOK, "no answer")),
        (aiohttp.ClientPayloadError(), Refusal(Kind.LOOK, "no answer")),
        (SlackClientError("x"), Refusal(Kind.LOOK, "answer not understood")),
        (SlackRequestError("x"), Refusal(Kind.LOOK, "answer not understood")),
        (aiohttp.ClientConnectorError(None, OSError()), Refusal(Kind.AGAIN, "unreachable", 2.0)),  # type: ignore[arg-type] # no key
        (ValueError(), None),
    ],
)
def test_a_failure_means(error: Exception, refusal: Refusal | None) -> None:
    assert refusal_of(error) == refusal


@dataclass
class Slack:
    """Slack's Web API on the loopback; each call takes the next answer of its method, if there is one."""

    answers: dict[str, list[Any]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def route(self) -> web.RouteDef:
        return web.route("*", "/api/{method}", self._answer)

    def asked(self) -> list[str]:
        return [method for method, _ in self.calls]

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if request.content_type == "application/json":
            sent = json.loads(await request.text())
        else:
            sent = {**request.query, **await request.post()}
        self.calls.append((method, sent))
        waiting = self.answers.get(method)
        answer = waiting.pop(0) if waiting else {"ok": True, "ts": ts(len(self.calls))}
        return answer if isinstance(answer, web.Response) else web.json_response(answer)


@pytest.fixture
def slack() -> Slack:
    return Slack()


@pytest.fixture
async def posting(slack: Slack) -> AsyncIterator[Posting]:
    async with (
        serving("127.0.0.1", 0, [slack.route]) as port,
        web_client("xoxb-test", f"http://127.0.0.1:{port}/api/", 2.0) as client,
    ):
        yield Posting(client)


SCREEN = kit.message("what to hear", kit.rich(Document((Bullet(Words(MARKER)),))))


def slow_down() -> web.Response:
    return web.Response(status=429, headers={"Retry-After": "30"}, text='{"ok": false}')


async def test_a_post_carries_its_key_and_nothing_that_slack_would_parse(
    posting: Posting, slack: Slack
) -> None:
    assert await posting.post("C1", Post(screen=SCREEN, thread=ts(9)), "key-1") == ts(1)
    ((method, sent),) = slack.calls
    assert method == "chat.postMessage"
    assert sent == {
        "channel": "C1", "text": "what to hear", "blocks": SCREEN.as_json(), "thread_ts": ts(9),
        "metadata": {"event_type": DELIVERY, "event_payload": {"key": "key-1"}},
        "parse": "none", "unfurl_links": False, "unfurl_media": False,
    }  # fmt: skip


async def test_an_update_sends_parse_again_because_leaving_it_out_resets_it(
    posting: Posting, slack: Slack
) -> None:
    await posting.update("C1", Update(ts=ts(5), screen=SCREEN))
    ((method, sent),) = slack.calls
    assert (method, sent["ts"], sent["parse"], sent["text"]) == ("chat.update", ts(5), "none", SCREEN.text)


async def test_a_429_closes_its_method_and_no_other(posting: Posting, slack: Slack) -> None:
    slack.answers["chat.postMessage"] = [slow_down()]
    for _ in range(3):
        with pytest.raises(Refusal) as caught:
            await posting.post("C1", Post(screen=SCREEN), "key")
        assert (caught.value.kind, 25 < caught.value.wait <= 30) == (Kind.WAIT, True)
    await posting.update("C1", Update(ts=ts(5), screen=SCREEN))
    await posting.react("D1", ts(1), "white_check_mark")
    assert slack.asked() == ["chat.postMessage", "chat.update", "reactions.add"]


async def test_a_method_opens_again_when_the_wait_is_over(posting: Posting, slack: Slack) -> None:
    slack.answers["chat.postMessage"] = [slow_down()]
    with pytest.raises(Refusal):
        await posting.post("C1", Post(screen=SCREEN), "key")
    posting._closed_until = {method: at - 31 for method, at in posting._closed_until.items()}
    assert await posting.post("C1", Post(screen=SCREEN), "key") == ts(2)


@pytest.mark.parametrize(("status", "text"), [(500, "upstream"), (503, "{}")])
async def test_a_failing_post_is_sent_once(posting: Posting, slack: Slack, status: int, text: str) -> None:
    slack.answers["chat.postMessage"] = [web.Response(status=status, text=text)]
    with pytest.raises(Refusal) as caught:
        await posting.post("C1", Post(screen=SCREEN), "key")
    assert (caught.value.kind, slack.asked()) == (Kind.LOOK, ["chat.postMessage"])


async def test_a_cut_connection_is_not_tried_again_by_itself(posting: Posting, slack: Slack) -> None:
    class Cut(web.Response):
        async def prepare(self, request: web.BaseRequest) -> None:
            assert request.transport is not None
            request.transport.abort()

    slack.answers["chat.postMessage"] = [Cut()]
    with pytest.raises(Refusal) as caught:
        await posting.post("C1", Post(screen=SCREEN), "key")
    assert (caught.value.kind, slack.asked()) == (Kind.LOOK, ["chat.postMessage"])


async def test_a_refusal_holds_no_word_of_what_was_sent(posting: Posting, slack: Slack) -> None:
    slack.answers["chat.postMessage"] = [{"ok": False, "error": "invalid_blocks", "said": MARKER}]
    with pytest.raises(Refusal) as caught:
        await posting.post("C1", Post(screen=SCREEN), "key")
    error = caught.value
    assert MARKER not in f"{error!r} {error} {error.args}"
    assert (error.__cause__, error.__suppress_context__) == (None, True)


def own(at: float, key: str, kind: str = DELIVERY) -> dict[str, Any]:
    return {"ts": ts(at), "metadata": {"event_type": kind, "event_payload": {"key": key}}}


@pytest.mark.parametrize("thread", [None, ts(9)], ids=["in the channel", "in a thread"])
async def test_a_post_is_found_by_its_key_on_any_page(
    posting: Posting, slack: Slack, thread: Ts | None
) -> None:
    page = {"ok": True, "messages": [own(1, "other"), {"ts": ts(2)}, {"ts": ts(3), "metadata": {}}]}
    further = {"ok": True, "messages": [own(4, "key", "another_app"), own(5, "key")]}
    method = "conversations.replies" if thread else "conversations.history"
    slack.answers[method] = [{**page, "response_metadata": {"next_cursor": "more"}}, further]
    assert await posting.find("C1", thread, "key", THURSDAY) == ts(5)
    assert [sent.get("cursor") for _, sent in slack.calls] == [None, "more"]
    assert {sent["oldest"] for _, sent in slack.calls} == {ts(-86_400)}


async def test_a_post_that_is_on_no_page_is_not_found(posting: Posting, slack: Slack) -> None:
    slack.answers["conversations.history"] = [{"ok": True, "messages": [own(1, "other")]}]
    assert await posting.find("C1", None, "key", THURSDAY) is None


def slot(name: str, at: float) -> Slot:
    return Slot(name=name, ts=ts(at), drawn="", drawn_at=THURSDAY, gone_at=None)


PARENT, ONE, TWO = slot("", 1), slot("2.2/0", 2), slot("2.2/1", 3)
LOOK = Look(parent=ts(1), slots=(PARENT, ONE, TWO))


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        ({"ok": True, "messages": [{"ts": ts(at)} for at in (1, 2, 3, 7)]}, ()),
        ({"ok": True, "messages": [{"ts": ts(at)} for at in (1, 3, 7)]}, (ONE,)),
        (
            {"ok": True, "messages": [{"ts": ts(1), "subtype": "tombstone"}, {"ts": ts(2)}, {"ts": ts(3)}]},
            (PARENT,),
        ),
        ({"ok": False, "error": "thread_not_found"}, (PARENT, ONE, TWO)),
    ],
    ids=["all there", "a reply deleted", "the parent a tombstone", "no thread"],
)
async def test_a_look_marks_what_is_not_in_the_thread(
    posting: Posting, slack: Slack, answer: dict[str, Any], missing: tuple[Slot, ...]
) -> None:
    slack.answers["conversations.replies"] = [answer]
    assert await posting.missing("C1", LOOK) == missing


async def test_a_look_that_slack_refuses_marks_nothing(posting: Posting, slack: Slack) -> None:
    slack.answers["conversations.replies"] = [{"ok": False, "error": "channel_not_found"}]
    with pytest.raises(Refusal):
        await posting.missing("C1", LOOK)


async def test_what_is_done_already_is_done(posting: Posting, slack: Slack) -> None:
    slack.answers["chat.delete"] = [{"ok": False, "error": "message_not_found"}]
    slack.answers["reactions.add"] = [{"ok": False, "error": "already_reacted"}]
    await posting.delete("C1", ts(1))
    await posting.react("D1", ts(1), "white_check_mark")
    assert slack.asked() == ["chat.delete", "reactions.add"]


async def test_a_slack_that_is_not_there_was_not_posted_to() -> None:
    async with web_client("xoxb-test", "http://127.0.0.1:9/api/", 2.0) as client:
        with pytest.raises(Refusal) as caught:
            await Posting(client).post("C1", Post(screen=SCREEN), "key")
    assert caught.value.kind is Kind.AGAIN
