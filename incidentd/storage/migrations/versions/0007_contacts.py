"""Contact methods and what is known of them; why a message waits, what it went out with, and what became of it.

Column types are plain ones, as in 0001: an instant is microseconds since the epoch, JSON is text.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the table `contacts`, and give `deliveries` and `pages` their new columns."""
    op.create_table(
        "contacts",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("notifier", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("slots", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_ok_at", sa.BigInteger()),
        sa.Column("last_error_at", sa.BigInteger()),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("tested_at", sa.BigInteger()),
        sa.Column("proven_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("person", "notifier", "address"),
    )
    for column in (
        sa.Column("urgency", sa.String(), nullable=False, server_default="high"),
        sa.Column("can_wait", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("held", sa.String(), nullable=False, server_default=""),
        sa.Column("bundle_id", sa.BigInteger()),
        sa.Column("tried_at", sa.BigInteger()),
        sa.Column("fell_back", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("delivered_at", sa.BigInteger()),
        sa.Column("read_at", sa.BigInteger()),
    ):
        op.add_column("deliveries", column)
    for name, column_name, text in (
        ("deliveries_bundle", "bundle_id", "bundle_id IS NOT NULL"),
        ("deliveries_vendor", "vendor_id", "vendor_id <> ''"),
    ):
        condition = sa.text(text)
        op.create_index(name, "deliveries", [column_name], sqlite_where=condition, postgresql_where=condition)
    op.add_column("pages", sa.Column("waits_for", sa.String(), nullable=False, server_default=""))
    op.add_column("pages", sa.Column("last_resort_at", sa.BigInteger()))
    op.add_column("pages", sa.Column("last_resort_why", sa.String(), nullable=False, server_default=""))
