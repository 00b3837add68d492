"""Customers, their reports and the messages of each conversation.

Column types are plain ones, as in 0001: an instant is microseconds since the epoch.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables of the support layer."""
    _customers()
    _reports()
    _messages()


def _customers() -> None:
    op.create_table(
        "customers",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "customer_addresses",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), sa.ForeignKey("customers.id"), nullable=False),
        sa.PrimaryKeyConstraint("channel", "address"),
    )
    op.create_index("customer_addresses_customer", "customer_addresses", ["customer_id"])


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("impact", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.BigInteger()),
        sa.Column("alert_id", sa.BigInteger()),
        sa.Column("duplicate_of", sa.BigInteger()),
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("first_response_due", sa.BigInteger()),
        sa.Column("first_responded_at", sa.BigInteger()),
        sa.Column("next_due", sa.BigInteger()),
        sa.Column("followed_up_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("reports_state", "reports", ["state", "id"])
    op.create_index("reports_customer", "reports", ["customer_id"])
    where = sa.text("incident_id IS NOT NULL")
    op.create_index("reports_incident", "reports", ["incident_id"], sqlite_where=where, postgresql_where=where)


def _messages() -> None:
    op.create_table(
        "report_messages",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("report_id", sa.BigInteger(), sa.ForeignKey("reports.id"), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("sender_name", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger()),
        sa.Column("once", sa.String(), nullable=False),
    )
    op.create_index("report_messages_report", "report_messages", ["report_id", "id"])
    op.create_index("report_messages_thread", "report_messages", ["channel", "thread"])
    where = sa.text("direction = 'in'")
    op.create_index(
        "report_messages_external",
        "report_messages",
        ["channel", "external_id"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
    where = sa.text("once <> ''")
    op.create_index(
        "report_messages_once",
        "report_messages",
        ["report_id", "once"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
    where = sa.text("delivery_id IS NOT NULL")
    op.create_index(
        "report_messages_delivery", "report_messages", ["delivery_id"], sqlite_where=where, postgresql_where=where
    )
    op.create_table(
        "attachments",
        sa.Column("id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("message_id", sa.BigInteger(), sa.ForeignKey("report_messages.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.create_index("attachments_message", "attachments", ["message_id"])
