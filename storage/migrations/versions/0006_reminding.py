"""Reminders that people answer: snoozes, absences, what organisers are told and decide, people's own clocks.

Every new column may be empty: code before this writes none of them, and empty reads as it was until now.
"""

from typing import Any

from alembic import op
from sqlalchemy import Boolean, Column, DateTime, String, Text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_Moment = DateTime(timezone=True).with_variant(String(27), "sqlite")
_Ts = String(17).with_variant(String(17, collation="C"), "postgresql")


def upgrade() -> None:
    for name, kind in (
        ("says", String),
        ("meant_for", _Moment),
        ("why", String),
        ("missed_at", _Moment),
        ("is_asked", Boolean),
        ("message", String),
    ):
        op.add_column("reminders", Column(name, kind, nullable=True))
    op.create_index("ix_reminders_workspace_event_person", "reminders", ["workspace", "event", "person"])
    _create("members", ("workspace", "person"), zone=String(), name=Text())
    _create(
        "snoozes",
        ("workspace", "event", "session", "person", "rung"),
        {"asked_at": _Moment},
        until=_Moment,
        undone_at=_Moment,
    )
    _create(
        "aways",
        ("workspace", "event", "person"),
        {"ts": _Ts},
        starts_at=_Moment,
        ends_at=_Moment,
        undone_at=_Moment,
    )
    _create("notices", ("workspace", "event", "about", "person"), message=String())
    _create("decisions", ("workspace", "event", "about"), person=String(), decision=String(), at=_Moment)


_MAY_BE_EMPTY = ("zone", "name", "undone_at")


def _create(called: str, key: tuple[str, ...], more: dict[str, Any] | None = None, **columns: Any) -> None:
    op.create_table(
        called,
        *(Column(each, String, primary_key=True) for each in key),
        *(Column(each, kind, primary_key=True) for each, kind in (more or {}).items()),
        *(Column(each, kind, nullable=each in _MAY_BE_EMPTY) for each, kind in columns.items()),
    )
