"""Tells the page, again and again, which moment that matters is next."""

import asyncio
from contextlib import suppress

import aiohttp

from bot.demo.moments import courses_of, is_at_work, next_moment
from bot.demo.stage import Stage
from bot.errors import StorageUnavailable
from storage import Storage

_EVERY = 0.5  # seconds


async def tell_what_comes(set_up: Stage, storage: Storage) -> None:
    """Go on until cancelled; a database or a page that is away for a while is asked again."""
    while True:
        with suppress(StorageUnavailable, aiohttp.ClientError, LookupError):
            await _tell(set_up, storage)
        await asyncio.sleep(_EVERY)


async def _tell(set_up: Stage, storage: Storage) -> None:
    now, workspace = set_up.clock.now(), set_up.workspace
    if await storage.read(lambda tx: is_at_work(tx, workspace, now)):
        return
    courses = await storage.read(lambda tx: courses_of(tx, workspace, now))
    moment = next_moment(courses, now)
    if moment is None:
        await set_up.driver.tell(None, "Nothing is left to come" if courses else "")
    else:
        await set_up.driver.tell(moment.at, moment.says)
    if courses:
        await set_up.driver.stand_in(courses[-1].event.zone, courses[-1].event.place)
