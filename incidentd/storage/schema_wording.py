"""The table of what people said of wording that the language lint found."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Table, UniqueConstraint

from incidentd.storage.columns import Instant
from incidentd.storage.metadata import metadata, row_id

wording_verdicts = Table(
    "wording_verdicts",
    metadata,
    row_id(),
    Column("rule", String, nullable=False),
    Column("phrase", String, nullable=False),  # in lower case
    Column("keep", Boolean, nullable=False),  # False: dismissed
    Column("reason", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("rule", "phrase", "by", name="wording_verdicts_once"),  # one opinion a person
)
