"""Drills, and which pages and incidents are part of one.

Column types are plain ones, as in 0001: an instant is microseconds since the epoch, JSON is text.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table `drills`; pages and incidents get `drill_id`."""
    op.create_table(
        "drills",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("next_at", sa.BigInteger()),
        sa.Column("waits", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("drills_state", "drills", ["state"])
    op.add_column("pages", sa.Column("drill_id", sa.BigInteger()))
    op.add_column("incidents", sa.Column("drill_id", sa.BigInteger()))
