"""The page: pick who to be, read the DM and the channel, type, edit, delete, press, move the clock.

Drawn on the server, works without script; a small script renews what changed and sends without a new page.
"""

import asyncio
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape
from multidict import MultiDictProxy

from bot.domain.moment import Ts, moment_of
from bot.domain.wall import city
from bot.domain.zones import zone_of
from bot.sandbox.keys import AHEAD, CLOCK, DELIVERIES, ONLOOKERS, PEOPLE, STATE
from bot.sandbox.state import Channel, Json, NotThere

_HERE = Path(__file__).parent
_DRAWN = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=select_autoescape(default=True),
    trim_blocks=True,
    lstrip_blocks=True,
)
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "img-src data:; base-uri 'none'; frame-ancestors 'none'"
)
_ANSWER_WITHIN = 2.0  # seconds that a form without script waits for the bot's answer
_RATES = {1: "Real time", 60: "A minute a second", 600: "Ten minutes a second"}
_EMOJI = {"white_check_mark": "✓"}


def add_routes(router: web.UrlDispatcher) -> None:
    """Put the page's routes in their place."""
    router.add_get("/", whole)
    router.add_get("/panes", panes)
    router.add_get("/page/version", version)
    router.add_post("/page/{deed}", do)
    router.add_static("/static", _HERE / "static")


async def whole(request: web.Request) -> web.Response:
    """The page as somebody, or the choice of whom to be."""
    request.app[ONLOOKERS].look(request.query.get("as", ""))
    return _drawn("page.html", request)


async def panes(request: web.Request) -> web.Response:
    """The message panes alone, for the script."""
    return _drawn("panes.html", request)


async def version(request: web.Request) -> web.Response:
    """A text that changes with anything that can be seen; as whom it is asked for, somebody looks."""
    request.app[ONLOOKERS].look(request.query.get("as", ""))
    return web.Response(text=_version(request))


def _version(request: web.Request) -> str:
    return f"{request.app[STATE].version} {request.app[CLOCK].rate} {request.app[CLOCK].now():%H:%M}"


async def do(request: web.Request) -> web.Response:
    """A deed, then the page again; with ?now nothing but the deed, for the script."""
    given = await request.post()
    form = {key: str(value) for key, value in given.items() if not isinstance(value, web.FileField)}
    people, user = request.app[PEOPLE], form.get("as", "")
    before = request.app[STATE].version
    try:
        match request.match_info["deed"]:
            case "say":
                people.say(user, form["text"].replace("\r\n", "\n"), files=_dropped(given))
            case "edit":
                people.edit(user, form["ts"], form["text"].replace("\r\n", "\n"))
            case "delete":
                people.delete(user, form["ts"])
            case "press":
                people.press(user, form["ts"], form["action"], value=form.get("value"))
            case "forward":
                request.app[CLOCK].forward(float(form["minutes"]) * 60)
                request.app[STATE].changed()
            case "next":
                _go_on(request.app)
            case "others":
                request.app[ONLOOKERS].others_write = form["write"] == "yes"
                request.app[STATE].changed()
            case "rate":
                request.app[CLOCK].set_rate(float(form["rate"]))
    except (NotThere, ValueError, KeyError):
        pass  # what is not there any more needs no answer: the page shows what is
    if "now" in request.query:
        return web.Response(status=204)
    await _answered(request, before)
    raise web.HTTPSeeOther(f"/?as={user}#say" if user in request.app[STATE].people else "/")


def _go_on(server: web.Application) -> None:
    """Move the clock to the next moment that matters, if it is known and still ahead."""
    ahead, now = server[AHEAD], server[CLOCK].now()
    if ahead.at is not None and ahead.at > now:
        server[CLOCK].forward((ahead.at - now).total_seconds())
        server[STATE].changed()


def _dropped(given: MultiDictProxy[str | bytes | bytearray | web.FileField]) -> dict[str, bytes]:
    """The files of a form; a field that was left empty has one without a name."""
    files = (each for each in given.getall("file", ()) if isinstance(each, web.FileField))
    return {each.filename: each.file.read() for each in files}


async def _answered(request: web.Request, before: int) -> None:
    """Wait until the bot has taken it in and, as a rule, answered."""
    end = asyncio.get_running_loop().time() + _ANSWER_WITHIN
    while asyncio.get_running_loop().time() < end:
        if not request.app[DELIVERIES].pending and request.app[STATE].version > before + 1:
            return
        await asyncio.sleep(0.05)


def as_typed(text: str) -> str:
    """Slack's wire form read back."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def emoji(name: str) -> str:
    """An emoji as a sign, or as Slack writes its name."""
    return _EMOJI.get(name, f":{name}:")


_DRAWN.filters |= {"as_typed": as_typed, "emoji": emoji}


def _drawn(template: str, request: web.Request) -> web.Response:
    state, ahead = request.app[STATE], request.app[AHEAD]
    zone = zone_of(ahead.zone)
    user = request.query.get("as", "")
    person = state.people.get(user)
    now = request.app[CLOCK].now()
    wall = now.astimezone(zone)
    ahead.look(now)

    def at(ts: str) -> str:
        return moment_of(Ts(ts)).astimezone(zone).strftime("%a %H:%M")

    body = _DRAWN.get_template(template).render(
        people=state.people.values(),
        person=person,
        dm=_pane(state.dm(user)) if person and person.role != "reader" else None,
        channels=[_pane(each) for each in state.channels.values() if user in each.members and not each.user],
        bot=state.identity.bot_user,
        names={each.id: each.name for each in state.people.values()}
        | {each.id: each.name for each in state.channels.values()},
        clock=f"{wall:%A} {wall.day} {wall:%B %Y, %H:%M}",
        city=ahead.place or city(ahead.zone) or ahead.zone,
        ahead=ahead,
        rate=request.app[CLOCK].rate,
        rates=_RATES,
        others_write=request.app[ONLOOKERS].others_write,
        at=at,
        version=_version(request),
        editing=request.query.get("edit", ""),
    )
    return web.Response(
        body=body.encode(errors="replace"),  # half an emoji is no UTF-8
        content_type="text/html",
        charset="utf-8",
        headers={"Content-Security-Policy": _POLICY},
    )


def _pane(channel: Channel) -> Json:
    """A conversation: its top-level messages, oldest first, each with its thread."""
    return {
        "name": channel.name,
        "messages": [
            {"message": each, "replies": channel.replies(each["ts"])}
            for each in sorted(channel.top_level(), key=lambda message: str(message["ts"]))
        ],
    }
