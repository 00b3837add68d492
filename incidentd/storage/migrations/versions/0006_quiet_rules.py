"""Recurring silences, maintenance windows, and what was hidden in the past.

Column types are plain ones, as in 0001: an instant is microseconds since the epoch, JSON is text.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables `quiet_rules`, `maintenance` and `hidings`; a silence knows its rule."""
    op.create_table(
        "quiet_rules",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("rrule", sa.String(), nullable=False),
        sa.Column("starts", sa.String(), nullable=False),
        sa.Column("lasts", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("unused_said_at", sa.BigInteger()),
        sa.Column("owner_said_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("quiet_rules_due", "quiet_rules", ["due_at"])
    op.create_table(
        "maintenance",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.BigInteger()),
        sa.Column("continues", sa.BigInteger()),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("maintenance_ends", "maintenance", ["ends_at"])
    op.create_index("maintenance_rule", "maintenance", ["rule"])
    op.create_table(
        "hidings",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("alert_id", sa.BigInteger(), sa.ForeignKey("alerts.id"), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )
    op.create_index("hidings_by", "hidings", ["by", "until"])
    op.add_column("silences", sa.Column("rule", sa.BigInteger()))
    op.create_index("silences_rule", "silences", ["rule"])
