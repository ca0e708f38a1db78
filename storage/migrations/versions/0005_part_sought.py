"""Whether somebody whom an event file names leads a session's report.

The column may be empty: code before this writes none, and empty leads, as everybody did until now.
"""

from alembic import op
from sqlalchemy import Column, String

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sought", Column("part", String, nullable=True))
