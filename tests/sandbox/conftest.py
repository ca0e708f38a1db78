"""A local Slack without anybody at the other end of its events."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sandbox.local import Local, local_slack


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Local]:
    """Events go to sockets, and none is open."""
    async with local_slack(tmp_path, retry_scale=0.0) as served:
        yield served
