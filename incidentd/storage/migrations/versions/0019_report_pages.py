"""Which page is about a report that is late."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the column `reports.page_id`."""
    op.add_column("reports", sa.Column("page_id", sa.BigInteger()))
