"""What operators' commands do; they give lines, which bot.cli prints."""

from bot.operations.database import (
    database_versions,
    drop_rows,
    outbox_lines,
    restore_lines,
    retry_rows,
    show_row,
)
from bot.operations.events import Answers, apply_event, people_lines
from bot.operations.new import write_event

__all__ = [
    "Answers",
    "apply_event",
    "database_versions",
    "drop_rows",
    "outbox_lines",
    "people_lines",
    "restore_lines",
    "retry_rows",
    "show_row",
    "write_event",
]
