"""Reviews: the workshop, what people wrote in it, and what it left behind."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _workshop()
    _said()
    _timeline()
    _accounts()
    _factors()
    _learnings()
    _actions()
    _use()
    _documents()


def _workshop() -> None:
    op.create_table(
        "review_people",
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger()),
        sa.Column("done_step", sa.String(), nullable=False),
        sa.Column("factors_in_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("incident_id", "person"),
    )
    op.create_table(
        "reviews",
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("solo", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("facilitator", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("step_started_at", sa.BigInteger(), nullable=False),
        sa.Column("step_ends_at", sa.BigInteger()),
        sa.Column("left", sa.Float()),
        sa.Column("walked_to", sa.BigInteger()),
        sa.Column("walked", sa.Boolean(), nullable=False),
        sa.Column("revealed_at", sa.BigInteger()),
        sa.Column("unmasked_at", sa.BigInteger()),
        sa.Column("similar", sa.Text()),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("published_at", sa.BigInteger()),
        sa.Column("process_version", sa.String(), nullable=False),
        sa.Column("review_name", sa.String(), nullable=False),
        sa.Column("imported_from", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )


def _said() -> None:
    op.create_table(
        "review_answers",
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("learned", sa.String(), nullable=False),
        sa.Column("come_again", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "person"),
    )
    op.create_table(
        "review_talk",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("review_talk_incident", "review_talk", ["incident_id"])


def _timeline() -> None:
    op.create_table(
        "review_entries",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("seq", sa.BigInteger()),
        sa.Column("at", sa.BigInteger()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("cues", sa.Text(), nullable=False),
        sa.Column("goals", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("group_name", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("review_entries_incident", "review_entries", ["incident_id"])


def _accounts() -> None:
    op.create_table(
        "review_accounts",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger()),
        sa.Column("seq", sa.BigInteger()),
        sa.Column("saw", sa.Text(), nullable=False),
        sa.Column("thought", sa.Text(), nullable=False),
        sa.Column("tried", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("review_accounts_incident", "review_accounts", ["incident_id"])
    op.create_table(
        "review_account_news",
        sa.Column("account_id", sa.BigInteger(), sa.ForeignKey("review_accounts.id"), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "person"),
    )


def _factors() -> None:
    op.create_table(
        "themes",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(), nullable=False, unique=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "factors",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("contexts", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger()),
        sa.Column("same_as", sa.BigInteger(), sa.ForeignKey("factors.id")),
        sa.Column("theme_id", sa.BigInteger(), sa.ForeignKey("themes.id")),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("factors_incident", "factors", ["incident_id"])
    op.create_table(
        "factor_links",
        sa.Column("factor_id", sa.BigInteger(), sa.ForeignKey("factors.id"), nullable=False),
        sa.Column("earlier_id", sa.BigInteger(), sa.ForeignKey("factors.id"), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("factor_id", "earlier_id"),
    )


def _learnings() -> None:
    op.create_table(
        "learnings",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("learnings_incident", "learnings", ["incident_id"])
    op.create_table(
        "review_ideas",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("action_id", sa.BigInteger()),
        sa.Column("dropped_why", sa.Text(), nullable=False),
    )
    op.create_index("review_ideas_incident", "review_ideas", ["incident_id"])


def _actions() -> None:
    op.create_table(
        "similar_answers",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("other_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("similar_answers_incident", "similar_answers", ["incident_id"])
    op.create_table(
        "actions",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_team", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("due_on", sa.String(), nullable=False),
        sa.Column("factor_id", sa.BigInteger(), sa.ForeignKey("factors.id")),
        sa.Column("worse", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("actions_incident", "actions", ["incident_id"])


def _use() -> None:
    op.create_table(
        "review_followups",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.BigInteger()),
    )
    op.create_index("review_followups_incident", "review_followups", ["incident_id"])
    op.create_table(
        "review_readers",
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "person"),
    )
    op.create_table(
        "use_events",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("use_events_incident", "use_events", ["incident_id"])


def _documents() -> None:
    op.create_table(
        "review_documents",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("checks", sa.Text(), nullable=False),
    )
    op.create_index("review_documents_incident", "review_documents", ["incident_id"])
