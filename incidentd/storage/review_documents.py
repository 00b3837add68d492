"""Published documents of reviews, as rows that are never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, insert, select

from incidentd.storage.schema_reviews import review_documents
from incidentd.storage.tx import Tx
from incidentd.wire.review_documents import DocumentKind, ReviewCheck, ReviewDocument

_PLAIN = ("incident_id", "kind", "at", "by", "title", "markdown", "html")


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A version. `number` counts those of its incident; `body` None: it was written elsewhere."""

    number: int
    incident_id: int
    kind: DocumentKind
    at: datetime
    by: str
    title: str
    markdown: str
    html: str
    body: ReviewDocument | None
    checks: tuple[ReviewCheck, ...]


def add(tx: Tx, **values: Any) -> int:
    """Store a version; its number."""
    tx.conn.execute(insert(review_documents).values(at=tx.now, **values))
    mine = review_documents.c.incident_id == values["incident_id"]
    count: int = tx.conn.execute(select(func.count()).select_from(review_documents).where(mine)).scalar_one()
    return count


def of_incident(conn: Connection, incident_id: int) -> list[Published]:
    """All versions, the oldest first."""
    mine = review_documents.c.incident_id == incident_id
    rows = conn.execute(select(review_documents).where(mine).order_by(review_documents.c.id))
    return [_published(row, number) for number, row in enumerate(rows, 1)]


def _published(row: Row[Any], number: int) -> Published:
    values = {name: getattr(row, name) for name in _PLAIN}
    checks = row.checks if isinstance(row.checks, list) else []  # those of an imported one are an empty object
    return Published(
        number=number,
        body=None if row.body is None else msgspec.convert(row.body, ReviewDocument),
        checks=msgspec.convert(checks, tuple[ReviewCheck, ...]),
        **values,
    )
