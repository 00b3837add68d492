"""What is attached to incidents, as rows; the content is read only when somebody asks for it."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Connection, Row, exists, insert, select

from incidentd.storage.schema_attachments import file_contents, incident_attachments
from incidentd.storage.tx import Tx
from incidentd.wire.attachments import IncidentAttachment

_COLUMNS = incident_attachments.c


def add(tx: Tx, incident_id: int, actor: str, data: bytes, **values: str) -> int:
    """Attach a file; returns its number. Nothing ever opens it."""
    sha256 = hashlib.sha256(data).hexdigest()
    known = tx.conn.execute(select(exists().where(file_contents.c.sha256 == sha256))).scalar_one()
    if not known:
        tx.conn.execute(insert(file_contents).values(sha256=sha256, data=data))
    row = {"incident_id": incident_id, "at": tx.now, "by": actor, "size": len(data), "sha256": sha256, **values}
    statement = insert(incident_attachments).values(**row).returning(_COLUMNS.id)
    number: int = tx.conn.execute(statement).scalar_one()
    return number


def of_incident(conn: Connection, incident_id: int) -> tuple[IncidentAttachment, ...]:
    """What is attached to an incident, oldest first, each with what had the same content before it."""
    query = select(incident_attachments).where(_COLUMNS.incident_id == incident_id).order_by(_COLUMNS.id)
    rows = list(conn.execute(query))
    same = _same(conn, {row.sha256 for row in rows})
    return tuple(_attachment(row, same[row.sha256]) for row in rows)


def _same(conn: Connection, hashes: set[str]) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {one: [] for one in hashes}
    query = select(_COLUMNS.sha256, _COLUMNS.incident_id, _COLUMNS.id).where(_COLUMNS.sha256.in_(sorted(hashes)))
    for sha256, incident_id, number in conn.execute(query.order_by(_COLUMNS.id)):
        found[sha256].append((incident_id, number))
    return found


def _attachment(row: Row[Any], same: list[tuple[int, int]]) -> IncidentAttachment:
    before = tuple(f"INC-{incident_id} attachment {number}" for incident_id, number in same if number < row.id)
    values = {name: getattr(row, name) for name in IncidentAttachment.__struct_fields__ if name != "same_as"}
    return IncidentAttachment(**values, same_as=before)


def content(conn: Connection, sha256: str) -> bytes:
    """What a file has in it."""
    data: bytes = conn.execute(select(file_contents.c.data).where(file_contents.c.sha256 == sha256)).scalar_one()
    return data
