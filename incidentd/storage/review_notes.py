"""What people write for themselves before a review. A note is read by its author, and by nobody else."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from incidentd.storage.schema_review_window import review_notes
from incidentd.storage.tx import Tx
from incidentd.wire.review_window import OwnNotes


def get(conn: Connection, incident_id: int, person: str, *, lock: bool = False) -> OwnNotes:
    """A person's notes; empty, at version 0, when there are none."""
    query = select(review_notes).where(review_notes.c.incident_id == incident_id, review_notes.c.person == person)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        return OwnNotes(incident_id=incident_id, text="", saved_at=None, version=0)
    return OwnNotes(incident_id=incident_id, text=row.text, saved_at=row.saved_at, version=row.version)


def put(tx: Tx, incident_id: int, person: str, text: str, version: int) -> None:
    """Store notes over those of `version`, 0 for none."""
    values = {"text": text, "saved_at": tx.now, "version": version + 1}
    mine = (review_notes.c.incident_id == incident_id) & (review_notes.c.person == person)
    if version:
        tx.conn.execute(update(review_notes).where(mine).values(**values))
    else:
        tx.conn.execute(insert(review_notes).values(incident_id=incident_id, person=person, **values))


def remove(tx: Tx, incident_id: int, person: str) -> None:
    """Forget a person's notes; nothing happens when there are none."""
    mine = (review_notes.c.incident_id == incident_id) & (review_notes.c.person == person)
    tx.conn.execute(delete(review_notes).where(mine))
