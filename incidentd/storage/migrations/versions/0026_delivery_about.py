"""Finding messages by what they are about: what was announced in a chat is brought up to date."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Create an index of `deliveries`."""
    where = sa.text("about <> ''")
    op.create_index("deliveries_about", "deliveries", ["about"], sqlite_where=where, postgresql_where=where)
