"""/control: what a driver asks for; nothing of this is Slack's."""

from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime

from aiohttp import web

from bot.sandbox.faults import Fault
from bot.sandbox.keys import AHEAD, CALLS, CLOCK, DELIVERIES, FAULTS, MEMBERS, ONLOOKERS, PEOPLE, STATE
from bot.sandbox.state import Json, NotThere, Person

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_routes(router: web.UrlDispatcher) -> None:
    """Put the control's routes in their place."""
    router.add_post("/control/{deed}", do)
    router.add_get("/control/status", status)
    router.add_get("/control/deliveries", deliveries)
    router.add_get("/control/faults", faults)
    router.add_get("/control/people", people)


async def do(request: web.Request) -> web.Response:
    """A deed of a person or of the driver; 404 for what is not there, 400 for what makes no sense."""
    deed = request.match_info["deed"]
    if deed not in _DEEDS:
        raise web.HTTPNotFound(text=deed)
    try:
        return web.json_response(await _DEEDS[deed](request, await request.json()))
    except NotThere as absent:
        raise web.HTTPNotFound(text=str(absent)) from None
    except (ValueError, TypeError, KeyError, AttributeError) as senseless:
        raise web.HTTPBadRequest(text=str(senseless)) from None


async def status(request: web.Request) -> web.Response:
    """What a driver waits on."""
    planted, sockets = request.app[FAULTS].planted, request.app[DELIVERIES].sockets
    return web.json_response(
        {
            "version": request.app[STATE].version,
            "pending": request.app[DELIVERIES].pending,
            "calls": len(request.app[CALLS]),
            "sockets": len(sockets.open),
            "tickets": sockets.asked,
            "now": request.app[CLOCK].now().isoformat(),
            "others_write": request.app[ONLOOKERS].others_write,
            "you": request.app[ONLOOKERS].you,
            "struck": {str(id_): fault.struck for id_, fault in planted.items()},
        }
    )


async def deliveries(request: web.Request) -> web.Response:
    """The record of everything sent to the bot: of one channel if it is named, or what is on its way."""
    channel, is_pending = request.query.get("channel"), "pending" in request.query
    return web.json_response(
        [
            asdict(each)
            for each in request.app[DELIVERIES].record
            if channel in (None, each.channel) and not (is_pending and (each.acknowledged or each.given_up))
        ]
    )


async def faults(request: web.Request) -> web.Response:
    """All that are planted, and how often each struck."""
    return web.json_response([asdict(each) for each in request.app[FAULTS].planted.values()])


async def people(request: web.Request) -> web.Response:
    """Who there is."""
    return web.json_response([asdict(each) for each in request.app[STATE].people.values()])


async def _say(request: web.Request, asked: Json) -> Json:
    files = {name: b64decode(body) for name, body in (asked.get("files") or {}).items()}
    message = request.app[PEOPLE].say(
        asked["user"],
        asked["text"],
        blocks=asked.get("blocks"),
        channel=asked.get("channel"),
        thread=asked.get("thread"),
        files=files,
    )
    return {"ts": message["ts"]}


async def _edit(request: web.Request, asked: Json) -> Json:
    request.app[PEOPLE].edit(asked["user"], asked["ts"], asked["text"], channel=asked.get("channel"))
    return {}


async def _delete(request: web.Request, asked: Json) -> Json:
    request.app[PEOPLE].delete(asked["user"], asked["ts"], channel=asked.get("channel"))
    return {}


async def _press(request: web.Request, asked: Json) -> Json:
    pressed_at = request.app[PEOPLE].press(
        asked["user"],
        asked["ts"],
        asked["action_id"],
        value=asked.get("value"),
        channel=asked.get("channel"),
    )
    return {"ts": pressed_at}


async def _choose(request: web.Request, asked: Json) -> Json:
    chosen_at = request.app[PEOPLE].choose(
        asked["user"], asked["ts"], asked["label"], channel=asked.get("channel")
    )
    return {"ts": chosen_at}


async def _invite(request: web.Request, asked: Json) -> Json:
    request.app[PEOPLE].invite(asked["user"], asked["channel"])
    return {}


async def _forward(request: web.Request, asked: Json) -> Json:
    request.app[CLOCK].forward(float(asked["seconds"]))
    request.app[STATE].changed()
    return {}


async def _rate(request: web.Request, asked: Json) -> Json:
    request.app[CLOCK].set_rate(float(asked["rate"]))
    return {}


async def _tell(request: web.Request, asked: Json) -> Json:
    """What comes next; `at` is null while it is not known, or when `says` tells that nothing does."""
    at = datetime.fromisoformat(asked["at"]) if asked["at"] else None
    if request.app[AHEAD].tell(at, asked["says"], request.app[CLOCK].now()):
        request.app[STATE].changed()
    return {}


async def _stand_in(request: web.Request, asked: Json) -> Json:
    """The place whose clock the page shows."""
    if request.app[AHEAD].stand_in(asked["zone"], asked["place"]):
        request.app[STATE].changed()
    return {}


async def _plant(request: web.Request, asked: Json) -> Json:
    fault = request.app[FAULTS].plant(Fault(**asked))
    await request.app[DELIVERIES].sockets.strike(fault)
    return {"id": fault.id}


async def _clear(request: web.Request, asked: Json) -> Json:
    request.app[FAULTS].planted.pop(int(asked["id"]), None)
    return {}


async def _remove(request: web.Request, asked: Json) -> Json:
    """A message of the bot deleted by hand, by an administrator."""
    request.app[PEOPLE].remove(asked["channel"], asked["ts"])
    return {}


async def _join(request: web.Request, asked: Json) -> Json:
    """Somebody joins the workspace, or changes who they are."""
    request.app[MEMBERS].join(Person(**asked))
    return {}


async def _deactivate(request: web.Request, asked: Json) -> Json:
    request.app[MEMBERS].set_deactivated(asked["user"], deactivated=True)
    return {}


async def _reactivate(request: web.Request, asked: Json) -> Json:
    request.app[MEMBERS].set_deactivated(asked["user"], deactivated=False)
    return {}


_DEEDS: dict[str, Callable[[web.Request, Json], Awaitable[Json]]] = {
    "say": _say,
    "edit": _edit,
    "delete": _delete,
    "press": _press,
    "choose": _choose,
    "invite": _invite,
    "forward": _forward,
    "rate": _rate,
    "tell": _tell,
    "stand_in": _stand_in,
    "plant": _plant,
    "clear": _clear,
    "remove": _remove,
    "join": _join,
    "deactivate": _deactivate,
    "reactivate": _reactivate,
}
