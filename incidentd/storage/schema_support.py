"""The tables of the support layer: customers, their reports, and the messages of each conversation."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from incidentd.storage.columns import Instant, Json
from incidentd.storage.metadata import metadata, row_id

customers = Table(
    "customers",
    metadata,
    row_id(),
    Column("kind", String, nullable=False),  # end_user | oss_developer | internal_team
    Column("name", String, nullable=False),
    Column("notes", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("blanked_at", Instant),  # since when nobody knows any more who it was
)

customer_addresses = Table(
    "customer_addresses",
    metadata,
    Column("channel", String, primary_key=True),
    Column("address", String, primary_key=True),
    Column("customer_id", BigInteger, ForeignKey("customers.id"), nullable=False),
)
Index("customer_addresses_customer", customer_addresses.c.customer_id)

reports = Table(
    "reports",
    metadata,
    row_id(),
    Column("state", String, nullable=False),
    Column("customer_id", BigInteger, ForeignKey("customers.id"), nullable=False),
    Column("channel", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("subject", String, nullable=False),
    Column("service", String, nullable=False),
    Column("tags", Json, nullable=False),
    Column("priority", String, nullable=False),  # P1..P5, "" before triage
    Column("impact", String, nullable=False),
    Column("urgency", String, nullable=False),
    Column("answers", Json, nullable=False),
    Column("incident_id", BigInteger),
    Column("alert_id", BigInteger),
    Column("duplicate_of", BigInteger),
    Column("ticket", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("first_response_due", Instant),
    Column("first_responded_at", Instant),
    Column("next_due", Instant),
    Column("followed_up_at", Instant),
    Column("closed_at", Instant),
    Column("version", Integer, nullable=False),
    Column("page_id", BigInteger),  # the page about its being late, while it is
    Column("process_version", String, nullable=False, server_default=""),
    Column("blanked_at", Instant),  # since when its words are gone
)
Index("reports_state", reports.c.state, reports.c.id)
Index("reports_customer", reports.c.customer_id)
Index("reports_incident", reports.c.incident_id, sqlite_where=text("incident_id IS NOT NULL"),
      postgresql_where=text("incident_id IS NOT NULL"))  # fmt: skip

for _name in ("duplicate_of", "alert_id"):
    Index(
        f"reports_{_name}",
        reports.c[_name],
        sqlite_where=text(f"{_name} IS NOT NULL"),
        postgresql_where=text(f"{_name} IS NOT NULL"),
    )
Index("reports_open", reports.c.id, sqlite_where=text("state <> 'closed'"), postgresql_where=text("state <> 'closed'"))

report_messages = Table(
    "report_messages",
    metadata,
    row_id(),
    Column("report_id", BigInteger, ForeignKey("reports.id"), nullable=False),
    Column("direction", String, nullable=False),  # in | out | note
    Column("kind", String, nullable=False),  # report | reply | receipt | question | update | learned | note
    Column("channel", String, nullable=False),
    Column("external_id", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("sender", String, nullable=False),
    Column("sender_name", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    Column("sent_at", Instant),  # as the sender's clock says
    Column("author", String, nullable=False),
    Column("delivery_id", BigInteger),
    Column("once", String, nullable=False),  # what it tells of, such as update:5: told once to each report
)
Index("report_messages_report", report_messages.c.report_id, report_messages.c.id)
Index("report_messages_thread", report_messages.c.channel, report_messages.c.thread)
Index("report_messages_external", report_messages.c.channel, report_messages.c.external_id, unique=True,
      sqlite_where=text("direction = 'in'"), postgresql_where=text("direction = 'in'"))  # fmt: skip
Index("report_messages_once", report_messages.c.report_id, report_messages.c.once, unique=True,
      sqlite_where=text("once <> ''"), postgresql_where=text("once <> ''"))  # fmt: skip
Index("report_messages_delivery", report_messages.c.delivery_id, sqlite_where=text("delivery_id IS NOT NULL"),
      postgresql_where=text("delivery_id IS NOT NULL"))  # fmt: skip

attachments = Table(
    "attachments",
    metadata,
    row_id(),
    Column("message_id", BigInteger, ForeignKey("report_messages.id"), nullable=False),
    Column("name", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
Index("attachments_message", attachments.c.message_id)
