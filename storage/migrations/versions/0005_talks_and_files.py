"""The talk by which an organiser sets up an event in the DM, the files dropped there, and what is on its way.

All three are new, and are forgotten after a week.
"""

from alembic import op
from sqlalchemy import Boolean, Column, DateTime, Integer, LargeBinary, String, Text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_Moment = DateTime(timezone=True).with_variant(String(27), "sqlite")
_Ts = String(17).with_variant(String(17, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "talks",
        Column("workspace", String, primary_key=True),
        Column("person", String, primary_key=True),
        Column("ts", _Ts, primary_key=True),
        Column("as_of", _Ts, primary_key=True),
        Column("text", Text, nullable=True),
    )
    op.create_table(
        "dropped",
        Column("workspace", String, primary_key=True),
        Column("person", String, primary_key=True),
        Column("ts", _Ts, primary_key=True),
        Column("file", String, primary_key=True),
        Column("position", Integer, nullable=False),
        Column("name", Text, nullable=False),
        Column("body", LargeBinary, nullable=True),
        Column("unread", String, nullable=True),
    )
    op.create_table(
        "errands",
        Column("workspace", String, primary_key=True),
        Column("key", String, primary_key=True),
        Column("person", String, nullable=False),
        Column("task", Text, nullable=False),
        Column("put_at", _Moment, nullable=False),
        Column("again_at", _Moment, nullable=False),
        Column("tries", Integer, nullable=False),
        Column("ended_at", _Moment, nullable=True),
        Column("admitted", Boolean, nullable=True),
    )
