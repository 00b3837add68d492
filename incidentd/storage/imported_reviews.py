"""Files that reviews were imported from, and the records that came of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, and_, insert, or_, select, update

from incidentd.storage.schema_reviews import actions, factors, imported_reviews, learnings, review_documents, reviews
from incidentd.storage.tx import Tx


class ImportedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it was when it was last imported."""

    incident_id: int
    name: str
    sha256: str
    text: str
    wishes: Mapping[str, Any]
    at: datetime
    by: str


def find(conn: Connection, name: str, sha256: str) -> ImportedFile | None:
    """The file of this name, else one of the same content under another name."""
    mine = or_(imported_reviews.c.name == name, imported_reviews.c.sha256 == sha256)
    rows = conn.execute(select(imported_reviews).where(mine).order_by(imported_reviews.c.incident_id)).all()
    row = next((one for one in rows if one.name == name), rows[0] if rows else None)
    return None if row is None else ImportedFile(**row._mapping)


def add(tx: Tx, file: ImportedFile) -> None:
    """Store a file that was not there before."""
    tx.conn.execute(insert(imported_reviews).values(**msgspec.structs.asdict(file)))


def replace(tx: Tx, file: ImportedFile) -> None:
    """Store what a file says now."""
    mine = imported_reviews.c.incident_id == file.incident_id
    tx.conn.execute(update(imported_reviews).where(mine).values(**msgspec.structs.asdict(file)))


# ------------------------------------------------------------------ what came of them
def add_review(tx: Tx, **values: Any) -> None:
    """Store a review that was held elsewhere."""
    tx.conn.execute(insert(reviews).values(version=1, **values))


def add_rows(tx: Tx, kind: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Store factors, learnings or actions."""
    for row in rows:
        tx.conn.execute(insert(_TABLES[kind]).values(version=1, **row))


def withdraw(tx: Tx, kind: str, incident_id: int, text: str) -> bool:
    """Withdraw a factor or a learning that nobody has touched since it was imported; whether there was one."""
    table = _TABLES[kind]
    mine = and_(
        table.c.incident_id == incident_id,
        table.c.text == text,
        table.c.version == 1,
        table.c.author == "",
        table.c.withdrawn_at.is_(None),
    )
    changed = update(table).where(mine).values(withdrawn_at=tx.now, version=table.c.version + 1)
    return bool(tx.conn.execute(changed).rowcount)


def add_document(tx: Tx, incident_id: int, by: str, text: str) -> None:
    """Keep the text of a file as a document of its review."""
    values = {"incident_id": incident_id, "kind": "internal", "at": tx.now, "by": by, "markdown": text, "checks": {}}
    tx.conn.execute(insert(review_documents).values(**values))


_TABLES: Mapping[str, Table] = {"factor": factors, "learning": learnings, "action": actions}
