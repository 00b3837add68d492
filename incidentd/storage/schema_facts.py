"""The tables of what is known of an incident: claims about its impact, theories, attempts, and what was said of each.

Rows are added and never changed.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, String, Table, Text

from incidentd.storage.columns import Instant
from incidentd.storage.metadata import metadata, row_id


def _fact(name: str, *columns: Column[object]) -> Table:
    table = Table(
        name,
        metadata,
        row_id(),
        Column("incident_id", BigInteger, ForeignKey("incidents.id"), nullable=False),
        Column("at", Instant, nullable=False),
        Column("by", String, nullable=False),
        *columns,
    )
    Index(f"{name}_incident", table.c.incident_id)
    return table


impact_claims = _fact(
    "impact_claims",
    Column("affected", String, nullable=False),
    Column("low", Float),
    Column("high", Float),
    Column("unit", String, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("source", String, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("suspected", Boolean, nullable=False),
    Column("replaces", BigInteger, ForeignKey("impact_claims.id")),
)
theories = _fact("theories", Column("text", String, nullable=False))
attempts = _fact(
    "attempts",
    Column("text", String, nullable=False),
    Column("person", String, nullable=False),
    Column("theory_id", BigInteger, ForeignKey("theories.id")),
    Column("started_at", Instant, nullable=False),
)
fact_verdicts = _fact(
    "fact_verdicts",
    Column("fact", String, nullable=False),  # claim | theory | attempt
    Column("fact_id", BigInteger, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("word", String, nullable=False),
    Column("why", Text, nullable=False),
    Column("evidence", Text, nullable=False),
)
