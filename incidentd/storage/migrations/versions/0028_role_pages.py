"""Pages for a role of an incident: which, and who is asked for it before the policy."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Give `pages` the columns `role`, `asks` and `ask_seconds`."""
    for column in (
        sa.Column("role", sa.String(), nullable=False, server_default=""),
        sa.Column("asks", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("ask_seconds", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("pages", column)
