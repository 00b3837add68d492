"""What is attached to incidents; the same content is kept once."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the two tables."""
    op.create_table(
        "file_contents",
        sa.Column("sha256", sa.String(), primary_key=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "incident_attachments",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), sa.ForeignKey("file_contents.sha256"), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
    )
    op.create_index("incident_attachments_incident", "incident_attachments", ["incident_id"])
    op.create_index("incident_attachments_sha256", "incident_attachments", ["sha256"])
