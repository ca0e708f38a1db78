"""What may stand in a list only once."""

from collections.abc import Iterator

from bot.programme.faults import Fault, shown
from bot.programme.reading import Source, path
from bot.programme.tree import Loc


def doubles(
    source: Source, at: str | Loc, key: str, what: str, *, is_warning: bool = False
) -> Iterator[Fault]:
    """Rows of a list whose `key` (or, without one, whose whole value) stood in a row before."""
    loc = (at,) if isinstance(at, str) else at
    seen: dict[str, int] = {}
    for index, row in enumerate(source.rows(*loc)):
        value = row.get(key) if isinstance(row, dict) and key else row
        if not isinstance(value, str):
            continue
        if value in seen:
            of_row = (*loc, index, key) if isinstance(row, dict) else (*loc, index)
            yield source.fault(
                of_row,
                f"the {what} stands here twice, as no. {seen[value] + 1} too",
                what=path(of_row),
                found=shown(value),
                is_warning=is_warning,
            )
        seen.setdefault(value, index)
