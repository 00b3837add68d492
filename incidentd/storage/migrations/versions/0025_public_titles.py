"""What customers may call an incident, and whether the status page leaves it out."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add two columns to `incidents`."""
    op.add_column("incidents", sa.Column("public_title", sa.String(), nullable=False, server_default=""))
    op.add_column("incidents", sa.Column("off_page", sa.Boolean(), nullable=False, server_default=sa.false()))
