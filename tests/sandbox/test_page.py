"""The page, as a browser without script sees it: read back as HTML, never as templates."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import aiohttp
import pytest

from bot.domain.zones import zone_of
from tests.sandbox.local import ONE, OPEN, OUTSIDER, TWO, WORKSPACE, Json, Local, local_slack

BUTTON: Json = {
    "type": "button",
    "action_id": "go",
    "text": {"type": "plain_text", "text": "Go on"},
    "accessibility_label": "Go on to section 2",
    "style": "primary",
}
ACTIONS: Json = {"type": "actions", "elements": [BUTTON]}
LINES = [{"text": {"type": "plain_text", "text": text}, "value": text.lower()} for text in ("Later", "Stop")]
MENU: Json = {"type": "overflow", "action_id": "menu", "options": LINES}
SELECT: Json = {
    "type": "static_select",
    "action_id": "pick",
    "placeholder": {"type": "plain_text", "text": "Which one"},
    "options": LINES,
}
_EMPTY = {"meta", "link", "input", "hr", "br"}


@dataclass
class Element:
    """An element with its attributes, and all text within."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    inner: list["Element"] = field(default_factory=list)

    def find(self, tag: str, **attributes: str) -> list["Element"]:
        """All elements within that are so, in order."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            found
            for each in self.inner
            for found in [
                *([each] if each.tag == tag and wanted.items() <= each.attributes.items() else []),
                *each.find(tag, **attributes),
            ]
        ]


class Reader(HTMLParser):
    """A page as elements; complains of tags that are not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(page)
        self.close()
        assert self._open == [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inner.append(element)
        if tag not in _EMPTY:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Local]:
    channels = [{**each, "name": f"<script>{each['name']}"} for each in WORKSPACE["channels"]]
    async with local_slack(
        tmp_path, retry_scale=0.0, workspace={**WORKSPACE, "channels": channels}
    ) as served:
        yield served


async def page(slack: Local, person: str = "", more: str = "") -> Element:
    async with slack.http.get(f"{slack.url}/?as={person}{more}") as answer:
        assert answer.status == 200
        return Reader(await answer.text()).root


async def send(slack: Local, deed: str, **form: str) -> str:
    """Send a form without waiting for the bot's answer; where the browser goes next."""
    async with slack.http.post(f"{slack.url}/page/{deed}?now", data=form, allow_redirects=False) as answer:
        assert answer.status == 204
        return answer.headers.get("Location", "")


async def test_somebody_is_chosen_and_it_shows(slack: Local) -> None:
    nobody, one = await page(slack), await page(slack, ONE)
    assert [each.text for each in nobody.find("nav")[0].find("a")] == ["One", "Two", "Outsider"]
    assert (nobody.find("a", aria_current="page"), nobody.find("textarea")) == ([], [])
    assert [each.text for each in one.find("a", aria_current="page")] == ["One"]
    assert one.find("title")[0].text == "One, Plenary, the demo"


async def test_everybody_sees_what_is_theirs_to_see(slack: Local) -> None:
    await slack.driver.say(ONE, "said in the DM")
    await slack.driver.say(ONE, "said in the channel", channel=OPEN)
    shown = {person: (await page(slack, person)).text for person in (ONE, TWO, OUTSIDER)}
    assert {person: ("in the DM" in text, "in the channel" in text) for person, text in shown.items()} == {
        ONE: (True, True),
        TWO: (False, True),
        OUTSIDER: (False, False),
    }
    assert (await page(slack, TWO)).find("textarea") == []  # a reader reads
    assert (await page(slack, "UNOBODY")).find("a", aria_current="page") == []


async def test_whatever_is_typed_or_named_is_text(slack: Local) -> None:
    hostile = """<script>alert("1")</script> & '<b>' \ud83d"""
    for ts in (await slack.driver.say(ONE, hostile), await slack.driver.say(ONE, f"- {hostile}")):
        await slack.driver.edit(ONE, ts, hostile + " again")
    await slack.driver.share_file(ONE, hostile)
    for blocks in ([], [{"type": "header", "text": {"type": "plain_text", "text": hostile}}]):
        await slack.post(ONE, "&lt;i&gt; and &amp;lt;", blocks=blocks)
    shown = await page(slack, ONE)
    assert [each.attributes["src"] for each in shown.find("script")] == ["/static/page.js"]
    assert (shown.find("i"), [each for each in shown.find("b") if "alert" in each.text]) == ([], [])
    assert shown.text.count("""<script>alert("1")</script> & '<b>' ?""") == 4
    assert "<i> and &lt;" in shown.text
    assert "#<script>open" in shown.text


async def test_a_message_shows_its_time_its_mark_and_its_deeds(slack: Local) -> None:
    ts = await slack.driver.say(ONE, "A note")
    await slack.driver.edit(ONE, ts, "A better note")
    await slack.call("reactions.add", channel="DONE", timestamp=ts, name="white_check_mark")
    (article,) = (await page(slack, ONE)).find("article")
    assert (article.attributes["id"], "(edited)" in article.text, "✓" in article.text) == (
        f"m{ts}",
        True,
        True,
    )
    assert article.find("p", class_="lines", dir="auto")[0].text == "A better note"
    assert [each.text for each in (*article.find("a"), *article.find("button"))] == ["Edit", "Delete"]


async def test_a_thread_stands_within_its_parent_even_when_that_is_gone(slack: Local) -> None:
    parent = await slack.driver.say(ONE, "A parent")
    await slack.driver.say(ONE, "A reply", thread=parent)
    await slack.driver.delete(ONE, parent)
    whole, reply = (await page(slack, ONE)).find("article")
    assert reply in whole.find("div", class_="thread")[0].inner
    assert "This message was deleted." in whole.text
    assert len(whole.find("a")) == 1  # only the reply can be edited


async def test_a_channel_in_a_text_shows_its_name_and_a_line_to_copy_stands_apart(slack: Local) -> None:
    sentence = [{"type": "text", "text": "It belongs in "}, {"type": "channel", "channel_id": OPEN}]
    line = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "/invite @Plenary"}]}
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": sentence}, line]}
    await slack.call("chat.postMessage", channel=ONE, text="To invite", blocks=[rich])
    (article,) = (await page(slack, ONE)).find("article")
    (name,) = article.find("span", class_="mention")
    assert name.text.startswith("#<script>")
    assert [each.text for each in article.find("pre")] == ["/invite @Plenary"]


async def test_nested_and_numbered_lists_show_as_such(slack: Local) -> None:
    await slack.driver.say(ONE, "- one\n  - under one\n1. first")
    (article,) = (await page(slack, ONE)).find("article")
    bullets = [(each.attributes["class"], each.text.strip()) for each in article.find("ul")]
    assert bullets == [("depth0", "one"), ("depth1", "under one")]
    assert [each.text.strip() for each in article.find("ol")] == ["first"]


async def test_a_note_is_typed_edited_and_deleted_with_forms_alone(slack: Local) -> None:
    await send(slack, "say", **{"as": ONE}, text="line one\r\nline two")
    (said,) = await slack.driver.history(ONE)
    assert said["text"] == "line one\nline two"
    (edit,) = (await page(slack, ONE, f"&edit={said['ts']}")).find("form", action="/page/edit")
    assert edit.find("textarea")[0].text == "\nline one\nline two"  # a browser drops the first line break
    hidden = {each.attributes["name"]: each.attributes["value"] for each in edit.find("input")}
    await send(slack, "edit", **hidden, text="better")
    assert [each["text"] for each in await slack.driver.history(ONE)] == ["better"]
    await send(slack, "delete", **hidden)
    assert await slack.driver.history(ONE) == []


async def test_only_ones_own_messages_can_be_edited(slack: Local) -> None:
    ts = await slack.driver.say(TWO, "Of two", channel=OPEN)
    assert (await page(slack, ONE, f"&edit={ts}")).find("form", action="/page/edit") == []


async def test_a_button_says_what_it_does_and_does_it(slack: Local) -> None:
    ts = await slack.post(ONE, "Press", blocks=[ACTIONS])
    (form,) = (await page(slack, ONE)).find("form", action="/page/press")
    (button,) = form.find("button")
    assert (button.text, button.attributes["class"]) == ("Go on", "primary")
    assert button.attributes["aria-label"] == "Go on to section 2"
    hidden = {each.attributes["name"]: each.attributes["value"] for each in form.find("input")}
    await send(slack, "press", **hidden)
    (pressed,) = [each for each in await slack.driver.deliveries() if each["kind"] == "interactive"]
    assert (pressed["subtype"], hidden["ts"]) == ("go", ts)


async def test_a_menu_opens_without_script_and_each_of_its_lines_does_what_it_says(slack: Local) -> None:
    await slack.post(ONE, "Choose", blocks=[{"type": "actions", "elements": [MENU, SELECT]}])
    shown = await page(slack, ONE)
    (menu,) = shown.find("details", class_="menu")
    assert menu.find("summary", aria_label="More")[0].text == "⋯"
    lines = [(each.text, each.attributes["value"]) for each in menu.find("button")]
    assert lines == [("Later", "later"), ("Stop", "stop")]
    (select,) = shown.find("select", aria_label="Which one")
    chosen = [(each.text, each.attributes["value"]) for each in select.find("option")]
    assert chosen == [("Which one", ""), ("Later", "later"), ("Stop", "stop")]
    for form, value in zip(shown.find("form", action="/page/press"), ("stop", "later"), strict=True):
        hidden = {each.attributes["name"]: each.attributes["value"] for each in form.find("input")}
        await send(slack, "press", **hidden, value=value)
    pressed = [each for each in await slack.driver.deliveries() if each["kind"] == "interactive"]
    assert [each["subtype"] for each in pressed] == ["menu", "pick"]


async def test_a_file_is_sent_from_the_page_and_fetched_there(slack: Local) -> None:
    form = aiohttp.FormData({"as": ONE, "text": ""})
    form.add_field("file", b"event: x", filename="event.yaml", content_type="text/yaml")
    async with slack.http.post(f"{slack.url}/page/say?now", data=form) as answer:
        assert answer.status == 204
    shown = await page(slack, ONE)
    (link,) = shown.find("article")[0].find("a", download="")
    assert link.text == "event.yaml"
    async with slack.http.get(slack.url + link.attributes["href"]) as answer:
        assert await answer.read() == b"event: x"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="event.yaml"'
    assert shown.find("input", type="file")[0].attributes["aria-label"].startswith("Files to send")


async def test_the_clock_shows_and_goes_forward(slack: Local) -> None:
    before = slack.clock.offset().total_seconds()
    await send(slack, "forward", minutes="90")
    assert slack.clock.offset().total_seconds() == before + 5400
    shown = (await page(slack)).find("p", data_pane="clock")[0].text
    assert f"{slack.clock.now():%A} {slack.clock.now().day} " in shown


async def test_the_clock_goes_to_the_next_moment_that_matters_once_and_says_what_it_is(slack: Local) -> None:
    at = slack.clock.now() + timedelta(hours=5)
    await slack.driver.stand_in("Africa/Casablanca", "Marrakesh")
    await slack.driver.tell(at, "13:30 in Marrakesh: one hour left, 2 people")

    async def moment() -> str:
        (shown,) = (await page(slack, ONE)).find("p", role="status")
        return " ".join(shown.text.split())

    assert await moment() == "Next: 13:30 in Marrakesh: one hour left, 2 people."
    await send(slack, "next")
    assert timedelta() <= slack.clock.now() - at < timedelta(minutes=1)
    assert await moment() == (
        "13:30 in Marrakesh: one hour left, 2 people. What comes next is not known yet."
    )
    await send(slack, "next")  # pressed twice: nothing is leapt over
    assert slack.clock.now() - at < timedelta(minutes=1)
    await slack.driver.tell(at + timedelta(hours=1), "14:30 in Marrakesh: reports are due")
    assert await moment() == (
        "13:30 in Marrakesh: one hour left, 2 people. Next: 14:30 in Marrakesh: reports are due."
    )
    await slack.driver.tell(None, "Nothing is left to come")
    assert await moment() == "13:30 in Marrakesh: one hour left, 2 people. Nothing is left to come."
    clock = (await page(slack, ONE)).find("p", data_pane="clock")[0].text
    assert clock.endswith("Marrakesh time")
    assert f"{slack.clock.now().astimezone(zone_of('Africa/Casablanca')):%H:%M}" in clock


async def test_others_write_when_the_switch_says_so_and_you_are_who_looks(slack: Local) -> None:
    for write in ("yes", "no"):
        (button,) = (await page(slack, ONE)).find("div", data_pane="others")[0].find("button")
        (hidden,) = (await page(slack, ONE)).find("input", name="write")
        assert (hidden.attributes["value"], button.attributes["aria-pressed"] == "true") == (
            write,
            write == "no",
        )
        await send(slack, "others", write=write)
        assert (await slack.driver.status())["others_write"] is (write == "yes")
    assert ONE in (await slack.driver.status())["you"]
    assert TWO not in (await slack.driver.status())["you"]


async def test_the_clock_runs_fast_and_at_its_own_rate_again(slack: Local) -> None:
    for rate, says in (("60", "A minute a second"), ("1", "Real time")):
        await send(slack, "rate", rate=rate)
        assert slack.clock.rate == float(rate)
        (pressed,) = (await page(slack, ONE)).find("button", aria_pressed="true")
        assert pressed.text == says


@pytest.mark.parametrize(
    ("deed", "form"),
    [
        ("next", {}),
        ("rate", {"rate": "0.5"}),
        ("rate", {"rate": "99999"}),
        ("rate", {}),
        ("say", {"as": ONE, "text": " "}),
        ("say", {"as": ONE}),
        ("say", {"as": "UNOBODY", "text": "x"}),
        ("edit", {"as": ONE, "ts": "1.0", "text": "x"}),
        ("delete", {"as": ONE, "ts": "1.0"}),
        ("press", {"as": ONE, "ts": "1.0", "action": "go"}),
        ("forward", {"minutes": "-5"}),
        ("forward", {"minutes": "1e300"}),
        ("forward", {"minutes": "soon"}),
        ("fly", {"as": ONE}),
    ],
)
async def test_what_cannot_be_done_changes_nothing(slack: Local, deed: str, form: dict[str, str]) -> None:
    version = await slack.driver.version()
    await send(slack, deed, **form)
    assert await slack.driver.version() == version
    assert "UNOBODY" not in str(slack.state.channels)


async def test_without_script_one_is_back_at_the_line_where_one_types(slack: Local) -> None:
    form = {"as": OUTSIDER, "text": "x"}
    async with slack.http.post(f"{slack.url}/page/say", data=form, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, f"/?as={OUTSIDER}#say")


async def test_nothing_runs_that_is_not_in_the_two_files(slack: Local) -> None:
    await slack.post(ONE, "Press", blocks=[ACTIONS])
    async with slack.http.get(f"{slack.url}/?as={ONE}") as answer:
        policy, text = answer.headers["Content-Security-Policy"], await answer.text()
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "style=" not in text
    assert " on" not in " ".join(f" {name}" for name in _attribute_names(Reader(text).root))
    for name in ("page.js", "page.css"):
        async with slack.http.get(f"{slack.url}/static/{name}") as answer:
            assert answer.status == 200


def _attribute_names(element: Element) -> set[str]:
    return set(element.attributes).union(*(_attribute_names(each) for each in element.inner))


async def test_every_field_and_button_has_a_name_and_every_pane_the_keyboard(slack: Local) -> None:
    ts = await slack.driver.say(ONE, "A note")
    await slack.post(ONE, "Press", blocks=[ACTIONS, {"type": "actions", "elements": [MENU, SELECT]}])
    for shown in (await page(slack, ONE), await page(slack, ONE, f"&edit={ts}"), await page(slack)):
        labelled = {each.attributes["for"] for each in shown.find("label")}
        fields = [*shown.find("textarea"), *shown.find("input", type="number"), *shown.find("select")]
        assert all(
            each.attributes.get("id") in labelled or "aria-label" in each.attributes for each in fields
        )
        assert all(each.text or "aria-label" in each.attributes for each in shown.find("button"))
        titles = {each.attributes["id"] for each in shown.find("h2")}
        panes = [each for each in shown.find("div") if "pane" in each.attributes.get("class", "").split()]
        assert panes == shown.find("div", role="log", tabindex="0")
        assert {each.attributes.get("aria-labelledby") for each in panes} == titles
        ids = [
            each.attributes["id"]
            for tag in ("article", "textarea", "h2")
            for each in shown.find(tag)
            if "id" in each.attributes
        ]
        assert len(ids) == len(set(ids))


async def test_the_script_gets_the_panes_that_the_page_has(slack: Local) -> None:
    await slack.driver.say(ONE, "A note")
    async with slack.http.get(f"{slack.url}/panes?as={ONE}") as answer:
        panes = Reader(await answer.text()).root
    whole = await page(slack, ONE)

    def of(root: Element) -> dict[str, str]:
        found = [each for tag in ("p", "div") for each in root.find(tag) if "data-pane" in each.attributes]
        return {each.attributes["data-pane"]: " ".join(each.text.split()) for each in found}

    assert of(panes) == of(whole)
    assert set(of(whole)) == {
        "clock",
        "moment",
        "pace",
        "others",
        "dm",
        "channel1",
        "channel2",
        "channel3",
        "channel4",
    }


async def test_the_version_changes_with_what_can_be_seen(slack: Local) -> None:
    async def version() -> str:
        async with slack.http.get(f"{slack.url}/page/version") as answer:
            return await answer.text()

    seen = [await version()]
    ts = await slack.driver.say(ONE, "A note")
    seen.append(await version())
    await slack.driver.edit(ONE, ts, "A better note")
    seen.append(await version())
    await slack.driver.forward(60)
    seen.append(await version())
    assert len(set(seen)) == 4
