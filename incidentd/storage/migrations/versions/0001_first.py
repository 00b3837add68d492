"""The first schema: everything from alerts to incidents.

A migration stands for good, so it names plain column types and not those of `storage.columns`: an instant is
microseconds since the epoch, JSON is text.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# SQLite gives row ids to INTEGER keys only.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table, and the counter that numbers events."""
    _alerts()
    _answers()
    _counters()
    _drafts()
    _events()
    _groups()
    _incidents()
    _meta()
    _timers()
    _group_alerts()
    _incident_alerts()
    _incident_updates()
    _pages()
    _role_assignments()
    _deliveries()
    op.execute("INSERT INTO counters (name, value) VALUES ('event_seq', 0)")


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("annotations", sa.Text(), nullable=False),
        sa.Column("generator_url", sa.String(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger()),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at", sa.BigInteger()),
        sa.Column("expired", sa.Boolean(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("routed_episode", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("group_id", sa.BigInteger()),
        sa.Column("acknowledged_by", sa.String(), nullable=False),
        sa.Column("flapping", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("source", "key", name="alerts_identity"),
    )
    condition = sa.text("status = 'firing'")
    op.create_index("alerts_expiry", "alerts", ["ends_at"], sqlite_where=condition, postgresql_where=condition)
    condition = sa.text("pending")
    op.create_index("alerts_pending", "alerts", ["id"], sqlite_where=condition, postgresql_where=condition)


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key"),
    )
    op.create_index("answers_at", "answers", ["at"])


def _counters() -> None:
    op.create_table(
        "counters",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.BigInteger(), nullable=False),
    )


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "key"),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("seq", ID, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
    )
    op.create_index("events_subject", "events", ["subject", "seq"])


def _groups() -> None:
    op.create_table(
        "groups",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("last_flush_at", sa.BigInteger()),
        sa.Column("notified_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
    )
    condition = sa.text("closed_at IS NULL")
    op.create_index("groups_open", "groups", ["key"], unique=True, sqlite_where=condition, postgresql_where=condition)


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("many_stakeholders", sa.Boolean(), nullable=False),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.Column("declared_by", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("mitigated_at", sa.BigInteger()),
        sa.Column("resolved_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("merged_into", sa.BigInteger(), sa.ForeignKey("incidents.id")),
        sa.Column("status_before_merge", sa.String(), nullable=False),
        sa.Column("next_update_at", sa.BigInteger()),
        sa.Column("skipped", sa.Text(), nullable=False),
        sa.Column("review_opens_at", sa.BigInteger()),
        sa.Column("review_due_at", sa.BigInteger()),
        sa.Column("process_version", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("incidents_status", "incidents", ["status"])


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )


def _timers() -> None:
    op.create_table(
        "timers",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.UniqueConstraint("kind", "subject", name="timers_identity"),
    )
    op.create_index("timers_due", "timers", ["due_at"])


def _group_alerts() -> None:
    op.create_table(
        "group_alerts",
        sa.Column("group_id", sa.BigInteger(), sa.ForeignKey("groups.id"), nullable=False),
        sa.Column("alert_id", sa.BigInteger(), sa.ForeignKey("alerts.id"), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "alert_id"),
    )
    op.create_index("group_alerts_alert", "group_alerts", ["alert_id"])


def _incident_alerts() -> None:
    op.create_table(
        "incident_alerts",
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("alert_id", sa.BigInteger(), sa.ForeignKey("alerts.id"), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.Column("linked_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "alert_id"),
    )
    op.create_index("incident_alerts_alert", "incident_alerts", ["alert_id"])


def _incident_updates() -> None:
    op.create_table(
        "incident_updates",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("next_at", sa.BigInteger()),
    )
    op.create_index("incident_updates_incident", "incident_updates", ["incident_id"])


def _pages() -> None:
    op.create_table(
        "pages",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), sa.ForeignKey("groups.id")),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id")),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("next_step_at", sa.BigInteger()),
        sa.Column("acknowledged_at", sa.BigInteger()),
        sa.Column("acknowledged_by", sa.String(), nullable=False),
        sa.Column("acknowledged_via", sa.String(), nullable=False),
        sa.Column("resolved_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    condition = sa.text("state <> 'resolved'")
    op.create_index("pages_active", "pages", ["id"], sqlite_where=condition, postgresql_where=condition)
    op.create_index("pages_group", "pages", ["group_id"])
    op.create_index("pages_incident", "pages", ["incident_id"])


def _role_assignments() -> None:
    op.create_table(
        "role_assignments",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.BigInteger(), sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger()),
    )
    op.create_index("role_assignments_incident", "role_assignments", ["incident_id"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("page_id", sa.BigInteger(), sa.ForeignKey("pages.id")),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("notifier", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False, unique=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("lease_owner", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("vendor_id", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
    )
    condition = sa.text("state IN ('pending', 'sending')")
    op.create_index("deliveries_due", "deliveries", ["due_at"], sqlite_where=condition, postgresql_where=condition)
    op.create_index("deliveries_page", "deliveries", ["page_id"])
