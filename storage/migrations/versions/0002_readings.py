"""From when on a person's DM may be read to catch up: their first kept message, else the upgrade."""

from datetime import UTC, datetime

from alembic import op
from sqlalchemy import Column, String, text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_Ts = String(17).with_variant(String(17, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "readings",
        Column("workspace", String, primary_key=True),
        Column("person", String, primary_key=True),
        Column("since", _Ts, nullable=False),
    )
    op.get_bind().execute(
        text(
            "INSERT INTO readings (workspace, person, since)"
            " SELECT a.workspace, a.person, coalesce(min(v.ts), :now) FROM assignments AS a"
            " LEFT JOIN versions AS v ON v.workspace = a.workspace AND v.person = a.person"
            " GROUP BY a.workspace, a.person"
        ).execution_options(crosses_workspaces="migration"),
        {"now": f"{datetime.now(UTC).timestamp():.6f}"},
    )
