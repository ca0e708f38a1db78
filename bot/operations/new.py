"""What `plenary event new` does: two files that were not there."""

from collections.abc import Mapping
from pathlib import Path

from bot.errors import EventRefused
from bot.programme.new import event_text, new_event, sessions_csv, sessions_xlsx

_TABLES = {"csv": sessions_csv, "xlsx": sessions_xlsx}


def write_event(answers: Mapping[str, str], file: Path | None, table: str) -> list[str]:
    """Write an event file and its table of sessions ("csv" or "xlsx"); gives what to do next.

    Raises EventRefused for answers that are of no use, and for a file that is there already; then neither
    is written.
    """
    event = new_event(answers)
    file = file or Path(f"{event.key}.yaml")
    beside = file.with_name(f"{file.stem}-sessions.{table}")
    text = event_text(event, beside.name).encode()
    if there := [
        f"{each}: is there already; nothing was written." for each in (file, beside) if each.exists()
    ]:
        raise EventRefused(there)
    for path, content in ((beside, _TABLES[table](event)), (file, text)):
        _write(path, content)
    return [
        f"{event.name} is written to {file}, its sessions to {beside}. The zone is {event.zone}.",
        "Fill both in. Then look for mistakes, try it, and store it:",
        f"  plenary check {file}",
        f"  plenary demo --event {file}",
        f"  plenary event apply {file}",
    ]


def _write(path: Path, content: bytes) -> None:
    try:
        with path.open("xb") as target:
            target.write(content)
    except OSError as error:
        raise EventRefused([f"{path}: cannot be written ({error.strerror or 'unknown reason'})."]) from None
