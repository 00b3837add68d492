"""Updates that were written for customers, with the little of their incident that goes with them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, or_, select

from incidentd.storage.schema import incident_updates, incidents

CUSTOMERS = "customers"
"""The audience whose updates are public."""


class ToldRow(msgspec.Struct, frozen=True, kw_only=True):
    """An update for customers, and its incident."""

    incident_id: int
    public_title: str
    service: str
    status: str
    merged_into: int | None
    update_id: int
    at: datetime
    phase: str
    text: str
    next_at: datetime | None


_COLUMNS = (
    incident_updates.c.incident_id,
    incident_updates.c.id.label("update_id"),
    *(incidents.c[name] for name in ("public_title", "service", "status", "merged_into")),
    *(incident_updates.c[name] for name in ("at", "phase", "text", "next_at")),
)
_FOR_CUSTOMERS = incident_updates.c.audience == CUSTOMERS


def told(conn: Connection, ended: Collection[str], since: datetime, limit: int) -> list[ToldRow]:
    """The updates for customers of incidents that have not ended or have one at or after `since`, oldest first.

    Those of the `limit` newest such incidents; never those of a drill, or of one that is kept off the page.
    """
    chosen = (
        select(incidents.c.id)
        .join(incident_updates, incident_updates.c.incident_id == incidents.c.id)
        .where(_FOR_CUSTOMERS, incidents.c.drill_id.is_(None), ~incidents.c.off_page)
        .group_by(incidents.c.id)
        .having(or_(incidents.c.status.not_in(ended), func.max(incident_updates.c.at) >= since))
        .order_by(incidents.c.id.desc())
        .limit(limit)
    )
    query = select(*_COLUMNS).join(incidents, incidents.c.id == incident_updates.c.incident_id)
    query = query.where(_FOR_CUSTOMERS, incidents.c.id.in_(chosen)).order_by(incident_updates.c.id)
    return [ToldRow(**row._asdict()) for row in conn.execute(query)]
