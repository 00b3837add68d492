"""The tables of what hides alerts: silences, rules that recur, maintenance, and what hid which alert."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from incidentd.storage.columns import Instant, Json
from incidentd.storage.metadata import metadata, row_id

silences = Table(
    "silences",
    metadata,
    Column("id", String, primary_key=True),  # a UUID, as Alertmanager's
    Column("matchers", Json, nullable=False),  # [{name, op, value}]
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("created_by", String, nullable=False),
    Column("comment", Text, nullable=False),
    Column("annotations", Json, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("rule", BigInteger),  # of the recurring rule
)
Index("silences_ends", silences.c.ends_at)
Index("silences_rule", silences.c.rule)

quiet_rules = Table(
    "quiet_rules",
    metadata,
    row_id(),
    Column("rrule", String, nullable=False),
    Column("starts", String, nullable=False),  # a wall-clock time, ISO 8601
    Column("lasts", Integer, nullable=False),  # seconds on that clock
    Column("zone", String, nullable=False),
    Column("plan", Json, nullable=False),  # what each occurrence hides
    Column("created_by", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("due_at", Instant),  # the start of the latest occurrence that was made
    Column("ended_at", Instant),
    Column("ended_by", String, nullable=False),
    Column("unused_said_at", Instant),
    Column("owner_said_at", Instant),
    Column("version", Integer, nullable=False),
)
Index("quiet_rules_due", quiet_rules.c.due_at)

maintenance = Table(
    "maintenance",
    metadata,
    row_id(),
    Column("plan", Json, nullable=False),  # services, text, and what is not hidden
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("created_by", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("rule", BigInteger),
    Column("continues", BigInteger),
    Column("ended_by", String, nullable=False),
    Column("version", Integer, nullable=False),
)
Index("maintenance_ends", maintenance.c.ends_at)
Index("maintenance_rule", maintenance.c.rule)

suppressions = Table(
    "suppressions",
    metadata,
    Column("alert_id", BigInteger, ForeignKey("alerts.id"), nullable=False),
    Column(
        "by", String, nullable=False
    ),  # silence:<id>, maintenance:<id>; alert:<id> of what inhibits it, upstream:<id> of what holds it
    Column("since", Instant, nullable=False),
    PrimaryKeyConstraint("alert_id", "by"),
)
Index("suppressions_by", suppressions.c.by)

hidings = Table(  # what stood in `suppressions` until it ended
    "hidings",
    metadata,
    row_id(),
    Column("alert_id", BigInteger, ForeignKey("alerts.id"), nullable=False),
    Column("by", String, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)
Index("hidings_by", hidings.c.by, hidings.c.until)
