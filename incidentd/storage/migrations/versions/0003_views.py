"""Saved views of the inbox, and what each person's inbox begins with.

Column types are plain ones, as in 0001: an instant is microseconds since the epoch.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables `views` and `view_openings`."""
    op.create_table(
        "views",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("person", "name", name="views_identity"),
    )
    op.create_table(
        "view_openings",
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("opens", sa.String(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
    )
