"""The tables of what happens before a review: private notes, early openings, and the meeting."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from incidentd.storage.columns import Instant
from incidentd.storage.metadata import metadata, row_id

review_notes = Table(  # whoever reads one is its author: nothing else ever selects `text`
    "review_notes",
    metadata,
    Column("incident_id", BigInteger, ForeignKey("incidents.id"), nullable=False),
    Column("person", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("saved_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("incident_id", "person"),
)

review_openings = Table(
    "review_openings",
    metadata,
    row_id(),
    Column("incident_id", BigInteger, ForeignKey("incidents.id"), nullable=False),
    Column("episode", Integer, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("floor_at", Instant, nullable=False),  # as it was when it was asked, or granted
    Column("state", String, nullable=False),  # asked | granted | declined | withdrawn
    Column("answered_by", String, nullable=False),
    Column("answered_at", Instant),
    Column("answer", Text, nullable=False),
)
Index("review_openings_incident", review_openings.c.incident_id)

review_meetings = Table(
    "review_meetings",
    metadata,
    Column("incident_id", BigInteger, ForeignKey("incidents.id"), primary_key=True, autoincrement=False),
    Column("uid", String, nullable=False),  # of iCalendar: the same as long as the incident has a meeting
    Column("sequence", Integer, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("place", String, nullable=False),
    Column("state", String, nullable=False),  # scheduled | cancelled
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

review_invitations = Table(
    "review_invitations",
    metadata,
    Column("incident_id", BigInteger, ForeignKey("review_meetings.incident_id"), nullable=False),
    Column("person", String, nullable=False),
    Column("part", String, nullable=False),  # owner | facilitator | took_part
    Column("answer", String, nullable=False),  # "" | yes | no | maybe
    Column("answered_at", Instant),
    Column("comment", Text, nullable=False),
    PrimaryKeyConstraint("incident_id", "person"),
)
Index("review_invitations_person", review_invitations.c.person)
