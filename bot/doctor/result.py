"""What doctor found, as lines for people and as JSON for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import groupby


class Check(StrEnum):
    """What is looked at; the documentation has a line for each."""

    SETTINGS = "settings"
    BOT = "bot token"
    SCOPES = "scopes"
    SOCKET = "app-level token"
    PUBLIC_ADDRESS = "public address"
    RUNNING = "running"
    CLOCK = "clock"
    DATABASE = "database"
    TIME_ZONES = "time zones"
    EVENT = "event"
    CHANNEL = "channel"
    PEOPLE = "people"
    MESSAGE = "message"


class Level(StrEnum):
    """How bad it is. With a problem, a report could not be made today, or somebody could not make theirs."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One thing that was looked at; `remedy` says what to do, where there is something to do."""

    check: Check
    level: Level
    sentence: str
    remedy: str | None = None


def well(check: Check, sentence: str) -> Result:
    """Nothing to do."""
    return Result(check=check, level=Level.OK, sentence=sentence)


def warning(check: Check, sentence: str, remedy: str) -> Result:
    """Worth knowing; reports can be made all the same."""
    return Result(check=check, level=Level.WARNING, sentence=sentence, remedy=remedy)


def problem(check: Check, sentence: str, remedy: str | None) -> Result:
    """To be mended; without a remedy where the sentence itself says what to do."""
    return Result(check=check, level=Level.PROBLEM, sentence=sentence, remedy=remedy)


def could_report(results: Sequence[Result]) -> bool:
    """Whether a report could be made today."""
    return all(each.level is not Level.PROBLEM for each in results)


def lines(results: Sequence[Result]) -> list[str]:
    """A heading for each check, a line for each result, and one below it for its remedy."""
    told: list[str] = []
    for check, found in groupby(results, key=lambda each: each.check):
        told.append(check.value)
        for each in found:
            told.append(f"  {each.level.value:<8} {each.sentence}")
            told += [f"           To do: {each.remedy}"] if each.remedy else []
    problems = sum(each.level is Level.PROBLEM for each in results)
    if problems:
        return [*told, "", f"A report could not be made today: {problems} to mend."]
    return [*told, "", "A report could be made today."]


def as_json(results: Sequence[Result]) -> str:
    """The same for programs."""
    body = {"could_report": could_report(results), "results": [asdict(each) for each in results]}
    return json.dumps(body, indent=1, ensure_ascii=False)
