"""Versions of the sections of a review, and of its published documents."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("reviews", sa.Column("section_versions", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("review_documents", sa.Column("title", sa.Text(), nullable=False, server_default=""))
    op.add_column("review_documents", sa.Column("body", sa.Text()))
    op.add_column("review_documents", sa.Column("html", sa.Text(), nullable=False, server_default=""))
