"""Rooms of incidents in a chat, and the messages that were kept from them."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create `chat_rooms` and `chat_kept`."""
    op.create_table(
        "chat_rooms",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("instance", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("vendor_id", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", sa.BigInteger()),
    )
    op.create_index("chat_rooms_incident", "chat_rooms", ["incident_id"])
    where = sa.text("vendor_id <> ''")
    columns = ["instance", "vendor_id"]
    op.create_index("chat_rooms_vendor", "chat_rooms", columns, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "chat_kept",
        sa.Column("instance", sa.String(), primary_key=True),
        sa.Column("message", sa.String(), primary_key=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
    )
