"""What each incident was classified by: the answers on record.

Column types are plain ones, as in 0001: an instant is microseconds since the epoch, JSON is text.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Create the table `classifications`."""
    op.create_table(
        "classifications",
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rule_text", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("process_version", sa.String(), nullable=False),
    )
