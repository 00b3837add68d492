"""The files that reviews were imported from."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "imported_reviews",
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(), nullable=False, unique=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
    )
    op.create_index("imported_reviews_sha256", "imported_reviews", ["sha256"])
