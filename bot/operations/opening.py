"""A database for the length of a command."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage import Storage, open_storage


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Storage]:
    """The database, upgraded; nobody is woken by what is written."""
    storage = await asyncio.to_thread(open_storage, url, lambda: None)
    try:
        yield storage
    finally:
        await storage.close()
