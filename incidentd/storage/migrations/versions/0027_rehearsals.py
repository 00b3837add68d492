"""Rehearsals of the severity matrix, and what each person said about each card."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create `rehearsals` and `rehearsal_calls`."""
    op.create_table(
        "rehearsals",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("cards", sa.Text(), nullable=False),
        sa.Column("matrix", sa.Text(), nullable=False),
    )
    op.create_table(
        "rehearsal_calls",
        sa.Column("rehearsal_id", sa.BigInteger(), sa.ForeignKey("rehearsals.id"), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rehearsal_id", "card", "person"),
    )
