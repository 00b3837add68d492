"""Finding reports by what they are linked to, and those that are open."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Create indexes of `reports`."""
    for name in ("duplicate_of", "alert_id"):
        where = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"reports_{name}", "reports", [name], sqlite_where=where, postgresql_where=where)
    where = sa.text("state <> 'closed'")
    op.create_index("reports_open", "reports", ["id"], sqlite_where=where, postgresql_where=where)
