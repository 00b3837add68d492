"""Acknowledgements that end by themselves, and alerts that move to another group while they fire."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; what is acknowledged stays so for its present episode."""
    op.add_column("alerts", sa.Column("acknowledged_episode", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE alerts SET acknowledged_episode = episode WHERE acknowledged_by <> ''")
    op.add_column("group_alerts", sa.Column("left_at", sa.BigInteger(), nullable=True))
    op.add_column("pages", sa.Column("acknowledged_until", sa.BigInteger(), nullable=True))
