"""The first schema."""

from alembic import op

from incidentd.storage.schema import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table, and the counter that numbers events."""
    metadata.create_all(op.get_bind())
    op.execute("INSERT INTO counters (name, value) VALUES ('event_seq', 0)")
