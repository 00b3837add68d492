"""Retention: holds, the runs that remove what is past its time, and the chain of what they removed."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables, and the columns that say when a customer's words went."""
    op.create_table(
        "holds",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("released_at", sa.BigInteger()),
        sa.Column("released_by", sa.String(), nullable=False),
        sa.Column("released_why", sa.Text(), nullable=False),
    )
    op.create_table(
        "retention_runs",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("class", sa.String(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
    )
    op.create_index("retention_runs_state", "retention_runs", ["state"])
    op.create_table(
        "removals",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("class", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("blanked", sa.Boolean(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("seqs", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("chains", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
    )
    op.create_index("removals_last_seq", "removals", ["last_seq"])
    op.add_column("reports", sa.Column("blanked_at", sa.BigInteger()))
    op.add_column("customers", sa.Column("blanked_at", sa.BigInteger()))
