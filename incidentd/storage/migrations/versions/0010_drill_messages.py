"""Messages about a drill that are about no page of it.

Column types are plain ones, as in 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Deliveries get `drill_id`."""
    op.add_column("deliveries", sa.Column("drill_id", sa.BigInteger()))
