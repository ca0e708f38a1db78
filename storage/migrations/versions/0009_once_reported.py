"""The names of those who once reported a session stay masked, though the event's file names them no more.

Code before this leaves the column empty, and forgets such a name as it did, at the next file.
"""

from alembic import op
from sqlalchemy import Boolean, Column

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("listed", Column("has_reported", Boolean, nullable=True))
