"""More time that an organiser gave has columns of its own: a file that is applied again does not take it.

Until now it stood in due_at, without its wall time. It stays there as well, for code before this.
"""

from alembic import op
from sqlalchemy import Column, DateTime, String, text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_Moment = DateTime(timezone=True).with_variant(String(27), "sqlite")


def upgrade() -> None:
    op.add_column("sessions", Column("given_at", _Moment, nullable=True))
    op.add_column("sessions", Column("given_wall", String, nullable=True))
    op.get_bind().execute(
        text("UPDATE sessions SET given_at = due_at WHERE due_wall IS NULL").execution_options(
            crosses_workspaces="migration"
        )
    )
