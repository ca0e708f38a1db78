"""The due are found by workspace and moment: by the moment alone SQLite read every reminder at each ring."""

from alembic import op
from sqlalchemy import text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_PLANNED = text("settled_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_reminders_workspace_planned",
        "reminders",
        ["workspace", "due_at"],
        sqlite_where=_PLANNED,
        postgresql_where=_PLANNED,
    )
    op.drop_index("ix_reminders_planned", "reminders")
