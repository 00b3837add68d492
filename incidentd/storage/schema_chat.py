"""The tables of chats: the rooms of incidents, and the messages that were kept from them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text, text

from incidentd.storage.columns import Instant
from incidentd.storage.metadata import metadata, row_id

chat_rooms = Table(
    "chat_rooms",
    metadata,
    row_id(),
    Column("incident_id", BigInteger, ForeignKey("incidents.id"), nullable=False),
    Column("instance", String, nullable=False),
    Column("name", String, nullable=False),
    Column("state", String, nullable=False),  # opening | open | failed | archiving | archived
    Column("vendor_id", String, nullable=False),  # "" until it is open
    Column("url", Text, nullable=False),
    Column("error", Text, nullable=False),  # what failed last in it
    Column("opened_by", String, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("archived_at", Instant),
)
Index("chat_rooms_incident", chat_rooms.c.incident_id)
Index(
    "chat_rooms_vendor",
    chat_rooms.c.instance,
    chat_rooms.c.vendor_id,
    sqlite_where=text("vendor_id <> ''"),
    postgresql_where=text("vendor_id <> ''"),
)

chat_kept = Table(
    "chat_kept",
    metadata,
    Column("instance", String, primary_key=True),
    Column("message", String, primary_key=True),  # the vendor's id
    Column("incident_id", BigInteger, ForeignKey("incidents.id"), nullable=False),
)
