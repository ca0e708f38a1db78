"""What an event decides for itself, several sessions a person, and reports that several write.

Every new column may be empty: code before this writes none of them, and empty reads as it was until now.
"""

from typing import Any

from alembic import op
from sqlalchemy import Boolean, Column, DateTime, Integer, String, Text, column, select, table
from sqlalchemy import insert as insert_into

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_Moment = DateTime(timezone=True).with_variant(String(27), "sqlite")
_Ts = String(17).with_variant(String(17, collation="C"), "postgresql")


def upgrade() -> None:
    _add("events", freeze_at=_Moment, freeze_wall=String, due_wall=String, settings=Text)
    _add(
        "sessions",
        room=Text,
        track=Text,
        level=String,
        template=String,
        template_version=Integer,
        due_at=_Moment,
        due_wall=String,
        is_cancelled=Boolean,
    )
    _add("assignments", part=String, since=_Ts, until=_Ts, contacted_at=_Moment, stopped=String)
    _add("sought", part=String)
    _add("dialogues", heard_ts=_Ts)
    _add("presses", session=String)
    op.create_table(
        "submits",
        *(Column(name, String, primary_key=True) for name in ("workspace", "event", "session", "person")),
        Column("submitted_ts", _Ts, nullable=False),
    )
    _fill()


def _add(name: str, **columns: Any) -> None:
    for each, kind in columns.items():
        op.add_column(name, Column(each, kind, nullable=True))


def _fill() -> None:
    """Until now a person reported one session of an event."""
    key = ("workspace", "event", "person")
    dialogues = table("dialogues", *map(column, (*key, "submitted_ts")))
    assignments = table("assignments", *map(column, (*key, "session")))
    submits = table("submits", *map(column, (*key, "session", "submitted_ts")))
    submitted = (
        select(*(assignments.c[name] for name in (*key, "session")), dialogues.c.submitted_ts)
        .join(dialogues, _same(assignments, dialogues, key))
        .where(dialogues.c.submitted_ts.is_not(None))
    )
    op.get_bind().execute(
        insert_into(submits).from_select([*key, "session", "submitted_ts"], submitted),
        execution_options={"crosses_workspaces": "what was submitted"},
    )


def _same(one: Any, other: Any, names: tuple[str, ...]) -> Any:
    first, *rest = (one.c[name] == other.c[name] for name in names)
    for each in rest:
        first = first & each
    return first
