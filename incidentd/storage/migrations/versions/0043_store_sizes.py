"""How large the store was, day by day."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "store_sizes",
        sa.Column("at", sa.BigInteger(), primary_key=True),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
    )
