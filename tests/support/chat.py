"""Chats with the bot's services over the local Slack: a real database, a real delivery, buttons pressed."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from bot.domain.event import ChannelId, PersonId
from bot.domain.moment import ts_of
from bot.metrics import Metrics
from bot.rounds import Rounds
from bot.services import answering, intake
from bot.services.taken import Taken
from bot.slack import inbound
from bot.slack.delivery import Delivery, Pace
from bot.slack.outage import Outage
from bot.slack.posting import Posting
from storage import Storage
from tests.builders import WORKSPACE
from tests.sandbox.local import Json, Local
from tests.support.nudges import said


class Chats:
    """Everybody's DM with the bot, whose clock is put by hand."""

    def __init__(self, storage: Storage, slack: Local, now: datetime) -> None:
        self.storage, self.slack, self.now = storage, slack, now
        self._presses = count(1)
        self.rounds = Rounds(storage, WORKSPACE, lambda: self.now, lambda: None, Metrics(), lambda: None)
        self.delivery = Delivery(
            storage=storage,
            posting=Posting(slack.bot),
            workspace=WORKSPACE,
            now=lambda: self.now,
            pace=Pace(lease=5.0, timeout=1.0, rest=0.0),
            outage=Outage(lambda: None),
        )

    async def at(self, moment: datetime) -> None:
        """It is that late now: the alarm rings, and what waits goes out."""
        self.now = moment
        await self.rounds()
        await self.deliver()

    async def until(self, moment: datetime) -> None:
        """Let the alarm ring whenever it should until then."""
        while (due := await self.rounds()) is not None and due <= moment:
            await self.deliver()
            self.now = due
        await self.deliver()
        await self.at(moment)

    async def deliver(self) -> None:
        behind = (self.now - self.slack.clock.now()).total_seconds()
        self.slack.clock.forward(max(0.0, behind))  # what is posted stands there since now
        while rows := await self.delivery._claim():
            for row in rows:
                await self.delivery._deliver(row)

    async def types(self, person: str, text: str) -> Taken:
        """Somebody types something now."""
        self.now += timedelta(seconds=1)
        channel = await self.slack.driver.channel(person)
        message = replace(said(PersonId(person), text, self.now), channel=ChannelId(channel))
        taken = await self.storage.write(lambda tx: intake.take_said(tx, message, self.now))
        await self.deliver()
        return taken

    async def press(self, person: str, label: str, *, by: str | None = None) -> Taken:
        """Press the newest button, or choose the newest line of a menu, that reads so; `by` somebody else."""
        message, action = await self._find(person, label)
        taken = await self.press_again(by or person, message, action)
        await self.deliver()
        return taken

    async def press_again(
        self, person: str, message: Json, action: Json, *, ahead: timedelta = timedelta()
    ) -> Taken:
        """The same press, from wherever its message stood then; Slack's clock may be `ahead` of ours."""
        ts = ts_of(self.now + ahead + timedelta(microseconds=next(self._presses)))
        wished = inbound.wished(
            {
                "team": {"id": WORKSPACE},
                "user": {"id": person},
                "channel": {"id": f"D{person}"},
                "message": {"ts": message["ts"]},
                "actions": [{**action, "action_ts": ts}],
            },
            WORKSPACE,
        )
        assert wished is not None
        return await self.storage.write(lambda tx: answering.take_wish(tx, wished, self.now))

    async def find(self, person: str, label: str) -> tuple[Json, Json]:
        """A message and what pressing its button would send."""
        return await self._find(person, label)

    async def reads(self, person: str) -> list[str]:
        """The first sentence of every message in somebody's DM."""
        return [each["text"] for each in await self._history(person)]

    async def labels(self, person: str) -> list[str]:
        """What can be pressed in somebody's DM, in all messages."""
        return [label for each in await self._history(person) for label, _ in _actions(each)]

    async def shows(self, person: str) -> str:
        """Everything in the newest message."""
        return str((await self._history(person))[-1]["blocks"])

    async def _history(self, person: str) -> list[Json]:
        found: list[Json] = await self.slack.driver.history(person)
        return found

    async def _find(self, person: str, label: str) -> tuple[Json, Json]:
        for message in reversed(await self._history(person)):
            for found, action in _actions(message):
                if found == label:
                    return message, action
        raise LookupError(f"{label} is not in {await self.labels(person)}")


def _actions(message: Json) -> list[tuple[str, Json]]:
    found: list[tuple[str, Json]] = []
    for block in message.get("blocks", ()):
        accessory: list[Any] = [block["accessory"]] if "accessory" in block else []
        for element in (*block.get("elements", ()), *accessory):
            if element.get("type") == "button":
                pressed = {"action_id": element["action_id"], "value": element["value"]}
                found.append((element["text"]["text"], pressed))
            elif element.get("type") == "overflow":
                found += [
                    (
                        option["text"]["text"],
                        {"action_id": element["action_id"], "selected_option": option},
                    )
                    for option in element["options"]
                ]
    return found
