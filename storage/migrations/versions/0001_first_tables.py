"""The first tables.

Types are spelled out instead of imported: what this wrote then must not change when storage.types does.
"""

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, String, Text, text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Moment = DateTime(timezone=True).with_variant(String(27), "sqlite")
_Ts = String(17).with_variant(String(17, collation="C"), "postgresql")
_RowNumber = BigInteger().with_variant(Integer(), "sqlite")


def _key(name: str, kind: Any = String) -> Column[Any]:
    return Column(name, kind, primary_key=True)


def _must(name: str, kind: Any = String) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _may(name: str, kind: Any = String) -> Column[Any]:
    return Column(name, kind, nullable=True)


def upgrade() -> None:
    _the_programme()
    _the_people()
    _the_dialogues()
    _what_goes_out()


def _the_programme() -> None:
    op.create_table(
        "templates", _key("workspace"), _key("key"), _key("version", Integer), _must("body", Text)
    )
    op.create_table(
        "events",
        _key("workspace"),
        _key("event"),
        _must("name", Text),
        _must("place", Text),
        _must("zone"),
        _must("closing_wall"),
        _must("closing_ends_wall"),
        _must("closing_at", _Moment),
        _must("closing_ends_at", _Moment),
        _must("due_at", _Moment),
        _must("channel"),
        _must("template"),
        _must("template_version", Integer),
    )
    op.create_table(
        "sessions",
        _key("workspace"),
        _key("event"),
        _key("session"),
        _must("position", Integer),
        _must("title", Text),
        _must("starts_wall"),
        _must("ends_wall"),
        _must("starts_at", _Moment),
        _must("ends_at", _Moment),
    )


def _the_people() -> None:
    op.create_table(
        "assignments",
        _key("workspace"),
        _key("event"),
        _key("session"),
        _key("person"),
        _must("position", Integer),
        _must("name", Text),
        _must("affiliation", Text),
    )
    op.create_index("ix_assignments_workspace_person", "assignments", ["workspace", "person"])
    op.create_table("organisers", _key("workspace"), _key("event"), _key("person"))
    op.create_table("listed", _key("workspace"), _key("event"), _key("name"))
    op.create_table("strangers", _key("workspace"), _key("person"), _must("told_at", _Moment))
    op.create_table("direct_messages", _key("workspace"), _key("person"), _must("channel"))


def _the_dialogues() -> None:
    op.create_table("dialogues", _key("workspace"), _key("event"), _key("person"), _may("submitted_ts", _Ts))
    op.create_table(
        "versions",
        _key("workspace"),
        _key("event"),
        _key("person"),
        _key("ts", _Ts),
        _key("as_of", _Ts),
        _must("kind"),
        _may("text", Text),
        _may("rich_text", Text),
        _may("original", Text),
    )
    op.create_table(
        "presses",
        _key("workspace"),
        _key("event"),
        _key("person"),
        _key("ts", _Ts),
        _key("deed"),
        _must("section", Integer),
    )
    op.create_table("receipts", _key("workspace"), _key("key"), _must("at", _Moment))
    op.create_index("ix_receipts_at", "receipts", ["at"])


def _what_goes_out() -> None:
    op.create_table(
        "digests",
        _key("workspace"),
        _key("event"),
        _key("slot"),
        _may("ts", _Ts),
        _must("drawn"),
        _must("drawn_at", _Moment),
        _may("gone_at", _Moment),
    )
    op.create_table(
        "reminders",
        _key("workspace"),
        _key("event"),
        _key("session"),
        _key("person"),
        _key("rung"),
        _must("due_at", _Moment),
        _may("settled_at", _Moment),
        _may("outcome"),
    )
    _partial_index("ix_reminders_planned", "reminders", ["due_at"], "settled_at IS NULL")
    _the_outbox()


def _the_outbox() -> None:
    op.create_table(
        "outbox",
        _key("number", _RowNumber),
        _must("workspace"),
        Column("key", String, nullable=False, unique=True),
        _must("address"),
        _must("lane", Integer),
        _must("ordered", Boolean),
        _may("event"),
        _may("session"),
        _must("reply", Text),
        _must("state"),
        _must("put_at", _Moment),
        _must("not_before", _Moment),
        _must("hold_until", _Moment),
        _may("stale_after", _Moment),
        _may("replaces"),
        _must("attempts", Integer),
        _may("first_tried_at", _Moment),
        _may("retry_at", _Moment),
        _may("settled_at", _Moment),
        _may("posted_ts", _Ts),
        _may("reason"),
    )
    _partial_index("ix_outbox_waiting", "outbox", ["workspace", "address", "number"], "state = 'waiting'")
    untried = "state = 'waiting' AND attempts = 0"
    _partial_index("ix_outbox_replaces", "outbox", ["workspace", "replaces"], untried, unique=True)


def _partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    only = text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)
