"""What earlier incidents are found by: the words of each, as they were when it had that version.

Both engines get the same rows and so find the same incidents; an index of an engine's own would cut words, and rank,
each in its way. Words are kept by their beginnings, so that other endings are found too.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table

from incidentd.storage.metadata import metadata

incident_words = Table(
    "incident_words",
    metadata,
    Column("word", String, nullable=False),
    Column("incident_id", BigInteger, ForeignKey("incidents.id"), nullable=False),
    PrimaryKeyConstraint("word", "incident_id"),
)
Index("incident_words_incident", incident_words.c.incident_id)

incident_words_read = Table(
    "incident_words_read",
    metadata,
    Column("incident_id", BigInteger, ForeignKey("incidents.id"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),  # of the incident, when its words were read
)
