"""The tables of what is published: who subscribes by mail, and which updates they were sent."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, String, Table

from incidentd.storage.columns import Instant
from incidentd.storage.metadata import metadata, row_id

subscribers = Table(
    "subscribers",
    metadata,
    row_id(),
    Column("channel", String, nullable=False),  # the instance that publishes
    Column("address", String, nullable=False),  # as it was typed, but for its domain
    Column("mailbox", String, nullable=False),  # what letters are counted for
    Column("nonce", String, nullable=False),  # in the signature of its links
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),  # unless it is confirmed before
    Column("confirmed_at", Instant),
    Column("letters", Integer, nullable=False),  # that asked to confirm it
    Column("last_letter_at", Instant, nullable=False),
)
Index("subscribers_address", subscribers.c.channel, subscribers.c.address, unique=True)
Index("subscribers_mailbox", subscribers.c.channel, subscribers.c.mailbox)

published_updates = Table(
    "published_updates",
    metadata,
    Column("channel", String, nullable=False),
    Column("update_id", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("channel", "update_id"),
)
