"""A channel without the bot: what is due there waits, and goes as soon as the bot is invited."""

import pytest

from bot.demo import players
from bot.demo.stage import Stage
from tests.flows.conftest import Staged
from tests.flows.test_day import _plenary as plenary
from tests.flows.test_day import answers, digest_shows, submitted_without_digest, words

LINE = "/invite @Plenary"


async def told(set_up: Stage) -> int:
    """How often the organiser got the line."""
    return len([each for each in await answers(set_up, players.ORGANISER) if LINE in words(each)])


async def test_the_digest_appears_as_soon_as_the_bot_is_invited(staged: Staged, database_url: str) -> None:
    async with staged(invited=False, database_url=database_url) as set_up:
        await submitted_without_digest(set_up, "A note that waits")

        async def refused() -> bool:
            return "not_in_channel" in await plenary("outbox", DATABASE_URL=database_url)

        await set_up.driver.until(refused)
        assert await set_up.driver.history(players.DIGEST) == []
        await set_up.driver.invite(players.READER, players.DIGEST)
        await digest_shows(set_up, "A note that waits")  # within 20 s; by itself it would wait for 30


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
async def test_the_organiser_gets_the_line_once_and_the_invited_bot_posts_the_digest(
    staged: Staged, private: bool
) -> None:
    async with staged(invited=False, private=private) as set_up:
        await submitted_without_digest(set_up, "A note that waits")
        await set_up.driver.until(lambda: told(set_up))
        await submitted_without_digest(set_up, "Another, of somebody else", person=players.rapporteur("1.2"))
        assert await set_up.driver.history(players.DIGEST) == []
        await set_up.driver.invite(players.READER, players.DIGEST)
        await digest_shows(set_up, "A note that waits")
        await digest_shows(set_up, "Another, of somebody else")
        assert await told(set_up) == 1
