"""Whether an action is exported to a code forge."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("actions", sa.Column("export", sa.String(), nullable=False, server_default=""))
    op.add_column("actions", sa.Column("export_error", sa.String(), nullable=False, server_default=""))
    op.add_column("actions", sa.Column("issue_at", sa.BigInteger()))
    op.add_column("actions", sa.Column("export_key", sa.String(), nullable=False, server_default=""))
