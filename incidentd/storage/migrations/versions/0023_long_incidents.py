"""Incidents that are run as long ones."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add a column to `incidents`."""
    op.add_column("incidents", sa.Column("long_since", sa.BigInteger()))
