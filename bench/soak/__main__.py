"""python -m bench.soak: torment a bot, count from outside. 0: nothing is wrong, else 1, the faults named."""

import argparse
import asyncio
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.soak import report
from bench.soak.asked import PLANTED, Asked
from bench.soak.run import soaked
from bench.soak.short import short
from bot.demo.breaks import Break
from bot.demo.stage import Database, Transport, database
from bot.errors import MendableError


def parser() -> argparse.ArgumentParser:
    """The options; docs/soak.md explains them."""
    options = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    options.add_argument(
        "--minutes", type=float, default=2.0, help="how long trouble strikes; 10 and more: nothing is scaled"
    )
    options.add_argument("--seed", type=int, default=time.time_ns() % 100_000)
    options.add_argument("--database", choices=[each.value for each in Database], default="sqlite")
    options.add_argument("--transport", choices=[each.value for each in Transport], default="socket")
    options.add_argument("--processes", type=int, default=1, help="bots on one PostgreSQL")
    options.add_argument(
        "--break", dest="broken", type=Break, choices=PLANTED, help="plant a fault that must be found"
    )
    options.add_argument(
        "--beyond-retries", action="store_true", help="an outage that outlasts all of Slack's retries too"
    )
    options.add_argument("--days", type=float, default=0.0, help="so many days instead, at a rate")
    options.add_argument("--rate", type=float, default=60.0, help="seconds of those days in a real second")
    options.add_argument("--keep", type=Path, help="an empty folder in which logs, state and database stay")
    options.add_argument(
        "--only", action="append", default=[], metavar="KIND", help="of trouble; again for more"
    )
    options.add_argument(
        "--short", action="store_true", help="what CI runs: all four combinations and two processes"
    )
    return options


def main(arguments: list[str]) -> int:
    """The exit code."""
    options = parser()
    given = options.parse_args(arguments)
    if given.processes > 1 and given.database != "postgres":
        options.error("several processes need --database postgres")
    if given.days:
        given.minutes, given.beyond_retries = given.days * 24 * 60 / given.rate, True
    else:
        given.rate = 1.0
    is_short = vars(given).pop("short")
    asked = Asked(**{**vars(given), "only": tuple(given.only)})
    try:
        with _server(is_short or asked.database == "postgres") as server:
            return asyncio.run(short(asked.seed, server or "") if is_short else _told(asked, server))
    except MendableError as error:
        print(error, file=sys.stderr)
        return 2


@contextmanager
def _server(is_needed: bool) -> Iterator[str | None]:
    """The URL of a PostgreSQL database, if one is needed."""
    if not is_needed:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="plenary-soak-pg-") as folder, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR")  # of pgserver's, and nothing hangs on it
        with database("postgres", Path(folder)) as url:
            yield url


async def _told(asked: Asked, server: str | None) -> int:
    outcome = await soaked(asked, server)
    print("\n".join(report.lines(outcome)), flush=True)
    return 1 if outcome.findings else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
