"""An event set up without a shell: six questions, two files, their faults, the difference, and Apply."""

from pathlib import Path
from typing import Any

import pytest

from bot.demo import players
from bot.demo.stage import Stage
from tests.flows.conftest import Staged

ADMIN, ANSWERS = "UADMIN", (
    "Lisbon dialogue",
    "Lisbon",
    "2031-03-11",
    "2031-03-12 15:30-17:00",
    "3",
    f"<#{players.DIGEST}|closing-digest>",
)  # fmt: skip
TABLE = (
    b"code,title,day,starts,ends\r\n1,Opening,2031-03-11,10:00,11:30\r\n"
    b"2,Ports and registers,2031-03-11,14:00,15:30\r\n"
)
BOTH = pytest.mark.parametrize(
    ("transport", "database"), [("socket", "sqlite"), ("http", "postgres")], ids=["socket", "http"]
)


async def said(at: Stage, person: str, part: str, *, count: int = 1) -> dict[str, Any]:
    """Wait for so many messages of the bot that show something; the last of them."""

    async def look() -> list[dict[str, Any]]:
        return [
            each
            for each in await at.driver.history(person)
            if each.get("bot_id") and part in str(each.get("blocks")) + each["text"]
        ][count - 1 :]

    return dict((await at.driver.until(look))[-1])


async def files(at: Stage, person: str) -> dict[str, bytes]:
    """The two files that the bot sent, by name."""

    async def look() -> list[dict[str, Any]]:
        sent = [each for each in await at.driver.history(person) if each.get("bot_id") and each.get("files")]
        return sent if len(sent) == 2 else []

    sent = [file for each in await at.driver.until(look) for file in each["files"]]
    return {file["name"]: await at.driver.download(person, file["id"]) for file in sent}


async def answers(at: Stage, person: str) -> dict[str, bytes]:
    await at.driver.say(person, "new event")
    for number, answer in enumerate(ANSWERS, 1):
        await said(at, person, f"question {number} of 6")
        await at.driver.say(person, answer)
    return await files(at, person)


def url_of(request: pytest.FixtureRequest, database: str) -> str:
    return str(request.getfixturevalue(f"{database}_url"))


@BOTH
async def test_an_organiser_sets_an_event_up_in_the_dm(
    staged: Staged, request: pytest.FixtureRequest, transport: str, database: str
) -> None:
    organiser = players.ORGANISER
    async with staged(transport=transport, database_url=url_of(request, database)) as at:
        made = await answers(at, organiser)
        assert list(made) == ["lisbon-dialogue-2031.yaml", "sessions.xlsx"]
        event = made["lisbon-dialogue-2031.yaml"]

        wrong = event.replace(b"Europe/Lisbon", b"Europe/Lisboa").replace(b'channel: "C', b'channel: "X')
        await at.driver.share_file(organiser, "lisbon.yaml", body=wrong)
        faults = await said(at, organiser, "2 things are to be mended")
        for key in (b"zone: ", b"channel: "):
            line = wrong.partition(b"\n" + key)[0].count(b"\n") + 2
            assert f"lisbon.yaml:{line}: " in str(faults["blocks"])

        table = TABLE
        await at.driver.share_files(organiser, {"lisbon.yaml": event, "sessions.csv": table})
        shown = await said(at, organiser, "is new:")
        drawn = str(shown["blocks"])
        assert (
            drawn.index("Nothing here stops you.") < drawn.index("lisbon.yaml:") < drawn.index("event.apply")
        )
        for _ in range(2):
            await at.driver.press(organiser, shown["ts"], "event.apply")
        await said(at, organiser, "The event is stored.")
        await at.bot.stop()
        await at.bot.start()
        await at.driver.share_file(organiser, "sessions.csv", body=table.replace(b"Ports", b"Quays"))
        shown = await said(at, organiser, "Quays and registers")
        await at.driver.press(organiser, shown["ts"], "event.not_now")
        await said(at, organiser, "Nothing was changed.", count=1)
        stored = [
            each for each in await at.driver.history(organiser) if "is stored" in str(each.get("blocks"))
        ]
        assert len(stored) == 1


async def test_an_administrator_of_a_workspace_without_organisers_becomes_the_first(
    staged: Staged, tmp_path: Path
) -> None:
    async with staged(is_organised=False) as at:
        await at.driver.join(ADMIN, "Administrator", "organiser", is_admin=True)
        for person in (players.VISITOR, players.ORGANISER):
            await at.driver.say(person, "new event")
            await said(at, person, "an administrator of this workspace types new event")
        made = await answers(at, ADMIN)
        event = made["lisbon-dialogue-2031.yaml"].replace(f"[{ADMIN}]".encode(), b"[]")
        await at.driver.share_file(ADMIN, "lisbon.yaml", body=event)
        shown = await said(at, ADMIN, "is new:")
        await at.driver.press(ADMIN, shown["ts"], "event.apply")
        await said(at, ADMIN, "The event is stored.")
        await at.driver.share_file(ADMIN, "sessions.csv", body=TABLE.replace(b"Ports", b"Quays"))
        await said(at, ADMIN, "Quays and registers")
