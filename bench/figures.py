"""What was measured, a value a round, and how it is told: median, least and most."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

AT_ONCE = (1, 64)
_WIDTH = 26


@dataclass(slots=True)
class Phase:
    """One server's figures with so many requests at once."""

    cpu: list[float] = field(default_factory=list)  # microseconds an event, delivery included
    p50: list[float] = field(default_factory=list)  # milliseconds
    p99: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)  # events a second, until the last was answered

    def add(self, *, cpu: float, took: Sequence[float], rate: float) -> None:
        """A round; `took` is sorted."""
        self.cpu.append(cpu)
        self.p50.append(took[len(took) // 2])
        self.p99.append(took[int(len(took) * 0.99)])
        self.rate.append(rate)


@dataclass(slots=True)
class Measured:
    """All rounds of both servers, by how many at once; and the idle bot, measured once."""

    noop: dict[int, Phase] = field(default_factory=lambda: {number: Phase() for number in AT_ONCE})
    ours: dict[int, Phase] = field(default_factory=lambda: {number: Phase() for number in AT_ONCE})
    posts: list[float] = field(default_factory=list)  # a second, in the last phase
    calls: list[float] = field(default_factory=list)  # of Slack's Web API a turn, in the last phase
    idle_mb: float = 0.0
    idle_cpu: float = 0.0  # milliseconds a second


def as_lines(found: Measured) -> list[str]:
    """A table for people."""
    return [
        f"{'':<32}{'Bolt no-op':<{_WIDTH}}{'ours':<{_WIDTH}}ours / no-op",
        *(
            f"{name:<32}{_spread(noop, digits):<{_WIDTH}}{_spread(ours, digits):<{_WIDTH}}"
            f"{_spread(_ratios(ours, noop), 2)}"
            for name, digits, noop, ours in _compared(found)
        ),
        f"{'posts delivered a second':<32}{'':<{_WIDTH}}{_spread(found.posts, 0)}",
        f"{'calls to Slack a turn':<32}{'':<{_WIDTH}}{_spread(found.calls, 2)}",
        f"{'idle plenary run, RSS':<32}{'':<{_WIDTH}}{found.idle_mb:.0f} MB",
        f"{'idle plenary run, CPU':<32}{'':<{_WIDTH}}{found.idle_cpu:.1f} ms a second",
    ]


def as_json(found: Measured) -> dict[str, object]:
    """The same for programs: every figure as {median, min, max}."""
    compared = {
        name: {"noop": _told(noop), "ours": _told(ours), "ratio": _told(_ratios(ours, noop))}
        for name, _, noop, ours in _compared(found)
    }
    return {
        **compared,
        "posts delivered a second": _told(found.posts),
        "calls to Slack a turn": _told(found.calls),
        "idle RSS, MB": round(found.idle_mb, 1),
        "idle CPU, ms a second": round(found.idle_cpu, 2),
    }


def _compared(found: Measured) -> list[tuple[str, int, list[float], list[float]]]:
    """(name with unit, digits, the no-op's value a round, ours)."""
    rows: list[tuple[str, int, list[float], list[float]]] = []
    for number in AT_ONCE:
        noop, ours = found.noop[number], found.ours[number]
        rows += [
            (f"CPU us a turn, {number} at once", 0, noop.cpu, ours.cpu),
            (f"ack p50 ms, {number} at once", 2, noop.p50, ours.p50),
            (f"ack p99 ms, {number} at once", 2, noop.p99, ours.p99),
            (f"delivered a second, {number} at once", 0, noop.rate, ours.rate),
        ]
    return rows


def _ratios(ours: Sequence[float], noop: Sequence[float]) -> list[float]:
    """Round by round."""
    return [one / other for one, other in zip(ours, noop, strict=True)]


def _spread(values: Sequence[float], digits: int) -> str:
    return f"{median(values):.{digits}f} [{min(values):.{digits}f}-{max(values):.{digits}f}]"


def _told(values: Sequence[float]) -> dict[str, float]:
    return {"median": round(median(values), 4), "min": round(min(values), 4), "max": round(max(values), 4)}
