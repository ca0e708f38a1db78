"""The page: pick who to be, read the DM and the channel, type, edit, delete, press, move the clock.

Drawn on the server, works without script; a small script swaps the message panes when something changed.
"""

import asyncio
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape

from bot.domain.moment import Ts, moment_of
from bot.sandbox.keys import CLOCK, DELIVERIES, PEOPLE, STATE, ZONE
from bot.sandbox.people import NotThere
from bot.sandbox.state import Channel, Json

_HERE = Path(__file__).parent
_DRAWN = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=select_autoescape(default=True),
    trim_blocks=True,
    lstrip_blocks=True,
)
_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'"
_ANSWER_WITHIN = 2.0  # seconds that a form waits for the bot's answer before it shows the page again


def add_routes(router: web.UrlDispatcher) -> None:
    """Put the page's routes in their place."""
    router.add_get("/", whole)
    router.add_get("/panes", panes)
    router.add_get("/page/version", version)
    router.add_post("/page/{deed}", do)
    router.add_static("/static", _HERE / "static")


async def whole(request: web.Request) -> web.Response:
    """The page as somebody, or the choice of whom to be."""
    return _drawn("page.html", request)


async def panes(request: web.Request) -> web.Response:
    """The message panes alone, for the script."""
    return _drawn("panes.html", request)


async def version(request: web.Request) -> web.Response:
    """A number that changes with anything that can be seen."""
    return web.Response(text=str(request.app[STATE].version))


async def do(request: web.Request) -> web.Response:
    """A deed, then the page again."""
    form = {key: str(value) for key, value in (await request.post()).items()}
    people, user = request.app[PEOPLE], form.get("as", "")
    before = request.app[STATE].version
    try:
        match request.match_info["deed"]:
            case "say" if form.get("text", "").strip():
                people.say(user, form["text"].replace("\r\n", "\n"))
            case "edit" if form.get("text", "").strip():
                people.edit(user, form["ts"], form["text"].replace("\r\n", "\n"))
            case "delete":
                people.delete(user, form["ts"])
            case "press":
                people.press(user, form["ts"], form["action"])
            case "forward":
                request.app[CLOCK].forward(max(0.0, float(form.get("minutes") or 0)) * 60)
                request.app[STATE].changed()
    except (NotThere, ValueError, KeyError):
        pass  # what is not there any more needs no answer: the page shows what is
    await _answered(request, before)
    raise web.HTTPSeeOther(f"/?as={user}#end" if user in request.app[STATE].people else "/")


async def _answered(request: web.Request, before: int) -> None:
    """Wait until the bot has taken it in and, as a rule, answered."""
    end = asyncio.get_running_loop().time() + _ANSWER_WITHIN
    while asyncio.get_running_loop().time() < end:
        if not request.app[DELIVERIES].pending and request.app[STATE].version > before + 1:
            return
        await asyncio.sleep(0.05)


def _drawn(template: str, request: web.Request) -> web.Response:
    state, zone = request.app[STATE], ZoneInfo(request.app[ZONE])
    user = request.query.get("as", "")
    person = state.people.get(user)
    wall = request.app[CLOCK].now().astimezone(zone)

    def at(ts: str) -> str:
        return moment_of(Ts(ts)).astimezone(zone).strftime("%a %H:%M")

    body = _DRAWN.get_template(template).render(
        people=state.people.values(),
        person=person,
        dm=_pane(state.dm(user)) if person and person.role != "reader" else None,
        channels=[_pane(each) for each in state.channels.values() if user in each.members and not each.user],
        bot=state.identity.bot_user,
        names={each.id: each.name for each in state.people.values()},
        clock=f"{wall:%A} {wall.day} {wall:%B %Y, %H:%M}",
        city=request.app[ZONE].rpartition("/")[2],
        at=at,
        version=state.version,
        editing=request.query.get("edit", ""),
    )
    return web.Response(text=body, content_type="text/html", headers={"Content-Security-Policy": _POLICY})


def _pane(channel: Channel) -> Json:
    """A conversation: its top-level messages, oldest first, each with its thread."""
    return {
        "name": channel.name,
        "messages": [
            {"message": each, "replies": channel.replies(each["ts"])}
            for each in sorted(channel.top_level(), key=lambda message: str(message["ts"]))
        ],
    }
