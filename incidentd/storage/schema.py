"""The tables of alerts, pages and incidents, and of what serves them; `tables` has every one."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from incidentd.storage.columns import Instant, Json
from incidentd.storage.metadata import ROW_ID, metadata, row_id

meta = Table("meta", metadata, Column("name", String, primary_key=True), Column("value", Text, nullable=False))

counters = Table(
    "counters", metadata, Column("name", String, primary_key=True), Column("value", BigInteger, nullable=False)
)

events = Table(
    "events",
    metadata,
    Column("seq", ROW_ID, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("data", Json, nullable=False),
)
Index("events_subject", events.c.subject, events.c.seq)

alerts = Table(
    "alerts",
    metadata,
    row_id(),
    Column("source", String, nullable=False),
    Column("key", String, nullable=False),
    Column("status", String, nullable=False),  # firing | resolved
    Column("name", String, nullable=False),
    Column("summary", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("labels", Json, nullable=False),
    Column("annotations", Json, nullable=False),
    Column("generator_url", String, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),  # while firing: when it expires; else when it ended
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("expired", Boolean, nullable=False),  # ended because nobody sent it again
    Column("count", Integer, nullable=False),
    Column("episode", Integer, nullable=False),  # how often it began to fire
    Column("routed_episode", Integer, nullable=False),
    Column("pending", Boolean, nullable=False),  # a change that routing has not seen yet
    Column("service", String, nullable=False),
    Column("group_id", BigInteger),
    Column("acknowledged_by", String, nullable=False),  # who took on the episode `acknowledged_episode`
    Column("flapping", Boolean, nullable=False),
    Column("changes", Json, nullable=False),  # micros of the latest changes of status, for flap detection
    Column("version", Integer, nullable=False),
    Column("acknowledged_episode", Integer, nullable=False, server_default="0"),  # a later one is nobody's yet
    UniqueConstraint("source", "key", name="alerts_identity"),
)
Index("alerts_pending", alerts.c.id, sqlite_where=text("pending"), postgresql_where=text("pending"))
Index(
    "alerts_expiry",
    alerts.c.ends_at,
    sqlite_where=text("status = 'firing'"),
    postgresql_where=text("status = 'firing'"),
)

groups = Table(
    "groups",
    metadata,
    row_id(),
    Column("key", String, nullable=False),
    Column("route", String, nullable=False),
    Column("service", String, nullable=False),
    Column("labels", Json, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("last_flush_at", Instant),
    Column("notified_at", Instant),
    Column("closed_at", Instant),
)
Index(
    "groups_open",
    groups.c.key,
    unique=True,
    sqlite_where=text("closed_at IS NULL"),
    postgresql_where=text("closed_at IS NULL"),
)

group_alerts = Table(
    "group_alerts",
    metadata,
    Column("group_id", BigInteger, ForeignKey("groups.id"), nullable=False),
    Column("alert_id", BigInteger, ForeignKey("alerts.id"), nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("announced", Boolean, nullable=False),  # stood in a message already
    Column("left_at", Instant),  # it was routed elsewhere while it fired
    PrimaryKeyConstraint("group_id", "alert_id"),
)
Index("group_alerts_alert", group_alerts.c.alert_id)

pages = Table(
    "pages",
    metadata,
    row_id(),
    Column("title", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("labels", Json, nullable=False),
    Column("service", String, nullable=False),
    Column("policy", String, nullable=False),
    Column("person", String, nullable=False),  # a page straight to one person: the handle, else ""
    Column("urgency", String, nullable=False),
    Column("state", String, nullable=False),  # open | acknowledged | resolved | exhausted
    Column("step", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("group_id", BigInteger, ForeignKey("groups.id")),
    Column("incident_id", BigInteger, ForeignKey("incidents.id")),
    Column("started_at", Instant, nullable=False),
    Column("next_step_at", Instant),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", String, nullable=False),
    Column("acknowledged_via", String, nullable=False),
    Column("resolved_at", Instant),
    Column("version", Integer, nullable=False),
    Column("acknowledged_until", Instant),  # None: until it ends
    Column("waits_for", String, nullable=False, server_default=""),  # the hours that its step waits for
    Column("last_resort_at", Instant),  # when it was found that it reaches nobody
    Column("last_resort_why", String, nullable=False, server_default=""),
    Column("drill_id", BigInteger),  # None for a real one
    Column("severity", String, nullable=False, server_default=""),  # by which its policy was chosen
    Column("schedule", String, nullable=False, server_default=""),  # whose holder it was given to, before its policy
    Column("acks", Json, nullable=False, server_default="[]"),  # handles of those who have acknowledged
    Column("acks_needed", Integer, nullable=False, server_default="1"),  # of so many people
    Column("snoozed_until", Instant),
    Column("snoozed_by", String, nullable=False, server_default=""),
    Column("role", String, nullable=False, server_default=""),  # of an incident, which whoever acknowledges takes
    Column("asks", Json, nullable=False, server_default="[]"),  # who is asked before its policy: steps of handles
    Column("ask_seconds", Integer, nullable=False, server_default="0"),  # that each of these steps waits
)
Index("pages_group", pages.c.group_id)
Index("pages_incident", pages.c.incident_id)
Index(
    "pages_active",
    pages.c.id,
    sqlite_where=text("state <> 'resolved'"),
    postgresql_where=text("state <> 'resolved'"),
)

deliveries = Table(
    "deliveries",
    metadata,
    row_id(),
    Column("page_id", BigInteger, ForeignKey("pages.id")),
    Column("person", String, nullable=False),
    Column("notifier", String, nullable=False),
    Column("address", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("step", Integer, nullable=False),  # of the page, 0 for messages outside an escalation
    Column("round", Integer, nullable=False),
    Column("message", Json, nullable=False),  # the exact title, body, reason, labels and urgency
    Column("idempotency_key", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("lease_owner", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("vendor_id", String, nullable=False),
    Column("error", String, nullable=False),
    Column("urgency", String, nullable=False, server_default="high"),  # of the message: an update is low
    Column("can_wait", Boolean, nullable=False, server_default=false()),  # for the person's working hours
    Column("held", String, nullable=False, server_default=""),  # why it waits, or waited
    Column("bundle_id", BigInteger),  # the delivery that carries it among others
    Column("tried_at", Instant),  # the first attempt
    Column("fell_back", Boolean, nullable=False, server_default=false()),  # the next method was used meanwhile
    Column("delivered_at", Instant),  # the vendor's receipt
    Column("read_at", Instant),
    Column("drill_id", BigInteger),  # of a message about a drill that is about no page
    Column("about", String, nullable=False, server_default=""),  # handover:3 and the like, of what is about no page
)
Index("deliveries_page", deliveries.c.page_id)
Index(
    "deliveries_bundle",
    deliveries.c.bundle_id,
    sqlite_where=text("bundle_id IS NOT NULL"),
    postgresql_where=text("bundle_id IS NOT NULL"),
)
Index(
    "deliveries_vendor",
    deliveries.c.vendor_id,
    sqlite_where=text("vendor_id <> ''"),
    postgresql_where=text("vendor_id <> ''"),
)
Index(
    "deliveries_about",
    deliveries.c.about,
    sqlite_where=text("about <> ''"),
    postgresql_where=text("about <> ''"),
)
Index(
    "deliveries_due",
    deliveries.c.due_at,
    sqlite_where=text("state IN ('pending', 'sending')"),
    postgresql_where=text("state IN ('pending', 'sending')"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("person", String, nullable=False),
    Column("notifier", String, nullable=False),
    Column("address", String, nullable=False),
    Column("slots", Json, nullable=False),  # what counts against the limits: [[micros, delivery, urgent]]
    Column("failures", Integer, nullable=False),  # messages in a row that failed for good
    Column("last_ok_at", Instant),
    Column("last_error_at", Instant),
    Column("last_error", String, nullable=False),
    Column("tested_at", Instant),
    Column("proven_at", Instant),  # the person followed a link that came by it
    PrimaryKeyConstraint("person", "notifier", "address"),
)

timers = Table(
    "timers",
    metadata,
    row_id(),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("payload", Json, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("error", String, nullable=False),
    UniqueConstraint("kind", "subject", name="timers_identity"),
)
Index("timers_due", timers.c.due_at)

incidents = Table(
    "incidents",
    metadata,
    row_id(),
    Column("title", String, nullable=False),
    Column("summary", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("service", String, nullable=False),
    Column("many_stakeholders", Boolean, nullable=False),
    Column("declared_at", Instant, nullable=False),
    Column("declared_by", String, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("mitigated_at", Instant),
    Column("resolved_at", Instant),
    Column("closed_at", Instant),
    Column("merged_into", BigInteger, ForeignKey("incidents.id")),
    Column("status_before_merge", String, nullable=False),
    Column("next_update_at", Instant),
    Column("skipped", Json, nullable=False),  # rules that a transition broke: [{rule, text, since}]
    Column("review_opens_at", Instant),
    Column("review_due_at", Instant),
    Column("process_version", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("drill_id", BigInteger),  # None for a real one
    Column("long_since", Instant),  # since when it counts as a long incident
    Column("public_title", String, nullable=False, server_default=""),  # what customers may call it
    Column("off_page", Boolean, nullable=False, server_default=false()),  # never on a status page
    Column("review_soon_at", Instant),
)
Index("incidents_status", incidents.c.status)
Index(  # they are counted from it alone
    "incidents_counted", incidents.c.process_version, incidents.c.severity, incidents.c.status, incidents.c.drill_id
)

incident_alerts = Table(
    "incident_alerts",
    metadata,
    Column("incident_id", BigInteger, ForeignKey("incidents.id"), nullable=False),
    Column("alert_id", BigInteger, ForeignKey("alerts.id"), nullable=False),
    Column("linked_at", Instant, nullable=False),
    Column("linked_by", String, nullable=False),
    PrimaryKeyConstraint("incident_id", "alert_id"),
)
Index("incident_alerts_alert", incident_alerts.c.alert_id)

role_assignments = Table(
    "role_assignments",
    metadata,
    row_id(),
    Column("incident_id", BigInteger, ForeignKey("incidents.id"), nullable=False),
    Column("role", String, nullable=False),
    Column("person", String, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),
)
Index("role_assignments_incident", role_assignments.c.incident_id)

incident_updates = Table(
    "incident_updates",
    metadata,
    row_id(),
    Column("incident_id", BigInteger, ForeignKey("incidents.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("phase", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("next_at", Instant),
)
Index("incident_updates_incident", incident_updates.c.incident_id)

plugin_memory = Table(
    "plugin_memory",
    metadata,
    Column("instance", String, nullable=False),
    Column("key", String, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("changed_at", Instant, nullable=False),
    PrimaryKeyConstraint("instance", "key"),
)

paused_checks = Table(
    "paused_checks",
    metadata,
    Column("source", String, nullable=False),
    Column("name", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("note", Text, nullable=False),
    PrimaryKeyConstraint("source", "name"),
)

sources_heard = Table(
    "sources_heard",
    metadata,
    Column("source", String, primary_key=True),
    Column("at", Instant, nullable=False),  # the latest signal, whichever node took it
)

drills = Table(
    "drills",
    metadata,
    row_id(),
    Column("title", String, nullable=False),
    Column("origin", String, nullable=False),  # what is replayed, in words
    Column("state", String, nullable=False),  # running | paused | ended | stopped
    Column("why", String, nullable=False),  # it is paused or was stopped
    Column("people", Json, nullable=False),  # handles of those who take part: nobody else is written to
    Column("script", Json, nullable=False),  # what happens, with its waits
    Column("position", Integer, nullable=False),  # steps of the script that have happened
    Column("review", Boolean, nullable=False),  # whether its incident is to be reviewed
    Column("started_at", Instant, nullable=False),
    Column("started_by", String, nullable=False),
    Column("next_at", Instant),
    Column("waits", Instant),  # while it is paused: the rest of the wait, counted from the epoch
    Column("ended_at", Instant),
    Column("summary", Json, nullable=False),
    Column("version", Integer, nullable=False),
)
Index("drills_state", drills.c.state)

drafts = Table(
    "drafts",
    metadata,
    Column("person", String, nullable=False),
    Column("key", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("saved_at", Instant, nullable=False),
    PrimaryKeyConstraint("person", "key"),
)

answers = Table(
    "answers",
    metadata,
    Column("actor", String, nullable=False),
    Column("key", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("actor", "key"),
)
Index("answers_at", answers.c.at)

views = Table(
    "views",
    metadata,
    row_id(),
    Column("person", String, nullable=False),  # "" for a view that is everybody's
    Column("name", String, nullable=False),
    Column("base", String, nullable=False),
    Column("query", Text, nullable=False),
    Column("saved_by", String, nullable=False),
    Column("saved_at", Instant, nullable=False),
    UniqueConstraint("person", "name", name="views_identity"),
)

view_openings = Table(
    "view_openings",
    metadata,
    Column("person", String, primary_key=True),
    Column("opens", String, nullable=False),
    Column("pinned", Boolean, nullable=False),
)
