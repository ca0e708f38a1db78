"""People at work: each does one thing after another, at random from the seed, and writes it into a diary."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench.soak import texts
from bench.soak.ledger import Asked, Diary, Note, Wording
from bench.soak.standing import actions, card_of
from bot.sandbox.driver import Driver, Json

NOTHING = "nothing raised"
_OLD = 8  # how many of the newest notes are edited or deleted
_OF_THE_WALK = ("walk.", "report.")  # others put reminders off, end a part, or keep what was deleted
_PATIENCE = 6.0  # seconds until a button is held to have done nothing
_ANSWERED = 0.1  # seconds between two looks whether Slack got a press to the bot


@dataclass
class Person:
    """Somebody who types; `number` makes the markers this person's."""

    driver: Driver
    diary: Diary
    number: int
    rng: Random
    pause: float  # mean seconds between two deeds
    channel: str = ""
    _wordings: int = field(default=0, init=False)

    async def live(self, is_over: Callable[[], bool]) -> None:
        """Do one thing after another until told that it is over."""
        self.channel = await self.driver.channel(self.diary.person)
        deeds = {
            self.note: 58, self.reply: 4, self.edit: 12, self.delete: 6, self.move: 9, self.press: 6,
            self.ask: 3, self.submit: 2,
        }  # fmt: skip
        while not is_over():
            await asyncio.sleep(self.rng.expovariate(1 / self.pause))
            (deed,) = self.rng.choices(list(deeds), list(deeds.values()))
            await deed()

    async def note(self) -> None:
        """Type a note into the section that is open."""
        wording = self._wording()
        ts = await self.driver.say(self.diary.person, wording.typed)
        self.diary.notes.append(Note(ts, self.diary.section, [wording]))

    async def reply(self) -> None:
        """Type a note in the thread of another: the section is that which is open."""
        parents = [note for note in self.diary.notes[-_OLD:] if not note.is_deleted and note.parent is None]
        if parents:
            wording, parent = self._wording(), self.rng.choice(parents).ts
            ts = await self.driver.say(self.diary.person, wording.typed, thread=parent)
            self.diary.notes.append(Note(ts, self.diary.section, [wording], parent))

    async def name(self, name: str) -> None:
        """Type a note that names somebody of the list."""
        said = self._wording()
        wording = Wording(said.marker, f"{said.marker} {name}", f"{said.marker} a participant")
        ts = await self.driver.say(self.diary.person, wording.typed)
        self.diary.notes.append(Note(ts, self.diary.section, [wording]))

    async def edit(self) -> None:
        """Edit one of the newest notes."""
        if note := self._some_note():
            await self._edit(note)

    async def edit_last(self) -> None:
        """Edit the newest note."""
        await self._edit(self.diary.notes[-1])

    async def delete(self) -> None:
        """Delete one of the newest notes."""
        if note := self._some_note():
            await self.driver.delete(self.diary.person, note.ts)
            note.is_deleted = True
            has_replies = any(each.parent == note.ts and not each.is_deleted for each in self.diary.notes)
            self.diary.vanished += not has_replies  # else Slack lets a tombstone stand

    async def move(self) -> None:
        """Open a section: by its number, or with a relative word if the bot knows where we stand."""
        section, sections = self.diary.section, self.diary.sections
        if self.rng.random() < 0.4 or await self._undelivered():
            await self._go(self.rng.randrange(sections))
        elif section >= 0 and self.rng.random() < 0.2:
            self.diary.open(await self.command(NOTHING), section + 1)
            self.diary.mark(section)
        elif section > 0 and self.rng.random() < 0.3:
            self.diary.open(await self.command("back"), section - 1)
        else:
            self.diary.open(await self.command("next"), section + 1)

    async def ask(self) -> None:
        """Type a word that shows something and moves nothing."""
        await self.command(self.rng.choice(("report", "help")))

    async def submit(self) -> None:
        """Type submit twice."""
        await self.command("submit")
        self.diary.submits.append(await self.command("submit"))

    async def press(self) -> None:
        """Press a button of one of the newest messages, and see whether it reached the bot."""
        buttons = [
            (message["ts"], element)
            for message in (await self.driver.history(self.diary.person))[-12:]
            if message.get("bot_id")
            for block in message.get("blocks") or ()
            if block["type"] == "actions"
            for element in block["elements"]
            if str(element["action_id"]).startswith(_OF_THE_WALK)
        ]
        if buttons:
            await self._press(*self.rng.choice(buttons))

    async def command(self, word: str) -> str:
        """Type a word that is answered; gives its ts."""
        ts = await self.driver.say(self.diary.person, word)
        self.diary.asked.append(Asked(ts))
        return ts

    async def delivered(self) -> None:
        """Wait until the bot has all that this person did, or Slack has given it up."""
        while await self._undelivered():  # noqa: ASYNC110 - another process knows
            await asyncio.sleep(_ANSWERED)

    async def _press(self, under: str, button: Json) -> None:
        action, value = str(button["action_id"]), str(button["value"])
        section = int(value.rpartition("|")[2])
        opens = {"walk.next": section + 1, "walk.nothing": section + 1, "walk.open": section}.get(action)
        ts = await self.driver.press(self.diary.person, under, action, value)
        if opens is not None:
            self.diary.open(ts, opens)
        is_sure = await self._arrived(ts) and await self._answered(ts, action)
        self.diary.asked.append(Asked(ts, is_sure))
        if action == "walk.nothing":
            self.diary.mark(section, is_sure=is_sure)
        if action == "report.submit":
            self.diary.submits.append(ts)
        if not is_sure:  # Slack's warning triangle, or the bot asks to press again: one types what was meant
            await self._go(self.rng.randrange(self.diary.sections))

    async def _answered(self, since: str, action: str) -> bool:
        """Whether a press was answered with what it is for, before one loses patience."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            for message in await self.driver.history(self.diary.person):
                if str(message["ts"]) > since and self._is_answer_to(message, action):
                    return True
            await asyncio.sleep(0.3)
        return False

    def _is_answer_to(self, message: Json, action: str) -> bool:
        match action:
            case "report.submit":
                return str(message["text"]).endswith(" is submitted.")
            case "report.show":
                return "report.submit" in actions(message)
            case _:
                section = self.diary.section
                is_review = section == self.diary.sections - 1 and "report.submit" in actions(message)
                return card_of(message) == section or is_review

    async def _edit(self, note: Note) -> None:
        wording = self._wording()
        await self.driver.edit(self.diary.person, note.ts, wording.typed)
        note.wordings.append(wording)

    async def _go(self, section: int) -> None:
        self.diary.open(await self.command(str(section + 1)), section)

    async def _arrived(self, ts: str) -> bool:
        """Whether a press was acknowledged; Slack sends it once."""
        while any(each["ts"] == ts for each in await self._undelivered()):  # noqa: ASYNC110 - as above
            await asyncio.sleep(_ANSWERED)
        sent = await self.driver.deliveries(self.channel)
        return any(each["ts"] == ts and each["acknowledged"] for each in sent)

    async def _undelivered(self) -> list[dict[str, Any]]:
        return await self.driver.deliveries(self.channel, pending=True)

    def _some_note(self) -> Note | None:
        there = [note for note in self.diary.notes if not note.is_deleted][-_OLD:]
        return self.rng.choice(there) if there else None

    def _wording(self) -> Wording:
        self._wordings += 1
        return texts.wording(self.rng, f"z{self.number:02d}q{self._wordings}")
