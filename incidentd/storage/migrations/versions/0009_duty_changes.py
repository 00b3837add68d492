"""Changes of the day of schedules: overrides, swaps and absences.

Column types are plain ones, as in 0001: an instant is microseconds since the epoch.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text() if name == "reason" else sa.String(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def upgrade() -> None:
    """Create the tables `overrides`, `swaps` and `absences`."""
    op.create_table(
        "overrides",
        _id(),
        *_texts("schedule", "person", "reason", "by"),
        *_numbers("starts_at", "ends_at", "at"),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("overrides_ends", "overrides", ["ends_at"])
    op.create_table(
        "swaps",
        _id(),
        *_texts("schedule", "person", "other", "state", "reason", "by"),
        *_numbers("starts_at", "ends_at", "other_starts_at", "other_ends_at", "at"),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("swaps_ends", "swaps", ["ends_at"])
    op.create_table(
        "absences",
        _id(),
        *_texts("person", "stand_in", "reason", "by"),
        *_numbers("starts_at", "ends_at", "at"),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("absences_ends", "absences", ["ends_at"])
