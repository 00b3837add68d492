"""Who subscribes to a status page by mail, and which updates they were sent.

Column types are plain ones, as in 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables `subscribers` and `published_updates`."""
    op.create_table(
        "subscribers",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("last_letter_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("subscribers_address", "subscribers", ["channel", "address"], unique=True)
    op.create_index("subscribers_mailbox", "subscribers", ["channel", "mailbox"])
    op.create_table(
        "published_updates",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "update_id"),
    )
