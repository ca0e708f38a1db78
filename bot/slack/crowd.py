"""Many at the door: those who have said nothing for longest are shown out, so that Slack finds room."""

import asyncio
import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from aiohttp import web

Guest = web.RequestHandler

FILES = 8192  # open files that we ask the system for; most give 1,024 unasked
MOST = 2000  # connections at the door; Slack needs a handful
IDLE = 180.0  # seconds without a request; longer than proxies keep a connection that they may use again
_LOOK = 1.0


def make_room() -> int:
    """Raise this process's soft limit of open files; gives how many connections there is room for.

    Half of the files stay free for the database, for calls to Slack and for the socket.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
    if soft < wanted:
        with suppress(ValueError, OSError):  # a system that gives less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return min(MOST, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


class Crowd:
    """Who is there, and since when without a request."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._idle_since: dict[Guest, float] = {}
        self._asking: set[Guest] = set()

    @property
    def middleware(self) -> Callable[..., Awaitable[web.StreamResponse]]:
        """Sees who asks."""

        @web.middleware
        async def seen(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            guest = request.protocol
            self._asking.add(guest)
            try:
                return await handler(request)
            finally:
                self._asking.discard(guest)
                self._idle_since.pop(guest, None)

        return seen

    def look(self, guests: list[Guest], now: float) -> None:
        """Show out who has been idle for too long, and the longest idle of those who are too many."""
        self._idle_since = {each: self._idle_since.get(each, now) for each in guests}
        idle = [each for each in guests if each not in self._asking]  # in the order in which they came
        idle.sort(key=self._idle_since.__getitem__)
        too_many = max(0, len(guests) - self._room)
        for place, guest in enumerate(idle):
            if place < too_many or now - self._idle_since[guest] > IDLE:
                guest.force_close()


@asynccontextmanager
async def watched(crowd: Crowd, guests: Callable[[], list[Guest]]) -> AsyncIterator[None]:
    """Look at the crowd every second."""

    async def look() -> None:
        while True:
            crowd.look(guests(), asyncio.get_running_loop().time())
            await asyncio.sleep(_LOOK)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
