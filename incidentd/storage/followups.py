"""The questions after 30 and 90 days, and their answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, and_, insert, select, update

from incidentd.storage.schema_reviews import review_followups
from incidentd.storage.tx import Tx


class Followup(msgspec.Struct, frozen=True, kw_only=True):
    """What one person was asked; `changed` is "" until they answer."""

    incident_id: int
    days: int
    person: str
    asked_at: datetime
    changed: str
    text: str
    answered_at: datetime | None


def of(conn: Connection, incident_id: int) -> list[Followup]:
    """Everything that was asked about a review, the earliest first."""
    names = Followup.__struct_fields__
    query = select(*(review_followups.c[name] for name in names)).where(review_followups.c.incident_id == incident_id)
    return [Followup(**row._mapping) for row in conn.execute(query.order_by(review_followups.c.id))]


def ask(tx: Tx, incident_id: int, days: int, people: Iterable[str]) -> None:
    """Store that people are asked now."""
    fixed = {"incident_id": incident_id, "days": days, "asked_at": tx.now, "changed": "", "text": ""}
    for person in people:
        tx.conn.execute(insert(review_followups).values(person=person, **fixed))


def answer(tx: Tx, incident_id: int, days: int, person: str, changed: str, text: str) -> bool:
    """Store somebody's answer, or their other one; whether they were asked."""
    table = review_followups.c
    mine = and_(table.incident_id == incident_id, table.days == days, table.person == person)
    values = {"changed": changed, "text": text, "answered_at": tx.now}
    return bool(tx.conn.execute(update(review_followups).where(mine).values(**values)).rowcount)
