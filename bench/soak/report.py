"""What a soak prints."""

from collections.abc import Iterator

from bench.soak.count import columns
from bench.soak.days import lines as growth
from bench.soak.run import Outcome


def lines(outcome: Outcome) -> Iterator[str]:
    """The table and the verdict."""
    asked = outcome.asked
    yield f"python -m bench.soak: {asked.title()}"
    yield f"20 people, {asked.minutes:g} minutes of trouble; Slack's retry times x {asked.retry_scale:g}"
    if asked.days:
        yield f"{asked.days:g} days at {asked.rate:g} seconds a second"
    yield from () if asked.days else outcome.not_planned
    if outcome.given_up and not asked.beyond_retries:
        yield "Slack gave events up: this machine is too slow for such short retry times; try more --minutes"
    yield ""
    yield from (f"  {name:<38}{value}" for name, value in _table(outcome))
    if outcome.figures:
        yield ""
        yield from growth(outcome.figures)
    yield ""
    for finding in dict.fromkeys(outcome.findings):
        yield f"FAULT {finding.kind.value}: {finding.what}"
    yield verdict(outcome)


def verdict(outcome: Outcome) -> str:
    """One line."""
    told = ", ".join(f"{name} {number}" for name, number in columns(outcome.findings).items())
    word = "FAULTY" if outcome.findings else "good"
    return f"verdict: {word} ({outcome.asked.title()}): {told}, in {outcome.seconds:.0f} s"


def _table(outcome: Outcome) -> Iterator[tuple[str, str]]:
    yield "notes typed", f"{outcome.notes}"
    yield "events and buttons sent", f"{outcome.sent}, given up by Slack {outcome.given_up}"
    for kind in outcome.planned:
        yield kind, f"struck {outcome.struck[kind]} times"
    for name, number in columns(outcome.findings).items():
        yield name, f"{number}"
    yield "doubles removed from DMs by the bot", f"{outcome.removed}"
    yield "reviews whose pages stand apart", f"{outcome.apart}"
    yield "longest silence", f"{outcome.silence:.1f} s"
    yield (
        "memory of the bot",
        "{:.0f} MB at the start, {:.0f} at the end, at most {:.0f}".format(*outcome.memory),
    )
    (before, _), (after, wal) = outcome.sizes
    yield "database", f"{before:.1f} MB at the start, {after:.1f} at the end, -wal {wal:.1f}"
