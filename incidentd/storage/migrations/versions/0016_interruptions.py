"""Interruptions of project work, and an index of the events that protection is measured by.

Column types are plain ones, as in 0001: an instant is microseconds since the epoch.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

KINDS = (
    "kind IN ('mode.set', 'mode.changed', 'mode.ended', 'mode.cancelled', 'absence.set', 'absence.ended',"
    " 'absence.cancelled', 'interruption.recorded', 'interruption.withdrawn', 'page.step', 'page.acknowledged',"
    " 'page.handed_back', 'page.ack_lapsed')"
)


def upgrade() -> None:
    """Create the table `interruptions` and the index."""
    op.create_table(
        "interruptions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("source", "reason", "subject", "service")),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
    )
    op.create_index("interruptions_at", "interruptions", ["at"])
    op.create_index("interruptions_subject", "interruptions", ["subject"])
    condition = sa.text(KINDS)
    op.create_index("events_protection", "events", ["seq"], sqlite_where=condition, postgresql_where=condition)
