"""What people said of wording that the language lint found."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "wording_verdicts",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("phrase", sa.String(), nullable=False),
        sa.Column("keep", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("rule", "phrase", "by", name="wording_verdicts_once"),
    )
