"""Linking alerts to an incident; everything here happens inside a command."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from incidentd.domain import drills
from incidentd.domain.incidents import Incident
from incidentd.services import report_links
from incidentd.services.errors import Invalid, NotFound, Unknown
from incidentd.storage import alerts, incidents
from incidentd.storage.alerts import AlertRow
from incidentd.storage.tx import Tx


def known_alerts(conn: Connection, ids: Sequence[int]) -> list[AlertRow]:
    """The alerts with these ids. Raises `Invalid` when one does not exist."""
    found = alerts.get_many(conn, list(dict.fromkeys(ids)))
    missing = sorted(set(ids) - {one.id for one in found})
    if missing:
        names = ", ".join(f"A-{one}" for one in missing[:5])
        raise Unknown(f"there is no alert {names}", field="alert_ids", remedy="see incidentctl alert list")
    return found


def drill_of(linked: Sequence[AlertRow]) -> int | None:
    """The drill that all of these alerts are part of, None for real ones. Raises `Invalid` for a mixture."""
    found = {drills.of_source(one.source) for one in linked}
    if len(found) > 1:
        raise Invalid("alerts of a drill and real ones do not go into one incident", field="alert_ids")
    return next(iter(found), None)


def tell_alerts(tx: Tx, kind: str, incident: Incident, alert_ids: Sequence[int], actor: str) -> None:
    """The alert's own trace must say it too."""
    for alert_id in alert_ids:
        tx.emit(kind, f"alert:{alert_id}", {"incident_id": incident.id, "title": incident.title}, actor=actor)


def link(tx: Tx, incident: Incident, alert_ids: Sequence[int], actor: str) -> Incident:
    """Link alerts; those that are linked already stay so. Raises `Invalid`."""
    found = drill_of(known_alerts(tx.conn, alert_ids))
    if found != incident.drill_id:
        raise Invalid(
            "alerts of a drill go into an incident of that drill, and real ones into a real one", field="alert_ids"
        )
    new = incidents.link_alerts(tx, incident.id, alert_ids, actor)
    if not new:
        return incident
    tx.emit("incident.alert_linked", incident.subject, {"alert_ids": new}, actor=actor)
    tell_alerts(tx, "incident.alert_linked", incident, new, actor)
    report_links.join_by_alerts(tx, incident, new, actor)
    return incidents.change(tx, incident)


def unlink(tx: Tx, incident: Incident, alert_ids: Sequence[int], actor: str) -> Incident:
    """Undo links. Raises `NotFound` when one of them is none."""
    linked = set(incidents.alert_ids_of(tx.conn, [incident.id])[incident.id])
    missing = [one for one in alert_ids if one not in linked]
    if missing:
        raise NotFound(f"A-{missing[0]} is not linked to INC-{incident.id}")
    incidents.unlink_alerts(tx, incident.id, alert_ids)
    tx.emit("incident.alert_unlinked", incident.subject, {"alert_ids": list(alert_ids)}, actor=actor)
    tell_alerts(tx, "incident.alert_unlinked", incident, alert_ids, actor)
    return incidents.change(tx, incident)
