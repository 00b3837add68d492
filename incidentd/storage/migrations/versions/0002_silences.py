"""Silences, and what hides which alert now.

Column types are plain ones, as in 0001: an instant is microseconds since the epoch, JSON is text.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables `silences` and `suppressions`."""
    op.create_table(
        "silences",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("matchers", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("annotations", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("silences_ends", "silences", ["ends_at"])
    op.create_table(
        "suppressions",
        sa.Column("alert_id", sa.BigInteger(), sa.ForeignKey("alerts.id"), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alert_id", "by"),
    )
    op.create_index("suppressions_by", "suppressions", ["by"])
