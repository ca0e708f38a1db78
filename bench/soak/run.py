"""One soak from its first keystroke to its count."""

import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

from bench.soak import count
from bench.soak.asked import Asked
from bench.soak.count import Finding
from bench.soak.days import Days, Figure
from bench.soak.finale import planted, reminded
from bench.soak.ground import Ground, ground
from bench.soak.ledger import Ledger
from bench.soak.people import Person
from bench.soak.standing import Standing, stands
from bench.soak.trouble import Trouble, not_planned
from bot.demo import players


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a soak came to."""

    asked: Asked
    findings: Sequence[Finding]
    struck: Counter[str]
    planned: Sequence[str]
    not_planned: Sequence[str]
    sent: int
    given_up: int
    notes: int
    removed: int  # messages that the bot took out of DMs again
    apart: int  # reviews with something else between their pages
    silence: float
    memory: tuple[float, float, float]  # megabytes at the start, at the end, and the most
    sizes: tuple[tuple[float, float], tuple[float, float]]  # database and -wal, at the start and at the end
    seconds: float
    figures: Sequence[Figure] = ()


async def soaked(asked: Asked, server: str | None) -> Outcome:
    """Run it; `server` is the URL of a PostgreSQL database where one is asked for."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="plenary-soak-") as name:
        async with ground(asked, asked.keep or Path(name), server) as set_up:
            sizes, memory = [set_up.database_size()], [set_up.memory()]
            sampling = asyncio.create_task(_sampled(set_up, memory))
            rng = Random(asked.seed)  # noqa: S311 - a plan, not a secret
            people = _people(set_up, rng)
            trouble = await _tormented(set_up, people, rng)
            await _calmed(set_up, people)
            found, standing = await _counted(set_up)
            sampling.cancel()
            sent = await set_up.stage.driver.deliveries()
            if asked.keep:
                _kept(asked.keep, set_up.ledger, sent, trouble.windows)
            memory.append(set_up.memory())
            sizes.append(set_up.database_size())
            kinds = trouble.planned
            found += await trouble.quiet()
            return Outcome(
                asked=asked,
                findings=[*found, *count.never_struck(kinds, trouble.struck)],
                struck=trouble.struck,
                planned=kinds,
                not_planned=not_planned(set_up),
                sent=len(sent),
                given_up=sum(each["given_up"] and each["kind"] == "events_api" for each in sent),
                notes=sum(1 for _ in set_up.ledger.notes()),
                removed=_removed(set_up, sent),
                apart=sum(map(count.apart, standing.dms.values())),
                silence=_silence(set_up, standing, sent, trouble.windows) / asked.rate,
                memory=(memory[0], memory[-1], max(memory)),
                sizes=(sizes[0], sizes[-1]),
                seconds=time.monotonic() - began,
                figures=trouble.figures if isinstance(trouble, Days) else (),
            )


def _kept(folder: Path, ledger: Ledger, sent: Sequence[object], windows: Sequence[object]) -> None:
    """What one needs to find out why."""
    told = {"ledger": asdict(ledger), "sent": sent, "downtimes": windows}
    (folder / "soak.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def _people(set_up: Ground, rng: Random) -> list[Person]:
    return [
        Person(set_up.stage.driver, diary, number, Random(rng.random()), set_up.asked.pause)  # noqa: S311 - as above
        for number, diary in enumerate(set_up.ledger.diaries.values())
    ]


async def _tormented(set_up: Ground, people: list[Person], rng: Random) -> Trouble:
    """People work while trouble strikes; they stop when the time is over and each kind has had its turn."""
    until = time.monotonic() + set_up.asked.minutes * 60
    strikes = Days if set_up.asked.days else Trouble
    trouble = strikes(set_up, Random(rng.random()), until)  # noqa: S311 - as above
    async with asyncio.TaskGroup() as group:
        striking = group.create_task(trouble.run())
        for person in people:
            group.create_task(person.live(lambda: striking.done() and time.monotonic() > until))
    return trouble


async def _calmed(set_up: Ground, people: list[Person]) -> None:
    """The trouble is over: what was typed gets through, the reminder rings, everybody submits and looks."""
    with suppress(TimeoutError):
        await set_up.stage.driver.settled(within=400 * set_up.asked.retry_scale + 60)
    sent = await set_up.stage.driver.deliveries()
    _answers_may_be_missing(set_up.ledger, sent)
    await _quiet(set_up, set_up.asked.looks_again)
    await reminded(set_up)
    await planted(set_up, people[0])
    await asyncio.gather(*(each.submit() for each in people))
    await _quiet(set_up, set_up.asked.looks_again)
    await asyncio.gather(*(_reviewed(each) for each in people))


def _answers_may_be_missing(ledger: Ledger, sent: Sequence[dict[str, object]]) -> None:
    """A command that Slack sent again may have been caught up before, one card for several of them.

    What it opened must be kept all the same.
    """
    late = {str(each["ts"]) for each in sent if each["given_up"] or int(str(each["attempts"])) > 1}
    for diary in ledger.diaries.values():
        diary.asked = [replace(each, is_sure=each.is_sure and each.ts not in late) for each in diary.asked]


async def _reviewed(person: Person) -> None:
    person.diary.report_at = await person.command("report")
    await person.delivered()


async def _counted(set_up: Ground) -> tuple[list[Finding], Standing]:
    """Count, again and again until nothing is wrong or the patience is over."""
    asked = set_up.asked
    patience = time.monotonic() + (0 if asked.broken else 240 if asked.is_unscaled else 40)
    while True:
        for for_long in (1.0, asked.looks_again):  # each digest message changes at most once a minute
            await _quiet(set_up, for_long)
            await set_up.stage.driver.forward(65)
        await _quiet(set_up, asked.looks_again)
        everybody = [diary.person for diary in set_up.ledger.diaries.values()]
        standing = await stands(set_up.stage.driver, everybody, players.DIGEST, set_up.logs)
        found = count.count(set_up.ledger, standing)
        if not found or time.monotonic() > patience:
            return found, standing
        await asyncio.sleep(1)


async def _quiet(set_up: Ground, for_long: float) -> None:
    """Wait until nothing comes and nothing goes for so many seconds; not for ever."""
    driver = set_up.stage.driver
    end, before, since = time.monotonic() + 120, -1, time.monotonic()
    while time.monotonic() < end and time.monotonic() - since < for_long:
        status = await driver.status()
        if status["version"] != before or status["pending"] or status["calls"]:
            before, since = status["version"], time.monotonic()
        await asyncio.sleep(0.1)


async def _sampled(set_up: Ground, memory: list[float]) -> None:
    while True:
        await asyncio.sleep(2)
        memory.append(set_up.memory())


def _removed(set_up: Ground, sent: Sequence[dict[str, object]]) -> int:
    """How many messages vanished from DMs that no person deleted."""
    vanished = sum(each["subtype"] == "message_deleted" for each in sent)
    return vanished - sum(diary.vanished for diary in set_up.ledger.diaries.values())


def _silence(
    set_up: Ground,
    standing: Standing,
    sent: Sequence[dict[str, object]],
    windows: Sequence[tuple[float, float]],
) -> float:
    """See count.silence: a command is heard when it is typed, or when Slack's retry got through."""
    heard = {
        str(each["ts"]): float(str(each["ts"]))
        if each["attempts"] == 1
        else set_up.time_of(str(each["acknowledged_at"]))
        for each in sent
        if each["acknowledged"]
    }
    diaries = set_up.ledger.diaries.values()
    return max(count.silence(each, standing.dms[each.person], heard, windows) for each in diaries)
