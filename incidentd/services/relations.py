"""What other incidents are to one: what it resembles, was split into or from, and what was merged into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from incidentd.domain.incidents import Incident
from incidentd.domain.relations import BEYOND_REOPENING, KINDS, RESEMBLES, RESEMBLES_NO_MORE, relations
from incidentd.services.errors import Invalid, NotFound, Unknown
from incidentd.storage import event_log, incidents
from incidentd.storage.tx import Tx
from incidentd.wire import life as wire_life

if TYPE_CHECKING:
    from incidentd.services.incident_views import Seen


def related(seen: Seen, incident: Incident) -> tuple[wire_life.Related, ...]:
    """What was said, what was merged, and which recurrences are seen that nobody has spoken of."""
    return tuple(_related(seen, incident))


def _related(seen: Seen, incident: Incident) -> Iterator[wire_life.Related]:
    said = relations(seen.events([incident.subject], KINDS))
    for one in said:
        other = incidents.get(seen.conn, one.incident_id)
        if other is not None:
            yield _shown(other, one.kind, one.why, one.by, one.at)
    for other in incidents.merged_into(seen.conn, incident.id):
        yield _shown(other, "merged")
    known = {one.incident_id for one in said}
    for other, alert_ids in incidents.sharing_alerts(seen.conn, incident.id, BEYOND_REOPENING):
        if other.id not in known and other.declared_at < incident.declared_at:
            names = ", ".join(f"A-{one}" for one in alert_ids[:5])
            yield _shown(other, "recurrence", f"{names} was part of it")


def _shown(other: Incident, kind: str, why: str = "", by: str = "", at: datetime | None = None) -> wire_life.Related:
    return wire_life.Related(
        incident_id=other.id,
        title=other.title,
        status=other.status,
        severity=other.severity,
        kind=kind,
        why=why,
        by=by,
        at=at,
    )


def resemble(tx: Tx, incident: Incident, body: wire_life.Resembles, actor: str) -> Incident:
    """Say that two incidents resemble each other; a new reason takes the place of the old one. Raises `Invalid`."""
    if body.incident_id == incident.id:
        raise Invalid("an incident does not resemble itself", field="incident_id")
    other = incidents.get(tx.conn, body.incident_id, lock=True)
    if other is None:
        raise Unknown(f"there is no incident INC-{body.incident_id}", field="incident_id")
    if other.drill_id != incident.drill_id:
        raise Invalid("a drill and a real incident are kept apart", field="incident_id")
    return _tell_both(tx, RESEMBLES, incident, other, {"why": body.why}, actor)


def resemble_no_more(tx: Tx, incident: Incident, other_id: int, actor: str) -> Incident:
    """Take back that they resemble each other. Raises `NotFound`."""
    said = relations(event_log.of_subjects(tx.conn, [incident.subject], KINDS))
    other = incidents.get(tx.conn, other_id, lock=True)
    if other is None or not any((one.incident_id, one.kind) == (other_id, "resembles") for one in said):
        raise NotFound(f"nobody says that INC-{incident.id} resembles INC-{other_id}")
    return _tell_both(tx, RESEMBLES_NO_MORE, incident, other, {}, actor)


def _tell_both(tx: Tx, kind: str, incident: Incident, other: Incident, more: Mapping[str, str], actor: str) -> Incident:
    for one, another in ((incident, other), (other, incident)):
        tx.emit(kind, one.subject, {"incident_id": another.id, "title": another.title, **more}, actor=actor)
    incidents.change(tx, other)
    return incidents.change(tx, incident)
