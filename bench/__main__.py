"""python -m bench NAME: runs a benchmark; without a name it lists them."""

import sys

from bench import apply, check, reminders, turn

BENCHMARKS = {"turn": turn.main, "check": check.main, "apply": apply.main, "reminders": reminders.main}


def main() -> int:
    """The exit code."""
    match sys.argv[1:]:
        case [name, *arguments] if name in BENCHMARKS:
            return BENCHMARKS[name](arguments)
        case unknown:
            for name, benchmark in BENCHMARKS.items():
                print(f"python -m bench {name}: {(benchmark.__doc__ or '').splitlines()[0]}")
            return 2 if unknown else 0


if __name__ == "__main__":
    raise SystemExit(main())
