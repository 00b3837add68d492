"""The words that earlier incidents are found by."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Create the two tables; they are filled in the background, from what is there."""
    op.create_table(
        "incident_words",
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.PrimaryKeyConstraint("word", "incident_id"),
    )
    op.create_index("incident_words_incident", "incident_words", ["incident_id"])
    op.create_table(
        "incident_words_read",
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
