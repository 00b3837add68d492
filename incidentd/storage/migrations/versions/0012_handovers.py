"""Handovers, and what a message is about when it is about no page.

Column types are plain ones, as in 0001: an instant is microseconds since the epoch.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the table `handovers`, and the column `about` of deliveries."""
    op.create_table(
        "handovers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("next_person", sa.String(), nullable=False),
        sa.Column("next_starts_at", sa.BigInteger()),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("surprises", sa.Text(), nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("finished_by", sa.String(), nullable=False),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("accepted_by", sa.String(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger()),
        sa.Column("accepted_via", sa.String(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("handovers_schedule", "handovers", ["schedule", "id"])
    still = sa.text("state IN ('running', 'draft', 'sent')")
    op.create_index("handovers_open", "handovers", ["id"], sqlite_where=still, postgresql_where=still)
    op.add_column("deliveries", sa.Column("about", sa.String(), nullable=False, server_default=""))
