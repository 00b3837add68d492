"""Turns of teams; what a page's policy was chosen by, whom it was given to, who acknowledged, and until when it sleeps.

Column types are plain ones, as in 0001: an instant is microseconds since the epoch, JSON is text.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create the table `team_turns`, and give `pages` its new columns."""
    op.create_table(
        "team_turns",
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("team", "person"),
    )
    for column in (
        sa.Column("severity", sa.String(), nullable=False, server_default=""),
        sa.Column("schedule", sa.String(), nullable=False, server_default=""),
        sa.Column("acks", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("acks_needed", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("snoozed_until", sa.BigInteger()),
        sa.Column("snoozed_by", sa.String(), nullable=False, server_default=""),
    ):
        op.add_column("pages", column)
