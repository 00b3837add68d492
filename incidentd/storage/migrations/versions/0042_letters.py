"""Monthly letters; an index by which incidents are counted without reading them."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Create the table and the index."""
    op.create_table(
        "letters",
        sa.Column("month", sa.String(), primary_key=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("audiences", sa.Text(), nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
    )
    op.create_index("incidents_counted", "incidents", ["process_version", "severity", "status", "drill_id"])
