"""Ideas about the process, process retros, and experiments."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _retros()
    _ideas()
    _experiments()


def _retros() -> None:
    op.create_table(
        "retros",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger()),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("facilitator", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("step_started_at", sa.BigInteger(), nullable=False),
        sa.Column("step_ends_at", sa.BigInteger()),
        sa.Column("left", sa.Float()),
        sa.Column("ideas_shown_at", sa.BigInteger()),
        sa.Column("votes_shown_at", sa.BigInteger()),
        sa.Column("votes_each", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("process_version", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("retros_state", "retros", ["state"])
    op.create_table(
        "retro_people",
        sa.Column("retro_id", sa.BigInteger(), sa.ForeignKey("retros.id"), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger()),
        sa.Column("done_step", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("retro_id", "person"),
    )


def _ideas() -> None:
    op.create_table(
        "process_ideas",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("written_in", sa.BigInteger(), sa.ForeignKey("retros.id")),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("retro_id", sa.BigInteger(), sa.ForeignKey("retros.id")),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("process_ideas_state", "process_ideas", ["state"])
    op.create_table(
        "retro_topics",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("retro_id", sa.BigInteger(), sa.ForeignKey("retros.id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("ideas", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("retro_topics_retro", "retro_topics", ["retro_id"])
    op.create_table(
        "retro_votes",
        sa.Column("topic_id", sa.BigInteger(), sa.ForeignKey("retro_topics.id"), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("topic_id", "person"),
    )


def _experiments() -> None:
    op.create_table(
        "experiments",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("hypothesis", sa.Text(), nullable=False),
        sa.Column("figure", sa.String(), nullable=False),
        sa.Column("expects", sa.String(), nullable=False),
        sa.Column("counter_figure", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("severity", sa.String()),
        sa.Column("retro_id", sa.BigInteger(), sa.ForeignKey("retros.id")),
        sa.Column("adapts", sa.BigInteger(), sa.ForeignKey("experiments.id")),
        sa.Column("process_version", sa.String(), nullable=False),
        sa.Column("begins_on", sa.String(), nullable=False),
        sa.Column("ends_on", sa.String(), nullable=False),
        sa.Column("stop_rule", sa.Text(), nullable=False),
        sa.Column("before_days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("owner_team", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("stopped_at", sa.BigInteger()),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("experiments_state", "experiments", ["state"])
