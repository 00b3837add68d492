"""Offers to rest as rows, and the calls that made a shift heavy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, update

from incidentd.domain.rest import Call, Rest, State, Why
from incidentd.storage.schema import deliveries, group_alerts, incident_alerts, incidents, pages, role_assignments
from incidentd.storage.schema_handover import rests
from incidentd.storage.tx import Tx

_ARRIVED = ("sent", "delivered")


def _rest(row: Row[Any]) -> Rest:
    values = {name: getattr(row, name) for name in Rest.__struct_fields__}
    return Rest(**values | {"why": Why(row.why), "state": State(row.state)})


def _columns(rest: Rest) -> dict[str, Any]:
    return {name: getattr(rest, name) for name in Rest.__struct_fields__ if name != "id"}


def add(tx: Tx, rest: Rest) -> Rest:
    """Store a new offer; the id is given here."""
    return _rest(tx.conn.execute(insert(rests).values(**_columns(rest)).returning(rests)).one())


def replace(tx: Tx, rest: Rest) -> Rest:
    """Store an offer over its former self, one version on."""
    changed = msgspec.structs.replace(rest, version=rest.version + 1)
    tx.conn.execute(update(rests).where(rests.c.id == rest.id).values(**_columns(changed)))
    return changed


def get(conn: Connection, rest_id: int, *, lock: bool = False) -> Rest | None:
    """One offer, None when there is none."""
    query = select(rests).where(rests.c.id == rest_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _rest(row)


def newest_of(tx: Tx, person: str) -> Rest | None:
    """A person's newest offer, locked."""
    query = select(rests).where(rests.c.person == person).order_by(rests.c.id.desc()).limit(1)
    row = tx.conn.execute(query.with_for_update()).one_or_none()
    return None if row is None else _rest(row)


def listed(conn: Connection, states: Sequence[State], *, person: str = "", limit: int = 100) -> list[Rest]:
    """Offers in `states`, newest first; of one person, when given."""
    query = select(rests).where(rests.c.state.in_(states))
    if person:
        query = query.where(rests.c.person == person)
    return [_rest(row) for row in conn.execute(query.order_by(rests.c.id.desc()).limit(limit))]


def calls(conn: Connection, person: str, since: datetime) -> list[Call]:
    """How somebody was pulled out since a time: urgent pages that reached them, and incidents they took a role in."""
    incident = func.coalesce(pages.c.incident_id, func.min(incident_alerts.c.incident_id))
    paged = (
        select(pages.c.id, deliveries.c.sent_at, incident.label("incident"))
        .join(pages, pages.c.id == deliveries.c.page_id)
        .outerjoin(group_alerts, group_alerts.c.group_id == pages.c.group_id)
        .outerjoin(incident_alerts, incident_alerts.c.alert_id == group_alerts.c.alert_id)
        .where(
            deliveries.c.person == person,
            deliveries.c.kind == "page",
            deliveries.c.urgency == "high",
            deliveries.c.state.in_(_ARRIVED),
            deliveries.c.sent_at >= since,
            pages.c.drill_id.is_(None),
        )
        .group_by(deliveries.c.id, deliveries.c.sent_at, pages.c.id, pages.c.incident_id)
    )
    found = [
        Call(at=row.sent_at, what=f"page:{row.id}" if row.incident is None else f"incident:{row.incident}")
        for row in conn.execute(paged)
    ]
    roles = (
        select(role_assignments.c.incident_id, role_assignments.c.starts_at)
        .join(incidents, incidents.c.id == role_assignments.c.incident_id)
        .where(role_assignments.c.person == person, role_assignments.c.starts_at >= since)
        .where(incidents.c.drill_id.is_(None))
    )
    found += [Call(at=row.starts_at, what=f"incident:{row.incident_id}", paged=False) for row in conn.execute(roles)]
    return sorted(found, key=lambda one: (one.at, one.what))
