"""What happens before a review: private notes, early openings, the meeting, and when a review is due soon."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _incident(place: str = "incidents.id", **options: object) -> "sa.Column[int]":
    return sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey(place), nullable=False, **options)  # type: ignore[arg-type]


def upgrade() -> None:
    """Create the four tables and the column."""
    op.add_column("incidents", sa.Column("review_soon_at", sa.BigInteger()))
    op.create_table(
        "review_notes",
        _incident(),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "person"),
    )
    op.create_table(
        "review_openings",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        _incident(),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("floor_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("answer", sa.Text(), nullable=False),
    )
    op.create_index("review_openings_incident", "review_openings", ["incident_id"])
    op.create_table(
        "review_meetings",
        _incident(primary_key=True, autoincrement=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "review_invitations",
        _incident("review_meetings.incident_id"),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "person"),
    )
    op.create_index("review_invitations_person", "review_invitations", ["person"])
