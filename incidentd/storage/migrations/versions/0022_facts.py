"""What is known of an incident: claims about its impact, theories, attempts, and what was said of each."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _fact(name: str, *columns: "sa.Column[object]") -> None:
    op.create_table(
        name,
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        *columns,
    )
    op.create_index(f"{name}_incident", name, ["incident_id"])


def upgrade() -> None:
    """Create the four tables."""
    _fact(
        "impact_claims",
        sa.Column("affected", sa.String(), nullable=False),
        sa.Column("low", sa.Float()),
        sa.Column("high", sa.Float()),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger()),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("suspected", sa.Boolean(), nullable=False),
        sa.Column("replaces", sa.BigInteger(), sa.ForeignKey("impact_claims.id")),
    )
    _fact("theories", sa.Column("text", sa.String(), nullable=False))
    _fact(
        "attempts",
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("theory_id", sa.BigInteger(), sa.ForeignKey("theories.id")),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
    )
    _fact(
        "fact_verdicts",
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("fact_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
    )
